"""Which side a task is on: decided by what it says, never by a seed, so that no draw can put it on two sides.

A task's side is a hash of its latent parameters (`clpipe.arena.canonical.latent`): half of all possible tasks are for
training, and the same problem in other words or about other people is on the same side. A task that is new in a known
way (`Task.novelty`) is only ever held out.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from clpipe.arena.canonical import latent
from clpipe.params import Split
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Task

Side = Literal["train", "validation", "heldout"]
SHARES: dict[Side, int] = {"train": 50, "validation": 15, "heldout": 35}
"""Per cent of all possible tasks. Fixed: another share would move tasks from one side to another."""
Group = tuple[str, Side, str]
"""Family, side and novelty."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The tasks of each side, in the order of the pool."""

    train: tuple[Task, ...]
    validation: tuple[Task, ...]
    heldout: tuple[Task, ...]

    def items(self) -> tuple[tuple[Side, tuple[Task, ...]], ...]:
        """Name and tasks of each side."""
        return ("train", self.train), ("validation", self.validation), ("heldout", self.heldout)


def side(task: Task) -> Side:
    """The side of a task; a function of its latent parameters alone."""
    place = int.from_bytes(hashlib.sha256(latent(task).encode()).digest()[:8], "big") * 100 >> 64
    if place < SHARES["train"]:
        return "train"
    return "validation" if place < SHARES["train"] + SHARES["validation"] else "heldout"


def divide(pool: Sequence[Task], split: Split) -> Sides:
    """So many tasks of each family on each side: `train` at the most, the others exactly.

    Raises ValueError where a prompt stands twice, or with every family that has too few tasks on a side.
    """
    _refuse_repeats(pool)
    groups: dict[Group, list[Task]] = defaultdict(list)
    for task in pool:
        groups[task.family, side(task), task.novelty].append(task)
    drawn = Counter((task.family, task.novelty) for task in pool)
    wanted = _wanted(sorted({task.family for task in pool}), split)
    problems = [
        problem
        for group, asked in wanted.items()
        if (problem := _shortage(group, asked, len(groups[group]), drawn[group[0], group[2]]))
    ]
    if problems:
        raise ValueError("\n".join(problems))
    chosen: dict[Side, set[str]] = defaultdict(set)
    for group, count in wanted.items():
        count = split.train if group[1] == "train" else count
        chosen[group[1]] |= {task.id for task in _balanced(groups[group], count)}
    return Sides(
        train=tuple(task for task in pool if task.id in chosen["train"]),
        validation=tuple(task for task in pool if task.id in chosen["validation"]),
        heldout=tuple(task for task in pool if task.id in chosen["heldout"]),
    )


def _wanted(families: Iterable[str], split: Split) -> dict[Group, int]:
    """How many tasks there must be of each group at the least."""
    heldout = split.heldout.model_dump()
    wanted: dict[Group, int] = {}
    for family in families:
        wanted[family, "train", SAME_TEMPLATE] = 1
        wanted[family, "validation", SAME_TEMPLATE] = split.validation
        wanted |= {(family, "heldout", novelty): heldout[novelty] for novelty in NOVELTIES}
    return wanted


def _balanced(tasks: Iterable[Task], count: int) -> Iterator[Task]:
    """The first `count` tasks, the difficulties in turn, and of each difficulty the answer that is rarest so far."""
    waiting: dict[int, list[tuple[int, int, Task]]] = defaultdict(list)
    for place, task in enumerate(tasks):
        waiting[task.difficulty].append((0, place, task))  # a heap: all counts are 0, the places rise
    answers: Counter[str] = Counter()
    while waiting:
        for difficulty in sorted(waiting):
            if answers.total() == count:
                return
            task = _rarest(waiting[difficulty], answers)
            answers[task.answer] += 1
            yield task
        waiting = {difficulty: left for difficulty, left in waiting.items() if left}


def _rarest(heap: list[tuple[int, int, Task]], answers: Counter[str]) -> Task:
    """Take the task with the rarest answer, the first of several; a count on the heap may be too low, not too high."""
    while True:
        known, place, task = heapq.heappop(heap)
        if answers[task.answer] == known:
            return task
        heapq.heappush(heap, (answers[task.answer], place, task))


def _shortage(group: Group, asked: int, available: int, drawn: int) -> str | None:
    family, name, novelty = group
    if available >= asked or (novelty != SAME_TEMPLATE and not drawn):
        return None
    what = f"{asked} {novelty} tasks" if name == "heldout" else f"{asked} tasks"
    key = f"split.heldout.{novelty}" if name == "heldout" else f"split.{name}"
    enough = max(math.ceil(max(asked, 5) * 130 / SHARES[name]), drawn + 1)
    return (
        f"{key}: {what} asked of family {family!r}, but of the {drawn} such tasks it has only {available} are on that "
        f"side; about {enough} are needed there: raise arena.families.{family}.tasks by the factor "
        f"{enough / max(drawn, 1):.1f} (a file: add tasks), or lower {key}"
    )


def _refuse_repeats(pool: Sequence[Task]) -> None:
    ids, prompts = Counter(task.id for task in pool), Counter(task.prompt for task in pool)
    for task in pool:
        if ids[task.id] > 1 or prompts[task.prompt] > 1:
            raise ValueError(f"the pool holds task {task.id} ({task.family}) twice: {task.prompt[:80]!r}")
