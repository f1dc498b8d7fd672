"""What a family of tasks is: drawn ones (`Family`) and given ones (`Given`), and how a draft becomes a task."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from clpipe.records import NOVELTIES, SAME_TEMPLATE, Json, Task, prompt_id

DIFFICULTIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a family says about a task; the rest is known to whoever asked for it."""

    prompt: str
    answer: str
    template: str
    entities: tuple[str, ...] = ()
    """People and things in the prompt whose renaming makes the same task; `facts` name them by their number here."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """The latent parameters: everything but entities and template, in a form that the prompt decides."""
    judge: str = "exact"
    marking: Mapping[str, Json] = field(default_factory=dict)

    def task(self, family: str, difficulty: int = 1, novelty: str = SAME_TEMPLATE) -> Task:
        """The task."""
        return Task(
            id=prompt_id(self.prompt),
            family=family,
            prompt=self.prompt,
            answer=self.answer,
            difficulty=difficulty,
            template=self.template,
            novelty=novelty,
            entities=self.entities,
            facts=self.facts,
            judge=self.judge,
            marking=self.marking,
        )


class Family(ABC):
    """A kind of task at given options: a frozen dataclass whose fields are the options of `params.yaml`.

    The constructor raises ValueError `OPTION must be …, not …`.
    """

    VERSION: ClassVar[int]
    """Raised by whoever makes the family draw other tasks at the same options."""
    levels: ClassVar[tuple[int, ...]] = DIFFICULTIES
    """Difficulties it can draw."""
    novelties: ClassVar[tuple[str, ...]] = NOVELTIES
    """Sides of the held-out tasks it can draw for."""
    lines: ClassVar[str] = "one"
    """`all` where answers have several lines: then `prompt.lines` must be `all` too."""

    @abstractmethod
    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A task with exactly one right answer; a function of its arguments alone.

        `novelty`: `new_entities` takes every name and thing from the reserved words, `new_template` a reserved
        wording; with anything else nothing is reserved.
        """


class Given(ABC):
    """A family that has its tasks already, such as a file."""

    @abstractmethod
    def tasks(self, family: str) -> list[Task]:
        """All its tasks under the name `family`; raises ValueError with every problem, a line each."""


def check_option(key: str, value: object, low: int, high: int) -> None:
    """Raise ValueError unless the option is a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{key} must be a whole number from {low} to {high}, not {value!r}")


def listing(words: Iterable[str], last: str = "and") -> str:
    """`red, green and blue`."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def sentence(clause: str) -> str:
    """The clause with a capital and a full stop."""
    return f"{clause[0].upper()}{clause[1:]}."
