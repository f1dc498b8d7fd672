"""Episodic memory and selective consolidation: what surprised is kept, and rehearsed at growing intervals.

A lesson is kept where the attempt at it surprised: its loss, before it was learned, is among the largest `share` of
those of the last `window` episodes. What is kept is rehearsed after 1, 2, 4, 8, ... episodes (expanding rehearsal,
Ebbinghaus 1885; the boxes of Leitner 1972): one whose loss has grown since it was last seen is forgotten and goes back
to the first interval, any other goes on to the next. Rehearsal is replay: one step on the mean loss of the lesson and
of what is due. For language models, Amiri et al. 2017 (EMNLP, "Repeat before forgetting") schedule training so; here
the memory is bounded, and what is consolidated best gives way. Nothing is random.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.buffer import packed, unpacked
from clpipe.records import Example
from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from torch import Tensor

    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson

LONGEST = 30
"""Interval from which on it grows no more, as a power of two: longer than any stream."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """A lesson that is kept."""

    example: Example
    loss: float
    """When it was last seen, before the step (mean nats a token)."""
    box: int
    """It is rehearsed 2 ** box episodes after it was last seen."""
    due: int
    """The episode from which on it is to be rehearsed."""
    kept: int
    """The episode in which it came."""


@dataclass(kw_only=True)
class Consolidate(Strategy):
    """One step on the lesson and on what is due."""

    capacity: int = 50
    """Lessons remembered at the most; the one in the highest box gives way, of these the one of the smallest loss."""
    share: float = 0.5
    """Of the lessons that are kept: those whose loss is among the largest."""
    window: int = 50
    """Past episodes whose losses a new one is compared with."""
    mix: int = 1
    """Remembered lessons in a step at the most; what has waited longest goes first, the rest waits on."""

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"share: must be above 0 and at most 1, not {self.share}")
        for name in ("capacity", "window"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be 1 or more, not {getattr(self, name)}")
        if self.mix < 0:
            raise ValueError(f"mix: must be 0 or more, not {self.mix}")
        if self.mix > self.capacity:
            raise ValueError(f"mix: {self.mix} lessons in a step, but only {self.capacity} are remembered (capacity)")
        self.memories: list[Memory] = []
        self.losses: deque[float] = deque(maxlen=self.window)
        """Of the last episodes."""
        self.learned = 0
        """Episodes."""

    def problems(self, families: Sequence[str], others: Sequence[str], episodes: int) -> Iterator[str]:
        """A memory that would hold more than the stream brings is a mistake."""
        del families, others
        if self.capacity > episodes:
            yield f"capacity: {self.capacity} lessons remembered, but the stream has only {episodes} episodes"

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """One step on the mean loss of the lesson and of what is due, then keep the lesson if it surprised."""
        del rng
        import torch

        self.learned += 1
        due = self._due()
        losses = [model.read(one.example.question, one.example.shown).loss for one in due]
        for one, loss in zip(due, losses, strict=True):
            self._seen(one, float(loss.detach()))
        model.step(torch.stack([lesson.loss, *losses]).mean())
        self._meet(lesson.example, float(lesson.loss.detach()))

    def state(self) -> dict[str, Tensor]:
        """What is kept, when it is due, and the losses of the last episodes."""
        import torch

        return {
            "examples": packed(one.example for one in self.memories),
            "schedule": torch.tensor([[one.box, one.due, one.kept] for one in self.memories], dtype=torch.int64),
            "seen": torch.tensor([one.loss for one in self.memories], dtype=torch.float64),
            "losses": torch.tensor(list(self.losses), dtype=torch.float64),
            "learned": torch.tensor(self.learned),
        }

    def restore(self, model: LanguageModel, state: dict[str, Tensor]) -> None:
        """Put it back."""
        del model
        kept = zip(unpacked(state["examples"]), state["seen"].tolist(), state["schedule"].tolist(), strict=True)
        self.memories = [
            Memory(example=example, loss=loss, box=box, due=due, kept=since)
            for example, loss, (box, due, since) in kept
        ]
        self.losses.extend(state["losses"].tolist())
        self.learned = int(state["learned"])

    def _due(self) -> list[Memory]:
        waiting = [one for one in self.memories if one.due <= self.learned]
        return sorted(waiting, key=lambda one: (one.due, one.kept))[: self.mix]

    def _seen(self, one: Memory, loss: float) -> None:
        one.box = 0 if loss > one.loss else min(one.box + 1, LONGEST)
        one.loss = loss
        one.due = self.learned + 2**one.box

    def _meet(self, example: Example, loss: float) -> None:
        larger = sum(past > loss for past in self.losses)
        surprising = not self.losses or larger < self.share * len(self.losses)
        self.losses.append(loss)
        if not surprising:
            return
        if len(self.memories) == self.capacity:
            self.memories.remove(min(self.memories, key=lambda one: (-one.box, one.loss, one.kept)))
        new = Memory(example=example, loss=loss, box=0, due=self.learned + 1, kept=self.learned)
        self.memories.append(new)


STRATEGY = Consolidate
