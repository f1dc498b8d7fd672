"""Gradual: one family gives way to the next over some episodes, so that there is no moment at which it changes.

The hand-over is a sigmoid as in CapyMOA (`clpipe.phases`).
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from clpipe import phases
from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradual:
    """Blocks of equal length whose neighbours overlap; how many tasks of a family come is so only on average."""

    draws: ClassVar[bool] = False

    order: tuple[str, ...] = ()
    """The families in the order of their blocks; none: an order of the seed's own."""
    width: int = 8
    """Episodes that a hand-over takes: the chance of the later family goes from 12 to 88 % in them."""

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width: must be 1 or more, not {self.width}; for sharp blocks take stream 'blocked'")

    def boundaries(self, families: Sequence[str]) -> bool:
        """There is no moment at which a phase ends."""
        del families
        return False

    @property
    def foreseeable(self) -> bool:
        """The generator decides alone."""
        return True

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """What is wrong with `order` and `width`, or that there are more families than episodes."""
        return chain(
            phases.order_problems(self.order, families),
            phases.length_problems("order", len(families), episodes),
            phases.width_problems(self.width, len(families), episodes),
        )

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """The phase is the family of the task. A family without tasks left leaves its turn to the nearest that has.

        Raises ValueError where a family has fewer tasks than its block episodes.
        """
        pools = phases.by_family(tasks)
        phases.refuse(self.problems(list(pools), episodes))
        families = phases.in_order(self.order, pools, rng)
        lengths = phases.shares(episodes, len(families))
        phases.refuse(phases.shortages("gradual", pools, dict(zip(families, lengths, strict=True))))
        left = [rng.sample(pools[family], len(pools[family])) for family in families]
        for block in phases.handover(lengths, self.width, rng):
            task = left[_nearest(block, left)].pop()
            yield Encounter(phase=task.family, task=task)


def _nearest(block: int, left: Sequence[Sequence[Task]]) -> int:
    """The block itself, or the nearest that has tasks left, the earlier of two as near."""
    return min((i for i, tasks in enumerate(left) if tasks), key=lambda i: abs(i - block))


STREAM = Gradual
