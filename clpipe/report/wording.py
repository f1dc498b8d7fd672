"""Numbers as text. What may be said about them is in the ledger (`clpipe.report.claims`), nowhere else.

>>> print(percent(0.6133).replace("\u00a0", " "), points(Interval(point=0.4, low=0.31, high=0.47)), sep=", ")
61.3 %, +40.0 points [+31.0, +47.0]
"""

from __future__ import annotations

from clpipe.records import Interval


def percent(value: float) -> str:
    """A fraction as percent."""
    return f"{100 * value:.1f}\u00a0%"


def level(value: float) -> str:
    """A fraction as percent, without digits that say nothing."""
    return f"{100 * value:g}\u00a0%"


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


def nats(value: float) -> str:
    """A change in nats a token, with its sign; no minus before a zero."""
    return f"{round(value, 3) + 0.0:+.3f}".replace("-", "−")


def nats_bounds(interval: Interval) -> str:
    """The bounds of a change in nats a token."""
    return f"[{nats(interval.low)}, {nats(interval.high)}]"


def size(tasks: int, seeds: int) -> str:
    """How much data stands behind a number."""
    return f"n = {tasks}, " + ("one seed" if seeds == 1 else f"{seeds} seeds")


def seeds(count: int) -> str:
    """How many seeds."""
    return "one seed" if count == 1 else f"{count} seeds"


def p_value(p: float) -> str:
    """A p value with two digits that count."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def p_number(p: float) -> str:
    """The same where it is said elsewhere that it is a p value."""
    return p_value(p).removeprefix("p").removeprefix(" =").strip().replace(" ", "\u00a0")


def grouped(number: int) -> str:
    """An integer with thousands set apart."""
    return f"{number:,}"


def short(number: int) -> str:
    """An integer in at most three digits that count.

    >>> [short(n).replace("\u00a0", " ") for n in (0, 4608, 921_600, 134_515_008)]
    ['0', '4.6 k', '922 k', '135 M']
    """
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            value = number / unit
            return f"{value:.1f}\u00a0{name}" if value < 10 else f"{value:.0f}\u00a0{name}"
    return str(number)


def span(numbers: list[int]) -> str:
    """From the smallest to the largest of some numbers."""
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def spaced(name: str) -> str:
    """A name of the code in words."""
    return name.replace("_", " ")
