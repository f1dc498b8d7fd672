"""The puzzles of `commonsense`, and those among them that are scenes with people."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from clpipe.arena.words.commonsense import Knowledge, Relation, Value, odd_options
from clpipe.records import Json

STANDS = ("first", "in the middle", "last")
PEOPLE = frozenset({"job", "air", "with"})
"""Relations whose subjects are somebody, not something."""
UNREAD = frozenset({"help", "outcome", "life"})
"""Relations about whose subjects nobody has a book."""


class Puzzle(NamedTuple):
    """What is asked, in which form, and the answer."""

    form: str
    """`pick`, `exception`, `check` or `scene`."""
    says: str
    """What is asked for; in a scene what is asked of a person."""
    options: list[str]
    answer: str
    facts: dict[str, Json]
    scene: str = ""
    people: tuple[str, ...] = ()


def _swapped(rng: random.Random, known: Knowledge, names: tuple[str, ...]) -> Puzzle:
    """Three people have something to read, which changes hands; who has what fits in the end."""
    people = tuple(rng.sample(names, 3))
    while True:  # most relations are fit to read about
        relation, values, subjects = _three(rng, known)
        if relation.name not in UNREAD:
            break
    order = rng.sample(range(3), 3)
    told = [subjects[i] for i in order]
    has = "{0} has a {{paper}} about {3}, {1} has one about {4} and {2} has one about {5}. ".format(*people, *told)
    ends, moves, said = _moved(rng, people)
    who = "somebody who" if relation.name in PEOPLE else "something that"
    right = people[ends[order.index(0)]]
    return Puzzle(
        "scene",
        f"now has the {{paper}} about {who} {values[0].says}",
        told,
        right,
        {"kind": "swap", "moves": moves, "relation": relation.name, "asks": values[0].says},
        has + said,
        people,
    )


def _three(rng: random.Random, known: Knowledge) -> tuple[Relation, list[Value], list[str]]:
    """Three subjects of which the first alone has the first value."""
    if rng.random() < 0.5:
        relation = rng.choice(known.spread[3])
        values = rng.sample(relation.values, 3)
        return relation, values, [rng.choice(value.subjects) for value in values]
    relation, one, other, subjects = odd_options(rng, known, 3)
    return relation, [one, other, other], subjects


def _moved(rng: random.Random, people: tuple[str, ...]) -> tuple[list[int], list[Json], str]:
    """Who has what each of the three had at first; how it came, as JSON and in words."""
    if rng.random() < 0.3:
        a, b, c = rng.choice(((0, 1, 2), (2, 1, 0)))
        ends = [0, 0, 0]
        ends[a], ends[b], ends[c] = b, c, a
        said = (
            "Then, all at the same time, each of them passes on their own {paper}: "
            f"{people[a]} to {people[b]}, {people[b]} to {people[c]} and {people[c]} to {people[a]}."
        )
        return ends, ["round", a, b, c], said
    ends, moves = [0, 1, 2], list[Json]()
    sentences = []
    for word in ("Then", "After that")[: rng.choice((1, 2))]:
        a, b = rng.sample(range(3), 2)
        ends = [b if end == a else a if end == b else end for end in ends]
        moves.append([a, b])
        sentences.append(f"{word} {people[a]} and {people[b]} swap.")
    return ends, moves, " ".join(sentences)


def _visiting(rng: random.Random, known: Knowledge, names: tuple[str, ...]) -> Puzzle:
    """Three people in three places, of whom two change places; who is where something is found."""
    people = tuple(rng.sample(names, 3))
    values = rng.sample(known.relations["place"].values, 3)
    where = [value.says.removeprefix("is usually found ") for value in values]
    a, b = rng.sample(range(3), 2)
    ends = [0, 1, 2]
    ends[a], ends[b] = b, a
    i = rng.randrange(3)
    subject = rng.choice(values[i].subjects)
    told = "{0} is {3}, {1} is {4} and {2} is {5}. ".format(*people, *where)
    return Puzzle(
        "scene",
        f"is now most likely to see {subject}",
        where,
        people[ends[i]],
        {"kind": "place", "moves": [a, b], "asks": subject},
        f"{told}Then {people[a]} and {people[b]} change places.",
        people,
    )


def _calling(rng: random.Random, known: Knowledge, names: tuple[str, ...]) -> Puzzle:
    """Three people with their trades, and somebody with a problem."""
    people = tuple(rng.sample(names, 4))
    values = rng.sample(known.relations["help"].values, 3)
    trades = [rng.choice(value.subjects) for value in values]
    i = rng.randrange(3)
    problem = values[i].says.removeprefix("can help when ")
    return Puzzle(
        "scene",
        "is the right one to call",
        trades,
        people[i],
        {"kind": "help", "asks": problem},
        "{0} is {4}, {1} is {5} and {2} is {6}. {3} needs help: {7}.".format(*people, *trades, problem),
        people,
    )


def _miming(rng: random.Random, known: Knowledge, names: tuple[str, ...]) -> Puzzle:
    """Three people for three actions of a routine, in a row in the order of these."""
    people = tuple(rng.sample(names, 3))
    steps = rng.choice(known.routines)
    places = rng.sample(range(4), 3)
    told = [steps[i] for i in places]
    i = rng.randrange(3)
    mime = "{0} mimes {3}, {1} mimes {4} and {2} mimes {5}. ".format(*people, *told)
    return Puzzle(
        "scene",
        f"stands {STANDS[i]}",
        told,
        people[places.index(sorted(places)[i])],
        {"kind": "mime", "asks": STANDS[i]},
        f"{mime}They stand in a row in the order in which these things happen.",
        people,
    )


SCENES: tuple[Callable[[random.Random, Knowledge, tuple[str, ...]], Puzzle], ...] = (
    _swapped,
    _swapped,
    _visiting,
    _calling,
    _miming,
)
