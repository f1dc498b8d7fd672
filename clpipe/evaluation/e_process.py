"""Looking at the flips while they come in: an e-process, valid at every look (statistics page, §7.5).

With c answers gained and d lost so far, E = 2^(c+d) B(c+1, d+1) is the mean likelihood ratio against "gained and lost
are equally likely", the share of gains uniform in [0, 1]: two-sided. If nothing changed on average, E ever reaches 20
with a chance of at most 1/20 (Ville 1939), so that one may stop as soon as it does. The tasks have to come in random
order. 1/E is a p that may be looked at at any time; several processes are several hypotheses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special

LARGEST = 709.0
"""Logarithm of about the largest float."""
ROUNDING = 1e-9
"""Of a logarithm, so that E = 20 counts as 20."""


def log_e(gained: int, lost: int) -> float:
    """Natural logarithm of E.

    >>> round(math.exp(log_e(11, 0)))
    171
    """
    return (gained + lost) * math.log(2) + float(special.betaln(gained + 1, lost + 1))


def path(flips: Sequence[int]) -> list[float]:
    """E after each discordant pair; pairs that agree change nothing and have no entry. Beyond floats it is infinite.

    Args:
        flips: For each task in the order asked, 1 for gained, -1 for lost, 0 for the same answer.

    Raises:
        ValueError: At any other flip.
    """
    return [math.exp(power) if power < LARGEST else math.inf for power in _logs(flips)]


def stops_at(flips: Sequence[int], threshold: float = 20.0) -> int | None:
    """After how many tasks E first reaches the threshold, those that agree counted; `None` where it never does.

    Args:
        flips: As for `path`.
        threshold: 1 / level.

    Raises:
        ValueError: At a threshold of 1 or less, which E starts at, and at other flips.
    """
    if threshold <= 1:
        raise ValueError(f"threshold: {threshold}; above 1 is needed, 20 for a level of 5 %")
    asked = [number for number, flip in enumerate(flips, start=1) if flip]
    enough = math.log(threshold) - ROUNDING
    return next((number for number, power in zip(asked, _logs(flips), strict=True) if power >= enough), None)


def _logs(flips: Sequence[int]) -> list[float]:
    steps, gained = [], 0
    for asked, flip in enumerate([flip for flip in flips if _checked(flip)], start=1):
        gained += flip > 0
        steps.append(log_e(gained, asked - gained))
    return steps


def _checked(flip: int) -> int:
    if flip not in (-1, 0, 1):
        raise ValueError(f"flips: {flip} is none of 1 (gained), -1 (lost) and 0")
    return flip
