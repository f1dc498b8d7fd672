"""What is asked, and how an answer sheet looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.material import TASKS
from benchmarks.turns import spread
from clpipe.records import Task
from clpipe.store import read_records, write_records

FILE = "replies.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One reply of one contender."""

    id: str
    reply: str
    margin: float | None = None
    """Smallest gap between the two highest logits, where the contender tells it."""


def chosen(count: int) -> list[Task]:
    """`count` of the held-out tasks, evenly spread."""
    tasks = {task.id: task for task in read_records(TASKS / "heldout.jsonl", Task)}
    return [tasks[name] for name in spread(list(tasks), count)]


def write(out: Path, answered: list[Answered]) -> None:
    """Put a contender's replies where `read` finds them."""
    write_records(out / FILE, answered)


def read(out: Path) -> dict[str, Answered]:
    """A contender's replies by task id."""
    return {row.id: row for row in read_records(out / FILE, Answered)}
