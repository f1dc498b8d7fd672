"""What a programming problem is, and what its function may be called with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from clpipe.records import Json

Arguments = list[Any]


class Problem(NamedTuple):
    """A function to write. `{x}` and `{y}` stand for its parameters, other braces for what is drawn.

    `value` is known apart from `body`, the lines of the reference solution, so that each checks the other.
    """

    takes: tuple[str, ...]
    """What each parameter is: keys of TAKES."""
    what: str
    """What it returns, as in `It returns …`; every argument that can come in is covered by the words."""
    body: str
    options: Mapping[str, Sequence[Any]]
    """What is drawn and from which values; never the same value twice."""
    value: Callable[..., Json]
    """What the function returns, by its arguments and the drawn values as keywords."""
    edges: Callable[..., list[Arguments]]
    """Arguments that must be among the hidden tests, by the drawn values."""


WORDS: tuple[str, ...] = ()
"""As an option: any word of the vocabulary."""
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
COMMON_LETTERS = tuple("abcdeghilmnoprstuy")
_MARKS = "- + * / # : ; = _ | ~ -- ++ ** // ## :: -> <- => == +- -+ *- -* ~~ :- -: <> |-"
MARKS = tuple(_MARKS.split())


class Source(NamedTuple):
    """Where arguments come from: a generator, the words in use, and the numbers that the problem depends on."""

    rng: random.Random
    words: Sequence[str]
    drawn: Sequence[int]

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return low + int(self.rng.random() * (high - low + 1))

    def numbers(self, few: int, many: int, low: int, high: int) -> list[int]:
        """From `few` to `many` of them."""
        uniform, span = self.rng.random, high - low + 1
        return [low + int(uniform() * span) for _ in range(few + int(uniform() * (many - few + 1)))]

    def word(self) -> str:
        """A word of the vocabulary."""
        return self.words[int(self.rng.random() * len(self.words))]

    def near(self) -> int:
        """A number close to one of those that the problem depends on, above or below it."""
        return self.drawn[int(self.rng.random() * len(self.drawn))] + self.number(-7, 7)

    def brackets(self) -> str:
        """Brackets that match more often than not."""
        text, depth = "", 0
        for _ in range(self.number(2, 8)):
            opens = depth == 0 or self.rng.random() < 0.55
            text, depth = text + "()"[not opens], depth + (1 if opens else -1)
        return text + ")" * (depth if self.rng.random() < 0.8 else self.number(0, depth + 1))

    def nested(self) -> list[Any]:
        """A list of numbers and lists, up to three deep."""
        return [
            self.number(1, 9) if n % 2 else [*self.numbers(0, 2, 1, 9), *([self.numbers(1, 2, 1, 9)] if n else [])]
            for n in range(self.number(2, 4))
        ]


TAKES: dict[str, Callable[[Source], Any]] = {
    "int": lambda s: s.number(-30, 60),
    "natural": lambda s: s.number(0, 99),
    "positive": lambda s: s.number(1, 60),
    "small": lambda s: s.number(1, 12),
    "large": lambda s: s.number(10, 9999),
    "near": Source.near,
    "divided": lambda s: s.number(1, 120 // s.drawn[0]) * s.drawn[0] if s.rng.random() < 0.5 else s.number(1, 99),
    "ints": lambda s: s.numbers(4, 6, -20, 40),
    "naturals": lambda s: s.numbers(4, 6, 0, 30),
    "three": lambda s: s.numbers(3, 3, 1, 20),
    "repeats": lambda s: s.numbers(6, 8, 1, 5),
    "changes": lambda s: s.numbers(4, 6, -30, 40),
    "multiples": lambda s: [s.number(1, 5) * 6 * n for n in s.numbers(2, 4, 1, 5)],
    "pile": lambda s: [n if n > 4 else 0 for n in s.numbers(5, 8, 1, 15)],
    "neighbours": lambda s: [s.near() for _ in range(s.number(5, 8))],
    "rows": lambda s: [s.numbers(1, 4, 0, 20) for _ in range(s.number(2, 3))],
    "word": Source.word,
    "runs": lambda s: "".join(c * s.number(1, 3) for c in s.word()[: s.number(2, 4)]),
    "words": lambda s: [s.word() for _ in range(s.number(3, 4))],
    "sentence": lambda s: " ".join(s.word() for _ in range(s.number(3, 4))),
    "brackets": Source.brackets,
    "nested": Source.nested,
}
