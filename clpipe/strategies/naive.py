"""Naive online learning: one gradient step on the task at hand, nothing remembered.

The seed document's learner, and the lower bound every other strategy is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel, Lesson


@dataclass(kw_only=True)
class Naive:
    """One step on the lesson's loss."""

    needs_boundaries: ClassVar[bool] = False
    one_step: ClassVar[bool] = True

    def learn(self, model: LanguageModel, lesson: Lesson) -> None:
        """Take one step down the gradient of the lesson's loss."""
        model.step(lesson.loss)

    def state(self) -> dict[str, Tensor]:
        """Nothing is remembered."""
        return {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Nothing is remembered."""


STRATEGY = Naive
