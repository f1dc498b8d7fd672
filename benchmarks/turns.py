"""Who runs when, and what remains of several measurements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

WARM_UP = 3
"""Steps left out: allocations and first calls."""


def turns(names: Sequence[str], rounds: int) -> Iterator[str]:
    """The names in order, then in reverse, and so on: a machine that slows down is unfair to nobody.

    >>> list(turns(["a", "b"], 3))
    ['a', 'b', 'b', 'a', 'a', 'b']
    """
    for number in range(rounds):
        yield from names if number % 2 == 0 else reversed(names)


def steady(seconds: Sequence[float]) -> float:
    """Median of what follows the warm-up; of all where nothing does."""
    return median(seconds[WARM_UP:] or seconds)


def spread(items: Sequence[str], count: int) -> list[str]:
    """`count` of the items, evenly spread over their order.

    >>> spread(["a", "b", "c", "d"], 2)
    ['a', 'c']
    """
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]
