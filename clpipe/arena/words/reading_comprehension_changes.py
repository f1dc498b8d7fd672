"""The stories of `reading_comprehension` in which something gets another place, day or number."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from clpipe.arena.words.reading_comprehension import Cast, some, values
from clpipe.arena.words.reading_comprehension_telling import COLUMNS, Line, Reference, Story, rows


def changed(rng: random.Random, cast: Cast) -> Story:
    """Three things of which two change; what one of them has, now or at first."""
    change = _change(rng, cast, rng.choice(COLUMNS))
    told = change.told(some(rng, cast.people, 3), {})
    return Story(told, f"{change.column} {change.time}", change.value, ("thing", change.things[change.i]))


def chain(rng: random.Random, cast: Cast) -> Story:
    """As `changed`, from the person to the value or from the place to the person."""
    change = _change(rng, cast, rng.choice(COLUMNS))
    people = some(rng, cast.people, 3)
    told, person = change.told(people, {}), people[change.i]
    if change.column == "place" and rng.random() < 0.6:
        return Story(told, "give", person, (f"place {change.time}", change.value))
    return Story(told, f"{change.column} {change.time}", change.value, ("give", person))


def by_job(rng: random.Random, cast: Cast) -> Story:
    """The value of a thing before or after changes, where the question or a change goes by who gave it."""
    change = _change(rng, cast, rng.choice(COLUMNS))
    crew = _crew(rng, cast)
    told_by, other = crew if rng.random() < 0.5 else crew[::-1]
    i = change.i
    thing, row, another = ("thing", change.things[i]), ("give", told_by[i]), ("give", other[i])
    # One of question and change goes by the other name of the person: without the jobs there is no answer.
    asked, changed = rng.choice(
        ((another, thing), (another, row), (thing, another)) if change.late else ((another, thing),)
    )
    told = change.told(told_by, _references(rng, change, crew) | {i: changed})
    return Story(_with_jobs(rng, told, crew), f"{change.column} {change.time}", change.value, asked)


def by_place(rng: random.Random, cast: Cast) -> Story:
    """The name or the job that belongs to a place before or after changes, or the thing that came there."""
    change = _change(rng, cast, "place")
    crew = _crew(rng, cast)
    by_name = rng.random() < 0.5
    told_by, other = crew if by_name else crew[::-1]
    i, key = change.i, f"place {change.time}"
    if change.late and rng.random() < 0.5:
        told = change.told(told_by, _references(rng, change, crew) | {i: ("give", other[i])})
        return Story(_with_jobs(rng, told, crew), f"what {key}", change.things[i], value=change.value)
    changed = rng.choice((("thing", change.things[i]), ("give", told_by[i])))
    told = change.told(told_by, _references(rng, change, crew) | {i: changed})
    question = "profession" if by_name else "name"
    return Story(_with_jobs(rng, told, crew), question, other[i], (key, change.value))


def recounted(rng: random.Random, cast: Cast) -> Story:
    """Four things of which two are moved; how many are in a place in the end."""
    people, things, places = some(rng, cast.people, 4), some(rng, cast.things, 4), some(rng, cast.places, 3)
    count = rng.randrange(5)
    ends = [0] * count + [rng.choice((1, 2)) for _ in range(4 - count)]
    rng.shuffle(ends)
    starts, moved = list(ends), rng.sample(range(4), 2)
    for i in moved:
        # With none in the place in the end, the place must be told by one that leaves it.
        starts[i] = rng.choice((1, 2)) if ends[i] == 0 else 0 if count == 0 or rng.random() < 0.6 else 3 - ends[i]
    told = rows("give place", people, things, [places[start] for start in starts])
    for i in moved:
        reference = rng.choice((("thing", things[i]), ("give", people[i])))
        told.append(("change place", reference, places[ends[i]]))
    return Story(told, "many place now", str(count), value=places[0])


Crew = tuple[list[str], list[str]]
"""Three people, and the jobs that they have."""


def _crew(rng: random.Random, cast: Cast) -> Crew:
    return some(rng, cast.people, 3), some(rng, cast.jobs, 3)


def _references(rng: random.Random, change: Change, crew: Crew) -> dict[int, Reference]:
    """A description of each thing: its name, or who gave it by name or by job."""
    found = {}
    for i, thing in enumerate(change.things):
        found[i] = rng.choice((("thing", thing), ("give", crew[0][i]), ("give", crew[1][i])))
    return found


def _with_jobs(rng: random.Random, told: list[Line], crew: Crew) -> list[Line]:
    """The lines and, anywhere, who has which job."""
    people, jobs = zip(*rng.sample(list(zip(*crew, strict=True)), 3), strict=True)
    place = rng.randint(0, len(told))
    return [*told[:place], ("job", people, jobs), *told[place:]]


class Change(NamedTuple):
    """Three things with a value each, of which two get another one, and which of them is asked for."""

    column: str
    things: list[str]
    values: list[str]
    changes: list[tuple[int, str]]
    """In the order told: which thing, its new value."""
    i: int
    """The thing in question."""
    time: str
    """`first` or `now`."""
    late: bool
    """Whether its value now comes from a change."""

    @property
    def value(self) -> str:
        """What the thing in question has at the time in question."""
        return dict(self.changes)[self.i] if self.late else self.values[self.i]

    def told(self, people: Sequence[str], references: dict[int, Reference]) -> list[Line]:
        """The things with who gave them, then the changes; a thing without a reference is named."""
        told = rows(f"give {self.column}", people, self.things, self.values)
        return told + [
            (f"change {self.column}", references.get(j, ("thing", self.things[j])), new) for j, new in self.changes
        ]


def _change(rng: random.Random, cast: Cast, column: str) -> Change:
    *known, new, newer = values(rng, cast, column, 5)
    a, b = rng.sample(range(3), 2)
    if rng.random() < 0.5:
        newer = known[a]  # which the first of the two has just left
    place = rng.randrange(5)  # of the sentence with the value in question
    i = place if place < 3 else (a, b)[place - 3]
    time = "first" if place < 3 and i in (a, b) else "now"
    return Change(column, some(rng, cast.things, 3), known, [(a, new), (b, newer)], i, time, place >= 3)
