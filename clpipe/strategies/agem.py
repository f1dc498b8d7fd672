"""A-GEM: gradients that would raise the loss on remembered lessons are projected (Chaudhry et al. 2019, 1812.00420).

With g the gradient of the lesson and r that of the mean loss of `mix` remembered ones, the step goes along g where
g.r >= 0, else along the nearest direction that has no part against r (their equation 11):

    g - (g.r / r.r) r

The memory is a reservoir over all that was met, where theirs holds so many examples of each task. The step is AdamW's,
as for every strategy here, where theirs is plain SGD: its scaling and momentum can turn the step against r again, so
the promise is of the gradient, not of the step.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.buffer import Buffer
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Agem(Strategy):
    """One step along the lesson's gradient, freed of what conflicts with `mix` remembered lessons."""

    capacity: int = 50
    """Lessons remembered at the most."""
    mix: int = 4
    """Remembered lessons that the gradient is held against."""
    balanced: bool = False
    """Whether the memory keeps the families even."""

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError(f"capacity: must be 1 or more, not {self.capacity}")
        if self.mix < 1:
            raise ValueError(f"mix: must be 1 or more, not {self.mix}; with nothing to hold against, take naive")
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
        """One step along the gradient that does not conflict, then remember the lesson."""
        import torch

        gradients = model.gradients(lesson.loss)
        if remembered := self.buffer.sample(self.mix, rng):
            losses = torch.stack([model.read(one.question, one.shown).loss for one in remembered])
            gradients = projected(gradients, model.gradients(losses.mean()))
        model.step_along(gradients, lesson.loss)
        self.buffer.add(lesson.example, rng)

    def state(self) -> dict[str, Tensor]:
        """The memory."""
        return self.buffer.state()

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put the memory back."""
        del model
        self.buffer.restore(state)


def projected(gradients: Mapping[str, Tensor], reference: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The gradients without their part against the reference; as they are where there is none.

    A parameter that is missing in one of them has the gradient 0 there.
    """
    product = _inner(gradients, reference)
    if product >= 0:
        return dict(gradients)
    share = product / _inner(reference, reference)
    against = {name: -share * value for name, value in reference.items()}
    shared = {name: gradients[name] + against[name] for name in gradients if name in against}
    return {**gradients, **against, **shared}


def _inner(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> float:
    return float(sum((one[name] * other[name]).sum() for name in one if name in other))


STRATEGY = Agem
