"""Reads propositional formulas, in symbols ("~A -> (B & C)") or in English ("if A is false, then B holds").

Symbols are read strictly: two connectives side by side need brackets. English is read in every way its words allow:
`readings` gives one formula for each (an "or" without "or both" or "but not both" has two; a negation before "A and B"
has two scopes). A clause is a letter or a name that "is true", "is false", "holds" or "does not hold", or any other
words around one copula ("the lamp is not on"); the same words in the same order are the same atom.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import z3

_TOKEN = re.compile(r"\s*(<->|->|[~&|()]|[^\W\d_]\w*)")
_BINARY = {"->", "<->", "&", "|"}
_NOT_TRUE = re.compile(r"it is (?:not (?:true|the case)|false|untrue) that (.+)")
_COPULA = re.compile(r"(.+?) (is not|isn't|are not|aren't|was not|wasn't|were not|weren't|is|are|was|were) (.+)")
_HOLDS = re.compile(r"([^\W\d_]\w*) (is true|holds|is not false|is false|is not true|does not hold|doesn't hold)")
_CONNECTIVES = re.compile(  # words that no clause with one copula may hold
    r"\b(?:and|n?or|no|not|if|then|unless|only|both|n?either|but|because|so|therefore|hence|that|is|are|was|were|does|do"
    r"|true|false|holds?|never)\b"
)


class Formula(NamedTuple):
    """A connective with its parts, or an atom: `sign` is empty and `name` says which."""

    sign: str
    parts: tuple["Formula", ...] = ()
    name: str = ""


def atom(name: str) -> Formula:
    """An atom."""
    return Formula("", (), name)


def negation(of: Formula) -> Formula:
    """~of."""
    return Formula("~", (of,))


def joined(sign: str, left: Formula, right: Formula) -> Formula:
    """Two formulas with a connective between them."""
    return Formula(sign, (left, right))


def shown(formula: Formula) -> str:
    """In symbols, without outer brackets."""
    if formula.sign == "":
        return formula.name
    if formula.sign == "~":
        return "~" + _bracketed(formula.parts[0])
    return f" {formula.sign} ".join(_bracketed(part) for part in formula.parts)


def _bracketed(formula: Formula) -> str:
    return f"({shown(formula)})" if formula.sign in _BINARY else shown(formula)


def parsed(text: str) -> Formula:
    """The formula that the symbols write; ValueError where they write none, or lack brackets."""
    tokens = _tokens(text)
    formula, rest = _operand(tokens, text)
    if rest and rest[0] in _BINARY:
        right, after = _operand(rest[1:], text)
        formula, rest = joined(rest[0], formula, right), after
    if rest:
        raise ValueError(f"cannot read: {text!r} (brackets?)")
    return formula


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"cannot read: {text!r}")
        found.append(token[1])
        at = token.end()
    return found


def _operand(tokens: list[str], text: str) -> tuple[Formula, list[str]]:
    """The atom, negation or bracket that the tokens begin with, and the tokens after it."""
    if tokens and tokens[0] == "~":
        inner, rest = _operand(tokens[1:], text)
        return negation(inner), rest
    if tokens and tokens[0] == "(":
        left, rest = _operand(tokens[1:], text)
        if len(rest) > 1 and rest[0] in _BINARY:
            right, after = _operand(rest[1:], text)
            if after and after[0] == ")":
                return joined(rest[0], left, right), after[1:]
    elif tokens and (tokens[0][0].isalpha()):
        return atom(tokens[0]), tokens[1:]
    raise ValueError(f"cannot read: {text!r} (brackets?)")


def readings(sentence: str) -> set[Formula]:
    """Every formula that an English sentence (without its full stop) may mean; ValueError where there is none."""
    found = _meanings(sentence.strip())
    if not found:
        raise ValueError(f"cannot read: {sentence!r}")
    return set(found)


@lru_cache(maxsize=4096)
def _meanings(text: str) -> frozenset[Formula]:
    return frozenset(_conditionals(text)) | frozenset(_groups(text)) | _units(text)


def _opening(text: str) -> str:
    """The text with its first letter small, for matching words; a one-letter name stays as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _conditionals(text: str) -> Iterator[Formula]:
    plain = _opening(text)
    if plain.startswith("if "):
        for comma in re.finditer(", (?:then )?", plain):
            left, right = plain[3 : comma.start()], plain[comma.end() :]
            yield from _pairs(_meanings(left), _meanings(right), "->")
        return
    for connective, sign in ((" if and only if ", "<->"), (" only if ", "->")):
        for left, right in _splits(plain, connective):
            yield from _pairs(_operands(left), _operands(right), sign)


def _groups(text: str) -> Iterator[Formula]:
    """Conjunctions and disjunctions of units or of other groups."""
    plain = _opening(text)
    for left, right in _splits(plain.removeprefix("both "), " and "):
        yield from _pairs(_operands(left), _operands(right), "&")
    for left, right in _splits(plain.removeprefix("neither "), " nor "):
        if plain.startswith("neither "):
            yield from map(negation, _pairs(_operands(left), _operands(right), "|"))
    yield from _disjunctions(plain.removeprefix("either "))


def _disjunctions(plain: str) -> Iterator[Formula]:
    body, note = plain, ""
    for ending in (", or both", " or both", ", but not both", " but not both"):
        if plain.endswith(ending):
            body, note = plain.removesuffix(ending), ending.strip(" ,")
            break
    for left, right in _splits(body, " or "):
        for either in _pairs(_operands(left), _operands(right), "|"):
            if note != "but not both":
                yield either
            if note != "or both":
                yield joined("&", either, negation(joined("&", *either.parts)))


def _operands(text: str) -> frozenset[Formula]:
    return _units(text) | frozenset(_groups(text))


def _units(text: str) -> frozenset[Formula]:
    """A clause, or "it is not true that" and what it denies ("either A or B" denied is neither)."""
    denied = _NOT_TRUE.fullmatch(_opening(text))
    if denied is None:
        return frozenset(_clauses(text))
    inner = _meanings(denied[1])
    if denied[1].startswith("either "):
        inner = (
            frozenset(formula for formula in inner if not denied[1].endswith("both") and formula.sign == "|") or inner
        )
    return frozenset(map(negation, inner))


def _clauses(text: str) -> Iterator[Formula]:
    holds = _HOLDS.fullmatch(text)
    if holds:
        name = holds[1].lower() if holds[1][1:].islower() else holds[1]
        yield atom(name) if holds[2] in {"is true", "holds", "is not false"} else negation(atom(name))
        return
    copula = _COPULA.fullmatch(text.casefold())
    if copula is None:
        return
    if not _CONNECTIVES.search(f"{copula[1]} {copula[3]}") and not re.search("[^\\w' -]", text):
        verb = re.sub(r" not|n't", "", copula[2])
        same = atom(f"{copula[1]} {verb} {copula[3]}")
        yield negation(same) if verb != copula[2] else same


def _splits(text: str, connective: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(re.escape(connective), text):
        yield text[: found.start()], text[found.end() :]


def _pairs(lefts: frozenset[Formula], rights: frozenset[Formula], sign: str) -> Iterator[Formula]:
    for left in lefts:
        for right in rights:
            yield joined(sign, left, right)


_Z3: dict[str, Callable[..., z3.BoolRef]] = {
    "~": z3.Not,
    "&": z3.And,
    "|": z3.Or,
    "->": z3.Implies,
    "<->": lambda left, right: left == right,
}


def as_z3(formula: Formula) -> z3.BoolRef:
    """For the theorem prover; atoms of one name are one variable."""
    if formula.sign == "":
        return z3.Bool(formula.name)
    return _Z3[formula.sign](*map(as_z3, formula.parts))


class Premises:
    """Formulas taken to be true together."""

    def __init__(self, formulas: list[Formula]) -> None:
        self._solver = z3.SolverFor("QF_FD")
        self._solver.add(*map(as_z3, formulas))

    def consistent(self) -> bool:
        """Can they all be true?"""
        return bool(self._solver.check() == z3.sat)

    def entail(self, formula: Formula) -> bool:
        """Must it be true where they all are?"""
        return bool(self._solver.check(z3.Not(as_z3(formula))) == z3.unsat)
