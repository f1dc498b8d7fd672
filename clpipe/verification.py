"""The pool solved a second time: every task by the solver of its family, which reads the prompt alone.

A task passes when the solver finds exactly one answer, and the task's judge takes that answer for right. So a wrong
label, an ambiguous task and a judge that refuses the right answer are all found. Without any disagreement among n tasks
the rate of wrong labels is below 3/n with 95 % confidence (the rule of three).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clpipe import named
from clpipe.arena import judge
from clpipe.records import Json, Task

FOLDER = "clpipe.arena.solvers"
SHOWN = 20
"""Disagreements told in full."""
Solver = Callable[[str], set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A task that the second solver does not confirm."""

    task: Task
    found: tuple[str, ...]
    """What the solver found, sorted; empty where it found nothing."""
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.task.family} {self.task.id} (template {self.task.template}, difficulty {self.task.difficulty}): "
            f"{self.reason}\n    prompt: {self.task.prompt}\n    answer: {self.task.answer}"
        )


def kinds(families: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The kind of each family of the params: which file draws it, and which solves it."""
    return {name: str(options.get("kind", name)) for name, options in families.items()}


def solver(kind: str | None) -> Solver | None:
    """The second solver of a kind of family, where there is one; a family inside somebody's file has no kind."""
    found: Solver | None = named.load(FOLDER, kind) if kind in named.names(FOLDER) else None
    return found


def disagreements(pool: Sequence[Task], kind_of: Mapping[str, str]) -> Iterator[Disagreement]:
    """Every task that its second solver does not confirm; one without a solver must at least pass its own judge."""
    for task in pool:
        solve = solver(kind_of.get(task.family))
        problem = _unsolved(task) if solve is None else _against(task, solve)
        if problem:
            yield problem


def counts(pool: Sequence[Task], kind_of: Mapping[str, str], wrong: Sequence[Disagreement]) -> dict[str, Json]:
    """Family to tasks, whether a second solver read them, and how many it did not confirm."""
    tasks: dict[str, int] = defaultdict(int)
    for task in pool:
        tasks[task.family] += 1
    return {
        family: {
            "tasks": count,
            "second solver": solver(kind_of.get(family)) is not None,
            "not confirmed": sum(w.task.family == family for w in wrong),
        }
        for family, count in sorted(tasks.items())
    }


def refuse(wrong: Sequence[Disagreement], tasks: int) -> None:
    """Raise ValueError that shows the tasks where there is any disagreement."""
    if wrong:
        more = f"\n… and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise ValueError(
            f"{len(wrong)} of {tasks} tasks are not confirmed by the second solver:\n"
            + "\n".join(str(problem) for problem in wrong[:SHOWN])
            + more
        )


def _against(task: Task, solve: Solver) -> Disagreement | None:
    try:
        found = tuple(sorted(solve(task.prompt)))
    except ValueError as error:
        return Disagreement(task=task, found=(), reason=f"the solver cannot read it: {error}")
    except Exception as error:  # noqa: BLE001 -- whatever a solver stumbles over, the task is to be seen
        return Disagreement(task=task, found=(), reason=f"the solver fails: {type(error).__name__}: {error}")
    if len(found) != 1:
        what = f"it allows {len(found)} answers: {', '.join(found[:6])}" if found else "it allows no answer at all"
        return Disagreement(task=task, found=found, reason=what)
    if not judge.right(task, found[0]):
        return Disagreement(task=task, found=found, reason=f"the solver finds {found[0]!r}")
    return _unsolved(task)


def _unsolved(task: Task) -> Disagreement | None:
    if judge.right(task, task.answer):
        return None
    return Disagreement(task=task, found=(), reason="its own answer is not taken for right by its judge")
