"""Examples that a strategy remembers: at most so many, a fair sample of all it has met, and as a tensor to be saved."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clpipe.records import Example, Question

if TYPE_CHECKING:
    from torch import Tensor


class Buffer:
    """A reservoir (Vitter 1985, algorithm R): every example met is in it with the same probability.

    `balanced`: where it is full, an example of the family that has most gives way, so that rare families stay (after
    the class-balanced reservoir of Chrysakis & Moens 2020).
    """

    def __init__(self, capacity: int, *, balanced: bool = False) -> None:
        self.capacity = capacity
        self.balanced = balanced
        self.examples: list[Example] = []
        self.met: Counter[str] = Counter()
        """Examples met of each family."""

    def add(self, example: Example, rng: random.Random) -> None:
        """Meet one example; it is remembered, in the place of another, or not."""
        family = example.question.family
        self.met[family] += 1
        if len(self.examples) < self.capacity:
            self.examples.append(example)
        elif self.capacity and (place := self._place(family, rng)) is not None:
            self.examples[place] = example

    def sample(self, number: int, rng: random.Random) -> list[Example]:
        """So many of them, none twice; all, in random order, where there are fewer."""
        return rng.sample(self.examples, min(number, len(self.examples)))

    def state(self) -> dict[str, Tensor]:
        """What `restore` needs."""
        return {"examples": packed(self.examples), "met": _bytes(dict(self.met))}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""
        self.examples = unpacked(state["examples"])
        self.met = Counter(_value(state["met"]))

    def _place(self, family: str, rng: random.Random) -> int | None:
        if not self.balanced:
            place = rng.randrange(sum(self.met.values()))
            return place if place < self.capacity else None
        kept = Counter(one.question.family for one in self.examples)
        most = max(kept.values())
        if kept[family] < most:
            largest = sorted(name for name, count in kept.items() if count == most)
            giving = rng.choice(largest)
            return rng.choice([i for i, one in enumerate(self.examples) if one.question.family == giving])
        own = [i for i, one in enumerate(self.examples) if one.question.family == family]
        place = rng.randrange(self.met[family])
        return own[place] if place < len(own) else None


def packed(examples: Iterable[Example]) -> Tensor:
    """Examples as one tensor of bytes, since a saved state holds tensors alone."""
    return _bytes([asdict(example) for example in examples])


def unpacked(tensor: Tensor) -> list[Example]:
    """What `packed` made a tensor of."""
    return [Example(question=Question(**one["question"]), shown=one["shown"]) for one in _value(tensor)]


def _bytes(value: Sequence[object] | dict[str, int]) -> Tensor:
    import torch

    return torch.tensor(list(json.dumps(value).encode()), dtype=torch.uint8)


def _value(tensor: Tensor) -> Any:
    return json.loads(bytes(tensor.tolist()))
