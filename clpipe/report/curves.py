"""The learning curves of an arm: all tasks together and by family, on the tasks that every checkpoint was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clpipe.evaluation import accuracy, levels
from clpipe.evaluation.accuracy import CurvePoint, Scores
from clpipe.evaluation.levels import Reached
from clpipe.records import Outcome

ALL = "all"
Tables = Sequence[tuple[int, Scores]]
"""Each checkpoint with its scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One learning curve, with how soon it reaches the declared levels."""

    tasks: int
    points: tuple[CurvePoint, ...]
    half: Reached | None
    """Half-way from its first to its last checkpoint; `None` where the mean ends no higher than it began."""
    right: Reached
    """Every second task right."""


def curves(outcomes: Sequence[Outcome], confidence: float) -> Mapping[str, Curve]:
    """The curve of all tasks under `ALL`, then that of each family, in order."""
    shared = accuracy.curve_tasks(outcomes)
    tables = [(step, accuracy.scores(outcomes, step, shared)) for step in accuracy.checkpoints(outcomes)]
    families = sorted(set(tables[0][1].families))
    parts = {name: [(step, accuracy.of_family(table, name)) for step, table in tables] for name in families}
    return {name: _curve(part, confidence) for name, part in ({ALL: tables} | parts).items()}


def _curve(tables: Tables, confidence: float) -> Curve:
    return Curve(
        tasks=len(tables[0][1].tasks),
        points=tuple(
            CurvePoint(
                episode=step,
                by_seed=tuple(float(share) for share in table.by_seed),
                accuracy=accuracy.accuracy(table, confidence),
            )
            for step, table in tables
        ),
        half=levels.to_half(tables, confidence),
        right=levels.to_level(tables, levels.RIGHT, confidence),
    )
