"""Comparison: who is the oldest, when only neighbours in the order are compared.

Example: `Bob is older than Frank. Charlie is older than Bob. Who is older, Charlie or Frank?` — Charlie.

Difficulty is the number of people (2 to 6) and the question: one of two, the first, the second, the third.
The clues stand in random order and direction, drawn so that the answer is mentioned first, second, … equally
often: its place tells nothing.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, check_option, sentence
from clpipe.arena.scoring import exact_match
from clpipe.arena.vocabulary import NAMES
from clpipe.records import Task

SCALES = tuple(
    tuple(row.split())
    for row in """
    old older younger oldest youngest
    tall taller shorter tallest shortest
    fast faster slower fastest slowest
    heavy heavier lighter heaviest lightest
    strong stronger weaker strongest weakest
    rich richer poorer richest poorest
    loud louder quieter loudest quietest
    happy happier sadder happiest saddest
    kind kinder meaner kindest meanest
    tidy tidier messier tidiest messiest
    warm warmer colder warmest coldest
    polite politer ruder politest rudest
    brave braver shyer bravest shyest
    healthy healthier sicker healthiest sickest
    """.strip().splitlines()
)
"""Each: plain form, more, less, most, least."""


class Wording(NamedTuple):
    """One way to put the clues and the question."""

    layout: str
    between: str
    pair: str
    best: str


WORDINGS = {
    "plain": Wording("{clues} {question}", ". ", "Who is {more}, {a} or {b}?", "Who is the {most}?"),
    "question-first": Wording("{question} {clues}", ". ", "Who is {more}, {a} or {b}?", "Who is the {most}?"),
    "facts": Wording("Facts: {clues} {question}", ". ", "Is {a} or {b} {more}?", "Which person is the {most}?"),
    "one-sentence": Wording("{clues} {question}", "; ", "Of {a} and {b}, who is {more}?", "Who is the {most} of all?"),
    "known": Wording("We know this. {clues} {question}", ". ", "Which is {more}, {a} or {b}?", "Name the {most}."),
    "friends": Wording(
        "Some friends compare themselves. {clues} {question}",
        ". ",
        "Between {a} and {b}, who is {more}?",
        "Which friend is the {most}?",
    ),
    "and": Wording("{clues} {question}", ", and ", "Name the {more} one: {a} or {b}.", "Who must be the {most}?"),
    "puzzle": Wording("Puzzle: {clues} {question}", ". ", "Who must be {more}, {a} or {b}?", "So who is the {most}?"),
}
KINDS = {2: ("pair",), 3: ("pair", "first"), 4: ("pair", "first"), 5: ("first", "second"), 6: ("second", "third")}
RANKS = {"first": 0, "second": 1, "third": 2}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Chains of comparisons."""

    VERSION: ClassVar[int] = 1

    people: int = len(NAMES)
    """Names in use."""
    longest: int = 6
    """People in the longest chain; difficulty d has d + 1 people up to this."""
    scales: int = len(SCALES)
    """Properties in use: age, height, …"""
    templates: int = len(WORDINGS)
    """Wordings in use."""

    def __post_init__(self) -> None:
        check_option("comparison.longest", self.longest, 2, 6)
        check_option("comparison.people", self.people, self.longest, len(NAMES))
        check_option("comparison.scales", self.scales, 1, len(SCALES))
        check_option("comparison.templates", self.templates, 1, len(WORDINGS))

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A chain of `difficulty` comparisons and a question about it."""
        order = rng.sample(NAMES[: self.people], min(difficulty + 1, self.longest))
        kind, template = rng.choice(KINDS[len(order)]), rng.choice(list(WORDINGS)[: self.templates])
        wording, scale = WORDINGS[template], rng.choice(SCALES[: self.scales])
        upward = rng.random() < 0.5
        ranked = order if upward else order[::-1]
        candidates = _far_apart(rng, ranked) if kind == "pair" else ranked
        answer = candidates[RANKS.get(kind, 0)]
        clues = _shown(rng, order, candidates, answer)
        told = [_clue(rng, scale, pair, first) for pair, first in clues]
        a, b = rng.sample(candidates, 2)
        superlative = scale[3 if upward else 4]
        most = superlative if kind in ("pair", "first") else f"{kind} {superlative}"
        asked = wording.pair if kind == "pair" else wording.best
        question = asked.format(a=a, b=b, more=scale[1 if upward else 2], most=most)
        return Draft(
            family="comparison",
            prompt=wording.layout.format(clues=sentence(wording.between.join(told)), question=question),
            answer=answer,
            difficulty=difficulty,
            template=template,
            people=order,
            facts={
                "scale": scale[0],
                "clues": [list(pair) for pair, _ in clues],
                "kind": kind,
                "upward": upward,
                "of": list(candidates),
            },
        ).task()

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is the name."""
        return exact_match(task.answer, reply)


Clue = tuple[tuple[str, str], bool]
"""Who has more, who has less; whether the first of them is named first."""


def _far_apart(rng: random.Random, ranked: list[str]) -> list[str]:
    """Two who are not compared directly, where there are such."""
    apart = min(2, len(ranked) - 1)
    i, j = rng.choice([(i, j) for i in range(len(ranked)) for j in range(i + apart, len(ranked))])
    return [ranked[i], ranked[j]]


def _shown(rng: random.Random, order: list[str], candidates: list[str], answer: str) -> list[Clue]:
    place = rng.randrange(len(candidates))
    clues = list(itertools.pairwise(order))
    while True:  # every place has at least one chance in 30 (a chain's inner person mentioned last)
        rng.shuffle(clues)
        told = [(pair, rng.random() < 0.5) for pair in clues]
        mentioned = [name for pair, first in told for name in (pair if first else pair[::-1])]
        if sorted(candidates, key=mentioned.index)[place] == answer:
            return told


def _clue(rng: random.Random, scale: tuple[str, ...], pair: tuple[str, str], first: bool) -> str:
    if first:
        return f"{pair[0]} is {scale[1]} than {pair[1]}"
    if rng.random() < 0.25:
        return f"{pair[1]} is not as {scale[0]} as {pair[0]}"
    return f"{pair[1]} is {scale[2]} than {pair[0]}"


FAMILY = Comparison
