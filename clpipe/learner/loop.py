"""The one loop: a task is attempted, then learned (test-then-train; Gama et al. 2013).

The model receives the question first; the answer shown enters as what is to be learned. Whether the attempt was right
is judged here, by the true answer, and told to nobody who learns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor

from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel, Lesson
from clpipe.records import Episode, Question


class Strategy(Protocol):
    """What a file in `clpipe/strategies` provides."""

    one_step: ClassVar[bool]
    """Whether `learn` is one gradient step on the lesson's loss and no more, so that seeds can be stacked."""

    def learn(self, model: LanguageModel, lesson: Lesson) -> None:
        """Change the model by one lesson."""

    def state(self) -> dict[str, Tensor]:
        """What it remembers."""

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the stream, before it is taken."""

    phase: str
    question: Question
    shown: str
    """The answer the learner will be shown."""
    right: Callable[[str], bool]
    """Whether a reply matches the true answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How turns are taken."""

    arm: str
    seed: int
    whole_sequence: bool
    max_new_tokens: int


def episodes(
    model: LanguageModel, strategy: Strategy, turns: Sequence[Turn], manner: Manner, done: int = 0
) -> Iterator[Episode]:
    """Take the turns after the first `done`; yields each episode once it has been learned.

    What torch draws in an episode (dropout) depends on seed and number of the episode alone, so a run that goes on
    after an interruption draws the same.

    Raises:
        ValueError: The loss is not finite; the message says in which episode.
    """
    model.network.train()
    for t, turn in enumerate(turns[done:], done + 1):
        with fence(manner.seed, "episode", t):
            lesson = model.read(turn.question, turn.shown, whole_sequence=manner.whole_sequence)
            reply = model.attempt(lesson, manner.max_new_tokens)
            try:
                strategy.learn(model, lesson)
            except ValueError as error:
                raise ValueError(f"arm {manner.arm}, seed {manner.seed}, episode {t}: {error}") from error
        yield record(manner, t, turn, lesson, reply.text)


def record(manner: Manner, t: int, turn: Turn, lesson: Lesson, reply: str) -> Episode:
    """What is written down of an episode."""
    return Episode(
        arm=manner.arm,
        seed=manner.seed,
        t=t,
        phase=turn.phase,
        task_id=turn.question.id,
        family=turn.question.family,
        shown=turn.shown,
        reply=reply,
        correct=turn.right(reply),
        loss=round(float(lesson.loss.detach()), 6),
        tokens=lesson.tokens,
    )
