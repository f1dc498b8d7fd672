"""Values of every episode along the stream: losses and right first attempts, a panel an arm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.evaluation import intervals
from clpipe.report import canvas, family_curves, wording
from clpipe.report.arm_measures import ArmMeasures, Array
from clpipe.report.blocks import Picture, Section
from clpipe.report.measures import Measures


def sections(measures: Measures) -> list[Section]:
    """Both figures, with what they rest on."""
    window = measures.results.params.report.loss_window
    band = f"Bands are pointwise {wording.level(measures.confidence)} intervals; thin lines are single seeds. "
    return [
        Section(
            title="Loss along the stream",
            picture=Picture(
                name="losses",
                alt="Loss of each learning step before the step, against episodes, a panel an arm, with control",
                caption=f"{band}Mean over the last {window} episodes, each before its step, so on a task not yet "
                "learned; a control's loss is on the answers it is shown. The interval here is over seeds alone.",
            ),
        ),
        Section(
            title="First attempts on the stream",
            picture=Picture(
                name="stream",
                alt="Share of right first attempts so far, against episodes, a panel an arm, with control",
                caption=f"{band}Every task of the stream is answered before it is learned; the share of right answers "
                "so far, scored with the true answer also in a control. The interval here is over seeds alone.",
            ),
        ),
    ]


def figure(measures: Measures, values: Callable[[ArmMeasures], Array], label: str, *, share: bool) -> Figure:
    """A value of every episode, `(seeds, episodes)`, against episodes; `share`: it is a fraction."""
    groups = measures.groups()
    drawn, axes = canvas.grid(len(groups), *canvas.shape(len(groups), 2.9))
    for panel, group in zip(axes, groups, strict=True):
        panel.set_title(group[0].name)
        for arm, colour in zip(group, canvas.colours(len(group)), strict=True):
            _series(panel, arm, values(arm), colour, (measures.confidence, 1.0 if share else np.inf))
        if not share:
            panel.set_ylim(bottom=0)
    if share:
        highest = max(float(values(arm).max()) for group in groups for arm in group)
        canvas.percent_axis(axes, "y", canvas.upper([highest]))
    drawn.supxlabel("episode", fontsize=10)
    drawn.supylabel(label, fontsize=10)
    canvas.legend(drawn, axes, columns=3)
    return drawn


def _series(panel: Axes, arm: ArmMeasures, values: Array, colour: str, limits: tuple[float, float]) -> None:
    confidence, highest = limits
    x = np.arange(1, values.shape[1] + 1)
    for one in values:
        panel.plot(x, one, color=colour, linewidth=0.7, alpha=0.4)
    if len(values) > 1:
        spans = [intervals.student(column, confidence) for column in values.T]
        low, high = [max(0.0, s.low) for s in spans], [min(highest, s.high) for s in spans]
        panel.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
    dashes = "--" if arm.is_control else "-"
    panel.plot(
        x, values.mean(axis=0), color=colour, linewidth=2, linestyle=dashes, label=f"{family_curves.kind(arm)}, mean"
    )
