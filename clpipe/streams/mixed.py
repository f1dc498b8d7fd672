"""Mixed: all families at random, one phase, no task twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from clpipe.records import Task


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """Tasks drawn without replacement."""

    def order(self, tasks: Sequence[Task], episodes: int, rng: random.Random) -> list[tuple[str, Task]]:
        """`episodes` tasks in random order; ValueError where there are fewer tasks than episodes."""
        if episodes > len(tasks):
            raise ValueError(
                f"learn.episodes: {episodes} episodes, but there are {len(tasks)} training tasks and stream 'mixed' "
                "shows none twice; lower learn.episodes or raise split.train and arena.families.*.tasks"
            )
        return [("mixed", task) for task in rng.sample(tasks, episodes)]


STREAM = Mixed
