"""Whether two contenders did the same work; a ratio between two that did not is no ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

LARGEST = 1e-4
"""Of both distances."""
NEAR = 1e-2
"""Of both distances, for a contender whose own rounding is shown to be all that parts it from the plain loop."""

Adapter = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far a contender ended from the plain loop."""

    adapter: float
    """|own - plain| / |plain - start|, Euclidean norms over all tensors: the distance, relative to what was learned."""
    losses: float
    """Largest over the steps of |own - plain| / max(1, plain), nats a token."""

    def reason(self, largest: float = LARGEST) -> str | None:
        """Why this was not the same work; `None` where it was."""
        if not self.adapter <= largest:
            return f"the final adapter is {self.adapter:.1e} from the plain loop's; allowed is {largest:.0e}"
        if not self.losses <= largest:
            return f"a loss is {self.losses:.1e} from the plain loop's; allowed is {largest:.0e}"
        return None


def agreement(own: Adapter, plain: Adapter, start: Adapter, losses: Sequence[Sequence[float]]) -> Agreement:
    """Compare two adapters that began at `start`, tensor by name, and the two lists of losses, own and plain.

    Raises ValueError when they have other tensors or another number of steps.
    """
    if own.keys() != plain.keys():
        raise ValueError(f"the adapters differ in their tensors: {sorted(own.keys() ^ plain.keys())[:3]}")
    mine, theirs = losses
    if len(mine) != len(theirs):
        raise ValueError(f"{len(mine)} losses, but the plain loop has {len(theirs)}")
    learned = distance(plain, start)
    return Agreement(
        adapter=distance(own, plain) / learned if learned else float("inf"),
        losses=max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(mine, theirs, strict=True)),
    )


def distance(one: Adapter, other: Adapter) -> float:
    """Euclidean distance over all tensors."""
    return math.sqrt(sum(float((one[name].double() - other[name].double()).square().sum()) for name in one))


def adapter_tensors(folder: Path) -> dict[str, Tensor]:
    """The tensors of a PEFT folder by name."""
    from safetensors.torch import load_file

    tensors: dict[str, Tensor] = load_file(folder / "adapter_model.safetensors")
    return tensors


def first_line(reply: str) -> str:
    """What is compared of a reply: its first line with something on it."""
    return reply.lstrip().split("\n", 1)[0].rstrip()
