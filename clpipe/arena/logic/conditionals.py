"""Problems made of conditionals, without words: what follows from rules and facts, also when an event is forced.

>>> problems = list(shapes("a>b : b ? a"))
>>> len(problems), problems[1].rules[0], problems[1].told
(8, Rule(kind='if', literals=(('a', True), ('b', True))), (('b', False),))
>>> verdict(problems[0]), verdict(problems[1]), verdict(problems[1]._replace(forced=True))
('Unknown', 'No', 'Unknown')
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

LETTERS = "abcdef"
"""Events."""
Literal = tuple[str, bool]
"""An event, and whether it happens."""


class Rule(NamedTuple):
    """A conditional: its kind and its literals in the order of its frame."""

    kind: str
    """`if` (a, then b), `or` (a or b, then c), `both` (a, then b and c) or `nested` (a, then if b, c)."""
    literals: tuple[Literal, ...]

    def conditionals(self) -> tuple[tuple[tuple[Literal, ...], Literal], ...]:
        """The plain conditionals it says: premises, all of which must hold, and what then holds."""
        *first, last = self.literals
        if self.kind == "or":
            return tuple(((premise,), last) for premise in first)
        if self.kind == "both":
            return tuple(((first[0],), end) for end in self.literals[1:])
        return ((tuple(first), last),)

    def reordered(self) -> Rule:
        """It with the two literals exchanged that may be exchanged, if there are such."""
        a, b, *rest = self.literals
        if self.kind == "both":
            return Rule(self.kind, (a, *rest, b))
        return Rule(self.kind, (b, a, *rest)) if rest else self


class Shape(NamedTuple):
    """A problem."""

    rules: tuple[Rule, ...]
    told: tuple[Literal, ...]
    forced: bool
    """Whether the first of what is told is forced."""
    asked: str

    def literals(self) -> Iterator[Literal]:
        """All of the rules and of what is told."""
        for rule in self.rules:
            yield from rule.literals
        yield from self.told


def verdict(shape: Shape) -> str | None:
    """Yes, No or Unknown by truth table; None where what is told contradicts the rules."""
    cut = shape.told[0][0] if shape.forced else None
    left = _ALL
    for literal in shape.told:
        left &= _worlds(literal)
    for rule in shape.rules:
        for premises, end in rule.conditionals():
            if end[0] != cut:
                holds = _worlds(end)
                for premise in premises:
                    holds |= _ALL ^ _worlds(premise)
                left &= holds
    if not left:
        return None
    happens = left & _COLUMNS[shape.asked]
    return "Unknown" if 0 != happens != left else "Yes" if happens else "No"


_ALL = (1 << (1 << len(LETTERS))) - 1
_COLUMNS = {c: sum(1 << w for w in range(1 << len(LETTERS)) if w >> i & 1) for i, c in enumerate(LETTERS)}
"""The truth table: for each event the set of worlds in which it happens, a world being a bit."""


def _worlds(literal: Literal) -> int:
    return _COLUMNS[literal[0]] ^ (0 if literal[1] else _ALL)


def shapes(frame: str) -> Iterator[Shape]:
    """Every shape of a frame: each way round of its rules, each literal affirmed or denied.

    A frame is `rules : told ? asked`. Rules: `a>b` if a, b; `a-b` either that or `b>a`; `a|b>c` if a or b, c; `a>b&c`
    if a, b and c; `a>b>c` if a, then if b, c. Where what is told begins with `!`, its first event is forced.
    """
    rules, told, asked = frame.replace(" ? ", " : ").split(" : ")
    facts = told.replace("!", "").split()
    for ways in product(*map(_ways, rules.split())):
        count = sum(len(letters) for _, letters in ways) + len(facts)
        for signs in product((True, False), repeat=count):
            sign = iter(signs)
            made = tuple([Rule(kind, tuple([(c, next(sign)) for c in letters])) for kind, letters in ways])
            yield Shape(made, tuple([(c, next(sign)) for c in facts]), told.startswith("!"), asked)


def _ways(rule: str) -> list[tuple[str, str]]:
    """The kind of a rule and its letters, for either direction where both are meant."""
    if "-" in rule:
        return [("if", rule[0] + rule[-1]), ("if", rule[-1] + rule[0])]
    kind = "or" if "|" in rule else "both" if "&" in rule else "nested" if rule.count(">") > 1 else "if"
    return [(kind, "".join(c for c in rule if c.isalpha()))]
