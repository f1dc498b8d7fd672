"""Comparison: who is the oldest, when people are compared two at a time.

Example: `Bob is older than Frank. Frank is less patient than Bob. Who is younger, Bob or Frank?` — Frank.

Difficulty, people and what is new; the clues stand in any order and either direction ("older", "younger") throughout:

1. two people; one clue, and a remark that compares them in another property; who of the two.
2. three; who of two that no clue compares, or the most or the least.
3. four; also the second; one clue is a denial ("is not as old as"), and it is said that no two are equal.
4. five; also "how many are older than"; a denial and a remark.
5. six; who of two, the second, the third, how many; two denials and a remark.

The place of the answer tells nothing. Who of two: the clues are a chain of neighbours in the order, and the question
asks for the upper or the lower one with equal chance. All else: the first is compared with the last too, so that the
clues are a ring. Everybody is mentioned twice, and whoever is asked for stands in every place with equal chance.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family, check_option
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.comparison import ADJECTIVES, SCALES, TEMPLATES, Scale, unlike

KINDS = {
    2: ("pair",),
    3: ("pair", "first"),
    4: ("pair", "first", "second"),
    5: ("pair", "first", "second", "count"),
    6: ("pair", "second", "third", "count"),
}
"""Questions by the number of people."""
RANKS = {"first": 0, "second": 1, "third": 2}
DENIALS = {3: 1, 4: 1, 5: 2}
"""Clues that are denials, by difficulty."""
REMARKS = (1, 4, 5)
"""Difficulties with a remark on another property."""
APART = {n: [(i, j) for i in range(n) for j in range(i + min(2, n - 1), n)] for n in KINDS}
"""Two places in the order that are no neighbours, where there are such."""
NUMBERS = ("zero", "one", "two", "three", "four", "five")

Clause = tuple[str, str, str]
"""Who, "is older than", whom."""


class Asked(NamedTuple):
    """A question: its form in a `Wording`, the people in it, the adjective, and the answer."""

    kind: str
    people: tuple[str, ...]
    word: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Comparison(Family):
    """Chains and rings of comparisons."""

    VERSION: ClassVar[int] = 2

    longest: int = 6
    """Most people; difficulty d has d + 1 up to this."""

    def __post_init__(self) -> None:
        check_option("longest", self.longest, 3, 6)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """The people from the most to the least, what is told of them, and a question."""
        people = rng.sample(NAMES.of(novelty), min(difficulty + 1, self.longest))
        scale, other = _scales(rng, novelty)
        asked = _asked(rng, rng.choice(KINDS[len(people)]), people, scale)
        pairs = list(pairwise(people))
        if asked.kind != "pair":
            pairs.append((people[0], people[-1]))
        rng.shuffle(pairs)
        denied = rng.sample(range(len(pairs)), DENIALS.get(difficulty, 0))
        told = [_clause(rng, pair, scale, denied=i in denied) for i, pair in enumerate(pairs)]
        if difficulty in REMARKS:
            first, second = rng.sample(people, 2)
            told.insert(int(rng.random() * (len(told) + 1)), _clause(rng, (first, second), other))
        clauses = [" ".join(clause) for clause in told]
        if denied:
            clauses.append(f"no two are equally {scale.plain}")
        template, wording = rng.choice(TEMPLATES.of(novelty))
        form = {"pair": wording.pair, "count": wording.number}.get(asked.kind, wording.rank)
        question = form.format(*asked.people, word=asked.word)
        order = {name: i for i, name in enumerate(dict.fromkeys(n for a, _, b in told for n in (a, b)))}
        return Draft(
            prompt=wording.layout.format(clues=wording.join(clauses), question=question),
            answer=asked.answer,
            template=template,
            entities=tuple(order),
            facts={
                "told": [[order[a], phrase, order[b]] for a, phrase, b in told],
                "asked": [asked.kind, asked.word, *(order[name] for name in asked.people)],
            },
            marking={"answers": [NUMBERS[int(asked.answer)]]} if asked.kind == "count" else {},
        )


def _scales(rng: random.Random, novelty: str) -> tuple[Scale, Scale]:
    """The property that is asked about, and another for the remark; more than nine pairs in ten will do."""
    while True:
        first, second = rng.sample(ADJECTIVES.of(novelty), 2)
        if unlike(first, second):
            return SCALES[first], SCALES[second]


def _asked(rng: random.Random, kind: str, people: list[str], scale: Scale) -> Asked:
    upward = rng.random() < 0.5
    ranked = people if upward else people[::-1]
    word = scale.more if upward else scale.less
    if kind == "pair":
        upper, lower = rng.choice(APART[len(people)])
        named = (ranked[upper], ranked[lower])
        return Asked(kind, named if rng.random() < 0.5 else named[::-1], word, ranked[upper])
    if kind == "count":
        count = int(rng.random() * len(people))
        return Asked(kind, (ranked[count],), word, str(count))
    superlative = scale.most if upward else scale.least
    return Asked(kind, (), superlative if kind == "first" else f"{kind} {superlative}", ranked[RANKS[kind]])


def _clause(rng: random.Random, pair: tuple[str, str], scale: Scale, *, denied: bool = False) -> Clause:
    """That the first of the pair has more of it; either is named first with equal chance, as an even ring must be."""
    upper, lower = pair
    if rng.random() < 0.5:
        return upper, f"is not {scale.less} than" if denied else f"is {scale.more} than", lower
    if denied:
        return lower, f"is not as {scale.plain} as" if rng.random() < 0.5 else f"is not {scale.more} than", upper
    return lower, f"is {scale.less} than", upper


FAMILY = Comparison
