"""How a figure looks and becomes bytes: no pyplot, no clock, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import PercentFormatter

# Okabe and Ito's colours: told apart with every common kind of colour blindness.
ARM, CONTROLS = "#0072B2", ("#D55E00", "#CC79A7", "#E69F00")
INK, FAINT = "#222222", "#767676"
MANY = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00", "#767676")
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))
LEVELS = {"zero-shot": (0, (1, 1.5)), "majority": (0, (6, 2, 1, 2))}

STYLE = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.fonttype": "none",
}


@contextmanager
def styled(name: str) -> Iterator[None]:
    """The look of every figure; `name` salts the ids in its SVG."""
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):
        yield


def grid(panels: int, columns: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of panels that share both axes; `height` is that of one row, in inches."""
    columns = max(1, min(columns, panels))
    rows = -(-panels // columns)
    width = 8.4 if columns == 1 else 11.0
    figure = Figure(figsize=(width, height * rows + 0.6), layout=ConstrainedLayoutEngine(wspace=0.06))
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flatten().tolist()
    for unused in axes[panels:]:
        unused.set_visible(False)
    # Above a hidden panel the shared axis would lose its numbers.
    for i in range(max(0, panels - columns), panels):
        axes[i].tick_params(labelbottom=True)
    return figure, axes[:panels]


def rows(rows: int, columns: int, width: float, height: float) -> tuple[Figure, list[list[Axes]]]:
    """A figure of panels that share y along a row and x along a column; `height` is that of one row, in inches."""
    figure = Figure(figsize=(width, height * rows + 0.6), layout=ConstrainedLayoutEngine(wspace=0.06))
    return figure, figure.subplots(rows, columns, sharex="col", sharey="row", squeeze=False).tolist()


def percent_axis(axes: Sequence[Axes], which: str) -> None:
    """Show fractions as percent from 0 to 100."""
    for panel in axes:
        axis, limit = (panel.yaxis, panel.set_ylim) if which == "y" else (panel.xaxis, panel.set_xlim)
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        limit(-0.02, 1.02)


def legend(figure: Figure, axes: Sequence[Axes], columns: int) -> None:
    """One legend above the figure for all its panels, each label once."""
    found: dict[str, Artist] = {}
    for panel in axes:
        handles, labels = panel.get_legend_handles_labels()
        for label, handle in zip(labels, handles, strict=True):
            found.setdefault(label, handle)
    figure.legend(found.values(), found.keys(), loc="outside upper center", ncols=columns, handlelength=3.2)


def line_style(i: int) -> tuple[str, str | tuple[int, tuple[float, ...]]]:
    """Colour and dashes of the i-th of many lines: no two of the first 32 share both."""
    return MANY[i % len(MANY)], DASHES[(i + i // len(MANY)) % len(DASHES)]


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Places in [0, 1] for labels of `values`, in their order, no two nearer than `gap`, moved as little as can be.

    >>> apart([0.5, 0.5, 0.9], 0.25)
    [0.375, 0.625, 0.9]
    """
    ranked = sorted(range(len(values)), key=lambda i: (values[i], i))
    groups: list[list[int]] = []
    for i in ranked:
        groups.append([i])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], values, gap):
            groups[-2:] = [groups[-2] + groups[-1]]
    places = {i: place for group in groups for i, place in zip(group, _stacked(group, values, gap), strict=True)}
    return [places[i] for i in range(len(values))]


def _stacked(group: Sequence[int], values: Sequence[float], gap: float) -> list[float]:
    """Places around the mean of a group, within [0, 1]."""
    half = gap * (len(group) - 1) / 2
    middle = max(half, min(1 - half, sum(values[i] for i in group) / len(group)))
    return [middle - half + gap * k for k in range(len(group))]


def _touch(lower: Sequence[int], upper: Sequence[int], values: Sequence[float], gap: float) -> bool:
    return _stacked(upper, values, gap)[0] - _stacked(lower, values, gap)[-1] < gap - 1e-9


def colours(count: int) -> list[str]:
    """The arm's colour, then those of its controls."""
    return [ARM, *(colour for _, colour in zip(range(count - 1), cycle(CONTROLS), strict=False))]


def picture(figure: Figure, kind: str) -> bytes:
    """The figure as `svg` or `png`, without date or version in it; call inside `styled`."""
    nothing = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=nothing, facecolor="white", dpi=130)
    return buffer.getvalue()
