"""Learning curves by family, as small multiples."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.report import canvas, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Picture, Section
from clpipe.report.curves import ALL, Curve
from clpipe.report.measures import Measures

MOST = 4
"""Arms with a row of panels each; of more, those of one stream share a row, and have no bands."""


def section(measures: Measures) -> Section:
    """The figure with what it rests on."""
    tasks = wording.span([c.tasks for arm in measures.arms.values() for n, c in arm.curves.items() if n != ALL])
    bands = (
        f"Bands are pointwise {wording.level(measures.confidence)} intervals; thin lines are single seeds. "
        if _few(measures)
        else "Means over seeds, without intervals: those are in the other figures. "
    )
    return Section(
        title="Learning curves by family",
        picture=Picture(
            name="families-curves",
            alt="Accuracy on the held-out tasks of each family against episodes learned, arms with their controls",
            caption=f"{bands}On the {tasks} tasks of each family that were asked at every checkpoint.",
        ),
    )


def figure(measures: Measures) -> Figure:
    """A row an arm, or of many arms a row a stream, and a column a family."""
    return _rows(measures.groups()) if _few(measures) else _together(measures.heads())


def line(panel: Axes, curve: Curve, colour: str, *, control: bool, label: str) -> None:
    """One curve with its band and its single seeds."""
    x = [p.episode for p in curve.points]
    low, high = [p.accuracy.low for p in curve.points], [p.accuracy.high for p in curve.points]
    panel.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
    for row in range(len(curve.points[0].by_seed)):
        panel.plot(x, [p.by_seed[row] for p in curve.points], color=colour, linewidth=0.8, alpha=0.45)
    mean = [p.accuracy.point for p in curve.points]
    panel.plot(
        x,
        mean,
        color=colour,
        linewidth=2.2,
        linestyle="--" if control else "-",
        marker="o",
        markersize=4.5,
        label=label,
    )


def kind(arm: ArmMeasures) -> str:
    """What a legend calls it, in a panel with its controls."""
    return f"control, {arm.files.summary.labels} labels" if arm.is_control else "arm"


def _few(measures: Measures) -> bool:
    return len(measures.heads()) <= MOST


def _rows(groups: Sequence[Sequence[ArmMeasures]]) -> Figure:
    names = [name for name in groups[0][0].curves if name != ALL]
    drawn, panels = canvas.rows(len(groups), len(names), width=11.0, height=1.9)
    for r, (line_of_panels, group) in enumerate(zip(panels, groups, strict=True)):
        for panel, name in zip(line_of_panels, names, strict=True):
            for arm, colour in zip(group, canvas.colours(len(group)), strict=True):
                line(panel, arm.curves[name], colour, control=arm.is_control, label=f"{kind(arm)}, mean")
            if r == 0:
                panel.set_title(wording.spaced(name), fontsize=10)
        line_of_panels[0].set_ylabel(group[0].name, fontsize=9)
    flat = [panel for line_of_panels in panels for panel in line_of_panels]
    tops = [p.accuracy.high for group in groups for arm in group for name in names for p in arm.curves[name].points]
    canvas.percent_axis(flat, "y", canvas.upper(tops))
    drawn.supxlabel("episodes learned", fontsize=10)
    canvas.legend(drawn, flat[:1], columns=4)
    return drawn


def _together(arms: Sequence[ArmMeasures]) -> Figure:
    """A row a stream: a line an arm, without bands."""
    by_stream: dict[tuple[str, str], list[ArmMeasures]] = {}
    for arm in arms:
        by_stream.setdefault((arm.files.summary.model, arm.files.summary.stream), []).append(arm)
    names = list(dict.fromkeys(name for arm in arms for name in arm.curves if name != ALL))
    drawn, panels = canvas.rows(len(by_stream), len(names), width=11.0, height=2.1)
    for row, ((model, stream), group) in zip(panels, by_stream.items(), strict=True):
        row[0].set_ylabel(f"{stream}\n{model}", fontsize=9)
        for panel, name in zip(row, names, strict=True):
            panel.set_title(wording.spaced(name) if row is panels[0] else "", fontsize=9)
            for i, arm in enumerate(group):
                _mean(panel, arm, name, i)
    flat = [panel for row in panels for panel in row]
    canvas.percent_axis(flat, "y")
    drawn.supxlabel("episodes learned", fontsize=10)
    canvas.legend(drawn, flat, columns=5)
    return drawn


def _mean(panel: Axes, arm: ArmMeasures, name: str, i: int) -> None:
    if name in arm.curves:
        colour, dashes = canvas.line_style(i)
        points = arm.curves[name].points
        panel.plot([p.episode for p in points], [p.accuracy.point for p in points], color=colour, linestyle=dashes,
                   linewidth=1.6, label=arm.name)  # fmt: skip
