"""How soon a level is reached: episodes until the mean learning curve is there, with what never gets there kept.

A curve has checkpoints t = 0 ... T on the same tasks. Two levels, declared before any run, ask two questions:

- half-way (`to_half`): from the arm's own start to its own end. *When* was what was learned learned? It needs no
  absolute height, but it needs a gain;
- every second task right (`to_level` with `RIGHT`): *whether* the answers become reliable, the same for all.

For each seed and task let d(t) be the score at t minus the level; half-way the level is the mean of the task's own
score at 0 and at T. Episodes to the level are the first t with mean d(t) >= 0, linear between checkpoints. The interval
runs from the first t at which the upper end of the interval of mean d(t) is at 0 to the first at which the lower end
is: the inversion of pointwise intervals, as for an effective dose (Fieller 1954). It takes the doubt of half-way's own
ends with it, and is what a reader sees where the band of the curve crosses the level.

What is not reached by T is censored there: `None`, never dropped and never set to T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, clustered, two_way
from clpipe.evaluation.accuracy import Scores
from clpipe.records import Interval

Array = NDArray[np.float64]
RIGHT = 0.5
"""Share of right answers: every second one."""
TINY = 1e-12
"""Means of the same numbers may differ by rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Episodes to a level; `None` is not within `last` episodes."""

    episodes: float | None
    """Of the mean curve."""
    low: float | None
    high: float | None
    last: int
    """Episode of the last checkpoint."""
    seeds_there: int
    """Seeds whose own curve reaches the level of the mean curve at some checkpoint."""
    seeds: int


def to_level(curve: Sequence[tuple[int, Scores]], level: float, confidence: float) -> Reached:
    """Episodes until the share `level` of the tasks is answered rightly.

    Args:
        curve: Each checkpoint's episode and score table, all of the same seeds and tasks, from the first on.
        level: In [0, 1].
        confidence: Of the interval.

    Raises:
        ValueError: With fewer than two checkpoints, or where seeds or tasks differ.
    """
    _check(curve)
    spans = [accuracy.accuracy(table, confidence) for _, table in curve]
    return _reached(curve, spans, level)


def to_half(curve: Sequence[tuple[int, Scores]], confidence: float) -> Reached | None:
    """Episodes until half of the gain from the first to the last checkpoint is made; `None` without a mean gain.

    Raises as `to_level`.
    """
    _check(curve)
    first, last = curve[0][1], curve[-1][1]
    if last.correct.mean() <= first.correct.mean():
        return None
    half = (first.correct + last.correct) / 2
    spans = [_half(table.correct - half, table.templates, confidence) for _, table in curve]
    level = float(half.mean())
    shifted = [Interval(point=level + s.point, low=level + s.low, high=level + s.high) for s in spans]
    return _reached(curve, shifted, level)


def _check(curve: Sequence[tuple[int, Scores]]) -> None:
    kinds = {(table.seeds, table.tasks) for _, table in curve}
    steps = [step for step, _ in curve]
    if len(curve) < 2 or len(kinds) != 1 or steps != sorted(set(steps)):
        raise ValueError(
            f"a curve needs two or more checkpoints in order, all of the same seeds and tasks; there are {len(curve)} "
            f"(episodes {', '.join(map(str, steps)) or 'none'}) with {len(kinds)} sets of seeds and tasks"
        )


def _reached(curve: Sequence[tuple[int, Scores]], spans: Sequence[Interval], level: float) -> Reached:
    """`spans`: the mean curve with its interval, at each checkpoint."""
    steps = [step for step, _ in curve]
    by_seed = np.array([table.by_seed for _, table in curve])
    return Reached(
        episodes=crossing(steps, [span.point - level for span in spans]),
        low=crossing(steps, [span.high - level for span in spans]),
        high=crossing(steps, [span.low - level for span in spans]),
        last=steps[-1],
        seeds_there=int((by_seed >= level - TINY).any(axis=0).sum()),
        seeds=by_seed.shape[1],
    )


def _half(over: Array, templates: Sequence[str], confidence: float) -> Interval:
    """The interval of mean `over`, `(seeds, tasks)`; at the last checkpoint it is half of the gain's."""
    found = two_way.interval(two_way.single(clustered.gain(2 * over, templates), float(2 * over.mean())), confidence)
    return Interval(point=found.point / 2, low=found.low / 2, high=found.high / 2)


def crossing(steps: Sequence[int], values: Sequence[float]) -> float | None:
    """The first place at which `values` are at or above 0, linear between steps; `None` where they never are.

    >>> crossing([0, 40, 80], [-0.2, -0.1, 0.1])
    60.0
    """
    for i, value in enumerate(values):
        if value >= -TINY:
            if i == 0:
                return float(steps[0])
            share = min(1.0, -values[i - 1] / (value - values[i - 1]))
            return float(steps[i - 1] + share * (steps[i] - steps[i - 1]))
    return None
