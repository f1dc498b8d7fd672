"""Intervals of one source of doubt: Wilson over tasks, Student's t over seeds, Newcombe for paired changes.

>>> wilson(11 / 30, 30, 0.95)
Interval(point=0.36..., low=0.21..., high=0.54...)

An interval over tasks asks "would other tasks of this kind say the same?", one over seeds "would another order and
start say the same?". Tasks count as independent here. Where seeds and templates are both at work, `clustered` has the
interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clpipe.records import Interval


def wilson(proportion: float, n: int, confidence: float) -> Interval:
    """Wilson's score interval of a proportion (Wilson 1927).

    Args:
        proportion: In [0, 1]; a mean over seeds need not be a whole number of n.
        n: Tasks behind it.
        confidence: For example 0.95.

    Raises:
        ValueError: If n is not positive or the proportion is outside [0, 1].
    """
    if n < 1 or not 0 <= proportion <= 1:
        raise ValueError(f"a proportion in [0, 1] of at least 1 task is needed, not {proportion} of {n}")
    low, high = score_bounds(np.float64(proportion), n, _quantile(confidence))
    return Interval(point=proportion, low=float(low), high=float(high))


def score_bounds(
    proportion: NDArray[np.float64] | np.float64, n: NDArray[np.float64] | float, quantile: NDArray[np.float64] | float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of Wilson's interval, for arrays that go together; n need not be whole, the quantile is of any law."""
    z2 = np.square(quantile)
    centre = (proportion + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (proportion * (1 - proportion) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low, high = np.minimum(centre - half, proportion), np.maximum(centre + half, proportion)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def student(values: Sequence[float] | NDArray[np.float64], confidence: float) -> Interval:
    """Student's t interval of the mean of one value a seed.

    Raises:
        ValueError: With fewer than two values, which say nothing of their spread.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) < 2:
        raise ValueError(f"a t interval needs at least 2 seeds, not {len(numbers)}")
    mean = float(numbers.mean())
    error = float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    half = float(special.stdtrit(len(numbers) - 1, (1 + confidence) / 2)) * error
    return Interval(point=mean, low=mean - half, high=mean + half)


def newcombe(
    before: Sequence[float] | NDArray[np.float64], after: Sequence[float] | NDArray[np.float64], confidence: float
) -> Interval:
    """Interval of the mean change over paired tasks: Newcombe (1998), square-and-add with correlation, method 10.

    Unlike the interval from the normal distribution it keeps its coverage for some tens of tasks and its width
    where no task changes. Scores that are means over seeds are allowed; their binomial variance is an upper
    bound, so the interval is then wide rather than narrow.

    Args:
        before: Score of each task in [0, 1], `(tasks,)`.
        after: The same tasks in the same order, `(tasks,)`.
        confidence: For example 0.95.

    Raises:
        ValueError: If the two differ in length or are empty.
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"paired scores need the same tasks: {len(first)} before, {len(second)} after")
    n = len(first)
    one, two = wilson(float(first.mean()), n, confidence), wilson(float(second.mean()), n, confidence)
    return difference(one, two, _correlation(first, second))


def difference(before: Interval, after: Interval, correlation: float = 0.0) -> Interval:
    """Newcombe's square-and-add interval of `after` - `before` from the Wilson interval of each.

    With correlation 0 it is his interval for two independent samples (method 10 of the first 1998 paper),
    the one to take where only totals are known and the pairing is lost.
    """
    change = after.point - before.point
    down = _root(after.point - after.low, before.high - before.point, correlation)
    up = _root(after.high - after.point, before.point - before.low, correlation)
    return Interval(point=change, low=max(-1.0, change - down), high=min(1.0, change + up))


def _quantile(confidence: float) -> float:
    return float(special.ndtri((1 + confidence) / 2))


def _root(mine: float, theirs: float, phi: float) -> float:
    return math.sqrt(max(0.0, mine * mine - 2 * phi * mine * theirs + theirs * theirs))


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Newcombe's continuity-corrected phi; 0 where one side has no spread."""
    n, a, b = len(first), float(first.sum()), float(second.sum())
    spread = a * (n - a) * b * (n - b)
    if spread <= 0:
        return 0.0
    product = n * float(first @ second) - a * b
    if product > 0:
        product = max(0.0, product - n / 2)
    return product / math.sqrt(spread)
