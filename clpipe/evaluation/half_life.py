"""The half-life of a skill: how much of what was learned is left, by episodes since the family was last met.

No boundaries between tasks are needed, so it is defined for shuffled and drifting streams as well, where "backward
transfer" is not. The forgetting curve is taken as an exponential (Ebbinghaus's savings, in its simplest form), with
no floor and nothing lost at lag 0: one number, not a law of memory.

The peak is the largest of several noisy accuracies, so with few tasks a family is below it even at lag 0, and the
half-life comes out too short; compare arms on the same tasks rather than reading it as it stands.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from clpipe.evaluation.matrix import AccuracyMatrix, families_met
from clpipe.records import Episode

LN2 = math.log(2)
SHORTEST = 0.1
"""Least half-life that is told apart, in shortest lags: 1/1000 is left after one of them."""
ROUNDING = 1e-6
"""Half left at the very longest lag is a half-life, though the fit may miss it by the last digits."""
LONGEST = 1000.0
"""Greatest half-life that is told apart from no decay, in longest lags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What was left at each (seed, checkpoint, family) where something had been learned, n cells."""

    seeds: NDArray[np.int64]
    """`(n,)`"""
    checkpoints: NDArray[np.int64]
    """`(n,)`"""
    families: tuple[str, ...]
    lags: NDArray[np.float64]
    """Episodes from the last one with a task of the family to the checkpoint, `(n,)`; 0 if it was the last one."""
    retained: NDArray[np.float64]
    """(accuracy - base) / (peak - base), `(n,)`: 1 is all, 0 nothing, below 0 less than the untrained adapter."""
    unlearned: int
    """Cells left out because the family had been met but was never above its base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """The fitted decay with its doubt."""

    rate: float | None
    """ln 2 / half-life, per episode, 0 for no decay; `None` where no cell has a lag."""
    rates: tuple[float, float] | None
    """Bootstrap interval of the rate; `None` with fewer than two curves."""
    longest: int
    """Longest lag seen, in episodes: nothing is said about what lies beyond."""
    cells: int
    unlearned: int

    @property
    def episodes(self) -> float | None:
        """The half-life; `None` where there is none within the longest lag seen."""
        return self._half_life(self.rate)

    @property
    def low(self) -> float | None:
        """Lower end of its interval; `None` beyond the longest lag or without an interval."""
        return self._half_life(self.rates[1] if self.rates else None)

    @property
    def high(self) -> float | None:
        """Upper end of its interval; `None` beyond the longest lag or without an interval."""
        return self._half_life(self.rates[0] if self.rates else None)

    @property
    def said(self) -> str:
        """The finding in words."""
        if self.rate is None:
            return "no half-life: nothing was learned that was then left alone"
        none = f"no half-life within {self.longest} episodes"
        text = none if self.episodes is None else f"half-life {self.episodes:.0f} episodes"
        if self.rates is None or self.low is None:
            return text
        return f"{text} ({self.low:.0f} to {'more than ' if self.high is None else ''}{self.high or self.longest:.0f})"

    def _half_life(self, rate: float | None) -> float | None:
        return LN2 / rate if rate and rate * self.longest >= LN2 * (1 - ROUNDING) else None


def retention(matrix: AccuracyMatrix, episodes: Sequence[Episode]) -> Retention:
    """Lag and share retained of every cell after the family's first episode, checkpoint 0 excepted.

    lag = checkpoint - last episode <= checkpoint with a task of the family; retained = (accuracy - base) / (peak -
    base), base the accuracy at checkpoint 0, peak the largest at the checkpoints up to this one. Cells with
    peak <= base are counted and left out: nothing had been learned that could be kept.

    Raises:
        LookupError: If there is no checkpoint 0 or a seed has no episodes.
    """
    if 0 not in matrix.checkpoints:
        raise LookupError(f"checkpoint 0 is needed as the base, but there are {matrix.checkpoints}; ask it")
    lag = lags(matrix, episodes)
    base, peak = matrix.values[:, :1], np.maximum.accumulate(matrix.values, axis=1)
    met, learned = np.isfinite(lag), peak > base
    seeds, steps, families = np.nonzero(met & learned)
    kept = (seeds, steps, families)
    left, gained = (matrix.values - base)[kept], (peak - base)[kept]
    return Retention(
        seeds=np.array(matrix.seeds, dtype=np.int64)[seeds],
        checkpoints=np.array(matrix.checkpoints, dtype=np.int64)[steps],
        families=tuple(matrix.families[j] for j in families),
        lags=lag[kept],
        retained=left / gained,
        unlearned=int(np.sum(met & ~learned)),
    )


def lags(matrix: AccuracyMatrix, episodes: Sequence[Episode]) -> NDArray[np.float64]:
    """Episodes since a family was last met, `(seeds, checkpoints, families)`; NaN where it had not been met yet.

    Raises:
        LookupError: If a seed has no episodes.
    """
    met = families_met(episodes)
    if lacking := {*matrix.seeds} - {*met}:
        raise LookupError(f"seeds {sorted(lacking)} have no episodes, only {sorted(met)} have; hand them in")
    found = np.full(matrix.values.shape, np.nan)
    for i, seed in enumerate(matrix.seeds):
        for j, family in enumerate(matrix.families):
            times = [t for t, name in enumerate(met[seed], start=1) if name == family]
            for c, step in enumerate(matrix.checkpoints):
                if place := bisect_right(times, step):
                    found[i, c, j] = step - times[place - 1]
    return found


def half_life(cells: Retention, rng: np.random.Generator, confidence: float = 0.95, resamples: int = 1000) -> HalfLife:
    """Fit retained = exp(-lag ln 2 / h) by least squares, with a percentile bootstrap interval of ln 2 / h.

    Drawn with replacement are whole curves, the cells of one (seed, family): the checkpoints of one are not
    independent. Seeds share the held-out tasks, so the interval is for other orders and families of this kind, not for
    other tasks.

    Raises:
        ValueError: If `confidence` is not in (0, 1) or `resamples` not at least 1.
    """
    if not 0 < confidence < 1 or resamples < 1:
        raise ValueError(f"confidence {confidence} must be in (0, 1) and resamples {resamples} at least 1")
    rate, rates = decay_rate(cells.lags, cells.retained), None
    curves = _curves(cells)
    if len(curves) > 1:
        picks = rng.integers(len(curves), size=(resamples, len(curves)))
        drawn = [np.concatenate([curves[k] for k in pick]) for pick in picks]
        fits = np.array([decay_rate(cells.lags[index], cells.retained[index]) for index in drawn], dtype=np.float64)
        low, high = np.quantile(fits, [(1 - confidence) / 2, (1 + confidence) / 2])
        rates = (float(low), float(high))
    longest = int(cells.lags.max(initial=0))
    return HalfLife(rate=rate, rates=rates, longest=longest, cells=len(cells.lags), unlearned=cells.unlearned)


def decay_rate(lag: NDArray[np.float64], retained: NDArray[np.float64]) -> float | None:
    """The k >= 0 with the least sum (retained - exp(-k lag))^2; 0 for no decay, `None` where no lag is above 0.

    The sum may have several minima, so k is looked for on a grid first, from `LONGEST` to `SHORTEST`, then around its
    best point.
    """
    if not (lag > 0).any():
        return None
    first, last = math.log(LN2 / (LONGEST * lag.max())), math.log(LN2 / (SHORTEST * lag[lag > 0].min()))
    grid = np.linspace(first, last, 100)

    def error(log_rate: NDArray[np.float64]) -> NDArray[np.float64]:
        left = np.exp(-np.exp(log_rate)[..., None] * lag)
        return np.asarray(((retained - left) ** 2).sum(axis=-1))

    best = int(error(grid).argmin())
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
    found = optimize.minimize_scalar(error, bounds=bounds, method="bounded", options={"xatol": 1e-8})
    without = float(((retained - 1) ** 2).sum())
    return float(np.exp(found.x)) if found.fun < without else 0.0


def _curves(cells: Retention) -> list[NDArray[np.int64]]:
    """Where the cells of each (seed, family) lie; curves without a lag above 0 say nothing of the rate."""
    places = defaultdict(list)
    for place, key in enumerate(zip(cells.seeds.tolist(), cells.families, strict=True)):
        places[key].append(place)
    found = [np.array(own, dtype=np.int64) for own in places.values()]
    return [own for own in found if (cells.lags[own] > 0).any()]
