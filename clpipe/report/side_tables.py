"""The tables of the held-out sides, and of what is left without tasks that look like training tasks."""

from __future__ import annotations

from clpipe.records import NOVELTIES
from clpipe.report import wording
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.measures import ArmMeasures, Measures
from clpipe.report.tables import change_cell


def sides(measures: Measures) -> Table:
    """First → final by side, a row an arm; beneath an arm with a shuffled control what the right answers add."""
    shown = [arm for group in measures.groups() for arm in group]
    names = [novelty for novelty in NOVELTIES if any(novelty in arm.sides for arm in shown)]
    rows: list[Row] = []
    for arm in shown:
        beside = arm.files.spec.control_of is not None
        rows.append(row(Cell(arm.name), *(change_cell(arm.sides.get(name)) for name in names), beside=beside))
        if arm.side_gaps:
            rows.append(row(Cell("↳ over its shuffled control"), *(_gap(arm, name) for name in names), beside=True))
    return Table(
        caption=(
            "Accuracy before the first → after the last episode by side of the held-out tasks; gain in points with "
            "interval. Over its control: final accuracy minus the control's, which is the part that is no format."
        ),
        columns=("Arm", *(name.replace("_", " ") for name in names)),
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
            beside=arm.files.spec.control_of is not None,
        )
        for arm in shown
    ]
    return Table(
        caption="Accuracy before → after on all held-out tasks, and without the ones near a training task.",
        columns=("Arm", "all", *(f"without {level}" for level in levels)),
        rows=tuple(rows),
    )


def _gap(arm: ArmMeasures, name: str) -> Cell:
    if name not in arm.side_gaps:
        return Cell("not asked")
    gap = arm.side_gaps[name]
    return Cell(f"{wording.signed(gap.point)} points", wording.signed_bounds(gap))
