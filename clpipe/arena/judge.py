"""Whether a reply to a task is right: by the task's family where it has a file here, else by exact match."""

from __future__ import annotations

from functools import cache
from typing import Any

from clpipe import arena
from clpipe.arena.scoring import exact_match
from clpipe.records import Task


def right(task: Task, reply: str) -> bool:
    """Whether `reply` answers `task`."""
    family = _family(task.family)
    return exact_match(task.answer, reply) if family is None else bool(family.score(task, reply))


@cache
def _family(name: str) -> Any:
    return arena.load(name)() if name in arena.names() else None
