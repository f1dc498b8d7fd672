"""The tables of the arms: results, per family, seed by seed, claims, baselines."""

from __future__ import annotations

import numpy as np

from clpipe.evaluation import accuracy, claims, intervals, mcnemar
from clpipe.records import Interval
from clpipe.report import wording
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.change import Change
from clpipe.report.measures import ArmMeasures, Array, Measures

RESULTS = (
    "Model", "Method", "Trainable", "Initial accuracy", "Final accuracy", "Improvement, points",
    "Loss, first → last", "Episodes/s",
)  # fmt: skip


def results(measures: Measures) -> Table:
    """The table of the first screen, in the seed document's columns."""
    window = measures.results.params.report.loss_window
    return Table(
        caption=(
            "Accuracy on held-out tasks before the first and after the last episode. Controls stand beneath their arm. "
            f"Loss: nats a token, mean of the first and of the last {window} episodes, before each step; a control's "
            "is on its shuffled answers."
        ),
        columns=RESULTS,
        text_columns=2,
        rows=tuple(arm_row(a, measures.confidence) for group in measures.groups() for a in group),
    )


def arm_row(arm: ArmMeasures, confidence: float) -> Row:
    """One arm in the columns of `RESULTS`."""
    summary, beside = arm.files.summary, arm.files.spec.control_of is not None
    behind = wording.size(arm.all.tasks, len(arm.seeds))
    labels = "shuffled labels" if arm.shuffled else f"labels {summary.labels}"
    share = f"{100 * summary.trainable_parameters / summary.total_parameters:.2g}\u00a0%"
    first, last = arm.loss_ends
    return row(
        Cell(f"↳ control: {labels}" if beside else summary.model, arm.name),
        Cell(summary.method, f"{summary.strategy},\n{summary.stream}"),
        Cell(wording.grouped(summary.trainable_parameters), f"{share} of\n{wording.grouped(summary.total_parameters)}"),
        Cell(wording.percent(arm.all.initial.point), f"{wording.bounds(arm.all.initial)}\n{behind}"),
        Cell(wording.percent(arm.all.final.point), f"{wording.bounds(arm.all.final)}\n{behind}"),
        Cell(wording.signed(arm.all.gain.point), f"{wording.signed_bounds(arm.all.gain)}\n{behind}"),
        Cell(
            f"{first.mean():.2f} → {last.mean():.2f}",
            " → ".join(dict.fromkeys(_over_seeds(values, confidence) for values in (first, last))) + _seeds(arm),
        ),
        Cell(f"{arm.speed.mean():.2f}", _over_seeds(arm.speed, confidence) + _seeds(arm)),
        beside=beside,
    )


def families(measures: Measures) -> Table:
    """First → final for each family and arm."""
    shown = [a for group in measures.groups() for a in group]
    names = sorted({family for a in shown for family in a.families})
    rows = []
    for arm in shown:
        cells = [change_cell(arm.families.get(name)) for name in names]
        rows.append(row(Cell(arm.name, _seeds(arm, "")), *cells, beside=arm.files.spec.control_of is not None))
    return Table(
        caption="Accuracy before the first → after the last episode, by family of tasks; gain in points with interval.",
        columns=("Arm", *(name.replace("_", " ") for name in names)),
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
                    beside=arm.files.spec.control_of is not None,
                )
            )
    return Table(
        caption="Seed by seed: Wilson intervals, tasks gained and lost, two-sided exact McNemar test, not adjusted.",
        columns=("Arm", "Initial", "Final", "Gained / lost", "McNemar"),
        rows=tuple(rows),
    )


def claimed(measures: Measures) -> Table:
    """Which arms meet the conditions for the word "learned"."""
    rows: list[Row] = []
    columns: tuple[str, ...] = ("Arm",)
    for arm in (group[0] for group in measures.groups()):
        evidence = claims.Evidence(
            tasks=arm.all.tasks,
            templates=arm.templates,
            seeds=len(arm.seeds),
            over_control=measures.shuffled_control(arm),
            over_majority=arm.over_majority,
        )
        found = claims.conditions(evidence)
        columns = ("Arm", "All met", *(c.wanted for c in found))
        notes = (str(evidence.tasks), str(evidence.templates), str(evidence.seeds),
                 _gap(evidence.over_control), _gap(evidence.over_majority))  # fmt: skip
        cells = [Cell("yes" if c.met else "no", note) for c, note in zip(found, notes, strict=True)]
        rows.append(row(arm.name, "yes" if all(c.met for c in found) else "no", *cells))
    return Table(
        caption="All five must be met; differences in points of final accuracy, on the arm's tasks and seeds.",
        columns=columns,
        rows=tuple(rows),
    )


def baselines(measures: Measures) -> Table:
    """What needs no training, in all and by family."""
    rows: list[Row] = []
    names = sorted({f for found in measures.baselines.values() for t in found.values() for f in t.families})
    for model, found in measures.baselines.items():
        for name, table in found.items():
            parts = [table, *(accuracy.of_family(table, f) for f in names)]
            spans = [(accuracy.accuracy(p, measures.confidence), len(p.tasks)) for p in parts if p.tasks]
            cells = [Cell(wording.percent(s.point), f"{wording.bounds(s)}\nn = {n}") for s, n in spans]
            rows.append(row(Cell(name, model), *cells))
    return Table(
        caption="Accuracy on the held-out tasks without any learning; Wilson intervals over the tasks, one pass.",
        columns=("Baseline", "all", *(name.replace("_", " ") for name in names)),
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


def _gap(interval: Interval | None) -> str:
    return (
        "no such control" if interval is None else f"{wording.signed(interval.point)} {wording.signed_bounds(interval)}"
    )
