"""Tables as colours, a panel an arm: accuracy by family and checkpoint, and the loss since a family was learned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from clpipe.report import canvas
from clpipe.report.continual import Stream
from clpipe.report.heat import Array, Heat

COLUMNS = 4
DARK = 0.62
"""Share of the scale from which on white numbers are read more easily than black ones."""


def accuracy(stream: Stream) -> Figure:
    """Accuracy of each family at each checkpoint; a frame where a family has just been learned."""
    figure, panels = _panels(stream)
    for panel, (name, table) in zip(panels, _tables(stream), strict=True):
        _paint(panel, table.accuracy, "Blues", Normalize(0, 1), lambda v: f"{100 * v:.0f}")
        _ticks(panel, name, table)
        for row, step in enumerate(table.learned):
            if step:
                place = (table.checkpoints.index(step), row)
                panel.add_patch(
                    Rectangle(place, 1, 1, fill=False, edgecolor=canvas.CONTROLS[0], linewidth=1.8, clip_on=False)
                )
    return figure


def forgetting(stream: Stream) -> Figure:
    """Points lost since learned, at each later checkpoint; colours run from a gain over 0 to a loss."""
    figure, panels = _panels(stream)
    tables = _tables(stream)
    known = [np.abs(table.dropped[np.isfinite(table.dropped)]).max(initial=0.1) for _, table in tables]
    for panel, (name, table) in zip(panels, tables, strict=True):
        _paint(panel, table.dropped, "RdBu_r", Normalize(-max(known), max(known)), _signed)
        _ticks(panel, name, table)
        panel.set_facecolor(canvas.GRID)
    return figure


def _tables(stream: Stream) -> list[tuple[str, Heat]]:
    return [(course.name, course.families.heat) for course in stream.courses if course.families]


def _panels(stream: Stream) -> tuple[Figure, list[Axes]]:
    tables = _tables(stream)
    most = max(len(table.rows) for _, table in tables)
    figure, panels = canvas.grid(len(tables), COLUMNS, height=0.75 + 0.3 * most)
    for panel in panels:
        panel.grid(visible=False)
        panel.spines[:].set_visible(False)
    figure.supxlabel("episodes learned", fontsize=10)
    if any(table.places for _, table in tables):
        figure.supylabel("in the order learned", fontsize=10)
    return figure, panels


def _ticks(panel: Axes, name: str, table: Heat) -> None:
    panel.set_title(name, fontsize=10)
    panel.set_xticks(np.arange(len(table.checkpoints)) + 0.5, [str(step) for step in table.checkpoints], fontsize=8)
    panel.set_yticks(np.arange(len(table.rows)) + 0.5, table.rows, fontsize=9)
    panel.tick_params(length=0)
    panel.set_ylim(len(table.rows), 0)


def _paint(panel: Axes, values: Array, colours: str, scale: Normalize, text: Callable[[float], str]) -> None:
    """Cells as shapes, not as an image, which a page could not hold without a second file."""
    panel.pcolormesh(np.ma.masked_invalid(values), cmap=colours, norm=scale, edgecolors=canvas.PAPER, linewidth=1)
    width = values.shape[1]
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            if np.isfinite(value):
                colour = "white" if _depth(float(scale(value)), scale) > DARK else "black"
                size = 8 if width <= 7 else 6.5
                panel.text(column + 0.5, row + 0.5, text(value), ha="center", va="center", fontsize=size, color=colour)


def _depth(share: float, scale: Normalize) -> float:
    """How dark a colour is: in a scale around 0 both ends are."""
    return abs(2 * share - 1) if scale.vmin is not None and scale.vmin < 0 else share


def _signed(value: float) -> str:
    rounded = round(100 * value)
    return f"{rounded:+d}".replace("-", "−") if rounded else "0"
