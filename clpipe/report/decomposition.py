"""Gains taken apart into format and task: bars, all tasks together and a panel a family, and the table of them."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from clpipe.report import canvas, wording
from clpipe.report.apart import Apart
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Cell, Picture, Row, Section, Table, row
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures


def section(measures: Measures) -> list[Section]:
    """Nothing where no arm has a control with shuffled labels."""
    if not _controlled(measures):
        return []
    return [
        Section(
            title="Format and task",
            text=(
                "A control learns from answers shuffled within each family: it sees the form and the frequency of "
                "the answers, but no link to the questions. What it gains over the base is called format; what the arm "
                "with the right labels ends above it is called task. The two add up to the gain.",
            ),
            picture=Picture(
                name="decomposition",
                alt="Format and task part of each arm's gain with intervals, on all tasks and by family",
                caption=f"Points of accuracy; whiskers: {wording.level(measures.confidence)} intervals, pointwise.",
            ),
            table=table(measures),
        )
    ]


def figure(measures: Measures) -> Figure:
    """A panel for all tasks and for each family; two bars an arm."""
    arms = _controlled(measures)
    names = list(dict.fromkeys(name for arm in arms for name in arm.apart))
    drawn, panels = canvas.grid(len(names), columns=3, height=0.75 + 0.5 * len(arms))
    canvas.names(panels, [arm.name for arm in arms])
    for panel, name in zip(panels, names, strict=True):
        panel.set_title("all tasks" if name == ALL else wording.spaced(name))
        for y, arm in enumerate(arms):
            if name in arm.apart:
                canvas.bar(panel, arm.apart[name].format, y - 0.19, 0.34, canvas.FORMAT, "format: control − base")
                canvas.bar(panel, arm.apart[name].task, y + 0.19, 0.34, canvas.TASK, "task: true labels − control")
        panel.axvline(0, color=canvas.INK, linewidth=0.8)
    panels[0].xaxis.set_major_locator(MaxNLocator(5))
    panels[0].xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f}".replace("-", "−") if value else "0")
    drawn.supxlabel("points of accuracy on held-out tasks", fontsize=10)
    canvas.legend(drawn, panels, columns=2)
    return drawn


def table(measures: Measures) -> Table:
    """Both parts, a column a family."""
    arms = _controlled(measures)
    names = list(dict.fromkeys(name for arm in arms for name in arm.apart))
    rows: list[Row] = []
    for arm in arms:
        formats = [_cell(arm.apart.get(name), task=False) for name in names]
        tasks = [_cell(arm.apart.get(name), task=True) for name in names]
        rows.append(row(Cell(arm.name, "format"), *formats))
        rows.append(row(Cell("↳", "task"), *tasks, beside=True))
    return Table(
        caption="Points with interval. Format: control − base; task: true labels − control; paired by seed and task.",
        columns=("Arm", *("all" if name == ALL else wording.spaced(name) for name in names)),
        rows=tuple(rows),
    )


def _controlled(measures: Measures) -> list[ArmMeasures]:
    return [arm for arm in measures.heads() if arm.apart]


def _cell(parts: Apart | None, *, task: bool) -> Cell:
    if parts is None:
        return Cell("not asked")
    span = parts.task if task else parts.format
    return Cell(wording.signed(span.point), f"{wording.signed_bounds(span)}\nn = {parts.tasks}")
