"""The figure of the first screen: four questions about each arm, side by side, or one beneath the other."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, PercentFormatter

from clpipe.report import canvas, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.curves import ALL
from clpipe.report.ledger_tables import mark
from clpipe.report.measures import Measures

FEW = 8
"""More arms stand closer."""


def overview(measures: Measures) -> Figure:
    """Four panels side by side: a row an arm that is no control."""
    arms = measures.heads()
    each = 0.48 if len(arms) <= FEW else 0.34
    figure = Figure(figsize=(11.0, 1.25 + each * len(arms)), layout=ConstrainedLayoutEngine(wspace=0.05))
    panels = figure.subplots(1, 4, sharey=True, width_ratios=(1.25, 1.25, 0.9, 0.9)).tolist()
    canvas.names(panels, [_name(measures, arm) for arm in arms])
    _fill(measures, panels, arms)
    canvas.legend(figure, panels[:2], columns=6)
    return figure


def narrow(measures: Measures) -> Figure:
    """The same panels one beneath the other, for a narrow screen."""
    arms = measures.heads()
    figure = Figure(figsize=(5.0, 4 * (0.75 + 0.42 * len(arms)) + 0.5), layout=ConstrainedLayoutEngine(hspace=0.04))
    panels = figure.subplots(4, 1).tolist()
    for panel in panels:
        canvas.names([panel], [arm.name for arm in arms])
    _fill(measures, panels, arms)
    canvas.legend(figure, panels[:2], columns=2)
    return figure


def _name(measures: Measures, arm: ArmMeasures) -> str:
    return "\n".join([arm.name, *(mark(entry).text for entry in measures.declared(arm.name)[:1])])


def _fill(measures: Measures, panels: list[Axes], arms: list[ArmMeasures]) -> None:
    titles = (
        "accuracy, held-out tasks",
        "gain taken apart, points",
        "learning, minutes a seed",
        "loss on general texts",
    )
    for panel, title in zip(panels, titles, strict=True):
        panel.set_title(title, fontsize=10)
    _accuracy(panels[0], measures, arms)
    _parts(panels[1], arms)
    _cost(panels[2], arms)
    _lost(panels[3], measures, arms)


def _accuracy(panel: Axes, measures: Measures, arms: list[ArmMeasures]) -> None:
    for y, arm in enumerate(arms):
        majority = float(measures.baselines[arm.files.spec.model]["majority"].correct.mean())
        label = "majority answer, no learning" if y == 0 else ""
        panel.plot([majority, majority], [y - 0.3, y + 0.3], color=canvas.FAINT, linewidth=2, label=label)
        canvas.whisker(panel, arm.all.initial, y - 0.12, canvas.ARM, face=canvas.PAPER, label=("before", "")[y > 0])
        canvas.whisker(panel, arm.all.final, y + 0.12, canvas.ARM, label=("after", "")[y > 0])
    panel.set_xlim(-0.01, canvas.upper([arm.all.final.high for arm in arms]))
    panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _parts(panel: Axes, arms: list[ArmMeasures]) -> None:
    for y, arm in enumerate(arms):
        if ALL not in arm.apart:
            canvas.bar(panel, arm.all.gain, y, 0.4, canvas.FAINT, "gain, no control to take it apart")
            continue
        parts = arm.apart[ALL]
        for span, shift, colour, label in (
            (parts.format, -0.18, canvas.FORMAT, "format"),
            (parts.task, 0.18, canvas.TASK, "task"),
        ):
            canvas.bar(panel, span, y + shift, 0.32, colour, label)
    panel.axvline(0, color=canvas.INK, linewidth=0.8)
    panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f}".replace("-", "−") if value else "0")


def _cost(panel: Axes, arms: list[ArmMeasures]) -> None:
    minutes = [float(arm.seconds.mean()) / 60 for arm in arms]
    panel.barh(range(len(arms)), minutes, height=0.45, color=canvas.FAINT, alpha=0.55)
    for y, (arm, value) in enumerate(zip(arms, minutes, strict=True)):
        trained = f" {wording.short(arm.files.summary.trainable_parameters)} trainable"
        panel.text(value, y, trained.replace("\u00a0", " "), va="center", fontsize=8.5)
    panel.set_xlim(0, 1.9 * max(minutes))
    panel.xaxis.set_major_locator(MaxNLocator(4))


def _lost(panel: Axes, measures: Measures, arms: list[ArmMeasures]) -> None:
    for y, arm in enumerate(arms):
        kept = measures.lost[arm.name].kept.get("text")
        if kept and kept.loss:
            canvas.whisker(panel, kept.loss, y, "#D55E00")
    panel.axvline(0, color=canvas.INK, linewidth=0.8)
    panel.xaxis.set_major_locator(MaxNLocator(4))
