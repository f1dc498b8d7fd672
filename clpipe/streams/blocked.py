"""Blocked: one family after the other, each in a phase of its own; the usual stream of continual learning."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from clpipe import phases
from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """As many episodes of each family; the first blocks take the remainder."""

    draws: ClassVar[bool] = False

    order: tuple[str, ...] = ()
    """The families in the order of their blocks; none: an order of the seed's own."""

    def boundaries(self, families: Sequence[str]) -> bool:
        """Between the blocks, where there are two families."""
        return len(families) > 1

    @property
    def foreseeable(self) -> bool:
        """The generator decides alone."""
        return True

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """What is wrong with `order`, or that there are more families than episodes."""
        return chain(
            phases.order_problems(self.order, families), phases.length_problems("order", len(families), episodes)
        )

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """The blocks; the phase is the family. ValueError where a family has fewer tasks than its block episodes."""
        pools = phases.by_family(tasks)
        phases.refuse(self.problems(list(pools), episodes))
        families = phases.in_order(self.order, pools, rng)
        lengths = dict(zip(families, phases.shares(episodes, len(families)), strict=True))
        phases.refuse(phases.shortages("blocked", pools, lengths))
        for family, length in lengths.items():
            for task in rng.sample(pools[family], length):
                yield Encounter(phase=family, task=task)


STREAM = Blocked
