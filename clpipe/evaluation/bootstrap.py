"""The doubt over other templates alone, without any law: cluster bootstrap of a mean over tasks.

Whole templates are drawn anew, with the tasks that they have (Field & Welsh 2007, J. R. Stat. Soc. B 69:369). Plain
percentiles are too narrow with few templates: they divide by G where G - 1 is due, and are those of a normal law. After
Hesterberg (2015, Am. Stat. 69:371, "expanded percentiles") the lower percentile taken is Phi(-sqrt(k) t), with t the
quantile of Student's law; k = G / (G - 1) and df = G - 1 with templates of equal size, else as in `two_way`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clpipe import seeds
from clpipe.evaluation import two_way
from clpipe.evaluation.two_way import Layout
from clpipe.records import Interval

Array = NDArray[np.float64]
RESAMPLES = 4000


def mean(values: Array, templates: Sequence[str], confidence: float, seed: int) -> Interval:
    """Interval of the mean over tasks, for other templates; the seeds are those there were.

    With fewer than about five templates in effect the percentile lies beyond what resamples can show, for there are
    too few different ones; Student's t over templates then stands in.

    Args:
        values: One a task, `(tasks,)`: a paired difference, averaged over the seeds.
        templates: Of each task; where there is but one, tasks are drawn instead (`two_way.layout`).
        confidence: For example 0.95.
        seed: The same seed draws the same templates.

    Raises:
        ValueError: With one task.
    """
    low, high = bounds(np.asarray(values, dtype=np.float64), two_way.layout(templates), confidence, seed)
    point = float(np.mean(values))
    return Interval(point=point, low=min(point, float(low)), high=max(point, float(high)))


def bounds(values: Array, clusters: Layout, confidence: float, seed: int) -> tuple[Array, Array]:
    """Ends of the interval for tables `(..., tasks)`, all resampled alike; as in `mean`."""
    expanded = np.sqrt(clusters.factor) * two_way.quantile(clusters.df, confidence)
    tail = float(special.ndtr(-expanded))
    if tail * RESAMPLES < 1:
        found = two_way.moments(values[..., None, :], clusters)
        return two_way.bounds(found.mean, found.mean, (found.variance, found.df), confidence)
    drawn = _drawn(clusters.members.shape[1], seed)
    means = (values @ clusters.members @ drawn.T) / (drawn @ clusters.members.sum(axis=0))
    low, high = np.quantile(means, [tail, 1 - tail], axis=-1)
    return low, high


def _drawn(clusters: int, seed: int) -> Array:
    """How often each cluster is drawn, `(RESAMPLES, clusters)`: multinomial, all clusters alike."""
    rng = np.random.default_rng(seeds.digest(seed, "bootstrap"))
    places = rng.integers(0, clusters, size=(RESAMPLES, clusters))
    places += clusters * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(places.ravel(), minlength=RESAMPLES * clusters)
    return np.asarray(counts.reshape(RESAMPLES, clusters), dtype=np.float64)
