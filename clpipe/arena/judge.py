"""Whether a reply to a task is right, as the task's own judge says."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from clpipe import named
from clpipe.records import Task

FOLDER = "clpipe.arena.judges"


def right(task: Task, reply: str) -> bool:
    """Whether `reply` answers `task`; any text may come in.

    LookupError at an unknown judge; RuntimeError or ValueError where a judge cannot work at all: programs are run under
    Linux alone, and reasoning-gym must be there for its tasks.
    """
    return _judge(task.judge)(task, reply)


def modules() -> list[str]:
    """The modules that a verdict depends on."""
    return [__name__, *(f"{FOLDER}.{name}" for name in named.names(FOLDER))]


@cache
def _judge(name: str) -> Callable[[Task, str], bool]:
    return cast(Callable[[Task, str], bool], named.load(FOLDER, name))
