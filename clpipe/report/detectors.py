"""Drift detectors against the changes of a stream, each beside one that always and one that never fires."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe import named
from clpipe.evaluation import drift
from clpipe.evaluation.drift import Comparison, Score, Tolerance
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.continual import Stream
from clpipe.report.course import Course
from clpipe.strategies import adaptive_lr


def comparisons(course: Course, changes: Sequence[int], window: int) -> list[Comparison]:
    """The alarms of each seed against the changes; empty where the arm has no detector.

    An alarm counts within `window` episodes from a change on; `always` fires in every `window`-th episode.
    """
    if course.files.summary.strategy != "adaptive_lr" or not changes:
        return []
    options = named.build(adaptive_lr.STRATEGY, course.files.summary.strategy_options, "strategies.adaptive_lr")
    found = []
    for seed in sorted({episode.seed for episode in course.files.episodes}):
        own = sorted((e for e in course.files.episodes if e.seed == seed), key=lambda e: e.t)
        alarms = adaptive_lr.alarms([e.loss for e in own], options.detector, options.delta, options.threshold)
        found.append(drift.compare(alarms, changes, Tolerance(after=window), episodes=len(own), every=window))
    return found


def table(stream: Stream, window: int) -> Table | None:
    """All detectors of a stream with their baselines; `None` where there is none."""
    rows = [line for course in stream.courses for line in _rows(course, comparisons(course, stream.changes, window))]
    if not rows:
        return None
    return Table(
        caption=(
            f"Sums over the seeds. An alarm is right within {window} episodes after a change, once for each change; "
            f"“always” fires every {window}th episode and knows nothing. F1 is that of all alarms and changes together."
        ),
        columns=("Detector", "Alarms", "Changes found", "False alarms", "Mean delay, episodes", "F1"),
        rows=tuple(rows),
    )


def _rows(course: Course, found: Sequence[Comparison]) -> list[Row]:
    if not found:
        return []
    return [
        _row(Cell(course.name, f"{len(found)} seeds"), [one.detector for one in found]),
        _row(Cell("always"), [one.always_alarm for one in found], beside=True),
        _row(Cell("never"), [one.never_alarm for one in found], beside=True),
    ]


def _row(name: Cell, scores: Sequence[Score], *, beside: bool = False) -> Row:
    alarms, changes = sum(one.alarms for one in scores), sum(len(one.changes) for one in scores)
    delays = [delay for one in scores for delay in one.delays]
    return row(
        name,
        str(alarms),
        f"{len(delays)} of {changes}",
        str(sum(len(one.false_alarms) for one in scores)),
        f"{sum(delays) / len(delays):.1f}" if delays else "—",
        f"{2 * len(delays) / (alarms + changes):.2f}",
        beside=beside,
    )
