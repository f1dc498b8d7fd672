"""Joint training: all tasks of the stream at once, in random order; the upper bound at equal steps.

It bounds what a learner that knew the whole stream would do where a question's answer stays the same. Where the rule
drifts it learns every rule at once with nothing to tell them apart, and bounds nothing.

In every episode one step is taken on an example of the whole stream, drawn without replacement, and not on the lesson
at hand. So after the last episode it has learned what `naive` has, example for example, step for step; what is gone is
the order of the stream, and with it what phases make forget. A task may be attempted after it was learned: accuracy on
the held-out tasks can be compared with that of other strategies, accuracy along the stream cannot.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.buffer import packed, unpacked
from clpipe.records import Example
from clpipe.strategy import Beforehand, Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Joint(Strategy):
    """One step on an example of the whole stream."""

    beforehand: ClassVar[Beforehand] = "stream"

    def __post_init__(self) -> None:
        self.waiting: list[Example] = []
        """Examples still to be learned, the next one last."""

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Draw the order in which the examples of the stream will be learned."""
        del model
        known = sorted(examples, key=lambda example: example.question.id)
        self.waiting = rng.sample(known, len(known))

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step on the next example of its own order; ValueError where all of the stream has been learned."""
        del lesson, rng
        if not self.waiting:
            raise ValueError("joint: every example of the stream has been learned, and there is none for this episode")
        example = self.waiting.pop()
        model.meet(example.question)  # a router may not have met its family along the stream
        model.step(model.read(example.question, example.shown).loss)

    def state(self) -> dict[str, Tensor]:
        """The examples still to be learned, in their order."""
        return {"waiting": packed(self.waiting)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put the order back."""
        del model
        self.waiting = unpacked(state["waiting"])


STRATEGY = Joint
