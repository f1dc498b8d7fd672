"""Recurring: one family after the other, and round again with other tasks: what was left for a while comes back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from clpipe import phases
from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """Blocks of equal length, the first ones an episode longer where it does not come out even."""

    draws: ClassVar[bool] = False

    order: tuple[str, ...] = ()
    """The families in the order of their blocks, the same in every round; none: an order of the seed's own."""
    rounds: int = 2
    """How often each family comes."""

    def __post_init__(self) -> None:
        if self.rounds < 2:
            raise ValueError(f"rounds: must be 2 or more, not {self.rounds}; for one round take stream 'blocked'")

    def boundaries(self, families: Sequence[str]) -> bool:
        """Between the blocks, where there are two families."""
        return len(families) > 1

    @property
    def foreseeable(self) -> bool:
        """The generator decides alone."""
        return True

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """What is wrong with `order`, or that there are more blocks than episodes."""
        return chain(
            phases.order_problems(self.order, families),
            phases.length_problems("rounds", self.rounds * len(families), episodes),
        )

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """The blocks; the phase is the family, the same name in every round. ValueError where a family has too few."""
        pools = phases.by_family(tasks)
        phases.refuse(self.problems(list(pools), episodes))
        families = phases.in_order(self.order, pools, rng) * self.rounds
        blocks = list(zip(families, phases.shares(episodes, len(families)), strict=True))
        needed: Counter[str] = Counter()
        for family, length in blocks:
            needed[family] += length
        phases.refuse(phases.shortages("recurring", pools, needed))
        left = {family: iter(rng.sample(pools[family], count)) for family, count in needed.items()}
        for family, length in blocks:
            for _ in range(length):
                yield Encounter(phase=family, task=next(left[family]))


STREAM = Recurring
