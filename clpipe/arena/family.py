"""What a family of tasks is, and the two things that every family does alike."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from clpipe.records import Json, Task, prompt_id

DIFFICULTIES = (1, 2, 3, 4, 5)


class Family(Protocol):
    """A kind of task at given options: a frozen dataclass whose fields are the options of `params.yaml`.

    The constructor raises ValueError `arena.families.NAME.OPTION must be …, not …`.
    """

    VERSION: ClassVar[int]
    """Raised by whoever makes the family draw other tasks at the same options."""

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A task of difficulty 1 to 5 that has exactly one right answer; a function of its arguments alone."""

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is right; any text may come in, and none raises."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a family says about a task; the rest follows from it."""

    family: str
    prompt: str
    answer: str
    difficulty: int
    template: str
    people: Iterable[str] = ()
    """Names that may occur in the prompt, in any order."""
    facts: Mapping[str, Json] = field(default_factory=dict)

    def task(self) -> Task:
        """The task; `entities` are the people who occur in the prompt, in order of appearance."""
        places = {name: re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self.prompt) for name in self.people}
        met = {name: place.start() for name, place in places.items() if place}
        return Task(
            id=prompt_id(self.prompt),
            family=self.family,
            prompt=self.prompt,
            answer=self.answer,
            difficulty=self.difficulty,
            template=self.template,
            entities=tuple(sorted(met, key=met.__getitem__)),
            facts=dict(self.facts),
        )


def check_option(key: str, value: object, low: int, high: int) -> None:
    """Raise ValueError unless the option `FAMILY.OPTION` is a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"arena.families.{key} must be a whole number from {low} to {high}, not {value!r}")


def listing(words: Iterable[str], last: str = "and") -> str:
    """`red, green and blue`."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def sentence(clause: str) -> str:
    """The clause with a capital and a full stop."""
    return f"{clause[0].upper()}{clause[1:]}."
