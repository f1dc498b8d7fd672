"""Exact tests of before against after: McNemar for paired answers, Fisher where the pairing is lost.

>>> pairings(11, 22, 30)
(Flips(gained=11, lost=0), Flips(gained=19, lost=8))
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True, slots=True)
class Flips:
    """Tasks whose answer changed sides."""

    gained: int
    """Wrong before, right after."""
    lost: int
    """Right before, wrong after."""


def flips(before: NDArray[np.float64], after: NDArray[np.float64]) -> Flips:
    """Count the discordant answers; both are 0 or 1, in the same order.

    `exact` takes those of one seed, `(tasks,)`. Of several seeds, `(seeds, tasks)`, they are a description: the answers
    to one task are not independent, and `accuracy.difference` has the test.
    """
    return Flips(gained=int(np.sum(after > before)), lost=int(np.sum(after < before)))


def exact(changed: Flips) -> float:
    """Two-sided p of the exact McNemar test; 1 where nothing changed."""
    total = changed.gained + changed.lost
    return float(stats.binomtest(changed.gained, total, 0.5).pvalue) if total else 1.0


def fisher(before: int, after: int, n: int) -> float:
    """Two-sided p of Fisher's exact test, as if the two times n tasks were different ones."""
    return float(stats.fisher_exact([[before, n - before], [after, n - after]]).pvalue)


def pairings(before: int, after: int, n: int) -> tuple[Flips, Flips]:
    """The fewest and the most flips that two totals of the same n tasks allow.

    Raises:
        ValueError: If a total is outside 0 to n.
    """
    if not (0 <= before <= n and 0 <= after <= n):
        raise ValueError(f"totals must be 0 to {n}, not {before} and {after}")
    least, most = max(0, before - after), min(before, n - after)
    return Flips(after - before + least, least), Flips(after - before + most, most)
