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

from clpipe.records import Interval

# Okabe and Ito's colours: told apart with every common kind of colour blindness.
ARM, CONTROLS = "#0072B2", ("#D55E00", "#CC79A7", "#E69F00")
INK, FAINT, GRID, PAPER = "#222222", "#767676", "#e6e6e6", "#fdfdfd"
"""Nothing else is drawn in these: a dark page gives them other colours (`clpipe.report.theme`)."""
MANY = (ARM, "#D55E00", "#009E73", "#CC79A7", "#111111", "#56B4E9", "#E69F00", FAINT)
FORMAT, TASK = "#E69F00", ARM
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))
MARKERS = "os^Dv<>P"
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
    "grid.color": GRID,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "axes.facecolor": "none",
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


def shape(groups: int, height: float) -> tuple[int, float]:
    """Columns and height of a row where each arm has a panel: many arms stand closer."""
    return (2, height) if groups <= 6 else (4, 0.75 * height)


def percent_axis(axes: Sequence[Axes], which: str, top: float = 1.0) -> None:
    """Show fractions as percent from 0 to `top`."""
    for panel in axes:
        axis, limit = (panel.yaxis, panel.set_ylim) if which == "y" else (panel.xaxis, panel.set_xlim)
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        limit(-0.02 * top, 1.02 * top)


def upper(values: Sequence[float], step: float = 0.1) -> float:
    """The end of an axis of shares: the next whole `step` above all values, at least two and at most 1.

    >>> upper([0.18, 0.225])
    0.3
    """
    return round(min(1.0, max(2 * step, step * (int(max(values, default=0.0) / step + 1e-9) + 1))), 9)


def whisker(panel: Axes, span: Interval, y: float, colour: str, *, face: str | None = None, label: str = "") -> None:
    """A point with its interval along x; `face` fills the point."""
    error = [[span.point - span.low], [span.high - span.point]]
    panel.errorbar(span.point, y, xerr=error, fmt="o", color=colour, markerfacecolor=face or colour, markersize=6,
                   capsize=0, linewidth=1.3, label=label)  # fmt: skip


def bar(panel: Axes, span: Interval, y: float, height: float, colour: str, label: str = "") -> None:
    """A bar from 0 along x, with its interval."""
    error = [[span.point - span.low], [span.high - span.point]]
    panel.barh(y, span.point, height=height, color=colour, alpha=0.8, label=label)
    panel.errorbar(span.point, y, xerr=error, fmt="none", ecolor=INK, capsize=2.5, linewidth=1.2)


def names(panels: Sequence[Axes], shown: Sequence[str], size: float = 9) -> None:
    """Names along y of panels that share it, the first on top, and no lines between them."""
    panels[0].set_yticks(range(len(shown)), list(shown))
    panels[0].set_ylim(len(shown) - 0.4, -0.6)
    for panel in panels:
        panel.tick_params(axis="y", labelsize=size, length=0)
        panel.grid(visible=False, axis="y")


def legend(figure: Figure, axes: Sequence[Axes], columns: int) -> None:
    """One legend above the figure for all its panels, each label once."""
    found: dict[str, Artist] = {}
    for panel in axes:
        handles, labels = panel.get_legend_handles_labels()
        for label, handle in zip(labels, handles, strict=True):
            found.setdefault(label, handle)
    figure.legend(found.values(), found.keys(), loc="outside upper center", ncols=columns, handlelength=3.2)


def marker(i: int) -> tuple[str, str]:
    """Colour and marker of the i-th of many points: no two of the first 64 share both."""
    return MANY[i % len(MANY)], MARKERS[(i + i // len(MANY)) % len(MARKERS)]


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
    figure.savefig(buffer, format=kind, metadata=nothing, dpi=130)
    return buffer.getvalue()
