"""Lines along a stream: first attempts of all arms, and accuracy by the rules of a stream that changes its rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clpipe.report import canvas
from clpipe.report.continual import Stream
from clpipe.report.course import Course
from clpipe.report.rules import Rules

GAP = 0.062
"""Least distance of two labels, in shares of the axis."""


def prequential(streams: Sequence[Stream]) -> Figure:
    """Share of right first attempts in a window, against episodes: a panel a stream, a line an arm with its name."""
    figure, panels = canvas.rows(len(streams), 1, width=9.6, height=3.6)
    longest = max(stream.episodes for stream in streams)
    for (panel,), stream in zip(panels, streams, strict=True):
        panel.set_title(f"stream {stream.name}")
        shown = [course for course in stream.courses if not course.foresees]
        if stream.drifts and stream.changes:
            phases = {e.t: e.phase for e in stream.courses[0].files.episodes}
            for start in (1, *stream.changes):
                panel.text(start, 1.0, f" rule “{phases[start]}”", va="top", fontsize=8.5, color=canvas.FAINT)
        for start in stream.changes:
            panel.axvline(start - 0.5, color=canvas.FAINT, linewidth=0.9, linestyle=(0, (2, 2)))
        for i, course in enumerate(shown):
            colour, dashes = canvas.line_style(i)
            mean = course.online.mean(axis=0)
            panel.plot(np.arange(1, len(mean) + 1), mean, color=colour, linestyle=dashes, linewidth=1.8)
        _names(panel, shown)
        canvas.percent_axis([panel], "y")
        panel.set_xlim(0, longest * 1.24)
        panel.set_xticks([t for t in panel.get_xticks() if t <= longest])
        panel.tick_params(labelbottom=True)
    figure.supxlabel("episode", fontsize=10)
    figure.supylabel("right first attempts, latest episodes", fontsize=10)
    return figure


def rules(stream: Stream) -> Figure:
    """Accuracy on the held-out tasks by each rule, against episodes: a panel an arm, the changes as lines."""
    shown = [(course.name, course.rules) for course in stream.courses if course.rules]
    figure, panels = canvas.grid(len(shown), columns=4, height=2.5)
    for panel, (name, found) in zip(panels, shown, strict=True):
        panel.set_title(name, fontsize=10)
        for start in stream.changes:
            panel.axvline(start - 0.5, color=canvas.FAINT, linewidth=0.9, linestyle=(0, (2, 2)))
        _by_rule(panel, found)
    canvas.percent_axis(panels, "y")
    figure.supxlabel("episodes learned", fontsize=10)
    figure.supylabel("accuracy on held-out tasks", fontsize=10)
    canvas.legend(figure, panels, columns=4)
    return figure


def _names(panel: Axes, shown: Sequence[Course]) -> None:
    """The name of each line at its right end, moved where two would touch."""
    ends = [float(course.online[:, -1].mean()) for course in shown]
    for i, (course, end, place) in enumerate(zip(shown, ends, canvas.apart(ends, GAP), strict=True)):
        colour, dashes = canvas.line_style(i)
        last = course.online.shape[1]
        panel.plot([last, last * 1.015, last * 1.05], [end, place, place], color=colour, linestyle=dashes, linewidth=1)
        panel.text(last * 1.058, place, course.name, va="center", fontsize=8.5)


def _by_rule(panel: Axes, found: Rules) -> None:
    for i, (rule, spans) in enumerate(found.curves.items()):
        colour, dashes = canvas.line_style(i)
        low, high = [span.low for span in spans], [span.high for span in spans]
        panel.fill_between(found.checkpoints, low, high, color=colour, alpha=0.13, linewidth=0)
        points = [span.point for span in spans]
        panel.plot(found.checkpoints, points, color=colour, linestyle=dashes, marker="os^D"[i % 4], markersize=4,
                   linewidth=1.8, label=f"by rule “{rule}”")  # fmt: skip
