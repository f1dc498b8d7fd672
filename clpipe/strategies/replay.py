"""Experience replay: each lesson is learned together with some remembered ones (Rolnick et al. 2019, arXiv 1811.11682).

The memory is a reservoir over all that was met, without task boundaries (as in Chaudhry et al. 2019, arXiv 1902.10486),
or balanced over the families. One step is taken on the mean of the losses; with nothing to mix it is `naive`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.buffer import Buffer
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Replay(Strategy):
    """One step on the lesson and on `mix` remembered lessons."""

    capacity: int = 50
    """Lessons remembered at the most."""
    mix: int = 1
    """Remembered lessons in a step."""
    balanced: bool = False
    """Whether the memory keeps the families even."""

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError(f"capacity: must be 1 or more, not {self.capacity}")
        if self.mix < 0:
            raise ValueError(f"mix: must be 0 or more, not {self.mix}")
        if self.mix > self.capacity:
            raise ValueError(f"mix: {self.mix} lessons in a step, but only {self.capacity} are remembered (capacity)")
        self.buffer = Buffer(self.capacity, balanced=self.balanced)

    @property
    def sees_family(self) -> bool:
        """Where the memory is balanced."""
        return self.balanced

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A memory that would hold more than the stream brings is a mistake."""
        del families, others
        if self.capacity > episodes:
            yield f"capacity: {self.capacity} lessons remembered, but the stream has only {episodes} episodes"

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step on the mean loss of the lesson and of remembered ones, then remember it."""
        import torch

        remembered = self.buffer.sample(self.mix, rng)
        losses = [lesson.loss] + [model.read(one.question, one.shown).loss for one in remembered]
        model.step(torch.stack(losses).mean())
        self.buffer.add(lesson.example, rng)

    def state(self) -> dict[str, Tensor]:
        """The memory."""
        return self.buffer.state()

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put the memory back."""
        del model
        self.buffer.restore(state)


STRATEGY = Replay
