"""Accuracy and its change, from outcomes: by arm, seed, checkpoint and family.

A table of scores has one row a seed and one column a task, so that everything stays paired: the same task
before and after, the same seed with and without the control's labels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import intervals
from clpipe.records import Interval, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Which task was answered rightly, for one checkpoint of an arm."""

    seeds: tuple[int, ...]
    tasks: tuple[str, ...]
    """Task ids, sorted."""
    families: tuple[str, ...]
    """Family of each task."""
    correct: NDArray[np.float64]
    """0 or 1, `(seeds, tasks)`."""

    @property
    def by_seed(self) -> NDArray[np.float64]:
        """Accuracy of each seed, `(seeds,)`."""
        return np.asarray(self.correct.mean(axis=1), dtype=np.float64)

    @property
    def by_task(self) -> NDArray[np.float64]:
        """Share of the seeds that answered a task rightly, `(tasks,)`."""
        return np.asarray(self.correct.mean(axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One checkpoint of a learning curve."""

    episode: int
    by_seed: tuple[float, ...]
    accuracy: Interval


def checkpoints(outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    """Episodes at which the held-out tasks were asked, in order."""
    return tuple(sorted({o.episode for o in outcomes}))


def scores(outcomes: Sequence[Outcome], episode: int, tasks: Collection[str] | None = None) -> Scores:
    """The score table of one checkpoint, of all tasks asked there or of `tasks` alone.

    Raises:
        ValueError: If the checkpoint has no outcome, an outcome twice, or seeds that were asked different tasks.
    """
    found = [o for o in outcomes if o.episode == episode and (tasks is None or o.task_id in tasks)]
    family = {o.task_id: o.family for o in found}
    ids, seeds = tuple(sorted(family)), tuple(sorted({o.seed for o in found}))
    cells = {(o.seed, o.task_id): float(o.correct) for o in found}
    if not found or len(found) != len(cells) or len(cells) != len(ids) * len(seeds):
        raise ValueError(
            f"episode {episode}: {len(found)} outcomes for {len(seeds)} seeds and {len(ids)} tasks; "
            "every seed needs every task exactly once"
        )
    table = np.array([[cells[seed, task] for task in ids] for seed in seeds])
    return Scores(seeds=seeds, tasks=ids, families=tuple(family[i] for i in ids), correct=table)


def of_family(table: Scores, family: str) -> Scores:
    """The columns of one family."""
    return of_tasks(table, {task for task, name in zip(table.tasks, table.families, strict=True) if name == family})


def of_tasks(table: Scores, tasks: Collection[str]) -> Scores:
    """The columns of some tasks."""
    kept = [i for i, task in enumerate(table.tasks) if task in tasks]
    return Scores(
        seeds=table.seeds,
        tasks=tuple(table.tasks[i] for i in kept),
        families=tuple(table.families[i] for i in kept),
        correct=table.correct[:, kept],
    )


def repeated(table: Scores, seeds: tuple[int, ...]) -> Scores:
    """A table with one row, such as a baseline's, with that row for each of `seeds`.

    Raises:
        ValueError: If it has more than one row.
    """
    if len(table.seeds) != 1:
        raise ValueError(f"one row can be repeated, not {len(table.seeds)}")
    rows = np.repeat(table.correct, len(seeds), axis=0)
    return Scores(seeds=seeds, tasks=table.tasks, families=table.families, correct=rows)


def accuracy(table: Scores, confidence: float) -> Interval:
    """Mean accuracy: hull of Wilson over the tasks and, from two seeds on, Student's t over the seeds."""
    tasks = intervals.wilson(float(table.correct.mean()), len(table.tasks), confidence)
    if len(table.seeds) < 2:
        return tasks
    return intervals.hull(tasks, intervals.student(table.by_seed, confidence), limits=(0.0, 1.0))


def change(before: Scores, after: Scores, confidence: float) -> Interval:
    """Mean of `after` - `before`, paired by seed and by task: hull of Newcombe over tasks and t over seeds.

    Serves for the gain of an arm (first and last checkpoint) and for an arm against its control.

    Raises:
        ValueError: If the two have not the same seeds and tasks.
    """
    if (before.seeds, before.tasks) != (after.seeds, after.tasks):
        raise ValueError(
            f"a paired change needs the same seeds and tasks: seeds {before.seeds} and {after.seeds}, "
            f"{len(before.tasks)} and {len(after.tasks)} tasks, {len({*before.tasks} & {*after.tasks})} of them shared"
        )
    tasks = intervals.newcombe(before.by_task, after.by_task, confidence)
    if len(before.seeds) < 2:
        return tasks
    seeds = intervals.student(after.by_seed - before.by_seed, confidence)
    return intervals.hull(tasks, seeds, limits=(-1.0, 1.0))


def curve_tasks(outcomes: Sequence[Outcome]) -> frozenset[str]:
    """The tasks that were asked at every checkpoint."""
    at = {episode: {o.task_id for o in outcomes if o.episode == episode} for episode in checkpoints(outcomes)}
    return frozenset(set.intersection(*at.values())) if at else frozenset()


def curve(outcomes: Sequence[Outcome], confidence: float) -> list[CurvePoint]:
    """Accuracy at each checkpoint on the tasks that all checkpoints share; intervals are pointwise."""
    tasks = curve_tasks(outcomes)
    points = []
    for episode in checkpoints(outcomes):
        table = scores(outcomes, episode, tasks)
        by_seed = tuple(float(a) for a in table.by_seed)
        points.append(CurvePoint(episode=episode, by_seed=by_seed, accuracy=accuracy(table, confidence)))
    return points
