"""Measures of the whole course, not of its end alone: anytime accuracy, worst case, learning curve, plasticity.

With few checkpoints each is a coarse reading of what happened between them. Checkpoint 0 lies before the stream and
enters no average over checkpoints. Results have one value a seed, `(seeds,)`, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import losses
from clpipe.evaluation.matrix import AccuracyMatrix, Anchors, families_met
from clpipe.records import Episode

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossDrop:
    """By how much the episode loss of each family fell while it was learned."""

    seeds: tuple[int, ...]
    families: tuple[str, ...]
    values: Array
    """Nats a token, `(seeds, families)`; NaN where a seed met the family less than twice."""

    @property
    def by_seed(self) -> Array:
        """Mean over the families that have a value, `(seeds,)`; NaN where none has."""
        known = np.isfinite(self.values)
        total, count = np.where(known, self.values, 0.0).sum(axis=1), known.sum(axis=1)
        return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


def anytime_seen(matrix: AccuracyMatrix, episodes: Sequence[Episode]) -> Array:
    """Average anytime accuracy, AAA = 1/n sum_c mean_{f seen by c} accuracy(c, f) (Soutif-Cormerais et al. 2023).

    c runs over the n checkpoints after episode 0; a family f is seen from its first episode on, and all weigh the
    same.

    Raises:
        ValueError: If no checkpoint follows episode 0, or at one of them no family of the matrix was seen.
        LookupError: If a seed has no episodes.
    """
    kept, met = _after_the_start(matrix), families_met(episodes)
    if lacking := {*matrix.seeds} - {*met}:
        raise LookupError(f"seeds {sorted(lacking)} have no episodes, only {sorted(met)} have; hand them in")
    first = np.array([[_first(met[seed], family) for family in matrix.families] for seed in matrix.seeds])
    seen = np.array(matrix.checkpoints)[None, kept, None] >= first[:, None, :]
    if not seen.any(axis=2).all():
        raise ValueError(f"before one of the checkpoints {matrix.checkpoints} none of {matrix.families} was met")
    values = np.where(seen, matrix.values[:, kept], 0.0).sum(axis=2) / seen.sum(axis=2)
    return np.asarray(values.mean(axis=1))


def anytime_all(matrix: AccuracyMatrix) -> Array:
    """As `anytime_seen`, but over all families at every checkpoint: 1/n sum_c mean_f accuracy(c, f).

    Raises:
        ValueError: If no checkpoint follows episode 0.
    """
    return np.asarray(matrix.values[:, _after_the_start(matrix)].mean(axis=(1, 2)))


def min_accuracy(matrix: AccuracyMatrix, learned: Anchors) -> Array:
    """min-Acc(c, f) = min accuracy(k, f) over checkpoints k from the family's anchor to c (De Lange et al. 2023).

    Shape `(seeds, checkpoints, families)`; NaN before the anchor and for a family without one. The published minimum
    starts one evaluation after the anchor; here the anchor counts, so that a family has a value at once, and the
    result is never above the published one.

    Raises:
        LookupError: If a seed has no anchors.
    """
    steps = np.array(matrix.checkpoints)
    at = [[_anchors_of(learned, seed).get(family, np.inf) for family in matrix.families] for seed in matrix.seeds]
    after = steps[None, :, None] >= np.array(at)[:, None, :]
    return np.asarray(np.fmin.accumulate(np.where(after, matrix.values, np.nan), axis=1))


def worst_case(matrix: AccuracyMatrix, learned: Anchors) -> Array:
    """WC-Acc(c) = 1/k accuracy(c, k-th) + (1 - 1/k) mean_{i<k} min-Acc(c, i-th) (De Lange et al. 2023).

    k families are learned by c (their anchors are at or before it), the k-th last; a family inside its block does not
    count yet. Shape `(seeds, checkpoints)`; NaN where k = 0.

    Raises:
        LookupError: If a seed has no anchors, or a learned family no held-out tasks.
    """
    lowest = min_accuracy(matrix, learned)
    found = np.full(matrix.values.shape[:2], np.nan)
    for row, seed in enumerate(matrix.seeds):
        at = _anchors_of(learned, seed)
        if unknown := {*at} - {*matrix.families}:
            raise LookupError(f"families {sorted(unknown)} were learned, but held-out tasks are of {matrix.families}")
        for place, step in enumerate(matrix.checkpoints):
            known = [matrix.families.index(family) for family, anchor in at.items() if anchor <= step]
            if known:
                parts = [*lowest[row, place, known[:-1]], matrix.values[row, place, known[-1]]]
                found[row, place] = np.mean(parts)
    return found


def area(curve: Array, checkpoints: Sequence[int]) -> Array:
    """Area under the learning curve by the trapezoid rule, over the episodes it spans: in [0, 1] for an accuracy.

    1 / (c_n - c_1) sum_i (c_{i+1} - c_i) (a_i + a_{i+1}) / 2, checkpoint 0 included where it is handed in.

    Args:
        curve: Accuracy, `(seeds, checkpoints)`, for example `matrix.values.mean(axis=2)`.
        checkpoints: Episodes, rising.

    Raises:
        ValueError: With fewer than two checkpoints, or others than the curve's.
    """
    steps = _steps(curve, checkpoints)
    if len(steps) < 2:
        raise ValueError(f"checkpoints: {steps}; an area needs at least two")
    return np.asarray(np.trapezoid(curve, steps, axis=1) / (steps[-1] - steps[0]))


def episodes_to_reach(
    curve: Array, checkpoints: Sequence[int], level: float, *, stay: bool = False
) -> tuple[int | None, ...]:
    """First checkpoint of each seed whose accuracy is at least `level`; `None` where there is none.

    There is no interpolation between checkpoints: the true episode lies after the checkpoint before. With `stay`, the
    accuracy must also be at least `level` at all later checkpoints, so that one lucky checkpoint does not count.

    Args:
        curve: Accuracy, `(seeds, checkpoints)`.
        checkpoints: Episodes, rising.
        level: In the unit of the curve.
        stay: Whether it has to stay there to the end.

    Raises:
        ValueError: If the checkpoints are not the curve's.
    """
    steps, reached = _steps(curve, checkpoints), curve >= level
    if stay:
        reached = np.logical_and.accumulate(reached[:, ::-1], axis=1)[:, ::-1]
    return tuple(steps[int(row.argmax())] if row.any() else None for row in reached)


def loss_drop(episodes: Sequence[Episode], window: int) -> LossDrop:
    """Plasticity (a): mean loss of the first w minus mean loss of the last w episodes of a family, per seed.

    w is `window`, or half of the family's episodes where those are fewer than two windows, so that no episode is on
    both sides. The losses are those before each step, on tasks never learned before. Part of a drop may be the answer
    format, which any family teaches.

    Raises:
        ValueError: If `window` is not at least 1, or the seeds have not the same number of episodes.
    """
    if window < 1:
        raise ValueError(f"window: {window} episodes; at least 1 is needed")
    loss, _ = losses.by_episode(episodes)
    met = families_met(episodes)
    families = tuple(sorted({e.family for e in episodes}))
    values = np.full((len(met), len(families)), np.nan)
    for row, order in enumerate(met.values()):
        for column, family in enumerate(families):
            own = loss[row, np.array(order) == family][None]
            if own.size > 1:
                first, last = losses.ends(own, min(window, own.size // 2))
                values[row, column] = (first - last)[0]
    return LossDrop(seeds=tuple(met), families=families, values=values)


def learning_slope(matrix: Array, base: Array) -> float | None:
    """Plasticity (b): least-squares slope of R[i, i] - b[i] over i = 1, ..., T, per family learned, for one seed.

    Below 0 the learner gains less on later families; families differ in difficulty, so average over orders before
    calling it a loss of plasticity. `None` for fewer than two families.

    Args:
        matrix: R in the order learned, `(T, T)`.
        base: b, `(T,)`.
    """
    gains = np.asarray(matrix, dtype=np.float64).diagonal() - base
    place = np.arange(len(gains)) - (len(gains) - 1) / 2
    return float(place @ gains / (place @ place)) if len(gains) > 1 else None


def _after_the_start(matrix: AccuracyMatrix) -> list[int]:
    kept = [i for i, step in enumerate(matrix.checkpoints) if step > 0]
    if not kept:
        raise ValueError(f"checkpoints: {matrix.checkpoints}; at least one after episode 0 is needed")
    return kept


def _first(families: Sequence[str], family: str) -> float:
    """Episode at which the family is met first; infinite where it never is."""
    return families.index(family) + 1 if family in families else float("inf")


def _anchors_of(learned: Anchors, seed: int) -> dict[str, int]:
    if seed not in learned.by_seed:
        raise LookupError(f"seed {seed} has no anchors, only {sorted(learned.by_seed)} have; hand in its episodes")
    return dict(learned.by_seed[seed])


def _steps(curve: Array, checkpoints: Sequence[int]) -> list[int]:
    steps = list(checkpoints)
    if curve.shape[1] != len(steps) or steps != sorted(set(steps)):
        raise ValueError(f"checkpoints: {steps} must rise and be {curve.shape[1]}, one for each point of the curve")
    return steps
