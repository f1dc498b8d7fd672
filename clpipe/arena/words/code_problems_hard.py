"""Programming problems of difficulty 4 and 5: two steps, lists of lists and sentences; recursion, state, algorithms."""

from __future__ import annotations

import itertools
import math
from typing import Any

from clpipe.arena.words.code_problem import MARKS, WORDS, Problem
from clpipe.records import Json

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)


def _spread(x: list[int], k: int, m: int) -> int:
    above: list[int] = sorted(n for n in x if n > k)
    return above[-1] - above[0] if len(above) > 1 else m


def _depth(x: str, k: int, m: int) -> int:
    left, deepest = x, 0
    while "()" in left:
        left, deepest = left.replace("()", ""), deepest + 1
    return m if left else k * deepest


def _term(x: int, k: int, m: int) -> int:
    for _ in range(x - 1):
        k, m = m, k + m
    return k


def _steps(x: int, k: int, m: int) -> int:
    for _ in range(x):
        k = m * k + 1 if k % 2 else k // 2
    return k


def _in_base(x: int, k: int, m: int) -> list[Json]:
    powers = [k**n for n in range(15) if k**n <= x]
    return [x // power % k * m for power in reversed(powers)]


def _longest_run(x: list[int], k: int, m: int) -> int:
    runs = itertools.groupby(x, lambda n: n > k)
    return m * max((len(list(run)) for above, run in runs if above), default=0)


def _nested(x: list[Any], k: int, m: int) -> int:
    inner = [item for item in x if isinstance(item, list)]
    here: list[int] = [item for item in x if not isinstance(item, list)]
    return k * sum(here) + sum(_nested(item, k + m, m) for item in inner)


def _counter(x: list[int], k: int, m: int) -> int:
    for n in x:
        k = sorted((0, k + n, m))[1]
    return k


def _circle(x: int, k: int, m: int) -> int:
    place = 0
    for size in range(2, x + 1):
        place = (place + k) % size
    return place + m


def _pile(x: list[int], k: int, m: int) -> int:
    kept = skip = 0
    for n in reversed(x):  # from the end, a 0 takes off what comes next
        if n == 0:
            skip += 1
        elif skip:
            skip -= 1
        else:
            kept += n
    return k * kept + m


TWO_STEPS = {
    "inner-sums": Problem(
        ("rows",),
        "a list of the sums of those inner lists of {x} that hold at least {k} numbers, each sum increased by {m}",
        "return [sum(row) + {m} for row in {x} if len(row) >= {k}]",
        {"k": range(2, 4), "m": range(1, 100)},
        lambda x, k, m: [m + sum(row) for row in x if len(row) > k - 1],
        lambda k, **_: [[[]], [[[4] * k, [5] * (k - 1), [6] * (k + 1)]], [[[], [1]]]],
    ),
    "flatten": Problem(
        ("rows",),
        "a list of all numbers in the inner lists of {x} that are greater than {k}, in the order in which they stand, "
        "each multiplied by {m}",
        "return [n * {m} for row in {x} for n in row if n > {k}]",
        {"k": range(3, 15), "m": range(2, 21)},
        lambda x, k, m: [n * m for n in itertools.chain(*x) if n > k],
        lambda k, **_: [[[]], [[[k, k + 1], [k - 1, k + 2]]], [[[], [30, 20]]]],
    ),
    "but-smallest": Problem(
        ("ints",),
        "{m} times the sum of all numbers in the list {x} except the {k} smallest ones",
        "return {m} * sum(sorted({x})[{k}:])",
        {"k": range(2, 5), "m": range(2, 100)},
        lambda x, k, m: m * (sum(x) - sum(sorted(x)[:k])),
        lambda k, **_: [[[5, 4, 3, 2, 1]], [[7] * k], [[-1, -2, -3, -4, 8, 9]], [[2, 2, 2, 2, 1, 1]]],
    ),
    "groups": Problem(
        ("naturals",),
        "a list made by cutting the list {x} into groups of {k} numbers from the left (the last may be smaller)"
        " and taking {m} times the sum of each group",
        "result = []\nfor i in range(0, len({x}), {k}):\n    result.append({m} * sum({x}[i : i + {k}]))\nreturn result",
        {"k": range(2, 5), "m": range(2, 100)},
        lambda x, k, m: [m * sum(x[i] for i in range(len(x)) if i // k == g) for g in range(math.ceil(len(x) / k))],
        lambda k, **_: [[[]], [list(range(2 * k))], [list(range(2 * k + 1))], [[9]]],
    ),
    "totals": Problem(
        ("ints",),
        "a list of the totals after each step when you start at {k} and at each step add the next number of the"
        " list {x} and also {m}",
        "result = []\ntotal = {k}\nfor n in {x}:\n    total += n + {m}\n    result.append(total)\nreturn result",
        {"k": range(1, 51), "m": range(1, 21)},
        lambda x, k, m: [k + sum(x[:i]) + m * i for i in range(1, len(x) + 1)],
        lambda **_: [[[]], [[0]], [[-5, 5, 1]]],
    ),
    "reversed-words": Problem(
        ("sentence",),
        'those words of the string {x} that have at least {k} letters, in reverse order and joined by "{s}"; the'
        " words are separated by single spaces",
        'words = [word for word in {x}.split() if len(word) >= {k}]\nreturn "{s}".join(words[::-1])',
        {"k": range(5, 8), "s": MARKS},
        lambda x, k, s: s.join(w for w in reversed(x.split(" ")) if len(w) >= k),
        lambda k, **_: [["x" * k + " " + "y" * (k - 1) + " " + "z" * (k + 1)], ["a bb"], ["abcdefgh"]],
    ),
    "caesar": Problem(
        ("word",),
        "the string {x} with each of its lower-case letters replaced by the letter {k} places later in the alphabet"
        ' (after "z" comes "a"), followed by "{w}"',
        'result = ""\nfor c in {x}:\n    result += chr((ord(c) - 97 + {k}) % 26 + 97)\nreturn result + "{w}"',
        {"k": range(2, 25), "w": WORDS},
        lambda x, k, w: x.translate({97 + i: 97 + (i + k) % 26 for i in range(26)}) + w,
        lambda **_: [[""], ["xyz"], ["abc"], ["zzz"]],
    ),
    "dot": Problem(
        ("three", "three"),
        "{k} plus {m} times the sum of the products of the numbers at the same place in the equally long lists {x}"
        " and {y}",
        "return {m} * sum(a * b for a, b in zip({x}, {y})) + {k}",
        {"k": range(1, 100), "m": range(2, 10)},
        lambda x, y, k, m: m * sum(a * y[i] for i, a in enumerate(x)) + k,
        lambda **_: [[[], []], [[1], [7]], [[0, -1], [5, 6]], [[1, 2, 3, 4], [1, 0, 0, 2]]],
    ),
    "repeated": Problem(
        ("repeats",),
        "a list in ascending order of the different numbers that occur at least {k} times in the list {x}, each"
        " multiplied by {m}",
        "return [n * {m} for n in sorted(set({x})) if {x}.count(n) >= {k}]",
        {"k": range(2, 4), "m": range(2, 61)},
        lambda x, k, m: [m * n for n in range(10) if x.count(n) > k - 1],
        lambda k, **_: [[[]], [[4] * k + [2] * k], [[7] * (k - 1)], [[8, 3] * 4]],
    ),
    "rotate": Problem(
        ("naturals",),
        "the list {x} with its first {k} numbers moved to the end and with {m} added after them",
        "return {x}[{k}:] + {x}[:{k}] + [{m}]",
        {"k": range(2, 5), "m": range(31, 100)},
        lambda x, k, m: [x[(i + k) % len(x)] for i in range(len(x))] + [m],
        lambda k, **_: [[list(range(k))], [[5, 6, 7, 8]], [[1, 2, 3, 4, 5, 6, 7]]],
    ),
    "in-turn": Problem(
        ("three", "three"),
        "a list of the numbers of the equally long lists {x} and {y} in turn, {x} first, those of {x} increased by {k}"
        " and those of {y} multiplied by {m}",
        "result = []\nfor a, b in zip({x}, {y}):\n    result += [a + {k}, b * {m}]\nreturn result",
        {"k": range(1, 31), "m": range(2, 21)},
        lambda x, y, k, m: [y[i // 2] * m if i % 2 else x[i // 2] + k for i in range(2 * len(x))],
        lambda **_: [[[], []], [[0], [0]], [[1, 1, 1, 1], [2, 3, 4, 5]]],
    ),
    "spread": Problem(
        ("ints",),
        "the largest minus the smallest of the numbers in the list {x} that are greater than {k}, or {m} if fewer"
        " than two are greater than {k}",
        "above = [n for n in {x} if n > {k}]\nif len(above) < 2:\n    return {m}\nreturn max(above) - min(above)",
        {"k": range(1, 16), "m": range(41, 91)},
        _spread,
        lambda k, **_: [[[]], [[k, k + 3]], [[k + 1, k + 5, k - 1]], [[k + 2, k + 2]], [[k + 9, k + 1, k + 4]]],
    ),
    "longest": Problem(
        ("words",),
        "the first {k} letters of the longest string in the list {x} (the earlier one if several are equally long)"
        ' followed by "{w}"',
        "longest = {x}[0]\nfor s in {x}:\n    if len(s) > len(longest):\n        longest = s\n"
        'return longest[:{k}] + "{w}"',
        {"k": range(2, 6), "w": WORDS},
        lambda x, k, w: max(x, key=len)[:k] + w,
        lambda **_: [[["abcdef"]], [["zzzzzz", "aaaaaa", "bbbbbb"]], [["aaaaa", "zzzzzz", "bbbbb"]]],
    ),
}
ALGORITHM = {
    "runs": Problem(
        ("runs",),
        "the string {x} with each run of equal characters written as that character, then the length of the run"
        ' times {m}, then "{s}"',
        'result = ""\ni = 0\nwhile i < len({x}):\n    j = i\n    while j < len({x}) and {x}[j] == {x}[i]:\n'
        "        j += 1\n"
        '    result += {x}[i] + str((j - i) * {m}) + "{s}"\n    i = j\nreturn result',
        {"m": range(2, 21), "s": MARKS},
        lambda x, m, s: "".join(f"{c}{m * len(list(run))}{s}" for c, run in itertools.groupby(x)),
        lambda **_: [[""], ["a"], ["aaaa"], ["abab"], ["aabbbba"]],
    ),
    "depth": Problem(
        ("brackets",),
        "{k} times the greatest depth of nesting in the string {x}, which is made of ( and ), or {m} if the brackets"
        " do not match",
        'depth = deepest = 0\nfor c in {x}:\n    depth += 1 if c == "(" else -1\n    if depth < 0:\n'
        "        return {m}\n"
        "    deepest = max(deepest, depth)\nreturn {k} * deepest if depth == 0 else {m}",
        {"k": range(2, 21), "m": range(101, 151)},
        _depth,
        lambda **_: [["()"], ["(())()"], [")("], ["(()"], ["())"], ["((()))(())"], ["(()))("]],
    ),
    "common-divisor": Problem(
        ("multiples",),
        "{m} times the greatest common divisor of {k} and all numbers in the list {x}",
        "a = {k}\nfor b in {x}:\n    while b:\n        a, b = b, a % b\nreturn {m} * a",
        {"k": (12, 18, 20, 24, 30, 36, 40, 42, 48, 54, 60, 72, 84, 90, 96), "m": range(2, 41)},
        lambda x, k, m: m * math.gcd(k, *x),
        lambda k, **_: [[[k]], [[2 * k, 3 * k]], [[7]], [[k // 2, k // 2 * 3]], [[4, 6]], [[k // 2]]],
    ),
    "sequence": Problem(
        ("small",),
        "term number {x} of the sequence whose first term is {k}, whose second term is {m} and in which each later"
        " term is the sum of the two terms before it",
        "a, b = {k}, {m}\nfor _ in range({x} - 1):\n    a, b = b, a + b\nreturn a",
        {"k": range(1, 31), "m": range(2, 31)},
        _term,
        lambda **_: [[1], [2], [3], [4], [5], [7], [10], [20]],
    ),
    "halving": Problem(
        ("small",),
        "the value after {x} steps when you start at {k} and each step replaces an even value v by v // 2 and an odd"
        " value v by {m} * v + 1",
        "value = {k}\nfor _ in range({x}):\n    if value % 2 == 0:\n        value //= 2\n    else:\n"
        "        value = {m} * value + 1\nreturn value",
        {"k": range(5, 100), "m": (3, 5, 7, 9)},
        _steps,
        lambda **_: [[0], [1], [2], [3], [5], [8], [11], [15]],
    ),
    "base": Problem(
        ("large",),
        "a list of the digits of the positive whole number {x} in base {k}, the highest digit first, each multiplied"
        " by {m}",
        "result = []\nwhile {x} > 0:\n    result.insert(0, {x} % {k} * {m})\n    {x} //= {k}\nreturn result",
        {"k": range(2, 10), "m": range(2, 41)},
        _in_base,
        lambda k, **_: [[1], [k], [k - 1], [k * k], [k * k * k - 1]],
    ),
    "nested": Problem(
        ("nested",),
        "the sum of all numbers in the nested list {x}, where a number in the outermost list counts {k} times and"
        " each level further inside adds {m} to that factor",
        "def add(items, factor):\n    total = 0\n    for item in items:\n        if isinstance(item, list):\n"
        "            total += add(item, factor + {m})\n        else:\n            total += factor * item\n"
        "    return total\nreturn add({x}, {k})",
        {"k": range(2, 21), "m": range(1, 21)},
        _nested,
        lambda **_: [[[]], [[5]], [[[[[3]]]]], [[[], 1, [2, [3, [4]]], 5]], [[[1], [1], 1]]],
    ),
    "longest-run": Problem(
        ("neighbours",),
        "{m} times the length of the longest unbroken run of numbers in the list {x} that are all greater than {k}",
        "best = run = 0\nfor n in {x}:\n    run = run + 1 if n > {k} else 0\n    best = max(best, run)\n"
        "return {m} * best",
        {"k": range(5, 31), "m": range(2, 31)},
        _longest_run,
        lambda k, **_: [[[]], [[k, k + 1, k + 2, k]], [[k - 1]], [[k + 5] * 4], [[k + 1, k + 1, 0, k + 1]]],
    ),
    "window": Problem(
        ("ints",),
        "{m} plus the largest sum of {k} numbers that are next to each other in the list {x}",
        "best = sum({x}[:{k}])\nfor i in range(len({x}) - {k} + 1):\n    best = max(best, sum({x}[i : i + {k}]))\n"
        "return best + {m}",
        {"k": range(2, 5), "m": range(1, 100)},
        lambda x, k, m: m + max(sum(part) for part in zip(*(x[i:] for i in range(k)), strict=False)),
        lambda k, **_: [[[-3] * k], [[-1, -2, -3, -4, -5]], [[1, 2, 3, 4, 5, 6]], [[9, 0, 0, 0, 0, 8, 7]]],
    ),
    "counter": Problem(
        ("changes",),
        "the last value of a counter that starts at {k} and to which the numbers in the list {x} are added in turn;"
        " whenever it falls below 0 it is set to 0, whenever it rises above {m} it is set to {m}",
        "value = {k}\nfor n in {x}:\n    value += n\n    if value < 0:\n        value = 0\n    if value > {m}:\n"
        "        value = {m}\nreturn value",
        {"k": range(1, 26), "m": range(30, 81)},
        _counter,
        lambda m, **_: [[[]], [[-99, 5]], [[m, -3]], [[99, -7, -99, 4]], [[1, 1, 1]]],
    ),
    "primes": Problem(
        ("positive",),
        "{m} plus the sum of the prime numbers that are greater than {k} and not greater than {x}",
        "total = {m}\nfor n in range({k} + 1, {x} + 1):\n    if n > 1 and all(n % d for d in range(2, n)):\n"
        "        total += n\nreturn total",
        {"k": range(1, 13), "m": range(1, 61)},
        lambda x, k, m: m + sum(n for n in PRIMES if k < n <= x),
        lambda k, **_: [[1], [2], [k], [k + 1], [25], [49], [61]],
    ),
    "circle": Problem(
        ("small",),
        "the number of the last child left when {x} children, numbered from {m} upwards, stand in a circle and,"
        " counting round and round from the first, every {k}th child leaves",
        "children = list(range({m}, {m} + {x}))\nplace = 0\nwhile len(children) > 1:\n"
        "    place = (place + {k} - 1) % len(children)\n    children.pop(place)\nreturn children[0]",
        {"k": range(4, 13), "m": range(1, 41)},
        _circle,
        lambda k, **_: [[1], [2], [3], [4], [k + 1], [k + 3], [15], [20]],
    ),
    "pile": Problem(
        ("pile",),
        "{m} plus {k} times the sum of the pile when the list {x} is read from left to right: a 0 takes the newest"
        " number off the pile (if there is one), any other number is put on it",
        "pile = []\nfor n in {x}:\n    if n != 0:\n        pile.append(n)\n    elif pile:\n        pile.pop()\n"
        "return {k} * sum(pile) + {m}",
        {"k": range(2, 13), "m": range(1, 51)},
        _pile,
        lambda **_: [[[]], [[0, 0, 7]], [[4, 5, 0]], [[4, 0, 0, 5]], [[1, 2, 3, 0, 0, 9]]],
    ),
}
