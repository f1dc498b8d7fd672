"""Propositional logic over at most five atoms: formulas as tuples, truth as a bitmask over the 32 assignments.

>>> formula = parse("(A & ~B) -> C")
>>> formula
('->', ('&', 0, ('~', 1)), 2)
>>> symbols(formula).format("P", "Q", "R")
'(P & ~Q) -> R'
>>> entails([parse("A -> B"), parse("A")], parse("B")), entails([parse("A -> B"), parse("B")], parse("A"))
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from clpipe.arena.reserve import parted

Formula: TypeAlias = int | tuple[str, "Formula"] | tuple[str, "Formula", "Formula"]
"""An atom by its number, `("~", f)`, or `(connective, f, g)` with `&`, `|` (or both), `->`, `<->`."""

ATOMS = 5
ASSIGNMENTS = (1 << (1 << ATOMS)) - 1
LETTERS = parted("BCDEGHJKLMNPQRSUWXYZ")
"""No `A` and `I` (words), no `T` and `F` (true and false), no `O` and `V` (or)."""
GREEK = parted(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "zeta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "omicron",
        "pi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "chi",
        "psi",
        "omega",
    ]
)
PAIRS = parted(f"{first}{second}" for first in "BDFGHJKMRZ" for second in "LNQWXC")

_TOKEN = re.compile(r"<->|->|[~&|()A-E]")


def parse(text: str) -> Formula:
    """The formula with the atoms A to E as 0 to 4; brackets around every part that has two parts of its own."""
    formula, left = _parsed(_TOKEN.findall(text))
    if left:
        raise ValueError(f"{text!r} does not end where its formula does")
    return formula


def parse_all(text: str) -> tuple[Formula, ...]:
    """Formulas between commas."""
    return tuple(parse(part) for part in text.split(","))


def _parsed(tokens: list[str]) -> tuple[Formula, list[str]]:
    first, left = _part(tokens)
    if not left or left[0] == ")":
        return first, left
    second, rest = _part(left[1:])
    return (left[0], first, second), rest


def _part(tokens: list[str]) -> tuple[Formula, list[str]]:
    head, left = tokens[0], tokens[1:]
    if head == "~":
        part, left = _part(left)
        return ("~", part), left
    if head == "(":
        part, left = _parsed(left)
        return part, left[1:]
    return "ABCDE".index(head), left


@cache
def truth(formula: Formula) -> int:
    """The assignments that make it true: bit i for the assignment in which atom a has bit a of i."""
    if isinstance(formula, int):
        return sum(1 << i for i in range(1 << ATOMS) if i >> formula & 1)
    first = truth(formula[1])
    if len(formula) == 2:
        return ASSIGNMENTS & ~first
    second = truth(formula[2])
    if formula[0] == "&":
        return first & second
    if formula[0] == "|":
        return first | second
    if formula[0] == "->":
        return ASSIGNMENTS & ~first | second
    return ASSIGNMENTS & ~(first ^ second)


def models(formulas: Iterable[Formula]) -> int:
    """The assignments that make all of them true; 0 where they contradict each other."""
    found = ASSIGNMENTS
    for formula in formulas:
        found &= truth(formula)
    return found


def entails(premises: Iterable[Formula], conclusion: Formula) -> bool:
    """Whether the conclusion is true wherever all the premises are."""
    return not models(premises) & ~truth(conclusion)


@cache
def mentions(formula: Formula) -> tuple[int, ...]:
    """Its atoms from left to right, each as often as it stands there."""
    if isinstance(formula, int):
        return (formula,)
    return tuple(atom for part in formula[1:] if not isinstance(part, str) for atom in mentions(part))


def used(formulas: Iterable[Formula]) -> set[int]:
    """The atoms in any of them."""
    return {atom for formula in formulas for atom in mentions(formula)}


@cache
def operators(formula: Formula) -> tuple[str, ...]:
    """Its connectives and negations, from the outside in."""
    if isinstance(formula, int):
        return ()
    return (formula[0], *(sign for part in formula[1:] if not isinstance(part, str) for sign in operators(part)))


@cache
def unordered(formula: Formula) -> str:
    """The same text for two formulas that differ in the order of the sides of `&`, `|` and `<->` alone."""
    if isinstance(formula, int):
        return str(formula)
    if len(formula) == 2:
        return f"~{unordered(formula[1])}"
    sides = [unordered(formula[1]), unordered(formula[2])]
    return f"({formula[0].join(sides if formula[0] == '->' else sorted(sides))})"


def is_literal(formula: Formula) -> bool:
    """Whether it is an atom or the negation of one."""
    return isinstance(formula, int) or (len(formula) == 2 and isinstance(formula[1], int))


def negated(formula: Formula) -> Formula:
    """Its negation, without a double one."""
    if not isinstance(formula, int) and len(formula) == 2:
        return formula[1]
    return ("~", formula)


def plain(formula: Formula) -> Formula:
    """The formula without double negations."""
    if isinstance(formula, int):
        return formula
    if len(formula) == 2:
        return negated(plain(formula[1]))
    return (formula[0], plain(formula[1]), plain(formula[2]))


def substituted(formula: Formula, parts: Mapping[int, Formula]) -> Formula:
    """The formula with the parts in the place of its atoms."""
    if isinstance(formula, int):
        return parts[formula]
    if len(formula) == 2:
        return ("~", substituted(formula[1], parts))
    return (formula[0], substituted(formula[1], parts), substituted(formula[2], parts))


@cache
def symbols(formula: Formula) -> str:
    """How it is written, for `str.format` with the names of the atoms: `~` binds closest, no outer brackets."""
    if isinstance(formula, int):
        return f"{{{formula}}}"
    if len(formula) == 2:
        return f"~{_bracketed(formula[1])}"
    return f"{_bracketed(formula[1])} {formula[0]} {_bracketed(formula[2])}"


def _bracketed(formula: Formula) -> str:
    text = symbols(formula)
    return text if isinstance(formula, int) or len(formula) == 2 else f"({text})"
