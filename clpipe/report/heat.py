"""Accuracy by family and checkpoint of one arm, mean over its seeds, and what was lost of it since it was learned.

Where each seed has an order of its own, a row is a place in the order, not a family: the i-th learned family of each
seed. A mean over seeds of one family would mix one that was learned first with one that was learned last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation.matrix import AccuracyMatrix, Anchors

Array = NDArray[np.float64]
FIRST, REST = "family 1", "not shown"
"""Names of the first row where rows are places in the order learned, and of that of families not in the stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """What the accuracy matrix and the forgetting heat map of an arm show, `(rows, checkpoints)`."""

    rows: tuple[str, ...]
    """Families, or `family i` for the i-th learned; last, where there are some, the mean of those never met."""
    checkpoints: tuple[int, ...]
    accuracy: Array
    """Mean over seeds."""
    dropped: Array
    """Accuracy when learned minus accuracy at a later checkpoint, mean over seeds; NaN where not all seeds had learned
    it before. A family never met counts as learned before the first episode."""
    places: bool
    """Whether the rows are in the order learned."""
    learned: tuple[int | None, ...]
    """The checkpoint at which a row counts as learned, where it is the same for all seeds."""


def heat(matrix: AccuracyMatrix, learned: Anchors) -> Heat:
    """Both tables of an arm; `learned` by the rule `block` puts the rows in the order learned.

    Raises:
        LookupError: Where a family that was learned has no held-out task.
    """
    orders = [tuple(learned.by_seed[seed]) for seed in matrix.seeds]
    in_places = learned.rule == "block" and len({len(order) for order in orders}) == 1
    if not in_places:
        orders = [tuple(f for f in matrix.families if all(f in order for order in orders))] * len(orders)
    names = orders[0] if len(set(orders)) == 1 else tuple(f"family {i}" for i in range(1, len(orders[0]) + 1))
    at = [[learned.by_seed[s][f] for f in order] for s, order in zip(matrix.seeds, orders, strict=True)]
    cells = np.array([_columns(matrix, row, order) for row, order in enumerate(orders)])
    rest = [f for f in matrix.families if not any(f in by_family for by_family in learned.by_seed.values())]
    if rest:
        own = np.array([_columns(matrix, row, rest).mean(axis=0) for row in range(len(orders))])
        cells, at = np.concatenate([cells, own[:, None]], axis=1), [[*line, 0] for line in at]
    return Heat(
        rows=(*(name.replace("_", " ") for name in names), *((REST,) if rest else ())),
        checkpoints=matrix.checkpoints,
        accuracy=cells.mean(axis=0),
        dropped=_dropped(cells, at, matrix.checkpoints).mean(axis=0),
        places=in_places,
        learned=tuple(column[0] if len(set(column)) == 1 else None for column in zip(*at, strict=True)),
    )


def _columns(matrix: AccuracyMatrix, row: int, families: Sequence[str]) -> Array:
    """Accuracy of one seed, `(families, checkpoints)`."""
    return np.asarray(matrix.values[row][:, [matrix.families.index(f) for f in families]].T)


def _dropped(cells: Array, at: Sequence[Sequence[int]], steps: Sequence[int]) -> Array:
    """Accuracy at the anchor minus accuracy, `(seeds, rows, checkpoints)`; NaN up to the anchor."""
    places = np.array([[steps.index(step) for step in line] for line in at], dtype=np.int64)
    start = np.take_along_axis(cells, places[..., None], axis=2)
    return np.where(np.arange(len(steps)) > places[..., None], start - cells, np.nan)
