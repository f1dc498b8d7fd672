"""O-LoRA: each phase learns in ranks of its own, orthogonal to earlier ones (Wang et al. 2023, arXiv 2310.14152).

One LoRA of rank r is cut into `phases` slices of r // phases ranks (one more for some where it leaves a remainder).
Slice k learns in phase k. Earlier slices stay as they are and go on contributing; later ones have B = 0 and contribute
nothing. The loss of a step is, summed over the adapted matrices,

    loss(lesson) + weight * sum |A_k A_<k^T|_1 + l2 * (||A_k||_2 + ||B_k||_2)

as in the authors' code, which takes absolute values of the products (the paper squares them) and keeps peft's `lora_A`
orthogonal, the matrix that meets the input. Where we deviate: they add a LoRA of a fixed rank with each task, so that
the rank grows; here all phases share one rank, so that arms have the same number of parameters. AdamW begins anew with
each slice, as in their runs, a process a task. Phases beyond the last slice go on learning in the last slice.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.models.method import LOW_RANK, WEIGHTS
from clpipe.records import Example
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

A, B = ".lora_A.default", ".lora_B.default"


@dataclass(kw_only=True)
class Olora(Strategy):
    """One step within the ranks of the phase, pushed away from those of earlier phases."""

    needs: ClassVar[frozenset[str]] = frozenset({WEIGHTS, LOW_RANK})

    phases: int = 5
    """Slices that the rank is cut into; a stream of more phases learns all further ones in the last slice."""
    weight: float = 0.5
    """Of the overlap between the slice that learns and the earlier ones."""
    l2: float = 0.0
    """Of the norms of the slice that learns."""

    def __post_init__(self) -> None:
        if self.phases < 2:
            raise ValueError(f"phases: must be 2 or more, not {self.phases}; with one phase, take naive")
        if self.weight < 0:
            raise ValueError(f"weight: must be 0 or more, not {self.weight}")
        if self.l2 < 0:
            raise ValueError(f"l2: must be 0 or more, not {self.l2}")
        self.now = 0
        """The slice that learns."""

    @property
    def needs_boundaries(self) -> bool:
        """A slice belongs to a phase."""
        return True

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Raises ValueError where there are more slices than ranks."""
        del examples, rng
        rank = min(len(first) for first, _ in pairs(model.trainable()))
        if self.phases > rank:
            raise ValueError(
                f"strategies.olora.phases: {self.phases} slices cannot be cut from a LoRA of rank r = {rank}; "
                f"raise the method's r to {self.phases} or more, or lower phases"
            )

    def boundary(self, model: LanguageModel, rng: random.Random) -> None:
        """The next slice begins to learn, and AdamW anew with it; the last slice goes on."""
        del rng
        import torch

        if self.now == self.phases - 1:
            return
        self.now += 1
        if model.optimizer is not None:
            model.optimizer.restore({n: torch.zeros_like(value) for n, value in model.optimizer.state().items()})

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step in which nothing but the slice moves."""
        del rng
        import torch

        parameters = model.trainable()
        loss = lesson.loss + self._penalty(parameters)
        gradients = {name: self._alone(name, gradient) for name, gradient in model.gradients(loss).items()}
        before = {name: parameter.detach().clone() for name, parameter in parameters.items()}
        model.step_along(gradients, loss)
        with torch.no_grad():  # weight decay and AdamW's memory have moved the other slices too
            for name, parameter in parameters.items():
                own = self._slice(name, parameter).clone()
                parameter.copy_(before[name])
                self._slice(name, parameter).copy_(own)

    def state(self) -> dict[str, Tensor]:
        """The slice that learns."""
        import torch

        return {"now": torch.tensor(self.now)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put it back."""
        del model
        self.now = int(state["now"])

    def _penalty(self, parameters: Mapping[str, Tensor]) -> Tensor | float:
        total: Tensor | float = 0.0
        for first, second in pairs(parameters):
            ranks = self._ranks(len(first))
            if self.weight and self.now:
                total = total + self.weight * overlap(first[ranks], first[: ranks.start])
            if self.l2:
                total = total + self.l2 * (first[ranks].norm() + second[:, ranks].norm())
        return total

    def _ranks(self, rank: int) -> slice:
        return slice(rank * self.now // self.phases, rank * (self.now + 1) // self.phases)

    def _slice(self, name: str, value: Tensor) -> Tensor:
        """The part of an A (r, in) or a B (out, r) that learns, as a view."""
        return value[self._ranks(len(value))] if A in name else value[:, self._ranks(value.shape[1])]

    def _alone(self, name: str, gradient: Tensor) -> Tensor:
        import torch

        alone = torch.zeros_like(gradient)
        self._slice(name, alone).copy_(self._slice(name, gradient))
        return alone


def pairs(parameters: Mapping[str, Tensor]) -> list[tuple[Tensor, Tensor]]:
    """A (r, in) and B (out, r) of every adapted matrix."""
    return [(value, parameters[name.replace(A, B)]) for name, value in parameters.items() if A in name]


def overlap(new: Tensor, old: Tensor) -> Tensor:
    """The sum of the absolute inner products of new rows (k, in) with old rows (l, in): 0 where they are orthogonal."""
    return (new @ old.T).abs().sum()


STRATEGY = Olora
