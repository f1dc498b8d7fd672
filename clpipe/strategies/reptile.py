"""Reptile, then naive: the start of the adapter is learned on families that the stream leaves out.

Nichol et al. 2018 (arXiv 1803.02999), algorithm 1: theta <- theta + outer_lr (phi - theta), phi being where
`inner_steps` gradient steps on examples of one family lead from theta. Their experiments take Adam in the inner loop
and lower the outer step size to 0; ours are plain steps of one size (`clpipe.meta`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.meta import MetaLearned, adapt, copied, put
from clpipe.records import Example

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel


@dataclass(kw_only=True)
class Reptile(MetaLearned):
    """The start moves towards where each family leads it."""

    @property
    def drawn(self) -> int:
        """One example for each inner step."""
        return self.inner_steps

    def update(self, model: LanguageModel, examples: Sequence[Example]) -> None:
        """Learn the examples, and go a part of that way."""
        start = copied(model)
        adapt(model, examples, self.inner_lr)
        reached = copied(model)
        put(model, {name: value + self.outer_lr * (reached[name] - value) for name, value in start.items()})


STRATEGY = Reptile
