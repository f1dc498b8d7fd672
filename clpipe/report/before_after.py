"""Accuracy before and after learning, a panel a part of the held-out tasks (a family, a side), a line an arm."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.report import canvas, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.change import Change
from clpipe.report.measures import Measures


def figure(measures: Measures, of: Callable[[ArmMeasures], Mapping[str, Change]]) -> Figure:
    """One part a panel, as `of` gives them."""
    shown = [(a, c) for g in measures.groups() for a, c in zip(g, canvas.colours(len(g)), strict=True)]
    names = list(dict.fromkeys(name for arm, _ in shown for name in of(arm)))
    drawn, axes = canvas.grid(len(names), columns=2 if len(names) == 4 else 3, height=0.9 + 0.36 * len(shown))
    for panel, name in zip(axes, names, strict=True):
        panel.set_title(wording.spaced(name))
        for y, (arm, colour) in enumerate(shown):
            if name in of(arm):
                _dumbbell(panel, of(arm)[name], y, colour)
    canvas.names(axes, [arm.name for arm, _ in shown])
    canvas.percent_axis(axes, "x", canvas.upper([c.final.high for a, _ in shown for c in of(a).values()]))
    drawn.supxlabel("accuracy on held-out tasks", fontsize=10)
    canvas.legend(drawn, axes[:1], columns=2)
    return drawn


def _dumbbell(panel: Axes, change: Change, y: int, colour: str) -> None:
    canvas.whisker(panel, change.initial, y - 0.13, colour, face=canvas.PAPER, label="before, with interval")
    canvas.whisker(panel, change.final, y + 0.13, colour, label="after, with interval")
