"""Logic grid: who has what, when nobody shares.

Example: `Ann, Bob and Cy each like a different color (red, green, blue). Bob likes green. Ann does not like red.
What color does Cy like?` — red.

Difficulty:

1. two people; one clue, which says what somebody has or has not.
2. three; two clues, one or more of them a denial.
3. four; three clues: statements, denials, "likes red or blue", "Ann or Bob likes red", at least one a plain statement.
4. four; three or four clues, none of them a plain statement.
5. three with two properties that are linked ("whoever likes red keeps cats"), or five with one; up to four clues.

Clues settle what is asked and never say it outright, not even as one of two, and none can be spared. Every set of
clues that does so is found once, for the people 0, 1, … of whom everybody has the value of the same number and 0 is
asked about; a draw takes one and puts names and words in the place of the numbers.

The place of the answer tells nothing: of those who could be it, any is it with equal chance, whatever the numbers of
their mentions in the clues are, and so is the first and the last to be mentioned.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, reduce
from itertools import accumulate, permutations, product
from operator import and_
from typing import ClassVar, NamedTuple, TypeVar

from clpipe.arena.family import Draft, Family, check_option, listing
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.logic_grid import TEMPLATES, TOPICS, Topic
from clpipe.records import Json


class Clue(NamedTuple):
    """What is said of people, who may be none, and values."""

    kind: str
    people: tuple[int, ...]
    values: tuple[int, ...]
    topics: tuple[int, ...]
    """Of each value."""


class Shape(NamedTuple):
    """The size of a grid and its clues: the kinds that there may be, those of which one must be there, how many."""

    people: int
    topics: int
    kinds: frozenset[str]
    must: frozenset[str]
    most: int


World = tuple[tuple[int, ...], ...]
"""The value of each person, for each topic."""
Puzzle = tuple[Clue, ...]
Item = TypeVar("Item")

PLAIN = frozenset({"has", "lacks"})
PAIRS = frozenset({"either", "whom"})
LINKS = frozenset({"same", "apart"})
INDIRECT = PAIRS | {"lacks"}
SHAPES = {
    1: [Shape(2, 1, PLAIN, PLAIN, 1)],
    2: [Shape(3, 1, PLAIN, frozenset({"lacks"}), 2)],
    3: [Shape(4, 1, PLAIN | PAIRS, frozenset({"has"}), 3)],
    4: [Shape(4, 1, INDIRECT, INDIRECT, 4)],
    5: [Shape(5, 1, PLAIN | PAIRS, PLAIN | PAIRS, 4), Shape(3, 2, PLAIN | PAIRS | LINKS, LINKS, 4)],
}
ASKED = Clue("has", (0,), (0,), (0,))
ORDERS = [list(permutations(range(n))) for n in range(6)]


class Grid(NamedTuple):
    """What stands in the place of the numbers of a puzzle."""

    topics: list[Topic]
    values: list[list[str]]
    people: tuple[str, ...]
    """In the order in which they are named first."""
    places: list[int]
    """Of person 0, 1, … in `people`."""


class Told(NamedTuple):
    """A clue in words; `topics` are those of its values."""

    kind: str
    places: list[int]
    names: list[str]
    values: list[str]
    topics: list[Topic]


@dataclass(frozen=True, kw_only=True)
class LogicGrid(Family):
    """Small grids of people and properties."""

    VERSION: ClassVar[int] = 2

    properties: int = 2
    """Most properties of one grid; with 1 there are no links."""

    def __post_init__(self) -> None:
        check_option("properties", self.properties, 1, 2)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """The clues to a grid, with names and words for its numbers, and one of its cells."""
        shape = rng.choice(SHAPES[difficulty][: self.properties])
        who = rng.random() < 0.5
        puzzles, weights = library(shape, who)
        puzzle = rng.choices(puzzles, cum_weights=weights)[0]
        grid = _grid(rng, shape, novelty)
        told = [_told(clue, grid, rng.choice((1, -1))) for clue in _shuffled(rng, puzzle)]
        asked = _told(ASKED, grid, 1)
        worlds = [(topic, _shuffled(rng, values)) for topic, values in zip(grid.topics, grid.values, strict=True)]
        if rng.random() < 0.5:  # the topic that is asked about is not always the first
            worlds.reverse()
        template, wording = rng.choice(TEMPLATES.of(novelty))
        prompt = wording.layout.format(
            people=listing(grid.people),
            world=wording.also.join(_world(wording.world, *world) for world in worlds),
            clues=wording.join([_clause(getattr(wording, clue.kind), clue) for clue in told]),
            question=_clause(wording.who if who else wording.what, asked),
        )
        cell: dict[str, Json] = {"person": asked.places[0], "topic": grid.topics[0].noun}
        return Draft(
            prompt=prompt,
            answer=asked.names[0] if who else asked.values[0],
            template=template,
            entities=grid.people,
            facts={
                "topics": [topic.noun for topic, _ in worlds],
                "values": [[*values] for _, values in worlds],
                "clues": [[clue.kind, *clue.places, *clue.values] for clue in told],
                "asked": {"value": asked.values[0]} if who else cell,
            },
        )


@cache
def library(shape: Shape, who: bool) -> tuple[list[Puzzle], list[float]]:
    """Puzzles of a shape and the sums of their weights; asked is who has value 0 of topic 0, or what 0 has of it.

    Puzzles with the same numbers of mentions weigh so much that each number is as likely for the answer as for anybody
    else. They are left out where one of the numbers would rule the answer out, or being mentioned first tells of it.
    """
    groups: dict[tuple[int, ...], list[tuple[Puzzle, int, Fraction]]] = defaultdict(list)
    for puzzle in _puzzles(shape):
        mentions = [found for clue in puzzle if (found := _candidates(clue, who))]
        own, *others = (sum(number in found for found in mentions) for number in range(shape.people))
        first = sum((Fraction(found.count(0), len(found)) for found in mentions), Fraction())
        groups[tuple(sorted([own, *others]))].append((puzzle, own, first / max(1, len(mentions))))
    puzzles: list[Puzzle] = []
    weights: list[Fraction] = []
    for counts, group in groups.items():
        sizes = Counter(count for _, count, _ in group)
        shares = [Fraction(counts.count(count), sizes[count] * shape.people) for _, count, _ in group]
        chance = sum((share * first for share, (_, _, first) in zip(shares, group, strict=True)), Fraction())
        if set(sizes) == set(counts) and chance == Fraction(1, shape.people):
            puzzles += [puzzle for puzzle, _, _ in group]
            weights += [share * len(group) for share in shares]
    return puzzles, list(accumulate(map(float, weights)))


def _candidates(clue: Clue, who: bool) -> tuple[int, ...]:
    """Those in the clue who, or what, could be the answer."""
    return clue.people if who else tuple(v for v, topic in zip(clue.values, clue.topics, strict=True) if topic == 0)


def _puzzles(shape: Shape) -> list[Puzzle]:
    """Every set of clues of a shape that settles who has value 0 of topic 0 and of which none can be spared."""
    worlds: list[World] = list(product(ORDERS[shape.people], repeat=shape.topics))
    clues = [clue for clue in _clues(shape) if clue.kind in shape.kinds]
    # A set of worlds is a number with a bit for each: those where a clue holds, and those where the answer is wrong.
    masks = [sum(1 << i for i, world in enumerate(worlds) if holds(clue, world)) for clue in clues]
    wrong = sum(1 << i for i, world in enumerate(worlds) if world[0][0])
    found: list[Puzzle] = []

    def grow(chosen: tuple[int, ...], left: int) -> None:
        for i in range(chosen[-1] + 1 if chosen else 0, len(clues)):
            rest, more = left & masks[i], (*chosen, i)
            if not rest & wrong:
                if all(_without(masks, more, spare) & wrong for spare in more):
                    found.append(tuple(clues[j] for j in more))
            elif rest != left and len(more) < shape.most:
                grow(more, rest)

    grow((), (1 << len(worlds)) - 1)
    return [puzzle for puzzle in found if shape.must & {clue.kind for clue in puzzle}]


def _without(masks: Sequence[int], chosen: Iterable[int], spare: int) -> int:
    return reduce(and_, [masks[i] for i in chosen if i != spare], -1)


def _clues(shape: Shape) -> Iterator[Clue]:
    """Every clue that is true and does not say who has value 0 of topic 0, not even as one of two."""
    everybody = range(shape.people)
    for topic, own in product(range(shape.topics), everybody):
        others = [number for number in everybody if number != own]
        yield from (Clue("lacks", (own,), (other,), (topic,)) for other in others)
        if topic or own:
            yield Clue("has", (own,), (own,), (topic,))
            yield from (Clue("either", (own,), (own, other), (topic, topic)) for other in others)
            yield from (Clue("whom", (own, other), (own,), (topic,)) for other in others)
    if shape.topics == 2:
        for first, second in product(everybody, repeat=2):
            yield Clue("same" if first == second else "apart", (), (first, second), (0, 1))


def holds(clue: Clue, world: World) -> bool:
    """Whether the clue is true in the world."""
    cells = zip(clue.topics, clue.values, strict=True)
    if clue.kind in LINKS:
        owners = {world[topic].index(value) for topic, value in cells}
        return (len(owners) == 1) == (clue.kind == "same")
    met = any(world[topic][person] == value for topic, value in cells for person in clue.people)
    return met != (clue.kind == "lacks")


def _grid(rng: random.Random, shape: Shape, novelty: str) -> Grid:
    topics = rng.sample(TOPICS, shape.topics)
    values = [rng.sample(topic.values.of(novelty), shape.people) for topic in topics]
    people = tuple(rng.sample(NAMES.of(novelty), shape.people))
    return Grid(topics, values, people, _shuffled(rng, range(shape.people)))


def _shuffled(rng: random.Random, items: Sequence[Item]) -> list[Item]:
    return [items[i] for i in rng.choice(ORDERS[len(items)])]


def _told(clue: Clue, grid: Grid, step: int) -> Told:
    """The clue, with two people or two values the other way round where `step` is -1."""
    places = [grid.places[person] for person in clue.people[::step]]
    topics = clue.topics[::step]
    values = [grid.values[topic][value] for topic, value in zip(topics, clue.values[::step], strict=True)]
    return Told(clue.kind, places, [grid.people[p] for p in places], values, [grid.topics[t] for t in topics])


def _world(form: str, topic: Topic, values: Sequence[str]) -> str:
    listed, choice = ", ".join(values), listing(values, "or")
    return form.format(noun=topic.noun, have=topic.have, has=topic.has, listed=listed, choice=choice)


def _clause(form: str, told: Told) -> str:
    first, last = told.topics[0], told.topics[-1]
    p, q = (told.names[0], told.names[-1]) if told.names else ("", "")
    words = {"p": p, "q": q, "v": told.values[0], "w": told.values[-1], "like2": last.like, "likes2": last.likes}
    return form.format(**words, noun=first.noun, like=first.like, likes=first.likes, have=first.have, has=first.has)


FAMILY = LogicGrid
