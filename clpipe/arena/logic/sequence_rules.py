"""Rules that number sequences may follow, and when the next number is beyond doubt.

RULES is the class, ranked by free parameters. A rule fits when it makes all numbers shown, predicts a whole number and
has fewer free parameters than there are numbers (with as many, it would explain nothing). The criterion, `certain`:

- every rule of the class that fits, however complex, predicts the same next number;
- the rule that a sequence was made by is the first in rank that fits, so that it is what it is said to be.

Another answer needs a rule from outside the class.

>>> certain("add", [3, 5, 7, 9, 11])
True
>>> certain("multiply", [2, 4, 8, 16, 32])  # or times 2, plus 4, times 2, plus 4: 20
False
>>> certain("multiply", [2, 4, 8, 16, 32, 64])
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

Terms = Sequence[int]


def arithmetic(x: Terms) -> int | None:
    """x[n+1] = x[n] + d."""
    d = x[1] - x[0]
    for a, b in pairwise(x):
        if b - a != d:
            return None
    return x[-1] + d


def geometric(x: Terms) -> int | None:
    """x[n+1] = x[n] · q, where q may be a fraction; nothing where that makes the next number one."""
    first, second = x[0], x[1]
    for a, b in pairwise(x):
        if a * second != b * first:
            return None
    return x[-1] * second // first if first and x[-1] * second % first == 0 else None


def sum_of_two(x: Terms) -> int | None:
    """x[n+2] = x[n+1] + x[n]."""
    return x[-1] + x[-2] if _constant_gap(x, 2) == 0 else None


def growing(x: Terms) -> int | None:
    """The steps grow, or shrink, by the same number."""
    step = arithmetic(_steps(x))
    return None if step is None else x[-1] + step


def affine(x: Terms) -> int | None:
    """x[n+1] = m · x[n] + c: each step is the one before times m."""
    step = geometric(_steps(x))
    return None if step is None else x[-1] + step


def two_steps(x: Terms) -> int | None:
    """+p, +q, +p, +q."""
    return _periodic_steps(x, 2)


def two_factors(x: Terms) -> int | None:
    """·p, ·q, ·p, ·q."""
    for i in range(len(x) - 3):
        if x[i] * x[i + 3] != x[i + 1] * x[i + 2]:
            return None
    return x[-1] * x[-2] // x[-3] if x[-3] and x[-1] * x[-2] % x[-3] == 0 else None


def add_and_multiply(x: Terms) -> int | None:
    """+p, ·m, +p, ·m, or the other way round, with a whole m."""
    for adds in (0, 1):
        p, base = x[adds + 1] - x[adds], x[1 - adds]
        m = x[2 - adds] // base if base else 0
        if all(x[i] + p == x[i + 1] if i % 2 == adds else x[i] * m == x[i + 1] for i in range(len(x) - 1)):
            return x[-1] + p if (len(x) - 1) % 2 == adds else x[-1] * m
    return None


def sum_and_constant(x: Terms) -> int | None:
    """x[n+2] = x[n+1] + x[n] + c."""
    c = _constant_gap(x, 2)
    return None if c is None else x[-1] + x[-2] + c


def sum_of_three(x: Terms) -> int | None:
    """x[n+3] = x[n+2] + x[n+1] + x[n]."""
    return x[-1] + x[-2] + x[-3] if _constant_gap(x, 3) == 0 else None


def cubic(x: Terms) -> int | None:
    """The steps of the steps grow by the same number."""
    step = growing(_steps(x))
    return None if step is None else x[-1] + step


def three_steps(x: Terms) -> int | None:
    """+p, +q, +r, +p, +q, +r."""
    return _periodic_steps(x, 3)


def in_turn(x: Terms) -> int | None:
    """Two sequences in turn, each arithmetic or geometric, with at least three numbers of each."""
    if len(x) < 6 or _simple(x[(len(x) - 1) % 2 :: 2]) is None:
        return None
    return _simple(x[len(x) % 2 :: 2])


def _simple(x: Terms) -> int | None:
    following = arithmetic(x)
    return geometric(x) if following is None else following


def _steps(x: Terms) -> Terms:
    return [b - a for a, b in pairwise(x)]


def _constant_gap(x: Terms, before: int) -> int | None:
    """What is always left over of a number when the `before` numbers before it are taken away."""
    gap = x[before] - sum(x[:before])
    for i in range(1, len(x) - before):
        if x[i + before] - sum(x[i : i + before]) != gap:
            return None
    return gap


def _periodic_steps(x: Terms, period: int) -> int | None:
    for i in range(len(x) - period - 1):
        if x[i + 1] - x[i] != x[i + period + 1] - x[i + period]:
            return None
    return x[-1] + x[-period] - x[-period - 1]


RULES: dict[str, tuple[int, Callable[[Terms], int | None]]] = {
    "add": (2, arithmetic),
    "multiply": (2, geometric),
    "sum of two": (2, sum_of_two),
    "growing steps": (3, growing),
    "multiply and add": (3, affine),
    "two steps": (3, two_steps),
    "two factors": (3, two_factors),
    "add and multiply in turn": (3, add_and_multiply),
    "sum of two and constant": (3, sum_and_constant),
    "sum of three": (3, sum_of_three),
    "steps with growing growth": (4, cubic),
    "three steps": (4, three_steps),
    "two sequences in turn": (4, in_turn),
}
"""The class in rank: free parameters, first numbers included, and what a rule predicts where it makes the numbers."""


def certain(made_by: str, terms: Terms) -> bool:
    """Whether the terms but the last leave no doubt about the last, and `made_by` is the simplest rule for them."""
    *shown, following = terms
    found = False
    for name, (free, rule) in RULES.items():
        predicted = rule(shown) if free < len(shown) else None
        if predicted is None:
            continue
        if predicted != following or not (found or name == made_by):
            return False
        found = True
    return found
