"""Sequence: the next number.

Example: `What comes next: 2, 4, 8, 16, 32, ?` — 64.

A sequence is drawn only where its next number is beyond doubt by the criterion of `clpipe.arena.logic.sequence_rules`:
all rules of a stated class that fit the shown numbers agree on the next, and none is simpler than the one drawn.

Difficulty is the rule and the count of numbers shown:

1. add or subtract the same number; 4 shown.
2. multiply or divide by the same number, or add the two numbers before; 5 shown.
3. steps that grow or shrink by the same number, 5 shown; two steps in turn, 6 shown.
4. multiply and add, 5 shown; add the two before and a constant, or add and multiply in turn, 6 shown.
5. three steps in turn, or two sequences in turn, each of adding or multiplying; 8 shown.

All numbers are from 1 to 5000.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family, check_option
from clpipe.arena.logic.sequence_rules import certain
from clpipe.arena.reserve import templates
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.records import Json

LARGEST = 5000

TEMPLATES = templates(
    {
        "next": "What comes next: {terms}, ?",
        "continue": "Continue the sequence with one number: {terms}, ...",
        "number": "Which number follows in the sequence {terms}?",
        "blank": "Fill in the blank: {terms}, __",
        "rule": "Find the rule and give the next number: {terms}.",
        "follow": "The numbers {terms} follow a rule. What number comes next?",
        "pattern": "A pattern goes {terms}. What is its next term?",
        "rows": "{a} lays {x} in rows: {terms}. If the pattern goes on, how many {x} are in the next row?",
        "days": "Day by day {a} counts {x}: {terms}. The rule stays the same. How many will {a} count the next day?",
        "writes": "{a} writes down numbers by a rule: {terms}. Which number does {a} write next?",
        "shop": "A shop sells {x} by a pattern, week after week: {terms}. How many {x} does it sell in the next week?",
        "piles": "The sizes of some piles of {x} follow a rule: {terms}. How many {x} make the next pile?",
        "game": "In a game {a} says {terms}, always by the same rule. What does {a} say next?",
        "two": "{a} starts a sequence for {b} to continue: {terms}. Which number should {b} say next?",
        "shelf": "Shelf by shelf {a} sets out {x} by a rule: {terms}. How many {x} go on the next shelf?",
        "crates": "A factory fills crates with {x} by a fixed rule: {terms}. How many {x} go into the next crate?",
        "draws": "{a} draws {x} on page after page: {terms}. The pattern goes on. How many {x} are on the next page?",
    }
)
"""`{a}`, `{b}` are people, `{x}` are things."""
WITH_WORDS = tuple((name, wording) for name, wording in TEMPLATES.common if "{a}" in wording or "{x}" in wording)


class Numbers(NamedTuple):
    """Where the numbers of a sequence come from, and how many it shall have."""

    rng: random.Random
    start: int
    step: int
    length: int

    def upto(self, most: int) -> int:
        """From 1 to `most`."""
        return 1 + int(self.rng.random() * most)

    def first(self) -> int:
        """A first number."""
        return self.upto(self.start)

    def signed(self) -> int:
        """A step up or down."""
        step = self.upto(self.step)
        return step if self.rng.random() < 0.5 else -step

    def lifted(self, steps: list[int]) -> list[int]:
        """The sequence with these steps, in turn, whose smallest number is a first number."""
        terms = list(accumulate((steps * self.length)[: self.length - 1], initial=0))
        lift = self.first() - min(terms)
        return [term + lift for term in terms]


def added(n: Numbers) -> list[int]:
    """One step."""
    return n.lifted([n.signed()])


def multiplied(n: Numbers) -> list[int]:
    """One factor, up or down."""
    first, factor = n.rng.choice(PRODUCTS)
    terms = [first * factor**i for i in range(n.length)]
    return terms if n.rng.random() < 0.5 else terms[::-1]


def summed(n: Numbers, constant: int = 0) -> list[int]:
    """The sum of the two before, and a constant."""
    terms = [n.first(), n.first()]
    while len(terms) < n.length:
        terms.append(terms[-1] + terms[-2] + constant)
    return terms


def grown(n: Numbers) -> list[int]:
    """Steps that grow or shrink, up or down, never turning."""
    smallest, growth = n.upto(n.step), n.upto(n.step // 2)
    steps = [smallest + growth * i for i in range(n.length - 1)]
    if n.rng.random() < 0.5:
        steps.reverse()
    return n.lifted(steps if n.rng.random() < 0.5 else [-step for step in steps])


def enlarged(n: Numbers) -> list[int]:
    """Multiply and add. Three soon runs out of bounds, so it is rarer and begins low."""
    factor, constant = n.rng.choice((2, 2, 2, 3)), n.signed()
    terms = [n.upto(n.start if factor == 2 else 12)]
    while len(terms) < n.length:
        terms.append(factor * terms[-1] + constant)
    return terms


def zigzag(n: Numbers) -> list[int]:
    """Add and multiply in turn, either of them first."""
    step, factor, odd = n.signed(), 2 + (n.rng.random() < 0.3), n.rng.random() < 0.5
    terms = [n.first()]
    while len(terms) < n.length:
        terms.append(terms[-1] + step if len(terms) % 2 == odd else terms[-1] * factor)
    return terms


def woven(n: Numbers) -> list[int]:
    """Two sequences in turn, one in four of them of multiplying."""
    single = n._replace(length=n.length // 2 + 1)
    one, two = (multiplied(single) if n.rng.random() < 0.25 else added(single) for _ in "12")
    return [term for pair in zip(one, two, strict=True) for term in pair][: n.length]


PRODUCTS = [(first, factor) for factor in (2, 3, 4, 5) for first in range(1, LARGEST // factor**5 + 1)]
"""First number and factor of six numbers, none too large."""
KINDS: dict[int, tuple[tuple[str, int, Callable[[Numbers], list[int]]], ...]] = {
    1: (("add", 4, added),),
    2: (("multiply", 5, multiplied), ("sum of two", 5, summed)),
    3: (("growing steps", 5, grown), ("two steps", 6, lambda n: n.lifted([n.signed(), n.signed()]))),
    4: (
        ("multiply and add", 5, enlarged),
        ("sum of two and constant", 6, lambda n: summed(n, n.signed())),
        ("add and multiply in turn", 6, zigzag),
    ),
    5: (
        ("three steps", 8, lambda n: n.lifted([n.signed(), n.signed(), n.signed()])),
        ("two sequences in turn", 8, woven),
    ),
}
"""By difficulty: a rule, how many numbers are shown, and what makes one more."""


@dataclass(frozen=True, kw_only=True)
class NextNumber(Family):
    """Sequences of whole numbers."""

    VERSION: ClassVar[int] = 2

    largest_start: int = 60
    """Largest first number, or smallest where the sequence falls; multiplying alone takes what fits."""
    largest_step: int = 15
    """Largest number added or subtracted at a time."""

    def __post_init__(self) -> None:
        check_option("largest_start", self.largest_start, 10, 100)
        check_option("largest_step", self.largest_step, 4, 100)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A sequence whose next number is beyond doubt."""
        rule, count, make = rng.choice(KINDS[difficulty])
        numbers = Numbers(rng, self.largest_start, self.largest_step, count + 1)
        terms = make(numbers)
        while not (min(terms) > 0 and max(terms) <= LARGEST and certain(rule, terms)):
            terms = make(numbers)  # one in three is good at the worst, nine in ten at the options' defaults
        *shown, following = terms
        name, wording = rng.choice(WITH_WORDS if novelty == "new_entities" else TEMPLATES.of(novelty))
        drawn = (*rng.sample(NAMES.of(novelty), 2), rng.choice(THINGS.of(novelty)))
        words = {slot: word for slot, word in zip("abx", drawn, strict=True) if f"{{{slot}}}" in wording}
        return Draft(
            prompt=wording.format(terms=", ".join(map(str, shown)), **words),
            answer=str(following),
            template=name,
            entities=tuple(words.values()),
            facts={"rule": rule, "terms": list[Json](shown)},
        )


FAMILY = NextNumber
