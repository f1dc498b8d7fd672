"""Streams: in which order a run meets its tasks.

A stream is one file in this folder, found by its name (`clpipe.named`) and ending in `STREAM = Class`, a frozen
dataclass whose fields are the options of `params.yaml`; there is no list to edit.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

from clpipe.records import Encounter, Task


class Stream(Protocol):
    """An order of tasks at given options."""

    draws: ClassVar[bool]
    """Whether its tasks are drawn without end by the families themselves, not taken from the train file."""

    def boundaries(self, families: Sequence[str]) -> bool:
        """Whether a stream of these families has phases that end at moments which a strategy could be told."""

    @property
    def foreseeable(self) -> bool:
        """Whether the order is known before the first episode: it neither draws nor hangs on the learner's success."""

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """A line `OPTION: what is wrong` for each option that does not suit these families and so many episodes."""

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """What comes, one encounter at a time, no task twice; at least `episodes` of them.

        After each encounter the generator is sent whether the attempt was right, so that a stream may follow the
        learner. It is a function of its arguments and of what it is sent: sent the same, it gives the same.

        Raises ValueError where the tasks do not suffice.
        """
