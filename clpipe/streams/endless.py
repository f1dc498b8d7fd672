"""Endless: tasks drawn by the families as they are needed, never one twice, in no phases (`clpipe.endless`)."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Endless:
    """The tasks in the order in which they are drawn: the families and difficulties in turn."""

    draws: ClassVar[bool] = True
    DRAWN_BY: ClassVar[str] = "eb6d1fcc56f8"
    """Hash of the code that draws: so an edit of that is an edit of this file, which runs these arms again."""

    def boundaries(self, families: Sequence[str]) -> bool:
        """One phase has none."""
        del families
        return False

    @property
    def foreseeable(self) -> bool:
        """What comes is not known before it is drawn."""
        return False

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """None: there are no options. Which families can draw is `clpipe.endless`'s to say."""
        del families, episodes
        yield from ()

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """The next task each time, `episodes` in all, none drawn ahead; ValueError where the tasks end before."""
        del rng  # the draws have seeds of their own
        source = iter(tasks)
        for met in range(episodes):
            task = next(source, None)
            if task is None:
                raise ValueError(
                    f"learn.episodes: {episodes} episodes, but after {met} the families can draw no other training "
                    "task for stream 'endless'; lower learn.episodes, or widen the options of arena.families"
                )
            yield Encounter(phase="endless", task=task)


STREAM = Endless
