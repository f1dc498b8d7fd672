"""Values with one number a seed, as a mean with the interval that several seeds allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clpipe.evaluation import intervals
from clpipe.records import Interval

Values = Sequence[float]
"""One a seed."""


def spread(values: Values, confidence: float, limits: tuple[float, float] = (-math.inf, math.inf)) -> Interval | None:
    """Student's t over seeds, clipped to `limits`; `None` for one seed, which says nothing of others."""
    if len(values) < 2:
        return None
    span = intervals.student(values, confidence)
    return Interval(point=span.point, low=max(limits[0], span.low), high=min(limits[1], span.high))


def mean(values: Values) -> float:
    """Their mean."""
    return sum(values) / len(values)
