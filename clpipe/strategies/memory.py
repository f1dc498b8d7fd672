"""Retrieved solved tasks in the prompt, no weight ever updated: Self-StreamICL of StreamBench (Wu et al. 2024).

After each episode the solved task is remembered; before each question the `k` most similar remembered ones stand as
earlier turns (arXiv 2406.08747). We deviate: theirs remembers the model's own replies that were right, ours what
the learner was shown, as every strategy here learns from; theirs finds by a sentence encoder, ours by character
n-grams (`clpipe.nearest`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from clpipe.buffer import packed, unpacked
from clpipe.models.context import Context
from clpipe.models.method import FROZEN
from clpipe.models.window import refuse_beyond, turn_tokens
from clpipe.records import Example
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Memory(Strategy):
    """The lesson is remembered, and found again by questions like it."""

    needs: ClassVar[frozenset[str]] = frozenset({FROZEN})

    k: int = 3
    """Solved tasks in a prompt."""
    capacity: int | None = None
    """Solved tasks remembered at the most, the oldest leaves for a new one; `null` for all."""

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"k: must be 1 or more, not {self.k}")
        if self.capacity is not None and self.capacity < self.k:
            raise ValueError(f"capacity: {self.capacity} tasks remembered, but {self.k} stand in a prompt (k)")
        self.context = Context(self.k, "similar")

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A memory that would hold more than the stream brings is a mistake."""
        del families, others
        if self.capacity is not None and self.capacity > episodes:
            yield f"capacity: {self.capacity} tasks remembered, but the stream has only {episodes} episodes"

    def begin(self, model: LanguageModel, examples: Sequence[Example], rng: random.Random) -> None:
        """Put the empty memory before every question."""
        del examples, rng
        model.context = self.context

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Remember the lesson; ValueError where `k` such tasks and a question may not fit into the model's window."""
        del rng
        refuse_beyond(model, (self.k + 1) * turn_tokens(model, lesson.example), "k")
        self.context.add(lesson.example)
        if self.capacity is not None and len(self.context.examples) > self.capacity:
            self._remember(model, self.context.examples[-self.capacity :])

    def state(self) -> dict[str, Tensor]:
        """The memory, oldest first."""
        return {"examples": packed(self.context.examples)}

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put the memory back, and before every question."""
        self._remember(model, unpacked(state["examples"]))

    def _remember(self, model: LanguageModel, examples: Sequence[Example]) -> None:
        self.context = model.context = Context(self.k, "similar", examples)


STRATEGY = Memory
