"""The nouns of clpipe: what the stages hand to each other, as frozen records.

A record holds data only. Files of records are read and written by `clpipe.store`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

Scalar = str | int | float | bool | None
Json = Scalar | list["Json"] | dict[str, "Json"]


SAME_TEMPLATE = "same_template"
NOVELTIES = (SAME_TEMPLATE, "new_entities", "new_template", "harder")
"""The four sides of the held-out tasks; every training and validation task is of the first."""


def prompt_id(prompt: str) -> str:
    """The identity of a question: the first 16 hex digits of the SHA-256 of its prompt."""
    return hashlib.sha256(prompt.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a learner may see of a task before it has answered."""

    id: str
    """`prompt_id(prompt)`."""
    family: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A question with its one right answer and what is known about it."""

    id: str
    """`prompt_id(prompt)`."""
    family: str
    prompt: str
    answer: str
    difficulty: int
    """1 (easiest) to 5."""
    template: str
    """Name of the wording within the family."""
    novelty: str = SAME_TEMPLATE
    """One of NOVELTIES: what is new about it to somebody who has met training tasks alone."""
    entities: tuple[str, ...] = ()
    """Interchangeable names in the prompt (people, things): renaming them makes the same task."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """The latent parameters it was made from, entities as their number in `entities`; empty where nothing is known."""
    judge: str = "exact"
    """Who says whether a reply is right: a file of `clpipe/arena/judges`."""
    marking: Mapping[str, Json] = field(default_factory=dict)
    """What the judge needs beside the answer: other right answers, hidden tests."""

    @property
    def question(self) -> Question:
        """The part of the task that a learner may see."""
        return Question(id=self.id, family=self.family, prompt=self.prompt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """What a stream brings next."""

    phase: str
    """Name of the phase of the stream; told to no strategy that does not declare it needs boundaries."""
    task: Task
    """As it was drawn; where a concept holds, its answer is `concepts.answer` of this one."""
    concept: str = "given"
    """The rule by which questions are answered now: a name of `clpipe.concepts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question with the answer that the learner was shown: what a strategy may remember."""

    question: Question
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One turn of the stream: the task was attempted first, then learned."""

    arm: str
    seed: int
    t: int
    """1 for the first episode."""
    phase: str
    """Name of the phase of the stream."""
    task_id: str
    family: str
    shown: str
    """The answer the learner was shown; a control arm may show a wrong one."""
    reply: str
    """The greedy reply before learning, first line."""
    correct: bool
    """Whether `reply` matches the true answer."""
    loss: float
    """Mean negative log-likelihood (nats a token) of the learning step, before the step."""
    tokens: int
    """Tokens that entered the loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One held-out task answered by one checkpoint."""

    arm: str
    """Name of the arm; for a baseline `MODEL/BASELINE`."""
    seed: int
    episode: int
    """Episodes learned before this checkpoint; 0 is the untrained adapter."""
    task_id: str
    family: str
    template: str
    difficulty: int
    novelty: str = SAME_TEMPLATE
    """The task's."""
    reply: str
    """The greedy reply, raw, up to the end of the turn or `max_new_tokens`."""
    correct: bool
    margin: float | None
    """Smallest gap between the two highest logits over the reply's tokens, to 0.001; `None` without a model."""
    lenient: bool | None = None
    """Whether the right answer is in the reply, whatever stands around it (`clpipe.arena.lenient`)."""
    gold_loss: float | None = None
    """Mean negative log-likelihood (nats a token) of the right answer and its end, teacher-forced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What a checkpoint makes of one general text or prompt, which no family has to do with."""

    arm: str
    seed: int
    episode: int
    item: str
    """Its id in `data/retention`."""
    kind: str
    """`text`, or `prompt` for a question with its answer."""
    tokens: int
    loss: float
    """Cross-entropy, mean nats a token."""
    kl: float
    """KL(base || checkpoint) of the next-token distributions, mean nats a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its doubt."""

    point: float
    low: float
    high: float
