"""Logic grid: who has what, when nobody shares.

Example: `Ann, Bob and Cy each like a different color (red, green, blue). Bob likes green. Ann does not like red.
What color does Cy like?` — red.

Difficulty: 2 people and 1 clue (1), 3 with a denial (2), 4 with denials (3), 4 without any plain statement (4),
3 with two properties that are linked (5). The clues are just enough: every way to fill the grid is tried, all that
are left agree on what is asked, and no clue can be spared.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, check_option, listing, sentence
from clpipe.arena.scoring import exact_match
from clpipe.arena.vocabulary import NAMES
from clpipe.records import Task


class Topic(NamedTuple):
    """A property that everybody has one value of."""

    noun: str
    like: str
    likes: str
    values: tuple[str, ...]


TOPICS = tuple(
    Topic(noun, like, likes, tuple(values.split()))
    for noun, like, likes, values in (
        ("color", "like", "likes", "red green blue yellow purple white black pink"),
        ("pet", "keep", "keeps", "cats dogs rabbits parrots hamsters turtles goldfish snakes"),
        ("drink", "drink", "drinks", "tea coffee milk juice water cocoa lemonade cider"),
        ("sport", "play", "plays", "tennis golf hockey rugby soccer cricket squash polo"),
        ("language", "speak", "speaks", "Greek Polish Dutch Hindi Swedish Turkish Korean Arabic"),
        ("city", "live in", "lives in", "Paris Rome Oslo Cairo Lima Tokyo Delhi Madrid"),
        ("subject", "study", "studies", "law physics music history art biology French chemistry"),
        ("fruit", "eat", "eats", "apples pears grapes plums bananas cherries peaches mangoes"),
    )
)
WORDINGS = {
    "plain": "{people} each {world}. {clues} {question}",
    "question-first": "{question} {people} each {world}. {clues}",
    "friends": "{people} are friends who each {world}. {clues} {question}",
    "puzzle": "Puzzle: {people} each {world}. {clues} {question}",
    "clues": "{people} each {world}. Clues: {clues} {question}",
    "known": "We know that {people} each {world}. {clues} {question}",
    "club": "In a club, {people} each {world}. {clues} {question}",
    "question": "{people} each {world}. {clues} Question: {question}",
}
Clue = tuple[str, ...]
"""(`is`|`not`, person, value), (`either`, person, value, value) or (`same`, value, value)."""
World = dict[str, frozenset[str]]
"""Person to values."""


class Shape(NamedTuple):
    """What makes a difficulty; the kinds that `must` occur do so wherever the grid is large enough for them."""

    people: int
    properties: int
    kinds: tuple[str, ...]
    must: frozenset[str]


SHAPES = {
    1: Shape(2, 1, ("is",), frozenset({"is"})),
    2: Shape(3, 1, ("is", "not"), frozenset({"is", "not"})),
    3: Shape(4, 1, ("is", "not"), frozenset({"is", "not"})),
    4: Shape(4, 1, ("not", "either"), frozenset({"not", "either"})),
    5: Shape(3, 2, ("is", "not", "same"), frozenset({"same"})),
}
LONGEST = 5
"""Most clues."""


@dataclass(frozen=True, kw_only=True)
class LogicGrid:
    """Small grids of people and properties."""

    VERSION: ClassVar[int] = 1

    people: int = len(NAMES)
    """Names in use."""
    size: int = 4
    """Most people in one grid."""
    properties: int = 2
    """Most properties in one grid."""
    topics: int = len(TOPICS)
    """Properties in use: color, pet, …"""
    values: int = 8
    """Values in use of each property."""
    templates: int = len(WORDINGS)
    """Wordings in use."""

    def __post_init__(self) -> None:
        check_option("logic_grid.size", self.size, 2, 4)
        check_option("logic_grid.people", self.people, self.size, len(NAMES))
        check_option("logic_grid.properties", self.properties, 1, 2)
        check_option("logic_grid.topics", self.topics, self.properties, len(TOPICS))
        check_option("logic_grid.values", self.values, self.size, 8)
        check_option("logic_grid.templates", self.templates, 1, len(WORDINGS))

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A grid, the clues to it, and one of its cells."""
        shape = SHAPES[difficulty]
        people = rng.sample(NAMES[: self.people], min(shape.people, self.size))
        topics = rng.sample(TOPICS[: self.topics], min(shape.properties, self.properties))
        values = [rng.sample(topic.values[: self.values], len(people)) for topic in topics]
        worlds = _worlds(people, values)
        truth, place, person = rng.choice(worlds), rng.randrange(len(topics)), rng.choice(people)
        value = next(v for v in values[place] if v in truth[person])
        clues = _clues(rng, shape, (worlds, truth), (person, value))
        who, template = rng.random() < 0.5, rng.choice(list(WORDINGS)[: self.templates])
        topic = topics[place]
        prompt = WORDINGS[template].format(
            people=listing(people),
            world=" and ".join(map(_property, topics, values)),
            clues=" ".join(sentence(_told(clue, topics)) for clue in clues),
            question=f"Who {topic.likes} {value}?" if who else f"What {topic.noun} does {person} {topic.like}?",
        )
        return Draft(
            family="logic_grid",
            prompt=prompt,
            answer=person if who else value,
            difficulty=difficulty,
            template=template,
            people=people,
            facts={
                "values": [list(v) for v in values],
                "clues": [list(clue) for clue in clues],
                "asked": {"value": value} if who else {"person": person, "property": place},
            },
        ).task()

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is the name or the value."""
        return exact_match(task.answer, reply)


def _property(topic: Topic, values: Iterable[str]) -> str:
    return f"{topic.like} a different {topic.noun} ({', '.join(values)})"


def _worlds(people: Sequence[str], values: Sequence[Sequence[str]]) -> list[World]:
    """Every way to fill the grid."""
    columns = itertools.product(*(itertools.permutations(v) for v in values))
    return [dict(zip(people, map(frozenset, zip(*column, strict=True)), strict=True)) for column in columns]


def _holds(clue: Clue, world: World) -> bool:
    kind, *words = clue
    if kind == "same":
        return any(world[person].issuperset(words) for person in world)
    held = not world[words[0]].isdisjoint(words[1:])
    return held if kind != "not" else not held


def _statements(truth: World, worlds: Sequence[World], kinds: Iterable[str]) -> list[Clue]:
    """Every true clue of these kinds, in a fixed order."""
    people = list(truth)
    possible = {person: sorted({v for world in worlds for v in world[person]}) for person in people}
    found: list[Clue] = []
    for kind in kinds:
        for person in people:
            pairs = itertools.permutations(possible[person], 2)
            clues: dict[str, list[Clue]] = {
                "is": [("is", person, v) for v in possible[person]],
                "not": [("not", person, v) for v in possible[person]],
                "either": [("either", person, *pair) for pair in pairs if any(v in truth[person] for v in pair)],
                "same": [("same", *pair) for pair in itertools.permutations(sorted(truth[person]), 2)],
            }
            found += [clue for clue in clues[kind] if _holds(clue, truth)]
    return found


def _clues(rng: random.Random, shape: Shape, grid: tuple[list[World], World], asked: tuple[str, str]) -> list[Clue]:
    worlds, truth = grid
    # What is asked is never told outright, nor "this or that" of the person who is asked about.
    statements = [
        c for c in _statements(truth, worlds, shape.kinds) if c != ("is", *asked) and c[:2] != ("either", asked[0])
    ]
    clues = _enough(rng, statements, worlds, asked)
    # A grid made smaller by an option cannot meet every shape.
    if len(truth) < shape.people or len(truth[asked[0]]) < shape.properties:
        return clues
    while len(clues) > LONGEST or not shape.must <= {clue[0] for clue in clues}:
        clues = _enough(rng, statements, worlds, asked)
    return clues


def _enough(rng: random.Random, statements: list[Clue], worlds: list[World], asked: tuple[str, str]) -> list[Clue]:
    """Clues in random order that settle what is asked, none of them spare."""

    def settled(clues: Iterable[Clue]) -> bool:
        left = [world for world in worlds if all(_holds(clue, world) for clue in clues)]
        return all(asked[1] in world[asked[0]] for world in left)

    clues: list[Clue] = []
    for clue in rng.sample(statements, len(statements)):
        if settled(clues):
            break
        clues.append(clue)
    for clue in list(clues):
        if settled(rest := [c for c in clues if c != clue]):
            clues = rest
    return clues


def _told(clue: Clue, topics: Sequence[Topic]) -> str:
    kind, *words = clue
    topic = next(t for t in topics if words[-1] in t.values)
    if kind == "same":
        other = next(t for t in topics if words[0] in t.values)
        return f"whoever {other.likes} {words[0]} {topic.likes} {words[1]}"
    if kind == "not":
        return f"{words[0]} does not {topic.like} {words[1]}"
    return f"{words[0]} {topic.likes} {' or '.join(words[1:])}"


FAMILY = LogicGrid
