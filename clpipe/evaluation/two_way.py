"""Mean over seeds and tasks that are crossed, with the doubt of both: other seeds and other templates.

Every seed answers every task, and tasks of one template (wording) are alike, so that an answer shares its luck with
all others of its seed and all others of its template. The variance of the mean over S seeds and n tasks in G templates
is taken from the components of a two-way table without replication (Brennan 2001, Generalizability theory; Owen &
Eckles 2012, arXiv 1106.2125, on why neither seeds nor tasks alone will do):

    x[c, s] = sum of (value - mean of its seed) over the tasks of template c, divided by n
    V_c = k sum_c (mean_s x[c, s])^2                                 templates, and 1/S of what they do with seeds
    V_s = sum_s (mean of seed s - mean)^2 / (S (S - 1))              seeds, and the same
    V_e = k sum_cs (x[c, s] - mean_s x[c, s])^2 / (S (S - 1))        what they do together, counted in both
    V   = V_c + V_s - V_e, each component at least 0

The deviation is linearised because a mean over templates of unequal size is a ratio, and centred by seed, for a seed
that is better everywhere is no interaction. With equal sizes this is (MS_c + MS_s - MS_e) / (G S). For templates of
unequal size, with W_j = sum_c (n_c / n)^j, k = 1 / (1 - W_2) instead of G / (G - 1) takes the bias away, and
df = (1 - W_2)^2 / (W_2 + W_2^2 - 2 W_3) instead of G - 1 says how many templates there are in effect: Satterthwaite's
degrees of freedom under independence (Bell & McCaffrey 2002), here in closed form. Those of the three parts are joined
after Satterthwaite (1946). Measured coverage: `tests/evaluation/test_coverage.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clpipe.records import Interval

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which task belongs to which cluster, and what that does to the doubt."""

    members: Array
    """0 or 1, `(tasks, clusters)`."""
    factor: float
    """k: what takes the bias from a sum of squares over the clusters."""
    df: float
    """Degrees of freedom of the clusters; one less than there are where they are of equal size."""

    @property
    def alone(self) -> bool:
        """Whether every task is its own cluster."""
        return bool(self.members.shape[0] == self.members.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Estimates for one table or for many at once: every field has the shape of the leading axes of the tables."""

    mean: Array
    variance: Array
    """Of the mean."""
    df: Array
    templates: Array
    """Share of the variance that is from templates, 0 to 1."""
    seeds: Array
    """Share of the variance that is from seeds, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Where the variance of a mean comes from; what is left of 1 is what seeds and templates do together."""

    templates: float
    """With one seed all of it: what that seed adds is not known."""
    seeds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over seeds and tasks with its doubt."""

    point: float
    """The plain mean."""
    centre: float
    """Where its interval stands; another than the point only where answers were added (`clustered.gain`)."""
    variance: float
    """Of the mean."""
    df: float
    parts: Parts


def layout(templates: Sequence[str], added: int = 0) -> Layout:
    """The clusters of tasks whose templates are given, and of `added` tasks more that are each a cluster of its own.

    Where all tasks are of one template, its spread among templates cannot be known. Each task is then its own
    cluster, and the doubt is that over other tasks of this one template. Added tasks bring no degrees of freedom.

    Raises:
        ValueError: With fewer than two tasks, the added ones counted.
    """
    if len(templates) + added < 2:
        raise ValueError(f"the doubt over tasks needs at least 2 tasks, not {len(templates)}; ask more")
    names, place = np.unique(np.asarray(templates), return_inverse=True)
    if len(names) == 1:
        place = np.arange(len(templates))
    own = np.bincount(place)
    place = np.concatenate([place, len(own) + np.arange(added)])
    sizes = np.bincount(place)
    return Layout(
        members=np.eye(len(sizes))[place],
        factor=1 / (1 - float(((sizes / sizes.sum()) ** 2).sum())),
        df=_clusters_df(own / own.sum()) if len(own) > 1 else 1.0,
    )


def moments(values: Array, clusters: Layout) -> Moments:
    """Mean, variance and degrees of freedom of tables `(..., seeds, tasks)`."""
    seeds, tasks = values.shape[-2:]
    by_seed = np.asarray(values.mean(axis=-1))
    mean = np.asarray(by_seed.mean(axis=-1))
    x = (values @ clusters.members - clusters.members.sum(axis=0) * by_seed[..., None]) / tasks
    by_cluster = x.mean(axis=-2)
    of_clusters = clusters.factor * (by_cluster**2).sum(axis=-1)
    if seeds == 1:
        whole = np.ones_like(mean)
        return Moments(mean=mean, variance=of_clusters, df=clusters.df * whole, templates=whole, seeds=0 * whole)
    share = seeds * (seeds - 1)
    of_seeds = ((by_seed - mean[..., None]) ** 2).sum(axis=-1) / share
    of_both = clusters.factor * ((x - by_cluster[..., None, :]) ** 2).sum(axis=(-2, -1)) / share
    return _joined(mean, (of_clusters, of_seeds, of_both), (clusters.df, seeds - 1))


def estimate(values: Array, templates: Sequence[str]) -> Estimate:
    """The mean of `(seeds, tasks)` with its variance over other seeds and templates.

    With one seed it is the cluster-robust variance over templates alone; with tasks of one template alone see `layout`.

    Raises:
        ValueError: With one task.
    """
    found = moments(values, layout(templates))
    return single(found, float(found.mean))


def single(found: Moments, point: float) -> Estimate:
    """The estimate of one table, its interval about `found.mean` and its point as given."""
    return Estimate(
        point=point,
        centre=float(found.mean),
        variance=float(found.variance),
        df=float(found.df),
        parts=Parts(templates=float(found.templates), seeds=float(found.seeds)),
    )


def quantile(df: Array | float, confidence: float) -> Array:
    """Two-sided quantile of Student's t."""
    return np.asarray(special.stdtrit(df, (1 + confidence) / 2))


def interval(found: Estimate, confidence: float) -> Interval:
    """Student's t interval, stretched to hold the point where that is not its centre."""
    low, high = bounds(found.point, found.centre, (found.variance, found.df), confidence)
    return Interval(point=found.point, low=float(low), high=float(high))


def bounds(
    point: Array | float, centre: Array | float, doubt: tuple[Array, Array] | tuple[float, float], confidence: float
) -> tuple[Array, Array]:
    """Ends of `interval` for one table or many; `doubt` is the variance and its degrees of freedom."""
    half = quantile(doubt[1], confidence) * np.sqrt(doubt[0])
    return np.asarray(np.minimum(centre - half, point)), np.asarray(np.maximum(centre + half, point))


def p_value(found: Estimate) -> float:
    """Two-sided p of "the mean is 0"; below 1 - c just where the interval at confidence c does not hold 0.

    Without any spread it is 1 at a mean of 0, else 0; `clustered.gain` never is without.
    """
    if found.variance == 0:
        return 1.0 if found.centre == 0 else 0.0
    return float(2 * special.stdtr(found.df, -abs(found.centre) / math.sqrt(found.variance)))


def _clusters_df(shares: Array) -> float:
    second, third = float((shares**2).sum()), float((shares**3).sum())
    return (1 - second) ** 2 / (second + second**2 - 2 * third)


def _joined(mean: Array, of: tuple[Array, Array, Array], df: tuple[float, float]) -> Moments:
    """V of the three and its degrees of freedom; those of what is left alone where a component is cut off at 0."""
    of_clusters, of_seeds, of_both = of
    by_clusters, by_seeds = of_clusters >= of_both, of_seeds > of_both
    parts = (np.where(by_clusters, of_clusters - of_both, 0.0), np.where(by_seeds, of_seeds - of_both, 0.0))
    variance = parts[0] + parts[1] + of_both
    known = np.where(variance > 0, variance, 1.0)
    both = _satterthwaite(known, of, df)
    few = np.where(by_clusters, df[0], np.where(by_seeds, df[1], df[0] * df[1]))
    return Moments(
        mean=mean,
        variance=variance,
        df=np.where(by_clusters & by_seeds, both, few),
        templates=parts[0] / known,
        seeds=parts[1] / known,
    )


def _satterthwaite(variance: Array, of: tuple[Array, Array, Array], df: tuple[float, float]) -> Array:
    """Never fewer than the fewest of its parts, which the subtraction could make it."""
    spread = of[0] ** 2 / df[0] + of[1] ** 2 / df[1] + of[2] ** 2 / (df[0] * df[1])
    return np.asarray(np.maximum(variance**2 / np.where(spread > 0, spread, np.inf), min(df)))
