"""Short programs of difficulty 4 and 5 and what comes out of them: loops in loops, functions, lists, recursion, dicts.

As in `clpipe.arena.words.code_programs`, each kind works out the result on its own; nothing is executed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from clpipe.arena.words.code_programs import OPERATORS, SIGNS, Kind, Literal, Names, Program, choice, number, numbers


def grid(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A loop in a loop, the inner one as long each time."""
    x, y, z = names[:3]
    a, rows, columns, k, sign = (
        number(rng, 0, 20),
        number(rng, 2, 4),
        number(rng, 2, 4),
        number(rng, 2, 9),
        choice(rng, "+*"),
    )
    value = a + sum(OPERATORS[sign](row * k, column) for row in range(rows) for column in range(columns))
    lines = [f"for {y} in range({rows}):", f"    for {z} in range({columns}):", f"        {x} += {y} * {k} {sign} {z}"]
    return Program([(x, a)], lines, x, value, [a, rows, columns, k, sign])


def triangle(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A loop in a loop, the inner one longer each time."""
    x, y, z = names[:3]
    a, first, rows, k = number(rng, 0, 30), number(rng, 1, 3), number(rng, 2, 3), number(rng, 1, 9)
    value = a + sum(column + k for row in range(first, first + rows) for column in range(row))
    lines = [
        f"for {y} in range({first}, {first + rows}):",
        f"    for {z} in range({y}):",
        f"        {x} = {x} + {z} + {k}",
    ]
    return Program([(x, a)], lines, x, value, [a, first, rows, k])


def chosen(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A function that adds some of the numbers of a range."""
    x, y, z, function = names[:4]
    m, k, a, stop = number(rng, 2, 4), number(rng, 2, 5), number(rng, 1, 20), number(rng, 6, 12)
    r = number(rng, 0, m - 1)
    value = a + sum(n * k for n in range(1, stop) if n % m == r)
    text = (
        f"def {function}({x}):\n    {y} = {a}\n    for {z} in range(1, {x}):\n        if {z} % {m} == {r}:\n"
        f"            {y} += {z} * {k}\n    return {y}"
    )
    return Program([], [], f"{function}({stop})", value, [m, k, a, stop, r], [text])


STEPS: dict[str, Callable[[list[int], int, int], object]] = {
    "{x}.append({n})": lambda held, n, i: held.append(n),  # noqa: ARG005 -- all have the same arguments
    "{x}.insert({i}, {n})": lambda held, n, i: held.insert(i, n),
    "{x}.pop({i})": lambda held, n, i: held.pop(i),  # noqa: ARG005
    "{x}.sort()": lambda held, n, i: held.sort(),  # noqa: ARG005
    "{x}.reverse()": lambda held, n, i: held.reverse(),  # noqa: ARG005
    "{x}[{i}] = {n}": lambda held, n, i: held.__setitem__(i, n),
    "{x}[{i}] += {x}[-1] + {n}": lambda held, n, i: held.__setitem__(i, held[i] + held[-1] + n),
}
_STEPS = tuple(STEPS)


def list_steps(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A list changed three times."""
    x = names[0]
    held = numbers(rng, 4, 1, 20)
    latent: list[object] = [list(held)]
    lines = []
    for step in rng.sample(_STEPS, 3):
        n, i = number(rng, 1, 30), number(rng, 0, 2)
        STEPS[step](held, n, i)
        lines.append(step.format(x=x, n=n, i=i))
        latent.append(step.format(x="", n=n, i=i))
    i, j, k = number(rng, 0, 1), number(rng, 1, 2), number(rng, 2, 5)
    latent += [i, j, k]
    return Program([(x, latent[0])], lines, f"{x}[{i}] * {k} + {x}[-{j}]", held[i] * k + held[-j], latent)


def skip(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A loop that passes over some of a list."""
    x, y, z = names[:3]
    held, m, a, k = numbers(rng, 5, 2, 20), number(rng, 2, 4), number(rng, 0, 20), number(rng, 1, 9)
    r = held[number(rng, 0, 4)] % m
    value = a + sum(n + k for n in held if n % m != r)
    lines = [
        f"{y} = {a}",
        f"for {z} in {x}:",
        f"    if {z} % {m} == {r}:",
        "        continue",
        f"    {y} += {z} + {k}",
    ]
    return Program([(x, held)], lines, y, value, [held, m, r, a, k])


def stop_early(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A loop over a list that is left before its end."""
    x, y, z = names[:3]
    held, a, k = numbers(rng, 5, 3, 15), number(rng, 0, 9), number(rng, 2, 3)
    bound = a + k * sum(held[: number(rng, 1, 4)]) + number(rng, -3, 3)
    total = a
    for n in held:
        if total > bound:
            break
        total += n * k
    lines = [f"{y} = {a}", f"for {z} in {x}:", f"    if {y} > {bound}:", "        break", f"    {y} += {z} * {k}"]
    return Program([(x, held)], lines, y, total, [held, a, k, bound])


def keep(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A list made of some of another's numbers."""
    x, y, z = names[:3]
    held, bound, a, up = numbers(rng, 5, 1, 20), number(rng, 6, 14), number(rng, 2, 5), rng.random() < 0.5
    k = number(rng, 2, 12)
    kept = [n * a for n in held if (n > bound if up else n < bound)]
    line = f"{y} = [{z} * {a} for {z} in {x} if {z} {'>' if up else '<'} {bound}]"
    asked = f"sum({y}) + len({y}) * {k}"
    return Program([(x, held)], [line], asked, sum(kept) + len(kept) * k, [held, bound, a, up, k])


def vowels(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A string built letter by letter, in one way or the other."""
    x, y, z = names[:3]
    word, extra, front = choice(rng, words)[:6], choice(rng, "bdklmnprst"), rng.random() < 0.5
    built = ""
    for c in word:
        built = (built + extra if c in "aeiou" else c + built) if front else built + (c + extra if c in "aeiou" else c)
    lines = [
        f'{y} = ""',
        f"for {z} in {x}:",
        f'    if {z} in "aeiou":',
        f'        {y} = {y} + "{extra}"' if front else f'        {y} = {y} + {z} + "{extra}"',
        "    else:",
        f"        {y} = {z} + {y}" if front else f"        {y} = {y} + {z}",
    ]
    return Program([(x, word)], lines, y, built, [word, extra, front])


def shared(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Two names for one list, and a copy."""
    x, y, z = names[:3]
    held, a, b, k = numbers(rng, 3, 2, 20), number(rng, 2, 30), number(rng, 2, 30), number(rng, 2, 4)
    i, last = number(rng, 0, 2), choice(rng, SIGNS)
    one, copy = [*held, a], list(held)
    one[i], copy[i] = one[i] * k, b
    lines = [f"{y} = {x}", f"{z} = {x}[:]", f"{y}.append({a})", f"{y}[{i}] *= {k}", f"{z}[{i}] = {b}"]
    value = OPERATORS[last](sum(one), sum(copy))
    return Program([(x, held)], lines, f"sum({x}) {last} sum({z})", value, [held, a, b, k, i, last])


def recursion(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A function that calls itself once."""
    x, function = names[:2]
    down, base, k, c = number(rng, 1, 3), number(rng, 1, 9), number(rng, 1, 5), number(rng, 0, 9)
    start, double = down * number(rng, 3, 5) + number(rng, 0, down - 1), rng.random() < 0.4

    def value(n: int) -> int:
        return base if n < down + 1 else (2 * value(n - down) + c if double else value(n - down) + n * k)

    step = f"2 * {function}({x} - {down}) + {c}" if double else f"{function}({x} - {down}) + {x} * {k}"
    text = f"def {function}({x}):\n    if {x} <= {down}:\n        return {base}\n    return {step}"
    return Program(
        [], [], f"{function}({start})", value(start), [down, base, c if double else k, start, double], [text]
    )


def branching(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """A function that calls itself twice."""
    x, function = names[:2]
    first, second, near, start = number(rng, 1, 9), number(rng, 1, 9), number(rng, 1, 4), number(rng, 4, 6)
    a, b = first, second
    for _step in range(start - 1):
        a, b = b, b + a + near
    text = (
        f"def {function}({x}):\n    if {x} == 0:\n        return {first}\n    if {x} == 1:\n        return {second}\n"
        f"    return {function}({x} - 1) + {function}({x} - 2) + {near}"
    )
    return Program([], [], f"{function}({start})", b, [first, second, near, start], [text])


def remainders(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Euclid's loop, and the count of its steps."""
    x, y, z = names[:3]
    common = number(rng, 2, 15)
    a, b, k = common * number(rng, 5, 12), common * number(rng, 2, 9), number(rng, 2, 9)
    large, small, steps = a, b, 0
    while small:
        large, small, steps = small, large % small, steps + 1
    lines = [f"{z} = 0", f"while {y} > 0:", f"    {x}, {y} = {y}, {x} % {y}", f"    {z} += {k}"]
    return Program([(x, a), (y, b)], lines, f"{x} + {z}", large + steps * k, [a, b, k])


def meeting(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """One variable goes up, the other down."""
    x, y = names[:2]
    a, b = number(rng, 1, 12), number(rng, 30, 70)
    up, down, k, last = number(rng, 2, 7), number(rng, 2, 7), number(rng, 2, 5), choice(rng, SIGNS)
    low, high = a, b
    while low < high:
        low, high = low + up, high - down
    lines = [f"while {x} < {y}:", f"    {x} += {up}", f"    {y} -= {down}"]
    return Program(
        [(x, a), (y, b)], lines, f"{x} * {k} {last} {y}", OPERATORS[last](low * k, high), [a, b, up, down, k, last]
    )


def halving(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """Even and odd numbers are changed in different ways, a few times."""
    x, y = names[:2]
    a, times, k, c = number(rng, 5, 40), number(rng, 3, 5), number(rng, 2, 3), number(rng, 1, 9)
    value = a
    for _step in range(times):
        value = value // 2 if value % 2 == 0 else value * k + c
    lines = [
        f"for {y} in range({times}):",
        f"    if {x} % 2 == 0:",
        f"        {x} = {x} // 2",
        "    else:",
        f"        {x} = {x} * {k} + {c}",
    ]
    return Program([(x, a)], lines, x, value, [a, times, k, c])


def digits(rng: random.Random, names: Names, _: Sequence[str]) -> Program:
    """The digits of a number, from the last to the first."""
    x, y = names[:2]
    a, k, b, times = number(rng, 100, 9999), number(rng, 2, 5), number(rng, 0, 9), rng.random() < 0.5
    value, left = b, a
    while left:
        value, left = (value + left % 10 * k if times else value * k + left % 10), left // 10
    step = f"{y} + {x} % 10 * {k}" if times else f"{y} * {k} + {x} % 10"
    lines = [f"{y} = {b}", f"while {x} > 0:", f"    {y} = {step}", f"    {x} = {x} // 10"]
    return Program([(x, a)], lines, y, value, [a, k, b, times])


def letter_counts(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A dict that counts letters."""
    x, y, z = names[:3]
    word, k, c = choice(rng, words) + choice(rng, words), number(rng, 2, 9), number(rng, 2, 9)
    letter, start = choice(rng, word), number(rng, 0, 3)
    lines = [f"{y} = {{}}", f"for {z} in {x}:", f"    {y}[{z}] = {y}.get({z}, {start}) + {k}"]
    value = (start + word.count(letter) * k) * c + len(set(word))
    return Program([(x, word)], lines, f'{y}["{letter}"] * {c} + len({y})', value, [word, k, c, letter, start])


def stock(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A dict whose values are changed by their keys."""
    x, y = names[:2]
    keys, held = rng.sample(words, 3), numbers(rng, 3, 2, 20)
    k, asked, other, bound = number(rng, 2, 4), number(rng, 0, 2), number(rng, 0, 2), number(rng, 6, 7)
    after = [n * k if len(key) < bound else n + len(key) for key, n in zip(keys, held, strict=True)]
    shown = "{" + ", ".join(f'"{key}": {n}' for key, n in zip(keys, held, strict=True)) + "}"
    lines = [
        f"for {y} in {x}:",
        f"    if len({y}) < {bound}:",
        f"        {x}[{y}] *= {k}",
        "    else:",
        f"        {x}[{y}] += len({y})",
    ]
    question = f'{x}["{keys[asked]}"] + {x}["{keys[other]}"]'
    return Program(
        [(x, Literal(shown))], lines, question, after[asked] + after[other], [keys, held, k, bound, asked, other]
    )


def inside_out(rng: random.Random, names: Names, words: Sequence[str]) -> Program:
    """A string taken apart from both ends by a function that calls itself."""
    x, function = names[:2]
    word, extra, last_first = choice(rng, words)[:7], choice(rng, "aeioubdklmnprst"), rng.random() < 0.5

    def value(text: str) -> str:
        if len(text) < 2:
            return text + extra
        first, last = (text[-1], text[0]) if last_first else (text[0], text[-1])
        return first + value(text[1:-1]) + last if last_first else value(text[1:-1]) + first + last

    rest = f"{function}({x}[1:-1])"
    step = f"{x}[-1] + {rest} + {x}[0]" if last_first else f"{rest} + {x}[0] + {x}[-1]"
    text = f'def {function}({x}):\n    if len({x}) < 2:\n        return {x} + "{extra}"\n    return {step}'
    return Program([], [], f'{function}("{word}")', value(word), [word, extra, last_first], [text])


HARD: dict[int, tuple[Kind, ...]] = {
    4: (grid, triangle, chosen, list_steps, skip, stop_early, keep, vowels, shared),
    5: (recursion, branching, remainders, meeting, halving, digits, letter_counts, stock, inside_out),
}
