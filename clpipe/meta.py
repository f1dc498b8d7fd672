"""A start that is learned from other families, before the stream begins: what Reptile and first-order MAML share.

A round draws one of the families and some of its examples, learns them by plain gradient steps from the start as it
is (the inner loop, no momentum), and moves the start by what that told (`update`, where the two differ). The stream
is then learned as `naive` learns it. We deviate in one thing: gradients are clipped to the norm that the arm's steps
are clipped to, since a plain step has nothing else that keeps it short.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.mistakes import unknown
from clpipe.records import Example
from clpipe.strategy import Beforehand, Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class MetaLearned(Strategy):
    """`naive` from a start that was learned on other families."""

    beforehand: ClassVar[Beforehand] = "others"
    changes_start: ClassVar[bool] = True

    families: tuple[str, ...] = ()
    """What the start is learned from; none: all families that the stream leaves out."""
    rounds: int = 50
    """How often the start is moved."""
    inner_steps: int = 5
    """Gradient steps from the start in a round."""
    inner_lr: float = 0.1
    """Their size."""
    outer_lr: float = 0.1
    """How far the start is moved."""

    def __post_init__(self) -> None:
        for name in ("rounds", "inner_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be 1 or more, not {getattr(self, name)}")
        for name in ("inner_lr", "outer_lr"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be more than 0, not {getattr(self, name)}")

    @property
    @abstractmethod
    def drawn(self) -> int:
        """Examples of a round."""

    @abstractmethod
    def update(self, model: LanguageModel, examples: Sequence[Example]) -> None:
        """One round on `drawn` examples of one family: the model is at the start, and at the moved start after it."""

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A family that the stream shows, or that is unknown, or that there is none left."""
        del episodes
        for name in self.families:
            if name in families:
                yield (
                    f"families: the stream shows {name!r} too; a start may be learned from families alone that it "
                    f"leaves out: {', '.join(others) or 'none; set learn.families to fewer'}"
                )
            elif name not in others:
                yield f"families: {unknown('family', name, others)}"
        if not self.families and not others:
            yield "families: a start is learned from families that the stream leaves out; set learn.families to fewer"

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Learn the start.

        Raises:
            ValueError: A family has fewer examples than a round draws, learning diverged, or the method has a router.
        """
        pools = self._pools(examples)
        for _ in range(self.rounds):
            family = rng.choice(list(pools))
            self.update(model, rng.sample(pools[family], self.drawn))

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Take one step down the gradient of the lesson's loss."""
        del rng
        model.step(lesson.loss)

    def _pools(self, examples: Sequence[Example]) -> dict[str, list[Example]]:
        wanted = self.families or sorted({one.question.family for one in examples})
        ordered = sorted(examples, key=lambda one: one.question.id)
        pools = {name: [one for one in ordered if one.question.family == name] for name in wanted}
        for name, pool in pools.items():
            if len(pool) < self.drawn:
                raise ValueError(
                    f"inner_steps: a round draws {self.drawn} examples of a family, but there are {len(pool)} of "
                    f"{name!r}; lower inner_steps or raise split.train"
                )
        if not pools:
            raise ValueError("families: there are no examples of families that the stream leaves out")
        return pools


def adapt(model: LanguageModel, examples: Sequence[Example], lr: float) -> None:
    """The inner loop: one plain gradient step of size `lr` on each example in turn."""
    for example in examples:
        descend(model, slope(model, model.read(example.question, example.shown).loss), lr)


def slope(model: LanguageModel, loss: Tensor) -> dict[str, Tensor]:
    """The gradient of a loss for every parameter that learns; ValueError where it does not depend on all of them.

    A router is refused by this: the start of what answers the other families is not that of what will answer these.
    """
    found = model.gradients(loss) if loss.requires_grad else {}
    if len(found) < len(model.trainable()):
        raise ValueError(
            "a start is learned for all parameters at once, and with this method a question reaches some of them "
            "alone; use one without a router, such as lora"
        )
    return found


def descend(model: LanguageModel, gradients: Mapping[str, Tensor], lr: float) -> None:
    """Move the parameters by -lr times these gradients, clipped; ValueError when these are not finite."""
    import torch

    norm = torch.nn.utils.get_total_norm(gradients.values())
    if not bool(torch.isfinite(norm)):
        raise ValueError("inner_lr: learning the start diverged; a smaller inner_lr or outer_lr may help")
    clip = model.optimizer.clip if model.optimizer else None
    scale = 1.0 if clip is None else min(1.0, clip / max(float(norm), 1e-12))
    with torch.no_grad():
        for name, parameter in model.trainable().items():
            if name in gradients:
                parameter.add_(gradients[name], alpha=-lr * scale)


def copied(model: LanguageModel) -> dict[str, Tensor]:
    """A copy of the parameters that learn."""
    return {name: parameter.detach().clone() for name, parameter in model.trainable().items()}


def put(model: LanguageModel, values: Mapping[str, Tensor]) -> None:
    """Give the parameters that learn these values."""
    import torch

    with torch.no_grad():
        for name, parameter in model.trainable().items():
            parameter.copy_(values[name])
