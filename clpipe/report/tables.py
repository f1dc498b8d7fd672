"""The tables of the arms: results, per family, seed by seed."""

from __future__ import annotations

import numpy as np

from clpipe.evaluation import intervals, mcnemar
from clpipe.report import wording
from clpipe.report.arm_measures import ArmMeasures, Array
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.change import Change
from clpipe.report.measures import Measures

RESULTS = (
    "Model", "Method", "Trainable", "Initial accuracy", "Final accuracy", "Improvement, points",
    "Loss, first → last", "Episodes/s",
)  # fmt: skip


def results(measures: Measures) -> Table:
    """Arms and controls, in the seed document's columns."""
    window = measures.results.params.report.loss_window
    return Table(
        caption=(
            "Accuracy on held-out tasks before the first and after the last episode. Controls stand beneath their arm. "
            f"Loss: nats a token, mean of the first and of the last {window} episodes, before each step; a control's "
            "is on the answers it is shown."
        ),
        columns=RESULTS,
        text_columns=2,
        rows=tuple(arm_row(a, measures.confidence) for group in measures.groups() for a in group),
    )


def arm_row(arm: ArmMeasures, confidence: float) -> Row:
    """One arm in the columns of `RESULTS`."""
    summary, beside, speed = arm.files.summary, arm.is_control, arm.episodes / arm.seconds
    behind = wording.size(arm.all.tasks, len(arm.seeds))
    share = f"{100 * summary.trainable_parameters / summary.total_parameters:.2g}\u00a0%"
    first, last = arm.loss_ends
    return row(
        Cell(f"↳ control: {summary.labels} labels" if beside else summary.model, arm.name),
        Cell(summary.method, f"{summary.strategy},\n{summary.stream}"),
        Cell(wording.grouped(summary.trainable_parameters), f"{share} of\n{wording.grouped(summary.total_parameters)}"),
        Cell(wording.percent(arm.all.initial.point), f"{wording.bounds(arm.all.initial)}\n{behind}"),
        Cell(wording.percent(arm.all.final.point), f"{wording.bounds(arm.all.final)}\n{behind}"),
        Cell(wording.signed(arm.all.gain.point), f"{wording.signed_bounds(arm.all.gain)}\n{behind}"),
        Cell(
            f"{first.mean():.2f} → {last.mean():.2f}",
            " → ".join(dict.fromkeys(_over_seeds(values, confidence) for values in (first, last))) + _seeds(arm),
        ),
        Cell(f"{speed.mean():.2f}", _over_seeds(speed, confidence) + _seeds(arm)),
        beside=beside,
    )


def families(measures: Measures) -> Table:
    """First → final for each family and arm."""
    shown = [a for group in measures.groups() for a in group]
    names = sorted({family for a in shown for family in a.families})
    rows = []
    for arm in shown:
        cells = [change_cell(arm.families.get(name)) for name in names]
        rows.append(row(Cell(arm.name, _seeds(arm, "")), *cells, beside=arm.is_control))
    return Table(
        caption="Accuracy before the first → after the last episode, by family of tasks; gain in points with interval.",
        columns=("Arm", *(wording.spaced(name) for name in names)),
        rows=tuple(rows),
    )


def seeds(measures: Measures) -> Table:
    """Each seed with its flips; the test is exact for that seed's answers and says nothing of other seeds."""
    rows = []
    for arm in (a for group in measures.groups() for a in group):
        for i, seed in enumerate(arm.seeds):
            changed = mcnemar.flips(arm.first.correct[i], arm.last.correct[i])
            values = (arm.first.by_seed[i], arm.last.by_seed[i])
            spans = [intervals.wilson(float(v), arm.all.tasks, measures.confidence) for v in values]
            rows.append(
                row(
                    Cell(arm.name, f"seed {seed}"),
                    *(Cell(wording.percent(s.point), f"{wording.bounds(s)}, n = {arm.all.tasks}") for s in spans),
                    f"+{changed.gained} / −{changed.lost}",
                    wording.p_value(mcnemar.exact(changed)),
                    beside=arm.is_control,
                )
            )
    return Table(
        caption="Seed by seed: Wilson intervals, tasks gained and lost, two-sided exact McNemar test, not adjusted.",
        columns=("Arm", "Initial", "Final", "Gained / lost", "McNemar"),
        rows=tuple(rows),
    )


def change_cell(change: Change | None) -> Cell:
    """First → final, the gain with its interval, and the number of tasks."""
    if change is None:
        return Cell("not asked")
    text = f"{wording.percent(change.initial.point)} → {wording.percent(change.final.point)}"
    gained = f"{wording.signed(change.gain.point)} {wording.signed_bounds(change.gain)}"
    return Cell(text, f"{gained}\nn = {change.tasks}")


def _over_seeds(values: Array, confidence: float) -> str:
    if len(values) < 2:
        return "no interval"
    interval = intervals.student(np.asarray(values), confidence)
    return f"[{interval.low:.2f}, {interval.high:.2f}]"


def _seeds(arm: ArmMeasures, before: str = "\n") -> str:
    return before + (f"{len(arm.seeds)} seeds" if len(arm.seeds) > 1 else "one seed")
