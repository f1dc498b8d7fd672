"""Continue a sequence by the rules with the fewest free numbers.

Reading: the prompt holds one run of whole numbers parted by commas and asks once for the number that comes next; what
it counts, who counts and in what must have been named before it asks. Words that would turn the question round (before,
sum, second, ...) are refused.

Solving, in exact fractions: a rule is ranked by its free numbers, the first terms included, and fits only where more
terms are shown than it has free numbers. The simple rules are
1: constant; consecutive primes, repeated squaring (these two for the whole sequence only);
2: the sum or difference of the last two, a period of two; their product, square and add (whole sequence only);
3: a period of three, the sum of the last three, a multiple of one of the last two with the other added or taken away, a
   multiple of the sum of the last two;
4: a period of four, any fixed mixture of the last two;
1 + L: a cycle of L operations, each "add" or "multiply by" a number of its own (L = 1 is arithmetic and geometric);
k + 1: the differences, or the ratios, of neighbours follow a rule of k (constant second differences, x -> mx + c, ...);
k + l: every other term follows a rule of k, and those between a rule of l, three or more terms of each shown.
The answer is the set of predictions of all rules that fit with the fewest free numbers; empty where none has up to 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import isqrt

Terms = tuple[Fraction, ...]
Step = Callable[[Terms], Fraction]

MOST = 4  # free numbers
FEWEST = 3  # terms of a sequence laid between another: two show no rule (2, 4: doubled, squared or two more)
RUN = re.compile(r"(?<![\w-])-?\d+(?:, -?\d+){2,}(?P<gap>, (?:\?|\.\.\.|…|_+))?")
ASKS = re.compile(
    r"\bnext\b|\bContinue the sequence with one number\b|\bFill in the blank\b|\bfollows in the sequence\b"
)
TURNS = re.compile(
    r"\b(?:before|previous|prior|precedes?|first|second|third|last|after next|then|not|never|no|sum|total|altogether|"
    r"difference|double|twice|half|average|except|missing|wrong|add|all|each|both|more|fewer|less)\b",
    re.IGNORECASE,
)
GENERAL = {"number", "numbers", "term", "terms", "one"}  # what any sequence is made of


def solve(prompt: str) -> set[str]:
    """Every answer the words of the prompt allow. ValueError where the prompt cannot be read."""
    terms = read(prompt)
    for free in range(1, MOST + 1):
        if found := predictions(terms, free) | _special(terms, free):
            return {str(value) for value in found}
    return set()


def read(prompt: str) -> Terms:
    """The terms shown. ValueError where the prompt is not one sequence with one question for its next term."""
    runs = list(RUN.finditer(prompt))
    if len(runs) != 1:
        raise ValueError(f"cannot read: not one sequence: {prompt}")
    run = runs[0]
    before, after = prompt[: run.start()], prompt[run.end() :]
    rest = f"{before} # {after}"
    if re.search(r"[\d_]", rest) or TURNS.search(rest):
        raise ValueError(f"cannot read: {rest}")
    if len(ASKS.findall(rest)) != 1:
        raise ValueError(f"cannot read: not one question for the next number: {rest}")
    _named_before(rest, before)
    return tuple(Fraction(word) for word in re.findall(r"-?\d+", run.group()))


def _named_before(rest: str, before: str) -> None:
    """ValueError where the question counts, or has counted, something that the words before the numbers do not name."""
    asked = rest[rest.index("#") :]
    words = re.findall(r"How many (?!will )([a-z-]+)|\bnext ([a-z-]+)|(?<=[a-z] )([A-Z]\w+)", asked)
    known = {word.lower() for word in re.findall(r"[\w-]+", before)} | GENERAL
    for word in ("".join(found).lower() for found in words):
        if not {word, f"{word}s", f"{word}es"} & known:
            raise ValueError(f"cannot read: nothing is said about {word!r}: {rest}")


@lru_cache(maxsize=4096)
def predictions(terms: Terms, free: int) -> frozenset[Fraction]:
    """The next terms by the rules with `free` free numbers that fit; none unless more terms than that are shown."""
    if free < 1 or len(terms) <= free:
        return frozenset()
    found = {step(terms) for step in _steps(terms, free) if _fits(terms, step, free)}
    found |= {value for value in _cycles(terms, free - 1) if value is not None}
    found |= _by_neighbours(terms, free) | _interleaved(terms, free)
    return frozenset(found)


def _fits(terms: Terms, step: Step, free: int) -> bool:
    """Whether each term after the first `free` ones follows from those before it; those before it made the rule."""
    return all(step(terms[:at]) == terms[at] for at in range(free, len(terms)))


def _steps(terms: Terms, free: int) -> Iterator[Step]:
    """The rules with `free` free numbers that give a term from those before it."""
    yield lambda seen: seen[-free]  # a period
    if free == 2:
        yield from (_weighted(1, 1), _weighted(1, -1), _weighted(-1, 1))
        yield lambda seen: abs(seen[-2] - seen[-1])
    elif free == 3:
        yield lambda seen: seen[-1] + seen[-2] + seen[-3]
        yield from _multiples(terms)
    elif free == 4:
        yield from _mixtures(terms)


def _weighted(last: Fraction | int, before: Fraction | int) -> Step:
    return lambda seen: last * seen[-1] + before * seen[-2]


def _multiples(terms: Terms) -> Iterator[Step]:
    """A multiple of one of the last two, the other added or taken away, or of their sum; known by the third term."""
    one, two, three = terms[:3]
    for sign in (1, -1):
        if two:
            yield _weighted((three - sign * one) / two, sign)
        if one:
            yield _weighted(sign, (three - sign * two) / one)
    if one + two:
        yield _weighted(three / (one + two), three / (one + two))


def _mixtures(terms: Terms) -> Iterator[Step]:
    """A multiple of the last and a multiple of the one before, known by the third and the fourth term."""
    one, two, three, four = terms[:4]
    if scale := two * two - one * three:
        yield _weighted((two * three - one * four) / scale, (two * four - three * three) / scale)


def _cycles(terms: Terms, length: int) -> Iterator[Fraction | None]:
    """The next term by each cycle of `length` operations; None where the cycle does not fit."""
    if length < 1 or 0 in terms:
        return
    for kinds in product("+*", repeat=length):
        numbers = [_between(terms, at, kind) for at, kind in enumerate(kinds)]
        fits = all(
            numbers[at % length] == _between(terms, at, kinds[at % length]) for at in range(length, len(terms) - 1)
        )
        turn = (len(terms) - 1) % length
        last = terms[-1] + numbers[turn] if kinds[turn] == "+" else terms[-1] * numbers[turn]
        yield last if fits else None


def _between(terms: Terms, at: int, kind: str) -> Fraction:
    return terms[at + 1] - terms[at] if kind == "+" else terms[at + 1] / terms[at]


def _special(terms: Terms, free: int) -> set[Fraction]:
    """The next terms by the rules looked for in a whole sequence only, not in its differences, ratios or halves."""
    steps: list[Step] = []
    if free == 1:
        steps = [_squared(0), _next_prime] if _is_prime(terms[0]) else [_squared(0)]
    elif free == 2:
        steps = [_squared(terms[1] - terms[0] ** 2), lambda seen: seen[-1] * seen[-2]]
    return {step(terms) for step in steps if _fits(terms, step, free)}


def _squared(more: Fraction | int) -> Step:
    return lambda seen: seen[-1] ** 2 + more


def _next_prime(seen: Terms) -> Fraction:
    number = seen[-1] + 1
    while not _is_prime(number):
        number += 1
    return number


def _is_prime(number: Fraction) -> bool:
    return number > 1 and all(number % factor for factor in range(2, isqrt(number.numerator) + 1))


def _by_neighbours(terms: Terms, free: int) -> set[Fraction]:
    """The next terms where the differences or the ratios of neighbours follow a rule with one free number less."""
    places = range(len(terms) - 1)
    found = {terms[-1] + step for step in predictions(tuple(_between(terms, at, "+") for at in places), free - 1)}
    if 0 not in terms:
        found |= {terms[-1] * step for step in predictions(tuple(_between(terms, at, "*") for at in places), free - 1)}
    return found


def _interleaved(terms: Terms, free: int) -> set[Fraction]:
    """The next terms where the terms two back from each other follow a rule, and those between follow another."""
    turn = len(terms) % 2
    mine, others = terms[turn::2], terms[1 - turn :: 2]
    found: set[Fraction] = set()
    if len(mine) < FEWEST or len(others) < FEWEST:
        return found
    for share in range(1, free):
        if predictions(others, free - share):
            found |= predictions(mine, share)
    return found


SOLVER = solve
