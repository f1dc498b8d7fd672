"""Accuracy against what it costs: trainable parameters, and time; the arms that no other beats in both are joined."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import PercentFormatter

from clpipe.report import canvas, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Picture, Section
from clpipe.report.measures import Measures

NAMED = 4
"""More arms are named in a legend, not beside their points."""


def front(costs: Sequence[float], values: Sequence[float]) -> list[int]:
    """Which of some points have no other that costs no more and is worth no less, and differs; the cheapest first.

    >>> front([1, 2, 2, 3], [0.2, 0.1, 0.4, 0.4])
    [0, 2]
    """
    found: list[int] = []
    for i in sorted(range(len(costs)), key=lambda i: (costs[i], -values[i])):
        if not found or values[i] > values[found[-1]]:
            found.append(i)
    return found


def section(measures: Measures) -> Section:
    """The figure; the numbers are in the first table."""
    return Section(
        title="Accuracy against cost",
        picture=Picture(
            name="pareto",
            alt="Final accuracy of each arm against its trainable parameters and against seconds an episode",
            caption=(
                f"Final accuracy on all held-out tasks with its {wording.level(measures.confidence)} interval. The "
                "line runs along the arms that no other is above at the same cost or less (filled), by the points "
                "alone, without regard to the intervals. Time is that of one process beside others on the machine "
                "named below; an arm that learns nothing still answers every task first."
            ),
        ),
    )


def figure(measures: Measures) -> Figure:
    """Two panels that share accuracy."""
    arms = measures.heads()
    drawn = Figure(figsize=(11.0, 3.9 if len(arms) <= NAMED else 4.6), layout=ConstrainedLayoutEngine(wspace=0.06))
    left, right = drawn.subplots(1, 2, sharey=True).tolist()
    parameters = [float(arm.files.summary.trainable_parameters) for arm in arms]
    _points(left, arms, parameters)
    positive = [value for value in parameters if value > 0]
    # Where nothing learns there are 0 of them, which a plain logarithm could not show.
    left.set_xscale("symlog", linthresh=min(positive, default=1.0) / 3)
    left.set_xlim(left.get_xlim()[0] if 0 in parameters else min(parameters, default=1) / 3, 12 * max(parameters) + 1)
    left.set_xlabel("trainable parameters")
    seconds = [float(arm.seconds.mean()) / arm.episodes for arm in arms]
    _points(right, arms, seconds)
    right.set_xlim(0, 1.5 * max(seconds))
    right.set_xlabel("seconds an episode")
    left.set_ylabel("final accuracy")
    left.set_ylim(-0.01, canvas.upper([arm.all.final.high for arm in arms]))
    left.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if len(arms) > NAMED:
        canvas.legend(drawn, [left], columns=5)
    return drawn


def _points(panel: Axes, arms: Sequence[ArmMeasures], costs: Sequence[float]) -> None:
    values = [arm.all.final.point for arm in arms]
    best = front(costs, values)
    panel.plot(
        [costs[i] for i in best],
        [values[i] for i in best],
        color=canvas.FAINT,
        linewidth=1.2,
        linestyle="--",
        drawstyle="steps-post",
    )
    for i, (arm, cost) in enumerate(zip(arms, costs, strict=True)):
        span, (colour, marker) = arm.all.final, canvas.marker(i)
        error = [[span.point - span.low], [span.high - span.point]]
        panel.errorbar(cost, span.point, yerr=error, fmt=marker, color=colour, markersize=7, linewidth=1.2,
                       markerfacecolor=colour if i in best else canvas.PAPER, label=arm.name)  # fmt: skip
        if len(arms) <= NAMED:
            panel.annotate(arm.name, (cost, span.point), (7, 7), textcoords="offset points", fontsize=8.5)
