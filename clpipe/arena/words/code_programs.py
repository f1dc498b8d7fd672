"""Short programs of difficulty 1 to 3 and what comes out of them: straight lines, branches and strings, one loop.

Each kind draws its numbers and words, writes the program and works out the result on its own; nothing is executed.
The values of a kind stand in its text, so that they are known wherever the program is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from operator import add, mul, sub
from typing import NamedTuple

OPERATORS: dict[str, Callable[[int, int], int]] = {"+": add, "-": sub, "*": mul}
SIGNS = ("+", "-")


class Literal(str):
    """A value as it is written in a program, where `repr` would not write it so."""

    __slots__ = ()


class Program(NamedTuple):
    """A program: variables that are set first, lines, and the expression whose value is asked; functions before all."""

    inputs: Sequence[tuple[str, object]]
    lines: Sequence[str]
    asked: str
    value: int | str
    latent: list[object]
    """Every number, operator and word that was drawn."""
    functions: Sequence[str] = ()


Names = Sequence[str]
Kind = Callable[[random.Random, Names, Sequence[str]], Program]
"""Draws a program with the given names, of which it uses the first few, and words."""


def number(rng: random.Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`; `rng.randint` takes three times as long."""
    return low + int(rng.random() * (high - low + 1))


def numbers(rng: random.Random, count: int, low: int, high: int) -> list[int]:
    """So many of them."""
    span = high - low + 1
    return [low + int(rng.random() * span) for _ in range(count)]


def choice(rng: random.Random, options: Sequence[str]) -> str:
    """One of the options."""
    return options[int(rng.random() * len(options))]


def chain(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Each variable from the one before it."""
    x, y, z = names[:3]
    a, b, c = number(rng, 2, 30), number(rng, 2, 9), number(rng, 2, 20)
    first, second, last = choice(rng, "+-*"), choice(rng, SIGNS), choice(rng, SIGNS)
    then = OPERATORS[first](a, b)
    value = OPERATORS[last](OPERATORS[second](then, c), a)
    lines = [f"{y} = {x} {first} {b}", f"{z} = {y} {second} {c}"]
    return Program([(x, a)], lines, f"{z} {last} {x}", value, [a, first, b, second, c, last])


def swap(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Two variables change places."""
    x, y = names[:2]
    a, b, c, d = *numbers(rng, 2, 2, 30), number(rng, 2, 12), number(rng, 2, 5)
    sign, last = choice(rng, SIGNS), choice(rng, SIGNS)
    value = OPERATORS[last](b * d, OPERATORS[sign](a, c))
    line = f"{x}, {y} = {y}, {x} {sign} {c}"
    return Program([(x, a), (y, b)], [line], f"{x} * {d} {last} {y}", value, [a, b, c, d, sign, last])


def divide(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Quotient and remainder."""
    x, y, z = names[:3]
    a, b, c, sign = number(rng, 20, 120), number(rng, 3, 9), number(rng, 10, 20), choice(rng, SIGNS)
    lines = [f"{y} = {x} // {b}", f"{z} = {x} % {b}"]
    return Program([(x, a)], lines, f"{y} * {c} {sign} {z}", OPERATORS[sign](a // b * c, a % b), [a, b, c, sign])


def reassign(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """What was computed from a variable does not change with it."""
    x, y = names[:2]
    a, b, c, d = number(rng, 2, 20), number(rng, 2, 20), number(rng, 2, 5), number(rng, 2, 9)
    sign, last = choice(rng, SIGNS), choice(rng, SIGNS)
    value = OPERATORS[last](a * c, OPERATORS[sign](a, b) * d)
    lines = [f"{y} = {x} {sign} {b}", f"{x} = {x} * {c}"]
    return Program([(x, a)], lines, f"{x} {last} {y} * {d}", value, [a, b, c, d, sign, last])


FORMULAS: dict[str, Callable[[int, int, int], int]] = {
    "{x} + {y} * {c}": lambda x, y, c: x + y * c,
    "({x} + {y}) * {c}": lambda x, y, c: (x + y) * c,
    "{x} * {c} - {y}": lambda x, y, c: x * c - y,
    "{x} * ({y} + {c})": lambda x, y, c: x * (y + c),
    "{x} * {y} - {c}": lambda x, y, c: x * y - c,
    "({x} - {c}) * {y}": lambda x, y, c: (x - c) * y,
    "{c} * {x} + {c} * {y}": lambda x, y, c: c * x + c * y,
    "{x} - {y} + {c}": lambda x, y, c: x - y + c,
    "{x} - ({y} + {c})": lambda x, y, c: x - (y + c),
    "({x} + {c}) // {y}": lambda x, y, c: (x + c) // y,
}
_FORMULAS = tuple(FORMULAS)


def formula(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Two steps, one of them with brackets or without."""
    x, y, z = names[:3]
    a, b, c, d = number(rng, 5, 40), number(rng, 2, 12), number(rng, 2, 9), number(rng, 2, 20)
    form, last = choice(rng, _FORMULAS), choice(rng, SIGNS)
    value = OPERATORS[last](FORMULAS[form](a, b, c), d)
    line = f"{z} = {form.format(x=x, y=y, c=c)}"
    return Program([(x, a), (y, b)], [line], f"{z} {last} {d}", value, [form, a, b, c, d, last])


def update(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """One variable, three times changed."""
    x = names[0]
    a, b, c, d = number(rng, 2, 30), number(rng, 2, 20), number(rng, 2, 6), number(rng, 2, 20)
    first, last = choice(rng, SIGNS), choice(rng, SIGNS)
    value = OPERATORS[last](OPERATORS[first](a, b) * c, d)
    return Program(
        [(x, a)], [f"{x} {first}= {b}", f"{x} *= {c}", f"{x} {last}= {d}"], x, value, [a, b, c, d, first, last]
    )


COMPARISONS: dict[str, tuple[int, int, int, int]] = {
    ">": (1, 9, -8, 0),
    "<": (-9, -1, 0, 8),
    ">=": (0, 8, -9, -1),
    "<=": (-8, 0, 1, 9),
}
"""How far the left side is above the right one where the comparison is true, and where it is false: from, to."""


def _compared(rng: random.Random, low: int, high: int) -> tuple[int, str, int, bool]:
    """Left side, comparison, right side, and whether it is true: as often as not."""
    truth, sign = rng.random() < 0.5, choice(rng, tuple(COMPARISONS))
    ends = COMPARISONS[sign]
    right = number(rng, low, high)
    return right + (number(rng, ends[0], ends[1]) if truth else number(rng, ends[2], ends[3])), sign, right, truth


def branch(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """One of two lines is run."""
    x, y = names[:2]
    a, sign, k, truth = _compared(rng, 10, 40)
    b, c, d, last = number(rng, 2, 20), number(rng, 2, 5), number(rng, 2, 20), choice(rng, SIGNS)
    value = OPERATORS[last](b * c if truth else b + d, a)
    lines = [f"if {x} {sign} {k}:", f"    {y} = {y} * {c}", "else:", f"    {y} = {y} + {d}"]
    return Program([(x, a), (y, b)], lines, f"{y} {last} {x}", value, [a, sign, k, b, c, d, last])


def ladder(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """One of three lines is run."""
    x, y = names[:2]
    low, step = number(rng, 5, 20), number(rng, 4, 12)
    which = number(rng, 0, 2)
    a = number(rng, low + (which - 1) * step, low + which * step - 1)
    results = numbers(rng, 3, 2, 20)
    value = (a + results[0], a * 2 + results[1], a - results[2])[which]
    lines = [
        f"if {x} < {low}:",
        f"    {y} = {x} + {results[0]}",
        f"elif {x} < {low + step}:",
        f"    {y} = {x} * 2 + {results[1]}",
        "else:",
        f"    {y} = {x} - {results[2]}",
    ]
    return Program([(x, a)], lines, y, value, [a, low, low + step, *results])


def parity(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A conditional expression on a remainder."""
    x, y = names[:2]
    m, a, truth = number(rng, 2, 5), number(rng, 10, 50), rng.random() < 0.5
    r = a % m if truth else (a + number(rng, 1, m - 1)) % m
    b, c, d = number(rng, 2, 9), number(rng, 2, 20), number(rng, 2, 20)
    line = f"{y} = {x} * {b} if {x} % {m} == {r} else {x} + {c}"
    return Program([(x, a)], [line], f"{y} - {d}", (a * b if truth else a + c) - d, [m, a, r, b, c, d])


def letters(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """Letters picked from a string, from both ends."""
    x, y = names[:2]
    word = choice(rng, words)
    i, j, k = number(rng, 0, 3), number(rng, 1, 4), number(rng, 0, 3)
    line = f"{y} = {x}[{i}] + {x}[-{j}]"
    return Program([(x, word)], [line], f"{y} + {x}[{k}]", word[i] + word[-j] + word[k], [word, i, j, k])


CUTS: dict[str, Callable[[str, str, int, int], str]] = {
    "{x}[{i}:] + {y}[{j}:]": lambda x, y, i, j: x[i:] + y[j:],
    "{x}[:{i}] + {y}[{j}:]": lambda x, y, i, j: x[:i] + y[j:],
    "{x}[{i}:{j}] + {y}[-{i}]": lambda x, y, i, j: x[i:j] + y[-i],
    "{x}[:{i}] + {y}[:{j}]": lambda x, y, i, j: x[:i] + y[:j],
    "{y}[-{i}:] + {x}[-{j}:]": lambda x, y, i, j: y[-i:] + x[-j:],
    "{x}[{i}:][::-1] + {y}[{j}]": lambda x, y, i, j: x[i:][::-1] + y[j],
    "{y}[:{j}] + {x}[{i}::2]": lambda x, y, i, j: y[:j] + x[i::2],
}
_CUTS = tuple(CUTS)


def cuts(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """Slices of two strings."""
    x, y = names[:2]
    word, other = rng.sample(words, 2)
    form, i, j = choice(rng, _CUTS), number(rng, 1, 2), number(rng, 3, 4)
    asked = form.format(x=x, y=y, i=i, j=j)
    return Program([(x, word), (y, other)], [], asked, CUTS[form](word, other, i, j), [form, word, other, i, j])


def exchange(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A letter replaced by another, and a slice."""
    x, y = names[:2]
    word = choice(rng, words)
    old, new, i = choice(rng, word), choice(rng, "aeioubdklmnprst"), number(rng, 1, 3)
    line = f'{y} = {x}.replace("{old}", "{new}")'
    return Program([(x, word)], [line], f"{y}[{i}:]", word.replace(old, new)[i:], [word, old, new, i])


def measure(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """Length and place in a string."""
    x, y = names[:2]
    word, a, b, sign = choice(rng, words), number(rng, 2, 12), number(rng, 2, 12), choice(rng, SIGNS)
    letter = choice(rng, word)
    line = f'{y} = len({x}) * {a} {sign} {x}.index("{letter}")'
    value = OPERATORS[sign](len(word) * a, word.index(letter)) + b
    return Program([(x, word)], [line], f"{y} + {b}", value, [word, a, b, sign, letter])


def items(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Numbers picked from a list, from both ends."""
    x, y = names[:2]
    held = numbers(rng, number(rng, 4, 5), 2, 30)
    i, j, k = number(rng, 0, 3), number(rng, 1, 3), number(rng, 2, 5)
    first, last = choice(rng, SIGNS), choice(rng, SIGNS)
    value = OPERATORS[last](OPERATORS[first](held[i], held[-j]) * k, len(held))
    line = f"{y} = {x}[{i}] {first} {x}[-{j}]"
    return Program([(x, held)], [line], f"{y} * {k} {last} len({x})", value, [held, i, j, k, first, last])


def count_up(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A running total over a range."""
    x, y = names[:2]
    a, start, times, k = number(rng, 0, 30), number(rng, 1, 6), number(rng, 3, 6), number(rng, 2, 6)
    sign = choice(rng, SIGNS)
    value = OPERATORS[sign](a, sum(range(start, start + times)) * k)
    lines = [f"for {y} in range({start}, {start + times}):", f"    {x} {sign}= {y} * {k}"]
    return Program([(x, a)], lines, x, value, [a, start, times, k, sign])


def stride(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A range with a step."""
    x, y = names[:2]
    a, start, step, times = number(rng, 1, 20), number(rng, 2, 9), number(rng, 2, 5), number(rng, 3, 5)
    stop, k = start + step * times - number(rng, 0, step - 1), number(rng, 1, 9)
    lines = [f"for {y} in range({start}, {stop}, {step}):", f"    {x} += {y} + {k}"]
    value = a + sum(range(start, stop, step)) + k * times
    return Program([(x, a)], lines, x, value, [a, start, stop, step, k])


def add_items(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A running total over a list."""
    x, y, z = names[:3]
    held, a, k, sign = numbers(rng, number(rng, 3, 5), 1, 20), number(rng, 2, 20), number(rng, 2, 4), choice(rng, SIGNS)
    lines = [f"{y} = {a}", f"for {z} in {x}:", f"    {y} = {y} + {z} {sign} {k}"]
    return Program([(x, held)], lines, y, a + OPERATORS[sign](sum(held), k * len(held)), [held, a, k, sign])


def shrink(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Subtract until it is small enough."""
    x, y = names[:2]
    a, k, b, c = number(rng, 25, 60), number(rng, 4, 9), number(rng, 5, 15), number(rng, 2, 9)
    times = max(0, -((b - a) // k)) if a > b else 0
    lines = [f"{y} = {c}", f"while {x} > {b}:", f"    {x} -= {k}", f"    {y} += {c}"]
    return Program([(x, a)], lines, f"{x} + {y}", a - k * times + c * (times + 1), [a, k, b, c])


def grow(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Multiply and add until it is large enough."""
    x = names[0]
    a, k, c, b = number(rng, 2, 9), number(rng, 2, 3), number(rng, 1, 9), number(rng, 60, 150)
    value = a
    while value < b:
        value = value * k + c
    return Program([(x, a)], [f"while {x} < {b}:", f"    {x} = {x} * {k} + {c}"], x, value, [a, k, c, b])


def pairs(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Two variables, each new one from both."""
    x, y, z = names[:3]
    a, b, times, c = number(rng, 1, 9), number(rng, 1, 9), number(rng, 3, 5), number(rng, 1, 4)
    first, second = a, b
    for _step in range(times):
        first, second = second, first + second + c
    lines = [f"for {z} in range({times}):", f"    {x}, {y} = {y}, {x} + {y} + {c}"]
    return Program([(x, a), (y, b)], lines, y, second, [a, b, times, c])


def squares(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A sum over a comprehension."""
    x, y, z = names[:3]
    a, start, times, power = number(rng, 2, 9), number(rng, 1, 5), number(rng, 3, 5), rng.random() < 0.5
    k = number(rng, 1, 20)
    term = f"{z} * {z}" if power else f"{z} * {x}"
    value = sum(n * (n if power else a) for n in range(start, start + times)) + a * k
    line = f"{y} = sum([{term} for {z} in range({start}, {start + times})])"
    return Program([(x, a)], [line], f"{y} + {x} * {k}", value, [a, start, times, power, k])


def spell(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A string built letter by letter."""
    x, y, z = names[:3]
    word, front, i = choice(rng, words), rng.random() < 0.5, number(rng, 1, 3)
    extra = choice(rng, "aeioubdklmnprst")
    built = "".join(c + extra for c in word[:i][::-1]) if front else "".join(extra + c for c in word[:i])
    change = f'{z} + "{extra}" + {y}' if front else f'{y} + "{extra}" + {z}'
    lines = [f'{y} = ""', f"for {z} in {x}[:{i}]:", f"    {y} = {change}"]
    return Program([(x, word)], lines, f"{y} + {x}[{i}:]", built + word[i:], [word, front, i, extra])


EASY: dict[int, tuple[Kind, ...]] = {
    1: (chain, swap, divide, reassign, formula, update),
    2: (branch, ladder, parity, letters, cuts, exchange, measure, items),
    3: (count_up, stride, add_items, shrink, grow, pairs, squares, spell),
}
