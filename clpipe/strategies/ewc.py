"""Online EWC: parameters that mattered so far are held by springs (Kirkpatrick et al. 2017, arXiv 1612.00796).

The online form of Schwarz et al. 2018 (arXiv 1805.06370): one Fisher, one anchor. The loss of a step is

    loss(lesson) + strength / 2 * sum_i F_i (theta_i - anchor_i)²

Which Fisher, since published code disagrees: the diagonal empirical Fisher from per-example gradients. Each lesson is a
batch of one; its gradient is that of the mean negative log-likelihood of the answer shown, without the penalty, at the
parameters of that moment; it is squared. After each episode F <- gamma F + gradient²; gamma 1 is the plain sum, as the
precision of a Laplace approximation. We decay by episode, where Schwarz et al. decay by task, and take gradients as the
stream passes, where they go over the task's data again at its end: a stream passes once. What the step is held by is F
and the parameters as they were at the last consolidation. With strength 0 it is `naive` to the last bit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

KINDS = ("running", "fisher", "anchor")


@dataclass(kw_only=True)
class Ewc(Strategy):
    """One step on the lesson, held back where earlier lessons were sensitive."""

    strength: float = 100.0
    """Of the penalty."""
    gamma: float = 0.99
    """What is left of the Fisher after an episode; 0.99 forgets half in 69 episodes."""
    every: int | None = 10
    """Episodes between two consolidations; null: one at each phase boundary."""

    def __post_init__(self) -> None:
        if self.strength < 0:
            raise ValueError(f"strength: must be 0 or more, not {self.strength}")
        if not 0 < self.gamma <= 1:
            raise ValueError(f"gamma: must be above 0 and at most 1, not {self.gamma}")
        if self.every is not None and self.every < 1:
            raise ValueError(f"every: must be 1 or more, or null, not {self.every}")
        self.running: dict[str, Tensor] = {}
        """F of all episodes so far, by parameter."""
        self.fisher: dict[str, Tensor] = {}
        """F as it was at the last consolidation; empty before the first."""
        self.anchor: dict[str, Tensor] = {}
        """The parameters as they were then."""
        self.learned = 0
        """Episodes."""

    @property
    def needs_boundaries(self) -> bool:
        """Where it consolidates at boundaries."""
        return self.every is None

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A stream that ends before the first consolidation is a mistake."""
        del families, others
        if self.every is not None and self.every >= episodes:
            yield f"every: consolidation after {self.every} episodes holds nothing in a stream of {episodes} episodes"

    def boundary(self, model: LanguageModel, rng: random.Random) -> None:
        """The phase that has ended is consolidated."""
        del rng
        self._consolidate(model)

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step down the penalised gradient; the gradient without the penalty enters the Fisher."""
        del rng
        if self.strength == 0:
            model.step(lesson.loss)
            return
        gradients = model.gradients(lesson.loss)
        held = self._held(model.trainable(), gradients)
        self._meet(gradients)
        model.step_along(held, lesson.loss)
        self.learned += 1
        if self.every is not None and self.learned % self.every == 0:
            self._consolidate(model)

    def state(self) -> dict[str, Tensor]:
        """Both Fishers, the anchor and the count of episodes."""
        import torch

        found = {f"{kind}/{name}": value for kind in KINDS for name, value in getattr(self, kind).items()}
        return {**found, "learned": torch.tensor(self.learned)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put them back."""
        for kind in KINDS:
            start = f"{kind}/"
            found = {n.removeprefix(start): value.to(model.device) for n, value in state.items() if n.startswith(start)}
            setattr(self, kind, found)
        self.learned = int(state["learned"])

    def _held(self, parameters: Mapping[str, Tensor], gradients: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The gradients with that of the penalty, strength * F (theta - anchor), where the lesson has one at all."""
        held = dict(gradients)
        for name in self.fisher.keys() & gradients.keys():
            away = parameters[name].detach() - self.anchor[name]
            held[name] = gradients[name] + self.strength * self.fisher[name] * away
        return held

    def _meet(self, gradients: Mapping[str, Tensor]) -> None:
        decayed = {name: self.gamma * value for name, value in self.running.items()}
        squares = {name: gradient**2 for name, gradient in gradients.items()}
        self.running = decayed | {n: decayed[n] + square if n in decayed else square for n, square in squares.items()}

    def _consolidate(self, model: LanguageModel) -> None:
        parameters = model.trainable()
        self.fisher = {name: value.clone() for name, value in self.running.items()}
        self.anchor = {name: parameters[name].detach().clone() for name in self.fisher}


STRATEGY = Ewc
