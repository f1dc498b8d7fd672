"""Which side a task is on: decided by what it says, never by a seed, so that no draw can put it on two sides.

A task's side is a hash of its prompt with the names of people taken out (`clpipe.arena.canonical.renamed`): about
half of all possible tasks are for training, and the same question about other people is on the same side.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from clpipe.arena.canonical import renamed
from clpipe.params import Split
from clpipe.records import Task

Side = Literal["train", "validation", "heldout"]
SHARES: dict[Side, int] = {"train": 50, "validation": 15, "heldout": 35}
"""Per cent of all possible tasks. Fixed: another share would move tasks from one side to another."""


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
    """The side of a task; a function of its prompt and the names in it alone."""
    place = int.from_bytes(hashlib.sha256(renamed(task).encode()).digest()[:8], "big") * 100 >> 64
    if place < SHARES["train"]:
        return "train"
    return "validation" if place < SHARES["train"] + SHARES["validation"] else "heldout"


def divide(pool: Sequence[Task], split: Split) -> Sides:
    """So many tasks of each family on each side: `train` at the most, the others exactly.

    Raises ValueError where a prompt stands twice, or with every family that has too few tasks on a side.
    """
    _refuse_repeats(pool)
    groups: dict[tuple[str, Side], list[Task]] = defaultdict(list)
    for task in pool:
        groups[task.family, side(task)].append(task)
    families = Counter(task.family for task in pool)
    wanted: dict[Side, int] = {"train": 1, "validation": split.validation, "heldout": split.heldout}
    problems = [
        problem
        for family, drawn in families.items()
        for name, asked in wanted.items()
        if (problem := _shortage(family, name, asked, (len(groups[family, name]), drawn)))
    ]
    if problems:
        raise ValueError("\n".join(problems))

    def taken(name: Side, count: int) -> tuple[Task, ...]:
        chosen = {task.id for family in families for task in _balanced(groups[family, name], count)}
        return tuple(task for task in pool if task.id in chosen)

    return Sides(
        train=taken("train", split.train),
        validation=taken("validation", split.validation),
        heldout=taken("heldout", split.heldout),
    )


def _balanced(tasks: Iterable[Task], count: int) -> list[Task]:
    """The first `count` tasks, the difficulties in turn, and of each difficulty the answer that is rarest so far."""
    waiting: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        waiting[task.difficulty].append(task)
    taken: list[Task] = []
    answers: Counter[str] = Counter()
    while waiting:
        for difficulty in sorted(waiting):
            if len(taken) == count:
                return taken
            task = min(waiting[difficulty], key=lambda t: answers[t.answer])
            waiting[difficulty].remove(task)
            answers[task.answer] += 1
            taken.append(task)
        waiting = {difficulty: left for difficulty, left in waiting.items() if left}
    return taken


def _shortage(family: str, name: Side, asked: int, found: tuple[int, int]) -> str | None:
    available, drawn = found
    if available >= asked:
        return None
    enough = math.ceil(max(asked, 5) * 130 / SHARES[name])
    return (
        f"split.{name}: {asked} tasks asked of family {family!r}, but of its {drawn} tasks only {available} are on "
        f"that side; raise arena.families.{family}.tasks to about {max(enough, drawn + 1)}, or lower split.{name}"
    )


def _refuse_repeats(pool: Sequence[Task]) -> None:
    ids, prompts = Counter(task.id for task in pool), Counter(task.prompt for task in pool)
    for task in pool:
        if ids[task.id] > 1 or prompts[task.prompt] > 1:
            raise ValueError(f"the pool holds task {task.id} ({task.family}) twice: {task.prompt[:80]!r}")
