"""The figures: learning curves, losses, first attempts on the stream, families."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.evaluation import intervals, losses
from clpipe.report import canvas, continual_figures, heat_figures, lost_figures
from clpipe.report.change import Change
from clpipe.report.continual import Stream
from clpipe.report.measures import ArmMeasures, Array, Measures

Group = list[ArmMeasures]


def draw(measures: Measures) -> Iterator[tuple[str, Figure]]:
    """Each figure with its name; use it before asking for the next, because the style is set for one at a time."""
    window = measures.results.params.report.loss_window
    makers: dict[str, Callable[[], Figure]] = {
        "learning": lambda: learning(measures),
        "losses": lambda: along(measures, lambda a: losses.smoothed(a.loss, window), "loss, nats a token", share=False),
        "stream": lambda: along(
            measures, lambda a: losses.prequential(a.correct), "right first attempts so far", share=True
        ),
        "families": lambda: parts(measures, lambda arm: arm.families),
        "sides": lambda: parts(measures, lambda arm: arm.sides),
        "retention": lambda: lost_figures.retention(measures),
        **_continual(measures.streams),
    }
    for name, make in makers.items():
        with canvas.styled(name):
            yield name, make()


def _continual(streams: Sequence[Stream]) -> dict[str, Callable[[], Figure]]:
    makers: dict[str, Callable[[], Figure]] = {}
    for stream in streams:
        if stream.drifts:
            makers[f"rules-{stream.name}"] = partial(continual_figures.rules, stream)
        else:
            makers[f"matrix-{stream.name}"] = partial(heat_figures.accuracy, stream)
            makers[f"forgetting-{stream.name}"] = partial(heat_figures.forgetting, stream)
    if streams:
        makers["prequential"] = partial(continual_figures.prequential, streams)
    return makers


def learning(measures: Measures) -> Figure:
    """Accuracy on the held-out tasks against episodes: a panel an arm, with its control and the baselines."""
    groups = measures.groups()
    figure, axes = canvas.grid(len(groups), *_shape(groups, 3.5))
    for panel, group in zip(axes, groups, strict=True):
        panel.set_title(group[0].name)
        for name, style in canvas.LEVELS.items():
            label = f"{name}, no learning"
            panel.axhline(group[0].levels[name], color=canvas.FAINT, linestyle=style, linewidth=1.3, label=label)
        for arm, colour in zip(group, canvas.colours(len(group)), strict=True):
            _curve(panel, arm, colour)
    canvas.percent_axis(axes, "y")
    figure.supxlabel("episodes learned", fontsize=10)
    figure.supylabel("accuracy on held-out tasks", fontsize=10)
    canvas.legend(figure, axes, columns=3)
    return figure


def along(measures: Measures, values: Callable[[ArmMeasures], Array], label: str, *, share: bool) -> Figure:
    """A value of every episode, `(seeds, episodes)`, against episodes; `share`: it is a fraction."""
    groups = measures.groups()
    figure, axes = canvas.grid(len(groups), *_shape(groups, 2.9))
    for panel, group in zip(axes, groups, strict=True):
        panel.set_title(group[0].name)
        for arm, colour in zip(group, canvas.colours(len(group)), strict=True):
            _series(panel, arm, values(arm), colour, (measures.confidence, 1.0 if share else np.inf))
        if not share:
            panel.set_ylim(bottom=0)
    if share:
        canvas.percent_axis(axes, "y")
    figure.supxlabel("episode", fontsize=10)
    figure.supylabel(label, fontsize=10)
    canvas.legend(figure, axes, columns=3)
    return figure


def _shape(groups: Sequence[Group], height: float) -> tuple[int, float]:
    """Columns and height of a row: many arms stand closer."""
    return (2, height) if len(groups) <= 6 else (4, 0.75 * height)


def parts(measures: Measures, of: Callable[[ArmMeasures], Mapping[str, Change]]) -> Figure:
    """Accuracy before → after, a panel a part of the held-out tasks (a family, a side), a line an arm."""
    shown = [(a, c) for g in measures.groups() for a, c in zip(g, canvas.colours(len(g)), strict=True)]
    names = list(dict.fromkeys(name for arm, _ in shown for name in of(arm)))
    figure, axes = canvas.grid(len(names), columns=2 if len(names) == 4 else 3, height=0.9 + 0.36 * len(shown))
    for panel, name in zip(axes, names, strict=True):
        panel.set_title(name.replace("_", " "))
        for y, (arm, colour) in enumerate(shown):
            if name in of(arm):
                _dumbbell(panel, of(arm)[name], y, colour)
        panel.grid(visible=False, axis="y")
    axes[0].set_yticks(range(len(shown)), [arm.name for arm, _ in shown])
    axes[0].set_ylim(len(shown) - 0.4, -0.6)
    canvas.percent_axis(axes, "x")
    figure.supxlabel("accuracy on held-out tasks", fontsize=10)
    canvas.legend(figure, axes[:1], columns=2)
    return figure


def _kind(arm: ArmMeasures) -> str:
    if arm.files.spec.control_of is None:
        return "arm"
    return "control, shuffled labels" if arm.shuffled else f"control {arm.name}"


def _curve(panel: Axes, arm: ArmMeasures, colour: str) -> None:
    kind, dashes = _kind(arm), "-" if arm.files.spec.control_of is None else "--"
    x = [p.episode for p in arm.curve]
    low, high = [p.accuracy.low for p in arm.curve], [p.accuracy.high for p in arm.curve]
    panel.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
    for row in range(len(arm.seeds)):
        panel.plot(x, [p.by_seed[row] for p in arm.curve], color=colour, linewidth=0.8, alpha=0.45)
    mean = [p.accuracy.point for p in arm.curve]
    panel.plot(
        x, mean, color=colour, linewidth=2.2, linestyle=dashes, marker="o", markersize=4.5, label=f"{kind}, mean"
    )
    for at, whole in ((x[0], arm.all.initial), (x[-1], arm.all.final)):
        error = [[whole.point - whole.low], [whole.high - whole.point]]
        place = at + (0.025 if at else -0.025) * x[-1]
        panel.errorbar(place, whole.point, yerr=error, fmt="D", color=colour, markersize=5, markerfacecolor="white",
                       capsize=2.5, linewidth=1.2, label=f"{kind}, all tasks")  # fmt: skip


def _series(panel: Axes, arm: ArmMeasures, values: Array, colour: str, limits: tuple[float, float]) -> None:
    confidence, highest = limits
    x = np.arange(1, values.shape[1] + 1)
    for one in values:
        panel.plot(x, one, color=colour, linewidth=0.7, alpha=0.4)
    if len(values) > 1:
        spans = [intervals.student(column, confidence) for column in values.T]
        low, high = [max(0.0, s.low) for s in spans], [min(highest, s.high) for s in spans]
        panel.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
    dashes = "-" if arm.files.spec.control_of is None else "--"
    panel.plot(x, values.mean(axis=0), color=colour, linewidth=2, linestyle=dashes, label=f"{_kind(arm)}, mean")


def _dumbbell(panel: Axes, change: Change, y: int, colour: str) -> None:
    ends = ((change.initial, -0.13, "white", "before"), (change.final, 0.13, colour, "after"))
    for span, shift, face, label in ends:
        error = [[span.point - span.low], [span.high - span.point]]
        panel.errorbar(span.point, y + shift, xerr=error, fmt="o", color=colour, markerfacecolor=face, markersize=6,
                       capsize=0, linewidth=1.3, label=f"{label}, with interval")  # fmt: skip
