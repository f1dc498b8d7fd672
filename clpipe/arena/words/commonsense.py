"""The knowledge base of `commonsense`: `data/commonsense`, read once, in its common and its reserved part.

A relation gives its subjects one of several values, of which no two hold for the same subject: what has another value
of the same relation is known not to have this one. Where that would be doubtful, the tables say nothing.
"""

from __future__ import annotations

import csv
import itertools
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from clpipe.arena.reserve import parted

FOLDER = Path(__file__).resolve().parents[3] / "data" / "commonsense"
TABLES = ("animals", "foods", "objects", "vehicles", "workers", "parts", "events", "nature")
HEAVIEST = 40
"""A relation is asked for in proportion to its entries, up to so many."""
OPTIONS = (2, 3, 4, 5)
"""How many a question can have."""


class Value(NamedTuple):
    """One value of a relation."""

    name: str
    says: str
    """`can fly`."""
    denies: str
    """`cannot fly`."""
    subjects: tuple[str, ...]


class Relation(NamedTuple):
    """What is said of subjects, with the values that have a subject."""

    name: str
    values: tuple[Value, ...]

    @property
    def weight(self) -> int:
        """How often it is asked for."""
        return min(HEAVIEST, sum(len(value.subjects) for value in self.values))


class Square(NamedTuple):
    """Two values each of two relations, and a cell of subjects for each pair of them."""

    relations: str
    says: tuple[str, str, str, str]
    """Of each cell: what is said of its subjects alone."""
    cells: tuple[tuple[str, ...], ...]


class Scale(NamedTuple):
    """An order of subjects by level; two of them can be compared where their levels are 2 or more apart."""

    name: str
    words: dict[str, str]
    """`more` is bigger, `most` is the biggest, …"""
    levels: dict[int, tuple[str, ...]]


class Middle(NamedTuple):
    """A subject of a scale with what is surely more and what is surely less, at least two of each."""

    scale: Scale
    subject: str
    more: tuple[str, ...]
    less: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """One part of the knowledge base, ready to be drawn from."""

    relations: dict[str, Relation]
    spread: dict[int, tuple[Relation, ...]]
    """By a number of options: relations with so many values, each as often as it is to be asked for."""
    odd: dict[int, tuple[tuple[Relation, tuple[tuple[Value, Value], ...]], ...]]
    """The same with the pairs of values that have enough subjects for one option of the one, the rest of the other."""
    squares: tuple[Square, ...]
    ladders: dict[int, tuple[tuple[Scale, tuple[int, ...]], ...]]
    """By a number of options: levels of a scale that can be compared, from the highest."""
    middles: tuple[Middle, ...]
    routines: tuple[tuple[str, ...], ...]
    """Actions in the order in which they have to be done."""


@cache
def knowledge(reserved: bool) -> Knowledge:
    """The part that is for `new_entities`, or the other; raises FileNotFoundError where the data are not there."""
    tables = {name: _rows(name) for name in TABLES}
    ranks, routines = _rows("ranks"), _rows("routines")
    words = parted(dict.fromkeys(row["subject"] for row in (*itertools.chain(*tables.values()), *ranks)))
    kept = frozenset(words.reserved if reserved else words.common)
    names = parted(row["routine"] for row in routines)
    said = {(row["relation"], row["value"]): row for row in _rows("relations")}
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    squares: list[Square] = []
    for rows in tables.values():
        own = [row for row in rows if row["subject"] in kept]
        for row in own:
            for relation, value in list(row.items())[1:]:
                if value:
                    found[relation][value][row["subject"]] = None
        squares += _squares(own, said)
    relations = {name: _relation(name, values, said) for name, values in found.items() if len(values) > 1}
    scales = tuple(_scales(row for row in ranks if row["subject"] in kept))
    kept_routines = names.reserved if reserved else names.common
    return Knowledge(
        relations,
        {count: tuple(_spread(relations.values(), count)) for count in OPTIONS},
        {count: tuple(_odd(relations.values(), count)) for count in OPTIONS},
        tuple(squares),
        {count: tuple(_ladders(scales, count)) for count in OPTIONS},
        tuple(itertools.chain(*map(_middles, scales))),
        tuple(tuple(row.values())[1:] for row in routines if row["routine"] in kept_routines),
    )


def odd_options(rng: random.Random, known: Knowledge, count: int) -> tuple[Relation, Value, Value, list[str]]:
    """A relation, two of its values, and a subject with the one before subjects with the other."""
    relation, pairs = rng.choice(known.odd[count])
    one, other = rng.choice(pairs)
    return relation, one, other, [rng.choice(one.subjects), *rng.sample(other.subjects, count - 1)]


def _spread(relations: Iterable[Relation], count: int) -> list[Relation]:
    return [r for r in relations if len(r.values) >= count for _ in range(r.weight)]


def _odd(relations: Iterable[Relation], count: int) -> list[tuple[Relation, tuple[tuple[Value, Value], ...]]]:
    found = []
    for relation in relations:
        # As many subjects for the one as for the others: each is then as often the odd one as any of the others.
        pairs = tuple(itertools.permutations([v for v in relation.values if len(v.subjects) >= count - 1], 2))
        found += [(relation, pairs)] * (relation.weight if pairs else 0)
    return found


def _ladders(scales: Iterable[Scale], count: int) -> list[tuple[Scale, tuple[int, ...]]]:
    return [
        (scale, steps)
        for scale in scales
        for steps in itertools.combinations(sorted(scale.levels, reverse=True), count)
        if all(a - b > 1 for a, b in itertools.pairwise(steps))
    ]


def _middles(scale: Scale) -> list[Middle]:
    found = []
    for level, subjects in scale.levels.items():
        more = tuple(s for other, several in scale.levels.items() for s in several if other - level > 1)
        less = tuple(s for other, several in scale.levels.items() for s in several if level - other > 1)
        if len(more) > 1 and len(less) > 1:
            found += [Middle(scale, subject, more, less) for subject in subjects]
    return found


def _rows(name: str) -> list[dict[str, str]]:
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: the family commonsense asks about it; see data/commonsense/README.md"
        )
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


Said = dict[tuple[str, str], dict[str, str]]


def _relation(name: str, values: dict[str, dict[str, None]], said: Said) -> Relation:
    return Relation(
        name,
        tuple(
            Value(value, said[name, value]["says"], said[name, value]["denies"], tuple(subjects))
            for value, subjects in values.items()
        ),
    )


def _squares(rows: list[dict[str, str]], said: Said) -> list[Square]:
    """All of one table; a value that all its rows have is no use."""
    found = []
    columns = [c for c in (rows[0] if rows else {}) if c != "subject" and len({row[c] for row in rows} - {""}) > 1]
    for first, second in itertools.combinations(columns, 2):
        cells: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            if row[first] and row[second]:
                cells[row[first], row[second]].append(row["subject"])
        for a, b in itertools.combinations(sorted({a for a, _ in cells}), 2):
            for c, d in itertools.combinations(sorted({c for _, c in cells}), 2):
                corners = ((a, c), (a, d), (b, c), (b, d))
                if all(corner in cells for corner in corners):
                    says = [f"{said[first, x]['says']} and {said[second, y]['says']}" for x, y in corners]
                    full = tuple(tuple(cells[corner]) for corner in corners)
                    found.append(Square(f"{first}, {second}", (says[0], says[1], says[2], says[3]), full))
    return found


def _scales(ranks: Iterable[dict[str, str]]) -> list[Scale]:
    levels: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in ranks:
        levels[row["scale"]][int(row["level"])].append(row["subject"])
    return [
        Scale(row["scale"], row, {level: tuple(subjects) for level, subjects in levels[row["scale"]].items()})
        for row in _rows("scales")
    ]
