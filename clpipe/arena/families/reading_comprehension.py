"""Reading comprehension: a short passage, and one question that its sentences answer.

Example: `Inventory note: Everything was counted once more this week. The kite was ordered by Frank and was stored in
the barn. The drum was ordered by Alice and was stored in the attic. The harp was ordered by Bob and was stored in the
mill. Who ordered the drum?` — Alice.

Every passage is about three to six things: who did something with each, and its place, its day or its number.

1. One of three stated facts, asked in the words of the passage.
2. One of four stated facts among sentences beside the point, asked in other words.
3. Two facts: about the thing that somebody else dealt with or that is in a place; what a thing has after a change, or
   had before it; a day told by its distance from another day.
4. Three facts: who dealt with the thing that is now in a place; what comes first, last, before or after in a week;
   how many; a day at two distances from a known one.
5. Several facts, with people told by their jobs (`the baker`) and changes of things told by who dealt with them; how
   many things are in a place after changes.

Which of the sentences holds the answer is uniform, and other candidates of the same kind stand beside it. Places, days,
jobs and numbers belong to the latent parameters; people and things are interchangeable.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from clpipe.arena.family import Draft, Family, check_option
from clpipe.arena.words.reading_comprehension import CASTS, DAYS, Cast, some, values
from clpipe.arena.words.reading_comprehension_changes import by_job, by_place, chain, changed, recounted
from clpipe.arena.words.reading_comprehension_genres import GENRES
from clpipe.arena.words.reading_comprehension_telling import (
    COLUMNS,
    DEEDS,
    DISTANCES,
    Line,
    Reference,
    Story,
    Teller,
    phrases,
    rows,
)

LONGEST = 8
"""Sentences of a passage, at most."""
WEEK = "Everything is planned for one week, from Monday to Sunday."
_PHRASES = {name: phrases(genre) for name, genre in (*GENRES.common, *GENRES.reserved)}
_ENTITIES = frozenset(word for cast in CASTS.values() for word in (*cast.people, *cast.things))
_JOBS = frozenset(job for cast in CASTS.values() for job in cast.jobs)


@dataclass(frozen=True, kw_only=True)
class ReadingComprehension(Family):
    """Passages of many genres about people, things, places, days, numbers and jobs."""

    VERSION: ClassVar[int] = 1

    fillers: int = 2
    """Sentences beside the point, at most; difficulty 1 has none."""

    def __post_init__(self) -> None:
        check_option("fillers", self.fillers, 0, 3)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A story, told in a genre."""
        template, genre = rng.choice(GENRES.of(novelty))
        story = rng.choice(KINDS[difficulty])(rng, CASTS[novelty == "new_entities"])
        teller = Teller(_PHRASES[template], _ENTITIES, _JOBS)
        told = [teller.tell(line) for line in story.told]
        question, asked = teller.ask(story)
        sentences = [text for text, _ in told]
        if story.week:
            sentences.insert(0, WEEK)
        if difficulty > 1:
            for filler in rng.sample(genre.fillers, min(self.fillers, LONGEST - 1 - len(sentences))):
                sentences.insert(rng.randint(0, len(sentences)), filler)
        return Draft(
            prompt=genre.layout.format(text=" ".join((genre.opening, *sentences)), question=question),
            answer=story.answer,
            template=template,
            entities=tuple(teller.numbers),
            facts={"told": [fact for _, fact in told], "asked": asked},
        )


# ---- 1 and 2: one fact


def _stated(rng: random.Random, cast: Cast) -> Story:
    """Three things with the same said of each."""
    deed, column = rng.choice(DEEDS), rng.choice(COLUMNS)
    people, things, cells = some(rng, cast.people, 3), some(rng, cast.things, 3), values(rng, cast, column, 3)
    return _asked(rng, rows(f"{deed} {column}", people, things, cells))


def _paraphrased(rng: random.Random, cast: Cast) -> Story:
    """Four things, two with one column of values and two with another."""
    deed, others = rng.choice(DEEDS), rng.choice(((0, 1), (0, 2), (1, 2)))
    people, things = some(rng, cast.people, 4), some(rng, cast.things, 4)
    told: list[Line] = []
    for at, column in zip((0, 2), others, strict=True):
        cells = values(rng, cast, COLUMNS[column], 2)
        told += rows(f"{deed} {COLUMNS[column]}", people[at : at + 2], things[at : at + 2], cells)
    rng.shuffle(told)
    return _asked(rng, told, "other ")


def _asked(rng: random.Random, told: list[Line], otherwise: str = "") -> Story:
    """One of the cells of one of the rows."""
    key, person, thing, value = rng.choice(told)
    _, deed, column = key.split()
    question, answer, about, known = rng.choice(
        (
            (deed, person, ("thing", thing), ""),
            (column, value, ("thing", thing), ""),
            (f"what {deed}", thing, None, person),
            (f"what {column}", thing, None, value),
        )
    )
    return Story(told, otherwise + question, answer, about, known)


# ---- 3: two facts


def _bridge(rng: random.Random, cast: Cast) -> Story:
    """Two columns of three things; what one of them says of the thing that the other describes."""
    asked, known = rng.sample((*DEEDS, *COLUMNS), 2)
    things, people = some(rng, cast.things, 3), some(rng, cast.people, 6)
    told: list[Line] = []
    cells: dict[str, list[str]] = {}
    for column in (asked, known):
        if column in DEEDS:
            cells[column], people = people[:3], people[3:]
            told += [(f"tell {column}", *pair) for pair in zip(cells[column], things, strict=True)]
        else:
            cells[column] = values(rng, cast, column, 3)
            told += [(f"tell {column}", *pair) for pair in zip(things, cells[column], strict=True)]
    rng.shuffle(told)
    i = rng.randrange(3)
    return Story(told, asked, cells[asked][i], (known, cells[known][i]))


def _dated(rng: random.Random, cast: Cast) -> Story:
    return _far(rng, cast, 1)


def _dated_twice(rng: random.Random, cast: Cast) -> Story:
    return _far(rng, cast, 2)


def _far(rng: random.Random, cast: Cast, steps: int) -> Story:
    """Two days as such and two by their distance from another; the day at the end of so many distances."""
    people, things = some(rng, cast.people, 4), some(rng, cast.things, 4)
    days = rng.sample(range(7), 2)
    cells: list[Any] = [DAYS[day] for day in days]
    for base in (rng.randrange(2), rng.randrange(2) if steps == 1 else 2):
        distance = rng.choice(tuple(DISTANCES))
        days.append((days[base] + distance) % 7)
        cells.append((distance, things[base]))
    told = rows("give day", people, things, cells)
    rng.shuffle(told)
    return Story(told, "day", DAYS[days[3]], ("thing", things[3]))


# ---- 4: three facts


def _ordered(rng: random.Random, cast: Cast) -> Story:
    """Four things on four days of a week: the first, the last, the next after another or the last before it."""
    people, things = some(rng, cast.people, 4), some(rng, cast.things, 4)
    days = rng.sample(range(7), 4)
    told = rows("give day", people, things, [DAYS[day] for day in days])
    i = rng.randrange(4)
    ranked = sorted(range(4), key=days.__getitem__)
    rank = ranked.index(i)
    about: Reference | None
    if rng.random() < 0.5:
        way, about = ("after", ("thing", things[ranked[rank - 1]])) if rank else ("first", None)
    else:
        way, about = ("before", ("thing", things[ranked[rank + 1]])) if rank < 3 else ("last", None)
    who = rng.random() < 0.5
    return Story(told, f"{'give' if who else 'what'} {way}", people[i] if who else things[i], about, week=True)


def _counted(rng: random.Random, cast: Cast) -> Story:
    """Six things: how many are of a person, in a place, on a day, or both of a person and in a place."""
    things, people = some(rng, cast.things, 6), some(rng, cast.people, 3)
    column = rng.choice(COLUMNS[:2])
    known = values(rng, cast, column, 3)
    kind = rng.choice(("give", column, "both" if column == "place" else column))
    count = rng.randint(1, 3) if kind == "both" else rng.randint(1, 5)
    if kind == "both":
        cells = [(0, 0)] * count + [(0, 1), (1, 0), (2, 2)]
        cells += [rng.choice(((0, 2), (1, 0), (1, 2), (2, 1))) for _ in range(3 - count)]
    else:
        cells = [(0 if i < count else rng.choice((1, 2)), rng.randrange(3)) for i in range(6)]
        if kind != "give":
            cells = [(free, marked) for marked, free in cells]
    rng.shuffle(cells)
    told = rows(f"give {column}", [people[p] for p, _ in cells], things, [known[v] for _, v in cells])
    if kind == "both":
        return Story(told, "many both", str(count), value=known[0], person=people[0])
    return Story(told, f"many {kind}", str(count), value=people[0] if kind == "give" else known[0])


KINDS: dict[int, tuple[Callable[[random.Random, Cast], Story], ...]] = {
    1: (_stated,),
    2: (_paraphrased,),
    3: (_bridge, changed, _dated),
    4: (chain, _ordered, _counted, _dated_twice),
    5: (by_job, by_job, by_place, by_place, recounted),
}


FAMILY = ReadingComprehension
