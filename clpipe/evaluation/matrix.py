"""The accuracy matrix of an arm: by checkpoint and family, and in the order in which the families were learned.

The literature writes R[i, j] for the accuracy on the j-th task after the i-th was learned (Lopez-Paz & Ranzato
2017, arXiv 1706.08840). Here the "tasks" are families, and time is counted in episodes. Where a stream has no
blocks there is no "after the i-th was learned"; `anchors` then puts a stated rule in its place and names it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy
from clpipe.records import Episode, Outcome

Rule = Literal["block", "half"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyMatrix:
    """Accuracy of one arm by seed, checkpoint and family, on the tasks that every checkpoint was asked."""

    seeds: tuple[int, ...]
    checkpoints: tuple[int, ...]
    """Episodes learned before each checkpoint, in order."""
    families: tuple[str, ...]
    """In the order of the alphabet."""
    values: NDArray[np.float64]
    """Accuracy in [0, 1], `(seeds, checkpoints, families)`."""
    tasks: tuple[int, ...]
    """Held-out tasks behind each family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """The checkpoint at which a family counts as learned."""

    rule: Rule
    """`block`: the end of the family's first block. `half`: the middle of all its episodes."""
    by_seed: Mapping[int, Mapping[str, int]]
    """Seed to family to checkpoint, families in the order learned; a family never met is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseMatrix:
    """R of one seed, its T families in the order learned."""

    seed: int
    rule: Rule
    families: tuple[str, ...]
    anchors: tuple[int, ...]
    """Checkpoint of each row; two families learned between two checkpoints share one, and so have equal rows."""
    values: NDArray[np.float64]
    """Accuracy on the j-th learned family at the anchor of the i-th, `(T, T)`."""
    base: NDArray[np.float64]
    """b: accuracy on each at checkpoint 0, the untrained adapter, `(T,)`."""
    last: NDArray[np.float64]
    """Accuracy on each at the last checkpoint, `(T,)`: the last row of `values` where the stream ends with a block."""

    @property
    def to_the_end(self) -> NDArray[np.float64]:
        """`values` with `last` for its last row: what transfer measures need where a stream goes on after the anchors.

        Learning accuracy is to be taken from `values`, for here the last diagonal cell is not that of its anchor.
        """
        return np.vstack([self.values[:-1], self.last])


def accuracy_matrix(outcomes: Sequence[Outcome]) -> AccuracyMatrix:
    """R from the outcomes of one arm (and of one side of novelty, where that matters).

    Raises:
        ValueError: Without outcomes, with several arms, where a family has no task that all checkpoints were asked,
            or where a seed lacks a checkpoint or a task.
    """
    arms, seeds = sorted({o.arm for o in outcomes}), tuple(sorted({o.seed for o in outcomes}))
    if len(arms) != 1:
        raise ValueError(f"a matrix is of the outcomes of one arm, not of {len(arms)}: {arms}; pick one")
    tasks, families = accuracy.curve_tasks(outcomes), tuple(sorted({o.family for o in outcomes}))
    count = Counter({o.task_id: o.family for o in outcomes if o.task_id in tasks}.values())
    if lacking := [family for family in families if not count[family]]:
        raise ValueError(f"families {lacking}: no task was asked at every checkpoint; leave them out or ask them again")
    steps = accuracy.checkpoints(outcomes)
    tables = [accuracy.scores(outcomes, step, tasks) for step in steps]
    for step, table in zip(steps, tables, strict=True):
        if table.seeds != seeds:
            raise ValueError(f"episode {step}: seeds {table.seeds} of {seeds}; every seed needs every checkpoint")
    cells = [[accuracy.of_family(table, family).by_seed for family in families] for table in tables]
    values = np.array(cells, dtype=np.float64).transpose(2, 0, 1)
    shared = tuple(count[family] for family in families)
    return AccuracyMatrix(seeds=seeds, checkpoints=steps, families=families, values=values, tasks=shared)


def in_order(episodes: Sequence[Episode]) -> dict[int, list[Episode]]:
    """Episode 1, 2, ... of each seed, seeds in order; unlike in `losses.by_episode`, their numbers may differ.

    Raises:
        ValueError: Where a seed lacks an episode or has one twice.
    """
    found: dict[int, list[Episode]] = {}
    for seed in sorted({e.seed for e in episodes}):
        own = sorted((e for e in episodes if e.seed == seed), key=lambda e: e.t)
        if [e.t for e in own] != list(range(1, len(own) + 1)):
            raise ValueError(f"seed {seed}: {len(own)} episodes up to {own[-1].t}; each is needed exactly once")
        found[seed] = own
    return found


def families_met(episodes: Sequence[Episode]) -> dict[int, tuple[str, ...]]:
    """The family of episode 1, 2, ... of each seed, seeds in order.

    Raises:
        ValueError: Where a seed lacks an episode or has one twice.
    """
    return {seed: tuple(e.family for e in own) for seed, own in in_order(episodes).items()}


def anchors(episodes: Sequence[Episode], checkpoints: Sequence[int], rule: Rule | None = None) -> Anchors:
    """When each family counts as learned, for each seed by its own order.

    `block`: at the first checkpoint at or after the end of the first run of consecutive episodes of the family.
    `half`: at the first checkpoint at or after its n-th episode, n = half of all its episodes in the stream, rounded
    up. Without `rule` it is `block` where the stream comes in blocks, that is, where in no seed an episode stands
    alone (the last one excepted, which the end of the stream may have cut off), else `half`.

    By `half`, and where two blocks end between the same checkpoints, a family has been met before the anchor of the
    one before it: the cells above the diagonal then are not of unmet families, and forward transfer has no meaning.

    Raises:
        ValueError: For another rule, for a hole in the episodes, and where a family is learned after the last
            checkpoint.
    """
    if rule not in (None, "block", "half"):
        raise ValueError(f"rule: {rule!r} is not one of 'block' and 'half'")
    met, steps = families_met(episodes), sorted(checkpoints)
    chosen: Rule = rule or ("block" if all(_in_blocks(families) for families in met.values()) else "half")
    learned = {seed: _ends_of_blocks(f) if chosen == "block" else _middles(f) for seed, f in met.items()}
    found = {seed: {family: _checkpoint(steps, family, t) for family, t in at.items()} for seed, at in learned.items()}
    return Anchors(rule=chosen, by_seed=found)


def phase_matrix(matrix: AccuracyMatrix, learned: Anchors) -> tuple[PhaseMatrix, ...]:
    """R (T, T) and b (T,) of each seed of `matrix`, in order of the seeds.

    Raises:
        LookupError: Where a seed has no anchors, a family that was learned has no held-out task, or an anchor or
            episode 0 is not among the checkpoints.
    """
    return tuple(_phases(matrix, row, learned) for row in range(len(matrix.seeds)))


def _phases(matrix: AccuracyMatrix, row: int, learned: Anchors) -> PhaseMatrix:
    at = learned.by_seed.get(seed := matrix.seeds[row])
    if not at:
        raise LookupError(f"seed {seed} has no anchors, only {sorted(learned.by_seed)} have; hand in its episodes")
    if unknown := [family for family in at if family not in matrix.families]:
        raise LookupError(f"families {unknown} were learned, but held-out tasks are of {matrix.families}; ask some")
    if absent := {0, *at.values()} - {*matrix.checkpoints}:
        raise LookupError(f"checkpoints {sorted(absent)} are needed, but there are {matrix.checkpoints}; ask them")
    columns = [matrix.families.index(family) for family in at]
    cells = matrix.values[row][:, columns]
    return PhaseMatrix(
        seed=seed,
        rule=learned.rule,
        families=tuple(at),
        anchors=tuple(at.values()),
        values=cells[[matrix.checkpoints.index(step) for step in at.values()]],
        base=cells[matrix.checkpoints.index(0)],
        last=cells[-1],
    )


def _in_blocks(families: Sequence[str]) -> bool:
    return all(len(run) > 1 for _, run in _runs(families)[:-1])


def _runs(families: Sequence[str]) -> list[tuple[str, list[str]]]:
    return [(family, list(run)) for family, run in groupby(families)]


def _ends_of_blocks(families: Sequence[str]) -> dict[str, int]:
    """Last episode of each family's first run, in that order."""
    ends: dict[str, int] = {}
    t = 0
    for family, run in _runs(families):
        t += len(run)
        ends.setdefault(family, t)
    return ends


def _middles(families: Sequence[str]) -> dict[str, int]:
    """Episode at which half of each family's episodes have been met, in that order."""
    wanted = {family: (n + 1) // 2 for family, n in Counter(families).items()}
    seen: Counter[str] = Counter()
    middles: dict[str, int] = {}
    for t, family in enumerate(families, start=1):
        seen[family] += 1
        if seen[family] == wanted[family]:
            middles[family] = t
    return middles


def _checkpoint(steps: Sequence[int], family: str, t: int) -> int:
    if (place := bisect_left(steps, t)) == len(steps):
        last = steps[-1] if steps else "none"
        raise ValueError(f"{family!r} is learned at episode {t}, the last checkpoint is {last}; one after it is needed")
    return steps[place]
