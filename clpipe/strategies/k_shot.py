"""Fixed solved tasks in the prompt, the same before every question: few-shot prompting (Brown et al. 2020).

No weight is updated and nothing is remembered, so that the accuracy along the stream tells what the examples alone
bring (arXiv 2005.14165, §2; GrowPrompt and Self-StreamICL of StreamBench are compared with it). The examples are `k`
that the stream will not show, as even over the families as `k` allows, in random order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.buffer import packed, unpacked
from clpipe.models.context import Context
from clpipe.models.method import FROZEN
from clpipe.models.window import refuse_beyond, turn_tokens
from clpipe.records import Example
from clpipe.shots import balanced
from clpipe.strategy import Beforehand, Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class KShot(Strategy):
    """The same solved tasks before every question."""

    needs: ClassVar[frozenset[str]] = frozenset({FROZEN})
    beforehand: ClassVar[Beforehand] = "spare"
    changes_start: ClassVar[bool] = True

    k: int = 5
    """Solved tasks in a prompt."""

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"k: must be 1 or more, not {self.k}")
        self.chosen: list[Example] = []
        """What stands in the prompt, in its order."""

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Choose the solved tasks.

        Raises:
            ValueError: There are fewer than `k`, or they and the longest question may not fit into the model's window.
        """
        if len(examples) < self.k:
            raise ValueError(f"k: {self.k} solved tasks wanted, but there are {len(examples)} that the stream leaves")
        self.chosen = balanced(examples, self.k, rng)
        longest = max(examples, key=lambda one: len(one.question.prompt) + len(one.shown))
        refuse_beyond(model, sum(turn_tokens(model, one) for one in (*self.chosen, longest)), "k")
        self._show(model)

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Nothing: what stands in the prompt stays."""
        del model, lesson, rng

    def state(self) -> dict[str, Tensor]:
        """What stands in the prompt."""
        return {"chosen": packed(self.chosen)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put it back before every question."""
        self.chosen = unpacked(state["chosen"])
        self._show(model)

    def _show(self, model: LanguageModel) -> None:
        model.context = Context(self.k, "fixed", self.chosen)


STRATEGY = KShot
