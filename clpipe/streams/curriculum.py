"""Curriculum: from easy to difficult, by the clock or by the learner's success, the families mixed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """One difficulty after the other; a task's difficulty is what its family says."""

    draws: ClassVar[bool] = False

    by: Literal["schedule", "success"] = "schedule"
    """What brings the next difficulty: its turn, after equal shares of the episodes, or enough right attempts."""
    window: int = 8
    """Attempts at this difficulty that success is judged by, the last ones."""
    threshold: float = 0.75
    """Share of them that must be right."""

    def __post_init__(self) -> None:
        if self.window < 1:
            raise ValueError(f"window: must be 1 or more, not {self.window}")
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold: must be above 0 and at most 1, not {self.threshold}")

    def boundaries(self, families: Sequence[str]) -> bool:
        """On a schedule."""
        del families
        return self.by == "schedule"

    @property
    def foreseeable(self) -> bool:
        """A schedule is; success is the learner's."""
        return self.by == "schedule"

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """A window of attempts that can never be full."""
        del families
        if self.by == "success" and self.window > episodes:
            yield f"window: {self.window} attempts, but there are only {episodes} episodes; lower it"

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """The phase is `difficulty-N`. A difficulty without tasks left gives way to the next.

        Success never leads back. Only where the most difficult tasks run out do those come that an easier difficulty
        has left, the most difficult of them first; on a schedule the shares are such that this does not happen.
        Raises ValueError where there are fewer tasks than episodes.
        """
        left: dict[int, list[Task]] = {}
        known = list(tasks)
        for task in rng.sample(known, len(known)):
            left.setdefault(task.difficulty, []).append(task)
        if episodes > len(known):
            raise ValueError(
                f"learn.episodes: {episodes} episodes, but stream 'curriculum' shows no task twice and after "
                f"{len(known)} the training tasks of all difficulties are exhausted; lower learn.episodes or raise "
                "split.train and arena.families.*.tasks"
            )
        ladder = dict(sorted(left.items()))
        return (yield from self._by_success(ladder, episodes) if self.by == "success" else _by_turn(ladder, episodes))

    def _by_success(self, left: dict[int, list[Task]], episodes: int) -> Generator[Encounter, bool, None]:
        reached, recent = min(left, default=0), deque[bool](maxlen=self.window)
        for _ in range(episodes):
            at = _from(reached, left)
            if at > reached:
                reached = at
                recent.clear()
            right = yield _encounter(left[at].pop())
            recent.append(right)
            if len(recent) == self.window and sum(recent) >= self.threshold * self.window and reached < max(left):
                reached = min(difficulty for difficulty in left if difficulty > reached)
                recent.clear()


def _by_turn(left: dict[int, list[Task]], episodes: int) -> Generator[Encounter, bool, None]:
    available = {difficulty: len(tasks) for difficulty, tasks in left.items()}
    for difficulty, count in even(available, episodes).items():
        for _ in range(count):
            yield _encounter(left[difficulty].pop())


def even(available: dict[int, int], episodes: int) -> dict[int, int]:
    """As many episodes of each as there can be; what one lacks is shared by the others, the first takes the rest."""
    taken = dict.fromkeys(available, 0)
    for _ in range(episodes):
        taken[min((d for d in taken if taken[d] < available[d]), key=lambda d: taken[d])] += 1
    return taken


def _from(reached: int, left: dict[int, list[Task]]) -> int:
    """The easiest difficulty with tasks left that is not below `reached`, else the most difficult below it."""
    having = [difficulty for difficulty, tasks in left.items() if tasks]
    return min((d for d in having if d >= reached), default=max(having))


def _encounter(task: Task) -> Encounter:
    return Encounter(phase=f"difficulty-{task.difficulty}", task=task)


STREAM = Curriculum
