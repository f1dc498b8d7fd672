"""Several hypotheses tested together: Holm's correction (Holm 1979, Scand. J. Stat. 6:65).

>>> holm([0.01, 0.04, 0.03])
[0.03, 0.06, 0.06]
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted p in the order given: below a level, the hypothesis is rejected with all of the family in mind.

    The k-th smallest of m is multiplied by m - k + 1, is never below the one before it, and is 1 at the most. The
    chance of any false rejection is at most the level, however the tests depend on each other.

    Raises:
        ValueError: If a p is not in [0, 1].
    """
    if bad := [value for value in p if not 0 <= value <= 1]:
        raise ValueError(f"p: {bad} are not in [0, 1]")
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        highest = max(highest, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = highest
    return adjusted
