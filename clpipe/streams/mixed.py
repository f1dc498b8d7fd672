"""Mixed: all families at random, one phase, no task twice."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Tasks drawn without replacement."""

    draws: ClassVar[bool] = False

    def boundaries(self, families: Sequence[str]) -> bool:
        """One phase has none."""
        del families
        return False

    @property
    def foreseeable(self) -> bool:
        """The generator decides alone."""
        return True

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """None: there are no options."""
        del families, episodes
        yield from ()

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """`episodes` tasks in random order; ValueError where there are fewer tasks than episodes."""
        known = list(tasks)
        if episodes > len(known):
            raise ValueError(
                f"learn.episodes: {episodes} episodes, but there are {len(known)} training tasks and stream 'mixed' "
                "shows none twice; lower learn.episodes or raise split.train and arena.families.*.tasks"
            )
        for task in rng.sample(known, episodes):
            yield Encounter(phase="mixed", task=task)


STREAM = Mixed
