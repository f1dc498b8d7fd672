"""Intervals of a share of right answers and of a paired gain, over other seeds and other templates (`two_way`).

*Share*: Wilson's interval with as many tasks as there are in effect, n* = p (1 - p) / V, and Student's quantile with
the degrees of freedom of V (Korn & Graubard 1998; in Wilson's form Dean & Pagano 2015). Unlike p +- t sqrt(V) it stays
in [0, 1] and keeps its coverage at shares near the ends. n* is never above the number of answers.

*Gain*: Student's t after Bonett & Price (2012, Educ. Behav. Stat. 37:479): two tasks are added, one that every seed
gained and one that every seed lost. Where few answers change, the variance alone would say that all is known: with 30
tasks and no change, 0 +- 0. The added tasks keep a width there; they matter little from some hundred tasks on.

All functions take tables `(..., seeds, tasks)` and yield one value for each, of the shape of the leading axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from clpipe.evaluation import intervals, two_way
from clpipe.evaluation.two_way import Moments

Array = NDArray[np.float64]


def share_bounds(values: Array, templates: Sequence[str], confidence: float) -> tuple[Array, Array]:
    """Ends of the interval of the share of right answers.

    Plain Wilson where nothing makes the answers alike or adds to their doubt: every task has its own template (or all
    have the same one, or there is one task) and the seeds answered alike. All right or all wrong, V is 0 and n* = n.

    Args:
        values: 0 or 1.
        templates: Of each task.
        confidence: For example 0.95.
    """
    seeds, tasks = values.shape[-2:]
    share = np.asarray(values.mean(axis=(-2, -1)))
    normal = float(special.ndtri((1 + confidence) / 2))
    if tasks == 1:
        return intervals.score_bounds(share, 1.0, normal)
    clusters = two_way.layout(templates)
    found = two_way.moments(values, clusters)
    spread = share * (1 - share)
    variance = np.maximum(found.variance, spread / (tasks * seeds))
    effective = np.divide(spread, variance, out=np.full_like(share, tasks), where=spread > 0)
    plain = clusters.alone & (values == values[..., :1, :]).all(axis=(-2, -1))
    quantile = np.where(plain, normal, two_way.quantile(found.df, confidence))
    return intervals.score_bounds(share, np.where(plain, tasks, effective), quantile)


def gain(changes: Array, templates: Sequence[str]) -> Moments:
    """Mean change with the two added tasks, n / (n + 2) of the plain one, and its variance.

    Args:
        changes: After minus before, -1, 0 or 1.
        templates: Of each task.
    """
    every = np.ones((*changes.shape[:-1], 1))
    return two_way.moments(np.concatenate([changes, every, -every], axis=-1), two_way.layout(templates, added=2))
