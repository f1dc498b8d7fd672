"""Retention as bars: how far an arm is from what its base made of general texts and prompts."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from clpipe.records import Interval
from clpipe.report import canvas
from clpipe.report.measures import Measures

KINDS = {"text": "general texts", "prompt": "general questions"}
"""What each kind of item is called: for a question the answer is scored."""


def retention(measures: Measures) -> Figure:
    """KL to the base and rise of the cross-entropy, on texts and on prompts; a bar an arm, with its interval."""
    shown = [(arm.name, measures.lost[arm.name]) for group in measures.groups() for arm in group]
    figure, (panels,) = canvas.rows(1, 2 * len(KINDS), width=11.0, height=0.8 + 0.25 * len(shown))
    for i, (kind, name) in enumerate(KINDS.items()):
        left, right = panels[2 * i : 2 * i + 2]
        left.set_title(f"KL from the base,\n{name}", fontsize=9.5)
        right.set_title(f"rise of the loss,\n{name}", fontsize=9.5)
        kept = [lost.kept.get(kind) for _, lost in shown]
        _bars(left, [found.kl if found else None for found in kept])
        _bars(right, [found.loss if found else None for found in kept])
        right.axvline(0, color=canvas.INK, linewidth=0.8)
    canvas.names(panels, [arm for arm, _ in shown])
    for panel in panels:
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.tick_params(axis="x", labelsize=8.5)
    figure.supxlabel("nats a token", fontsize=10)
    return figure


def _bars(panel: Axes, spans: Sequence[Interval | None]) -> None:
    for y, span in enumerate(spans):
        if span is not None:
            canvas.bar(panel, span, y, 0.62, canvas.ARM)
