"""Sequence: the next number.

Example: `What comes next: 2, 4, 8, 16, ?` — 32.

"The rule" is one of the class RULES below. A sequence is only drawn when every rule of the class that fits the
shown numbers predicts the same next one; a rule fits when it has fewer free parameters than there are numbers.
Difficulty is the kind of rule and the count of numbers shown: adding (1), subtracting or multiplying (2),
growing steps or the sum of two (3), multiply-and-add or two steps in turn (4), two sequences interleaved
or add and multiply in turn (5).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from clpipe.arena.family import Draft, check_option
from clpipe.arena.scoring import exact_match
from clpipe.records import Task

Terms = Sequence[int]
LARGEST = 2000
"""No number is larger, and none is negative."""

WORDINGS = {
    "next": "What comes next: {terms}, ?",
    "continue": "Continue the sequence: {terms}, ...",
    "number": "Which number follows? {terms}, ?",
    "blank": "Fill in the blank: {terms}, __",
    "rule": "Find the rule and give the next number: {terms}",
    "after": "{terms}. What number comes after {last}?",
    "missing": "What is the missing number in {terms}, ?",
    "pattern": "A pattern goes {terms}. What is the next term?",
}
KINDS = {
    1: ("rising",),
    2: ("falling", "geometric"),
    3: ("growing", "sum"),
    4: ("affine", "steps"),
    5: ("interleaved", "add-multiply"),
}
SHOWN = {1: 4, 2: 4, 3: 5, 4: 5, 5: 6}


def arithmetic(x: Terms) -> int | None:
    """x[n+1] = x[n] + d."""
    return 2 * x[-1] - x[-2] if len({b - a for a, b in itertools.pairwise(x)}) == 1 else None


def geometric(x: Terms) -> int | None:
    """x[n+1] = x[n] · q, with q a fraction where it must."""
    fits = x[0] and all(a * x[1] == b * x[0] for a, b in itertools.pairwise(x))
    return x[-1] * x[1] // x[0] if fits and x[-1] * x[1] % x[0] == 0 else None


def quadratic(x: Terms) -> int | None:
    """The steps grow by the same number."""
    step = arithmetic([b - a for a, b in itertools.pairwise(x)]) if len(x) > 3 else None
    return None if step is None else x[-1] + step


def fibonacci(x: Terms) -> int | None:
    """x[n+2] = x[n+1] + x[n]."""
    return x[-1] + x[-2] if all(a + b == c for a, b, c in zip(x, x[1:], x[2:], strict=False)) else None


def affine(x: Terms) -> int | None:
    """x[n+1] = m · x[n] + c with whole m, c."""
    if len(x) < 4 or x[1] == x[0] or (x[2] - x[1]) % (x[1] - x[0]):
        return None
    m = (x[2] - x[1]) // (x[1] - x[0])
    c = x[1] - m * x[0]
    return m * x[-1] + c if all(b == m * a + c for a, b in itertools.pairwise(x)) else None


def steps(x: Terms) -> int | None:
    """Two steps in turn: +p, +q, +p, +q."""
    d = [b - a for a, b in itertools.pairwise(x)]
    return x[-1] + d[-2] if len(x) > 3 and len(set(d[::2])) == len(set(d[1::2])) == 1 else None


def interleaved(x: Terms) -> int | None:
    """Two arithmetic sequences in turn."""
    fits = len(x) > 4 and all(x[i] - 2 * x[i + 2] + x[i + 4] == 0 for i in range(len(x) - 4))
    return 2 * x[-2] - x[-4] if fits else None


def add_multiply(x: Terms) -> int | None:
    """+p, ·m, +p, ·m, or the other way round."""
    for first in (0, 1) if len(x) > 4 else ():
        adds = {x[i + 1] - x[i] for i in range(first, len(x) - 1, 2)}
        pairs = [(x[i], x[i + 1]) for i in range(1 - first, len(x) - 1, 2)]
        a, b = pairs[0]
        if len(adds) == 1 and a and b % a == 0 and all(c * (b // a) == d for c, d in pairs):
            return x[-1] + adds.pop() if (len(x) - 1) % 2 == first else x[-1] * (b // a)
    return None


RULES: tuple[Callable[[Terms], int | None], ...] = (
    arithmetic,
    geometric,
    quadratic,
    fibonacci,
    affine,
    steps,
    interleaved,
    add_multiply,
)


@dataclass(frozen=True, kw_only=True)
class NextNumber:
    """Sequences of whole numbers."""

    VERSION: ClassVar[int] = 1

    largest_start: int = 30
    """Largest first number (of a falling sequence: the last one shown)."""
    largest_step: int = 12
    """Largest number added or subtracted at a time."""
    templates: int = len(WORDINGS)
    """Wordings in use."""

    def __post_init__(self) -> None:
        check_option("sequence.largest_start", self.largest_start, 2, 100)
        check_option("sequence.largest_step", self.largest_step, 2, 100)
        check_option("sequence.templates", self.templates, 1, len(WORDINGS))

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A sequence whose next number is beyond doubt."""
        template, kind = rng.choice(list(WORDINGS)[: self.templates]), rng.choice(KINDS[difficulty])
        count = SHOWN[difficulty]
        terms = self._terms(rng, kind, count + 1)
        while not _certain(terms):  # a few draws: small starts are within bounds for every kind
            terms = self._terms(rng, kind, count + 1)
        shown = ", ".join(map(str, terms[:count]))
        return Draft(
            family="sequence",
            prompt=WORDINGS[template].format(terms=shown, last=terms[count - 1]),
            answer=str(terms[count]),
            difficulty=difficulty,
            template=template,
            facts={"rule": kind, "terms": list(terms)},
        ).task()

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is the number."""
        return exact_match(task.answer, reply)

    def _terms(self, rng: random.Random, kind: str, count: int) -> list[int]:
        a, b = rng.randint(1, self.largest_start), rng.randint(1, self.largest_start)
        p, q = rng.sample(range(1, self.largest_step + 1), 2)
        m = rng.choice((2, 3))
        if kind == "rising":
            return [a + p * n for n in range(count)]
        if kind == "falling":
            return [a + p * n for n in range(count)][::-1]
        if kind == "growing":
            return [a + p * n + q * n * (n - 1) // 2 for n in range(count)]
        if kind == "interleaved":
            down = rng.choice((q, -q))
            return [a + p * (n // 2) if n % 2 == 0 else b + down * (n // 2) for n in range(count)]
        return _recurrence(kind, (a, b, p, rng.choice((q, -q)), m), count)


def _recurrence(kind: str, numbers: tuple[int, int, int, int, int], count: int) -> list[int]:
    a, b, p, q, m = numbers
    terms = [a, b] if kind == "sum" else [a]
    while len(terms) < count:
        odd, last = len(terms) % 2, terms[-1]
        following = {
            "geometric": m * last,
            "sum": last + terms[-2 if len(terms) > 1 else -1],
            "affine": m * last + q,
            "steps": last + (p if odd else q),
            "add-multiply": last + p if odd else last * m,
        }
        terms.append(following[kind])
    return terms


def _certain(terms: list[int]) -> bool:
    *shown, following = terms
    predicted = {value for rule in RULES if (value := rule(shown)) is not None}
    return predicted == {following} and min(terms) >= 0 and max(terms) <= LARGEST and len(set(shown)) > 2


FAMILY = NextNumber
