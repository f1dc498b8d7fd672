"""How a story of `reading_comprehension` is told: what a genre is, all that it can say, and who says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from clpipe.arena.family import listing, sentence
from clpipe.records import Json

DEEDS = ("give", "care")
COLUMNS = ("place", "day", "number")
WAYS = {"first": "first", "last": "last", "after": "as the next one after {x}", "before": "as the last one before {x}"}
DISTANCES = {
    -3: "three days before",
    -2: "two days before",
    -1: "the day before",
    1: "the day after",
    2: "two days after",
    3: "three days after",
}


class Verb(NamedTuple):
    """What somebody did with a thing, and the same in other words."""

    base: str
    past: str
    participle: str
    other_base: str
    other_past: str
    """With `{x}` where the thing does not come after it."""


class Value(NamedTuple):
    """What is told of a thing with a place, a day or a number `{v}`; the thing is `{x}`, its noun `{i}`."""

    told: str
    """A predicate: the thing is before it."""
    asked: str
    asked_otherwise: str
    found_otherwise: str
    """Asks for the thing."""
    changed: str
    asked_first: str
    """The value before any change."""
    asked_now: str


class Genre(NamedTuple):
    """One way to write: what is done with things, and how it is told and asked."""

    layout: str
    opening: str
    fillers: tuple[str, str, str]
    """Sentences beside the point."""
    item: str
    """What a thing is called when it is not named."""
    alone: str
    """What somebody did with a thing."""
    row: str
    """The same with a value of the thing, which is a predicate."""
    job: str
    give: Verb
    care: Verb
    place: Value
    day: Value
    number: Value


def phrases(genre: Genre) -> dict[str, str]:
    """Sentences, questions (`?` at the end of the key) and descriptions of a thing, by what they are about.

    `{x}` is the thing, `{p}` a person, `{v}` a value, or the person where there is no value.
    """
    item, items, ranked = genre.item, _plural(genre.item), _without_on(genre.day)
    found = {
        "job": genre.job,
        "thing": "the {v}",
        "place first": f"the {item} that was in the {{v}} at first",
        "place now": f"the {item} that is now in the {{v}}",
        "what place first?": f"Which {item} was in the {{v}} at first?",
        "what place now?": f"Which {item} is in the {{v}} now?",
        "many give?": f"How many {items} did {{v}} {genre.give.base}?",
        "many place?": f"How many {items} are in the {{v}}?",
        "many place now?": f"How many {items} are in the {{v}} now?",
        "many day?": f"How many {items} {genre.day.told}?",
        "many both?": f"How many of the {items} that {{p}} {genre.give.past} are in the {{v}}?",
        "name?": f"What is the name of the person who {genre.give.past} {{x}}?",
        "profession?": f"What is the job of the person who {genre.give.past} {{x}}?",
    }
    for way, said in WAYS.items():
        found[f"what {way}?"] = f"Which {item} {ranked.format(v=said)}?"
        found[f"give {way}?"] = f"Who {genre.give.past} the {item} that {ranked.format(v=said)}?"
    for deed, verb in zip(DEEDS, (genre.give, genre.care), strict=True):
        found |= _of_a_deed(genre, deed, verb)
    for column, value in zip(COLUMNS, (genre.place, genre.day, genre.number), strict=True):
        found |= _of_a_value(item, column, value)
    return found


def _of_a_deed(genre: Genre, deed: str, verb: Verb) -> dict[str, str]:
    words = {"p": "{p}", "x": "{x}", "past": verb.past, "participle": verb.participle}
    other_past = verb.other_past if "{x}" in verb.other_past else f"{verb.other_past} {{x}}"
    told = {
        "place": genre.place.told,
        "day": genre.day.told,
        "number": genre.number.told,
        "day after": _without_on(genre.day),
    }
    return {f"row {deed} {column}": genre.row.format(**words, told=predicate) for column, predicate in told.items()} | {
        f"tell {deed}": genre.alone.format(**words),
        deed: f"the {genre.item} that {{v}} {verb.past}",
        f"{deed}?": f"Who {verb.past} {{x}}?",
        f"other {deed}?": f"Who {other_past}?",
        f"what {deed}?": f"Which {genre.item} did {{v}} {verb.base}?",
        f"other what {deed}?": f"Which {genre.item} did {{v}} {verb.other_base}?",
    }


def _of_a_value(item: str, column: str, value: Value) -> dict[str, str]:
    return {
        f"tell {column}": f"{{x}} {value.told}",
        f"change {column}": value.changed,
        column: f"the {item} that {value.told}",
        f"{column}?": value.asked,
        f"other {column}?": value.asked_otherwise,
        f"{column} first?": value.asked_first,
        f"{column} now?": value.asked_now,
        f"what {column}?": f"Which {item} {value.told}?",
        f"other what {column}?": value.found_otherwise.replace("{i}", item),
    }


def _plural(item: str) -> str:
    return f"{item[:-1]}ies" if item.endswith("y") else f"{item}s"


def _without_on(day: Value) -> str:
    return day.told.replace(" on {v}", " {v}")


Line = tuple[Any, ...]
"""`(row DEED COLUMN, person, thing, value)`, `(tell DEED, person, thing)`, `(tell COLUMN, thing, value)`,
`(change COLUMN, reference, value)` or `(job, people, jobs)`. A person may be a job; a day may be a pair of the distance
from another thing's day and that thing."""
Reference = tuple[str, str]
"""A thing, as key of the phrase that describes it and the word in that: `(thing, lamp)`, `(give, Bob)`."""


class Story(NamedTuple):
    """What is told, what is asked, and the answer."""

    told: list[Line]
    question: str
    """Key of the phrase, without the question mark."""
    answer: str
    about: Reference | None = None
    """The thing in the question."""
    value: str = ""
    """The value in the question, or the person."""
    person: str = ""
    """The person, where there is a value too."""
    week: bool = False
    """Whether all days have to be of one week."""


def rows(columns: str, people: Sequence[str], things: Sequence[str], cells: Sequence[Any]) -> list[Line]:
    """A line for each thing."""
    return [(f"row {columns}", *row) for row in zip(people, things, cells, strict=True)]


class Teller:
    """Writes a story in a genre, and numbers its people and things as they are told, whatever the genre."""

    def __init__(self, found: dict[str, str], entities: frozenset[str], jobs: frozenset[str]) -> None:
        self._phrases = found
        self._entities = entities
        self._jobs = jobs
        self.numbers: dict[str, int] = {}

    def tell(self, line: Line) -> tuple[str, Json]:
        """The sentence, and what it says as JSON."""
        key, *cells = line
        if key == "job":
            return self._employed(*cells)
        if key.startswith("change"):
            (kind, word), value = cells
            text = self._phrases[key].format(x=self.thing((kind, word)), v=value)
            return sentence(text), [key, kind, self.code(word), value]
        if key.startswith("tell"):
            person, thing, value = (cells[0], cells[1], "") if key[5:] in DEEDS else ("", *cells)
        else:
            person, thing, value = cells
        fact: list[Json] = [key, self.code(thing), self.code(person)]
        if isinstance(value, tuple):
            distance, other = value
            fact += [distance, self.code(other)]
            key, value = f"{key} after", f"{DISTANCES[distance]} the {other}"
        else:
            fact.append(value)
        return sentence(self._phrases[key].format(p=self.person(person), x=f"the {thing}", v=value)), fact

    def ask(self, story: Story) -> tuple[str, Json]:
        """The question, and what it asks for as JSON."""
        text = self._phrases[f"{story.question}?"].format(
            x=self.thing(story.about) if story.about else "", v=self.person(story.value), p=story.person
        )
        about: list[Json] = [story.about[0], self.code(story.about[1])] if story.about else []
        return text, [story.question, about, self.code(story.value), self.code(story.person)]

    def thing(self, reference: Reference) -> str:
        """The thing by its description."""
        kind, word = reference
        return self._phrases[kind].format(v=self.person(word))

    def person(self, word: str) -> str:
        """The name; a job with its article. Other words stay as they are."""
        return f"the {word}" if word in self._jobs else word

    def code(self, word: str) -> Json:
        """The number of a person or thing; other words stay as they are."""
        return self.numbers.setdefault(word, len(self.numbers)) if word in self._entities else word

    def _employed(self, people: list[str], jobs: list[str]) -> tuple[str, Json]:
        pairs = list(zip(people, jobs, strict=True))
        said = listing([self._phrases["job"].format(p=person, job=job) for person, job in pairs])
        return sentence(said), ["job", *[[self.code(person), job] for person, job in pairs]]
