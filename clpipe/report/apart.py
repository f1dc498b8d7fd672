"""A gain taken apart: what also comes without right answers, and what the right answers add.

With base b, control c (answers shuffled within each family) and arm a at the end: format = c - b, task = a - c. The
control keeps the form and the frequency of the answers and takes away their link to the questions, so what it gains is
no knowledge of the task (Hewitt & Liang 2019, selectivity). Both parts are paired by seed and task, and their sum is
the arm's gain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clpipe.evaluation import accuracy
from clpipe.evaluation.accuracy import Scores
from clpipe.records import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """The two parts of a gain, fractions."""

    tasks: int
    format: Interval
    """The control's end minus the arm's start."""
    task: Interval
    """The arm's end minus the control's end."""


def apart(first: Scores, control: Scores, last: Scores, confidence: float) -> Apart:
    """Take a gain apart; `first` and `last` are the arm's, `control` is the end of its control with shuffled labels.

    Raises:
        ValueError: If they have not the same seeds and tasks.
    """
    return Apart(
        tasks=len(first.tasks),
        format=accuracy.change(first, control, confidence),
        task=accuracy.change(control, last, confidence),
    )


def part(first: Scores, control: Scores, last: Scores, tasks: Collection[str], confidence: float) -> Apart:
    """The same on some of the tasks."""
    begun, controlled, ended = (accuracy.of_tasks(table, tasks) for table in (first, control, last))
    return apart(begun, controlled, ended, confidence)


def by_family(first: Scores, control: Scores, last: Scores, confidence: float) -> dict[str, Apart]:
    """The same on each family's tasks alone, families in order."""
    tasks = {f: {t for t, own in zip(first.tasks, first.families, strict=True) if own == f} for f in first.families}
    return {family: part(first, control, last, tasks[family], confidence) for family in sorted(tasks)}
