"""Accuracy before and after on the same tasks: what most tables and figures show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clpipe.evaluation import accuracy
from clpipe.evaluation.accuracy import Scores
from clpipe.records import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Accuracy before and after, on the same tasks."""

    tasks: int
    initial: Interval
    final: Interval
    gain: Interval


def change(first: Scores, last: Scores, confidence: float) -> Change:
    """From one checkpoint to another, paired by seed and task; raises ValueError at other seeds or tasks."""
    return Change(
        tasks=len(first.tasks),
        initial=accuracy.accuracy(first, confidence),
        final=accuracy.accuracy(last, confidence),
        gain=accuracy.change(first, last, confidence),
    )


def part(first: Scores, last: Scores, tasks: Collection[str], confidence: float) -> Change:
    """The same on some of the tasks."""
    return change(accuracy.of_tasks(first, tasks), accuracy.of_tasks(last, tasks), confidence)


def negated(interval: Interval) -> Interval:
    """The change the other way round: a loss as a gain."""
    return Interval(point=-interval.point, low=-interval.high, high=-interval.low)
