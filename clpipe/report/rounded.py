"""Numbers as `metrics.json` holds them: rounded, with the bounds of their interval beside them."""

from __future__ import annotations

from clpipe.records import Interval, Json
from clpipe.report.spread import Values, mean, spread

DIGITS = 6


def rounded(value: float) -> float:
    """To DIGITS."""
    return round(value, DIGITS) + 0.0  # + 0.0: no negative zero


def interval(name: str, bound: str, found: Interval | None) -> dict[str, Json]:
    """The point by its name, the ends as `BOUND_low` and `BOUND_high`; nothing for what was not measured."""
    if found is None:
        return {}
    return {name: rounded(found.point), f"{bound}_low": rounded(found.low), f"{bound}_high": rounded(found.high)}


def over_seeds(name: str, values: Values, confidence: float) -> dict[str, Json]:
    """The mean over seeds with its t interval, or alone where there is one seed."""
    return {name: rounded(mean(values)), **interval(name, name, spread(values, confidence))}
