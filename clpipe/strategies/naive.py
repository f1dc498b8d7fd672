"""Naive online learning: one gradient step on the task at hand, nothing remembered.

The seed document's learner, and the lower bound every other strategy is compared with. With method `frozen` it learns
nothing at all: the floor.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Naive(Strategy):
    """One step on the lesson's loss."""

    needs: ClassVar[frozenset[str]] = frozenset()
    one_step: ClassVar[bool] = True

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Take one step down the gradient of the lesson's loss."""
        del rng
        model.step(lesson.loss)


STRATEGY = Naive
