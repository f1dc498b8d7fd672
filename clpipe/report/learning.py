"""Learning curves: accuracy on the held-out tasks against episodes, a panel an arm."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.report import canvas, family_curves, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Picture, Section
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures


def section(measures: Measures) -> Section:
    """The figure with what it rests on."""
    shared = wording.span([arm.curves[ALL].tasks for arm in measures.arms.values()])
    every = wording.span([arm.all.tasks for arm in measures.arms.values()])
    return Section(
        title="Learning curves",
        picture=Picture(
            name="learning",
            alt="Accuracy on held-out tasks against episodes learned, a panel an arm, with control and baselines",
            caption=(
                f"Bands are pointwise {wording.level(measures.confidence)} intervals; thin lines are single seeds. "
                f"Lines: the {shared} tasks asked at every checkpoint. Diamonds, set a little aside: all {every} "
                "tasks, before and after. Grey: what needs no learning, on the tasks of the lines."
            ),
        ),
    )


def figure(measures: Measures) -> Figure:
    """Accuracy on the held-out tasks against episodes: a panel an arm, with its control and the baselines."""
    groups = measures.groups()
    drawn, axes = canvas.grid(len(groups), *canvas.shape(len(groups), 3.5))
    for panel, group in zip(axes, groups, strict=True):
        panel.set_title(group[0].name)
        for name, style in canvas.LEVELS.items():
            label = f"{name}, no learning"
            panel.axhline(group[0].levels[name], color=canvas.FAINT, linestyle=style, linewidth=1.3, label=label)
        for arm, colour in zip(group, canvas.colours(len(group)), strict=True):
            _curve(panel, arm, colour)
    canvas.percent_axis(axes, "y", canvas.upper([_top(arm) for group in groups for arm in group]))
    drawn.supxlabel("episodes learned", fontsize=10)
    drawn.supylabel("accuracy on held-out tasks", fontsize=10)
    canvas.legend(drawn, axes, columns=3)
    return drawn


def _curve(panel: Axes, arm: ArmMeasures, colour: str) -> None:
    kind, paper = family_curves.kind(arm), canvas.PAPER
    family_curves.line(panel, arm.curves[ALL], colour, control=arm.is_control, label=f"{kind}, mean")
    x = [p.episode for p in arm.curves[ALL].points]
    for at, whole in ((x[0], arm.all.initial), (x[-1], arm.all.final)):
        error = [[whole.point - whole.low], [whole.high - whole.point]]
        place = at + (0.025 if at else -0.025) * x[-1]
        panel.errorbar(place, whole.point, yerr=error, fmt="D", color=colour, markersize=5,
                       markerfacecolor=paper, capsize=2.5, linewidth=1.2, label=f"{kind}, all tasks")  # fmt: skip


def _top(arm: ArmMeasures) -> float:
    """The highest of what is drawn."""
    points = arm.curves[ALL].points
    highest = max(max(p.accuracy.high, *p.by_seed) for p in points)
    return max(highest, arm.all.initial.high, arm.all.final.high, *arm.levels.values())
