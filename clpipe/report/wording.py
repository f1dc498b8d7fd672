"""Numbers as text and cautious words about them.

>>> print(percent(0.6133), points(Interval(point=0.4, low=0.31, high=0.47)), sep=", ")
61.3 %, +40.0 points [+31.0, +47.0]
"""

from __future__ import annotations

from clpipe.records import Interval

UNTOLD = "cannot be told with this much data"


def percent(value: float) -> str:
    """A fraction as percent."""
    return f"{100 * value:.1f}\u00a0%"


def bounds(interval: Interval) -> str:
    """The bounds of a fraction in percent."""
    return f"[{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def signed(value: float) -> str:
    """A difference of fractions in points, with its sign; no minus before a zero."""
    rounded = round(100 * value, 1) + 0.0
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def signed_bounds(interval: Interval) -> str:
    """The bounds of a difference in points."""
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def points(interval: Interval) -> str:
    """A difference in points with its interval."""
    return f"{signed(interval.point)} points {signed_bounds(interval)}"


def size(tasks: int, seeds: int) -> str:
    """How much data stands behind a number."""
    return f"n = {tasks}, " + (f"{seeds} seeds" if seeds > 1 else "one seed")


def seeds(count: int) -> str:
    """How many seeds."""
    return f"{count} seeds" if count > 1 else "one seed"


def p_value(p: float) -> str:
    """A p value with two digits that count."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def grouped(number: int) -> str:
    """An integer with thousands set apart."""
    return f"{number:,}"


def sign(interval: Interval) -> int:
    """1 or -1 where the interval lies wholly on one side of 0, else 0."""
    return (interval.low > 0) - (interval.high < 0)


def gain(interval: Interval) -> str:
    """What may be said of the change of accuracy."""
    said = {
        1: "accuracy on tasks never learned rose",
        -1: "accuracy on tasks never learned fell",
        0: f"whether accuracy on tasks never learned changed {UNTOLD}",
    }
    return f"From the first to the last checkpoint {points(interval)}: {said[sign(interval)]}."


def shuffled_part(total: Interval, control: Interval) -> str:
    """How much of a gain also comes without right answers."""
    if sign(total) != 1:
        return f"Its control with shuffled labels changed by {points(control)}."
    start = f"Of the {signed(total.point)} points, {signed(control.point)} {signed_bounds(control)} also come with "
    if sign(control) == 1:
        return start + "shuffled labels: that part is the answer's format, not the task."
    return start + f"shuffled labels; whether any of it is the answer's format {UNTOLD}."


def task_part(gap: Interval) -> str:
    """What the right answers add."""
    said = {
        1: "that part takes the right answers",
        -1: "the right answers did worse than shuffled ones",
        0: f"whether the right answers add anything {UNTOLD}",
    }
    return f"Its final accuracy is {points(gap)} from that control's: {said[sign(gap)]}."


def against(what: str, gap: Interval) -> str:
    """An arm against something else at the end."""
    said = {1: f"better than {what}", -1: f"worse than {what}", 0: f"whether it is better {UNTOLD}"}
    return f"Against {what} {points(gap)}: {said[sign(gap)]}."
