"""The reply's first line is the answer, or one of `marking["answers"]`, up to what `clpipe.arena.scoring` forgives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from clpipe.arena.scoring import exact_match
from clpipe.records import Task


def right(task: Task, reply: str) -> bool:
    """Whether the reply is one of the right answers."""
    others = cast(Iterable[str], task.marking.get("answers", ()))
    return any(exact_match(answer, reply) for answer in (task.answer, *others))


JUDGE = right
