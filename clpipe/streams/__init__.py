"""Streams: in which order a run meets its tasks.

A stream is one file in this folder, found by its name (`clpipe.named`) and ending in
`STREAM = Class`; there is no list to edit.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

from clpipe.records import Task


class Stream(Protocol):
    """An order of tasks at given options: a frozen dataclass whose fields are the options of `params.yaml`."""

    def order(self, tasks: Sequence[Task], episodes: int, rng: random.Random) -> list[tuple[str, Task]]:
        """`episodes` pairs (name of the phase, task), no task twice; ValueError where there are too few tasks."""
