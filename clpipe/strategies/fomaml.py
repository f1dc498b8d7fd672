"""First-order MAML, then naive: the start of the adapter is learned on families that the stream leaves out.

Finn et al. 2017 (arXiv 1703.03400), §5.2: theta <- theta - outer_lr grad L_query(phi), phi being where `inner_steps`
gradient steps on support examples of one family lead from theta, and the derivative of phi by theta taken to be 1. As
many query examples as support ones, none in both. They move the start by Adam after a batch of tasks; ours moves by a
plain step after each (`clpipe.meta`), so that it differs from `reptile` in the update alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.meta import MetaLearned, adapt, copied, descend, put, slope
from clpipe.records import Example

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


@dataclass(kw_only=True)
class Fomaml(MetaLearned):
    """The start moves down the gradient that the adapted model has on other examples of the family."""

    @property
    def drawn(self) -> int:
        """A support example for each inner step, and as many query examples."""
        return 2 * self.inner_steps

    def update(self, model: LanguageModel, examples: Sequence[Example]) -> None:
        """Learn the first half, and take the start down the gradient of the second half there."""
        import torch

        start = copied(model)
        adapt(model, examples[: self.inner_steps], self.inner_lr)
        query = [model.read(one.question, one.shown).loss for one in examples[self.inner_steps :]]
        gradients = slope(model, torch.stack(query).mean())
        put(model, start)
        descend(model, gradients, self.outer_lr)


STRATEGY = Fomaml
