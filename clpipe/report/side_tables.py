"""The tables of the held-out sides, and of what is left without tasks that look like training tasks."""

from __future__ import annotations

from clpipe.records import NOVELTIES
from clpipe.report import wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.measures import Measures
from clpipe.report.tables import change_cell


def sides(measures: Measures) -> Table:
    """First → final by side, a row an arm; beneath an arm with a shuffled control its gain taken apart."""
    shown = [arm for group in measures.groups() for arm in group]
    names = [novelty for novelty in NOVELTIES if any(novelty in arm.sides for arm in shown)]
    rows: list[Row] = []
    for arm in shown:
        beside = arm.is_control
        rows.append(row(Cell(arm.name), *(change_cell(arm.sides.get(name)) for name in names), beside=beside))
        if arm.sides_apart:
            rows.append(row(Cell("↳ format"), *(_part(arm, name, task=False) for name in names), beside=True))
            rows.append(row(Cell("↳ task"), *(_part(arm, name, task=True) for name in names), beside=True))
    return Table(
        caption=(
            "Accuracy before the first → after the last episode by side of the held-out tasks; gain in points with "
            "interval. Format: the control's end minus the arm's start; task: the arm's end minus the control's."
        ),
        columns=("Arm", *(wording.spaced(name) for name in names)),
        rows=tuple(rows),
    )


def clean(measures: Measures) -> Table:
    """First → final on all held-out tasks, and without those that meet a training task at a counted level."""
    shown = [arm for group in measures.groups() for arm in group]
    levels = list(dict.fromkeys(level for arm in shown for level in arm.clean))
    rows = [
        row(
            Cell(arm.name),
            change_cell(arm.all),
            *(change_cell(arm.clean.get(level)) for level in levels),
            beside=arm.is_control,
        )
        for arm in shown
    ]
    return Table(
        caption="Accuracy before → after on all held-out tasks, and without the ones near a training task.",
        columns=("Arm", "all", *(f"without {level}" for level in levels)),
        rows=tuple(rows),
    )


def _part(arm: ArmMeasures, name: str, *, task: bool) -> Cell:
    if name not in arm.sides_apart:
        return Cell("not asked")
    parts = arm.sides_apart[name]
    span = parts.task if task else parts.format
    return Cell(f"{wording.signed(span.point)} points", wording.signed_bounds(span))
