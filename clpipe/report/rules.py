"""A stream whose rule changes: the stored replies judged by each rule, and how soon an arm was back.

A rule is a name of `clpipe.concepts`. The replies to the held-out tasks were asked once and judged by the rule `given`;
here they are judged again by every rule of the stream, on the tasks to which all of them apply, so that the rules are
compared on the same tasks. No reply is right by two of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clpipe import concepts
from clpipe.arena import judge
from clpipe.evaluation import accuracy, anytime, drift, losses, matrix
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.drift import Recovery
from clpipe.records import Episode, Interval, Outcome, Task

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One arm under the rules of its stream."""

    names: tuple[str, ...]
    """In the order in which they first hold."""
    in_force: str
    """The rule of the last episode."""
    checkpoints: tuple[int, ...]
    """All, or the first and the last alone where none of the tasks to which all rules apply was asked at all."""
    tasks: int
    """Held-out tasks asked at each of them to which all rules apply."""
    curves: Mapping[str, tuple[Interval, ...]]
    """Accuracy by each rule at each checkpoint, on those."""
    last: Mapping[str, Scores]
    """At the last checkpoint by each rule, on all held-out tasks to which all rules apply."""
    anytime: Array
    """Mean over the checkpoints after the first, by the rule that held then, `(seeds,)`."""
    recoveries: Mapping[int, tuple[Recovery, ...]]
    """By seed, one a change; empty where the hand-over is gradual, so that there is no moment of change."""


def held(episodes: Sequence[Episode]) -> tuple[str, ...]:
    """The rules of a stream in the order in which they first hold; none where its phases are no rules."""
    names = tuple(dict.fromkeys(e.phase for e in sorted(episodes, key=lambda e: e.t)))
    return names if len(names) > 1 and set(names) <= set(concepts.names()) else ()


def rules(
    episodes: Sequence[Episode],
    outcomes: Sequence[Outcome],
    tasks: Mapping[str, Task],
    window: int,
    confidence: float,
) -> Rules:
    """Judge the replies of one arm by every rule of its stream.

    Args:
        episodes: Of all its seeds; their phases are the rules.
        outcomes: Of all its checkpoints, of the families that are to count.
        tasks: The held-out tasks, by id.
        window: Episodes over which the accuracy before and after a change is taken.
        confidence: Of the intervals.

    Raises:
        LookupError: At an outcome of a task that is not among `tasks`.
        ValueError: If the rules all apply to none of the tasks.
    """
    names = held(episodes)
    by_rule, steps, shared = _asked({name: judged(name, names, outcomes, tasks) for name in names})
    if not shared:
        raise ValueError(f"rules {', '.join(names)}: all apply to none of the held-out tasks; raise split.heldout")
    now = _in_force(episodes, steps)
    mixed = [o for name in names for o in by_rule[name] if o.task_id in shared and now[o.seed, o.episode] == name]
    return Rules(
        names=names,
        in_force=max(episodes, key=lambda e: e.t).phase,
        checkpoints=steps,
        tasks=len(shared),
        curves={
            name: tuple(accuracy.accuracy(accuracy.scores(rows, step, shared), confidence) for step in steps)
            for name, rows in by_rule.items()
        },
        last={name: accuracy.scores(rows, steps[-1]) for name, rows in by_rule.items()},
        anytime=anytime.anytime_all(matrix.accuracy_matrix(mixed)),
        recoveries=_recoveries(episodes, window),
    )


def judged(rule: str, names: Sequence[str], outcomes: Sequence[Outcome], tasks: Mapping[str, Task]) -> list[Outcome]:
    """The outcomes as `rule` judges them, of the tasks to which all of `names` apply."""
    if unknown := sorted({o.task_id for o in outcomes} - tasks.keys()):
        raise LookupError(f"task {unknown[0]} was asked but is not in the held-out file; evaluate it again")
    ids = {o.task_id for o in outcomes}
    turned = {i: concepts.applied(rule, tasks[i]) for i in ids if all(concepts.applies(n, tasks[i]) for n in names)}
    pairs = {(o.task_id, o.reply) for o in outcomes if o.task_id in turned}
    verdicts = {pair: judge.right(turned[pair[0]], pair[1]) for pair in sorted(pairs)}
    return [replace(o, correct=verdicts[o.task_id, o.reply]) for o in outcomes if o.task_id in turned]


def _asked(
    by_rule: dict[str, list[Outcome]],
) -> tuple[dict[str, list[Outcome]], tuple[int, ...], frozenset[str]]:
    """The outcomes, the checkpoints and the tasks of all of them; the first and the last alone if that leaves none."""
    rows = next(iter(by_rule.values()))
    steps, shared = accuracy.checkpoints(rows), accuracy.curve_tasks(rows)
    if steps and not shared:
        steps = (steps[0], steps[-1])
        by_rule = {name: [o for o in found if o.episode in steps] for name, found in by_rule.items()}
        shared = accuracy.curve_tasks(next(iter(by_rule.values())))
    return by_rule, steps, shared


def _in_force(episodes: Sequence[Episode], steps: Sequence[int]) -> dict[tuple[int, int], str]:
    """The rule of the last episode before each checkpoint, by seed and checkpoint; before the first, the first."""
    phases = {(e.seed, e.t): e.phase for e in episodes}
    return {(seed, step): phases[seed, max(step, 1)] for seed in {e.seed for e in episodes} for step in steps}


def _recoveries(episodes: Sequence[Episode], window: int) -> dict[int, tuple[Recovery, ...]]:
    """Of each seed, where all change at the same episodes; in a gradual hand-over the phases alternate for a while."""
    changes, (_, correct) = drift.change_points(episodes), losses.by_episode(episodes)
    points = set(changes.values())
    if len(points) > 1 or any(b - a < window for a, b in pairwise(points.pop())):
        return {}
    return {seed: drift.recovery(row, changes[seed], window) for seed, row in zip(changes, correct, strict=True)}
