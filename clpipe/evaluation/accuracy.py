"""Accuracy and its change, from outcomes: by arm, seed, checkpoint and family.

A table of scores has one row a seed and one column a task, so that everything stays paired: the same task
before and after, the same seed with and without the control's labels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import clustered, two_way
from clpipe.evaluation.two_way import Estimate
from clpipe.records import Interval, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Which task was answered rightly, for one checkpoint of an arm."""

    seeds: tuple[int, ...]
    tasks: tuple[str, ...]
    """Task ids, sorted."""
    families: tuple[str, ...]
    """Family of each task."""
    templates: tuple[str, ...]
    """Template of each task, `family/template`: tasks of one are not independent."""
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
    task = {o.task_id: o for o in found}
    ids, seeds = tuple(sorted(task)), tuple(sorted({o.seed for o in found}))
    cells = {(o.seed, o.task_id): float(o.correct) for o in found}
    if not found or len(found) != len(cells) or len(cells) != len(ids) * len(seeds):
        raise ValueError(
            f"episode {episode}: {len(found)} outcomes for {len(seeds)} seeds and {len(ids)} tasks; "
            "every seed needs every task exactly once"
        )
    table = np.array([[cells[seed, i] for i in ids] for seed in seeds])
    return Scores(
        seeds=seeds,
        tasks=ids,
        families=tuple(task[i].family for i in ids),
        templates=tuple(f"{task[i].family}/{task[i].template}" for i in ids),
        correct=table,
    )


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
        templates=tuple(table.templates[i] for i in kept),
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
    return replace(table, seeds=seeds, correct=rows)


def accuracy(table: Scores, confidence: float) -> Interval:
    """Mean accuracy with the doubt over other seeds and other templates: Wilson with the tasks there are in effect.

    Raises:
        ValueError: Without tasks.
    """
    if not table.tasks:
        raise ValueError("an accuracy needs at least 1 task, and the table has none")
    low, high = clustered.share_bounds(table.correct, table.templates, confidence)
    return Interval(point=float(table.correct.mean()), low=float(low), high=float(high))


def difference(before: Scores, after: Scores) -> Estimate:
    """Mean of `after` - `before`, paired by seed and by task, for a test (`two_way.p_value`) or an interval.

    Serves for the gain of an arm (first and last checkpoint) and for an arm against its control.

    Raises:
        ValueError: If the two have not the same seeds and tasks, or no tasks.
    """
    if (before.seeds, before.tasks) != (after.seeds, after.tasks) or not before.tasks:
        raise ValueError(
            f"a paired change needs the same seeds and tasks: seeds {before.seeds} and {after.seeds}, "
            f"{len(before.tasks)} and {len(after.tasks)} tasks, {len({*before.tasks} & {*after.tasks})} of them shared"
        )
    changes = after.correct - before.correct
    return two_way.single(clustered.gain(changes, before.templates), float(changes.mean()))


def change(before: Scores, after: Scores, confidence: float) -> Interval:
    """The interval of `difference`, over other seeds and other templates; within [-1, 1].

    Raises:
        ValueError: If the two have not the same seeds and tasks, or no tasks.
    """
    found = two_way.interval(difference(before, after), confidence)
    return Interval(point=found.point, low=max(-1.0, found.low), high=min(1.0, found.high))


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
