"""Write the function that an English request describes, and try it on the worked examples.

Reading: `clpipe.arena.request_reading` finds the request ("5 times the length of the string `s` if …"). It is taken
apart from the outside in by the phrases below: {V} stands for a phrase that has a value, {X} for one that names
several values, {C} and {Q} for a condition on the parameter and on each of several values, {N}, {O}, {S} and {P} for
a number, an ordinal, a text and a parameter, {=0} for the first gap once more. A group of phrases is tried only where
no group before it reads the text, which is how "if" binds loosest, "plus" looser than "times". Where two phrases of a
group, or one with two meanings, read the same text, it is ambiguous, and each meaning is a program of its own.

Solving: every program is run on the worked examples in `clpipe.arena.sandbox`; those that agree with all are the
answer. ValueError where none does: then the request is misread or an example is wrong.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from clpipe.arena.judges.python_function import equal
from clpipe.arena.request_reading import Request, read
from clpipe.arena.sandbox import FINISHED, run

Nested = int | list["Nested"]

# What an expression may call; the text of those it does call goes into the program. No builtin name is hidden in them.


def _pile(numbers: list[int], taker: int) -> list[int]:
    pile: list[int] = []
    for number in numbers:
        if number != taker:
            pile.append(number)
        elif pile:
            pile.pop()
    return pile


def _depth(brackets: str) -> int:
    depth = deepest = 0
    for bracket in brackets:
        depth += {"(": 1, ")": -1}[bracket]
        deepest = max(deepest, depth)
        if depth < 0:
            return -1
    return -1 if depth else deepest


def _runs(values: str) -> list[str]:
    runs: list[str] = []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1] += value
        else:
            runs.append(value)
    return runs


def _gcd(numbers: list[int]) -> int:
    divisor = 0
    for number in numbers:
        while number:
            divisor, number = number, divisor % number
    return abs(divisor)


def _digits(number: int, base: int) -> list[int]:
    digits = [number % base]
    while number := number // base:
        digits.insert(0, number % base)
    return digits


def _shifted(text: str, places: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(letters[(letters.index(c) + places) % 26] if c in letters else c for c in text)


def _term(place: int, first: int, second: int) -> int:
    terms = [first, second]
    while len(terms) < place:
        terms.append(terms[-1] + terms[-2])
    return terms[place - 1]


def _counted(numbers: list[int], count: int, lowest: int, highest: int) -> int:
    for number in numbers:
        count = min(max(count + number, lowest), highest)
    return count


def _last(children: int, first: int, each: int) -> int:
    circle = list(range(first, first + children))
    place = 0
    while len(circle) > 1:
        place = (place + each - 1) % len(circle)
        del circle[place]
    return circle[0]


def _weighed(items: list[Nested], factor: int, more: int) -> int:
    inside = sum(_weighed(item, factor + more, more) for item in items if isinstance(item, list))
    return inside + factor * sum(item for item in items if not isinstance(item, list))


def _steps(value: int, steps: int, times: int, more: int) -> int:
    for _ in range(steps):
        value = times * value + more if value % 2 else value // 2
    return value


def _totals(numbers: list[int], total: int, more: int) -> list[int]:
    return [total + sum(numbers[: place + 1]) + more * (place + 1) for place in range(len(numbers))]


def _stretch(fits: list[bool]) -> int:
    return max((end - start for end in range(len(fits) + 1) for start in range(end) if all(fits[start:end])), default=0)


HELPERS = (_pile, _depth, _runs, _gcd, _digits, _shifted, _term, _counted, _last, _weighed, _steps, _totals, _stretch)

Meaning = str | tuple[str, ...]
"""Python in which {0} is what the first gap of the phrase holds; `_x` is each of several values."""

CHOICES: dict[str, Meaning] = {
    "{V} if {C}, and {V} otherwise": "{0} if {1} else {2}",
    "{V} if {C}, else {V} if {C}, else {V}": "{0} if {1} else {2} if {3} else {4}",
    "{V} if {C}, and {V} if {C}": "{0} if {1} else {2}",
    "{V} if {C}, {V} if {C}, and {V} otherwise": "{0} if {1} else {2} if {3} else {4}",
    "{V}, but {V} if {C}, and {V} if {C}": "{1} if {2} else {3} if {4} else {0}",
    "{V}, or {V} if {C}": "{1} if {2} else {0}",
    "{V}, but at most {V}": "min({0}, {1})",
    "{V}, but at least {V}": "max({0}, {1})",
}
JOINED: dict[str, Meaning] = {
    "{V}, followed by {S}": "{0} + {1}",
    "{V} followed by {S}": "{0} + {1}",
    "the first {N} characters of {V}": "{1}[:{0}]",
    "the first {N} letters of {V}": "{1}[:{0}]",
}
SUMS: dict[str, Meaning] = {
    "{N} less than {V}": "{1} - {0}",
    "{V} plus {V}": "{0} + {1}",
    "{V} minus {V}": "{0} - {1}",
}
PRODUCTS: dict[str, Meaning] = {"{N} times {V}": "{0} * {1}"}
VALUES: dict[str, Meaning] = {
    "{N}": "{0}",
    "{S}": "{0}",
    "True": "True",
    "False": "False",
    "{P}": "{0}",
    "{P} itself": "{0}",
    "the string {P}": "{0}",
    "the list {P}": "{0}",
    "the whole number {P}": "{0}",
    "the length of {V}": "len({0})",
    "the square of {V}": "{0} ** 2",
    "the sum of {V} and {V}": "{0} + {1}",
    "the product of {V} and {V}": "{0} * {1}",
    "the absolute difference of {V} and {V}": "abs({0} - {1})",
    "the remainder when {V} is divided by {N}": "{0} % {1}",
    "the result of adding {N} to {V}, dividing by {N} and rounding down to a whole number": "({1} + {0}) // {2}",
    "the price of {P} tickets at {N} each, with {N} taken off the total if there are more than {N} tickets": (
        "{0} * {1} - ({2} if {0} > {3} else 0)"
    ),
    "the sum of the first and the last number of {V}": "{0}[0] + {0}[-1]",
    "the longer of the strings {P} and {P}": "max({0}, {1}, key=len)",
    "the longest string in the list {P} (the earlier one if several are equally long)": "max({0}, key=len)",
    "a string made of {N} copies of {V} and then {S}": "{1} * {0} + {2}",
    "{V} with {S} in front of it and {S} after it": "{1} + {0} + {2}",
    "a string in which each character of the string {P} is written {N} times and then followed by {S}": (
        "''.join(_x * {1} + {2} for _x in {0})"
    ),
    "the string {P} with each run of equal characters written as that character, then the length of the run times "
    "{N}, then {S}": "''.join(_x[0] + str(len(_x) * {1}) + {2} for _x in _runs({0}))",
    "the string {P} with each of its lower-case letters replaced by the letter {N} places later in the alphabet "
    '(after "z" comes "a")': "_shifted({0}, {1})",
    "{X}, in reverse order and joined by {S}; the words are separated by single spaces": "{1}.join({0}[::-1])",
    "the sum of {X}": "sum({0})",
    "the sum of the squares of {X}": "sum(_x * _x for _x in {0})",
    "the sum of the digits of the whole number {P}": "sum(_digits(abs({0}), 10))",
    "how many numbers in the list {P} are {Q}": "len([_x for _x in {0} if {1}])",
    "how often the letters {S} and {S} occur in the string {P}, both counts added": "{2}.count({0}) + {2}.count({1})",
    "the first number in the list {P} that is {Q}, or {N} if there is none": ("next((_x for _x in {0} if {1}), {2})"),
    "the largest number in the list {P} that is {Q}, or {N} if there is none": (
        "max((_x for _x in {0} if {1}), default={2})"
    ),
    "the smallest number in the list {P} that is {Q}, or {N} if there is none": (
        "min((_x for _x in {0} if {1}), default={2})"
    ),
    "the largest minus the smallest of the numbers in the list {P} that are {Q}, or {N} if fewer than two are {=1}": (
        "max(_x for _x in {0} if {1}) - min(_x for _x in {0} if {1}) if len([_x for _x in {0} if {1}]) > 1 else {2}"
    ),
    "the largest sum of {N} numbers that are next to each other in the list {P}": (
        "max(sum({1}[_i:_i + {0}]) for _i in range(len({1}) - {0} + 1))"
    ),
    "a list of {X}": "{0}",
    "a list in ascending order of {X}": "sorted({0})",
    "a list of {X}, each multiplied by {N}": "[_x * {1} for _x in {0}]",
    "a list of {X}, each multiplied by {N} and then increased by {N}": "[_x * {1} + {2} for _x in {0}]",
    "a list of {X}, each sum increased by {N}": "[_x + {1} for _x in {0}]",
    "a list of {X}, each with {S} after it": "[_x + {1} for _x in {0}]",
    "a list in ascending order of {X}, each multiplied by {N}": "[_x * {1} for _x in sorted({0})]",
    "a list made by cutting the list {P} into groups of {N} numbers from the left (the last may be smaller) and taking "
    "{N} times the sum of each group": "[{2} * sum({0}[_i:_i + {1}]) for _i in range(0, len({0}), {1})]",
    "a list of the numbers of the equally long lists {P} and {P} in turn, {=0} first, those of {=0} increased by {N} "
    "and those of {=1} multiplied by {N}": ("[_y for _one, _two in zip({0}, {1}) for _y in (_one + {2}, _two * {3})]"),
    "a list of the totals after each step when you start at {N} and at each step add the next number of the list {P} "
    "and also {N}": "_totals({1}, {0}, {2})",
    "the list {P} with its first {N} numbers moved to the end and with {N} added after them": (
        "{0}[{1}:] + {0}[:{1}] + [{2}]"
    ),
    "the sum of the products of the numbers at the same place in the equally long lists {P} and {P}": (
        "sum(_x * _y for _x, _y in zip({0}, {1}))"
    ),
    "the sum of the pile when the list {P} is read from left to right: a {N} takes the newest number off the pile "
    "(if there is one), any other number is put on it": "sum(_pile({0}, {1}))",
    "the greatest common divisor of {N} and all numbers in the list {P}": "_gcd([{0}, *{1}])",
    "the greatest depth of nesting in the string {P}, which is made of ( and )": "_depth({0})",
    "the length of the longest unbroken run of numbers in the list {P} that are all {Q}": (
        "_stretch([{1} for _x in {0}])"
    ),
    "term number {P} of the sequence whose first term is {N}, whose second term is {N} and in which each later term is "
    "the sum of the two terms before it": "_term({0}, {1}, {2})",
    "the last value of a counter that starts at {N} and to which the numbers in the list {P} are added in turn; "
    "whenever it falls below {N} it is set to {=2}, whenever it rises above {N} it is set to {=3}": (
        "_counted({1}, {0}, {2}, {3})"
    ),
    "the number of the last child left when {P} children, numbered from {N} upwards, stand in a circle and, counting "
    "round and round from the first, every {O} child leaves": "_last({0}, {1}, {2})",
    "the sum of all numbers in the nested list {P}, where a number in the outermost list counts {N} times and each "
    "level further inside adds {N} to that factor": "_weighed({0}, {1}, {2})",
    "the value after {P} steps when you start at {N} and each step replaces an even value v by v // 2 and an odd value "
    "v by {N} * v + {N}": "_steps({1}, {0}, {2}, {3})",
}
SEVERAL: dict[str, Meaning] = {
    "the numbers in the list {P} that are {Q}": "[_x for _x in {0} if {1}]",
    "those numbers in the list {P} that are {Q}": "[_x for _x in {0} if {1}]",
    "all numbers in the list {P}": "{0}",
    "all numbers in the list {P} except the {N} smallest ones": "sorted({0})[{1}:]",
    "all numbers in the inner lists of {P} that are {Q}, in the order in which they stand": (
        "[_x for _inner in {0} for _x in _inner if {1}]"
    ),
    "all numbers in the inner lists of {P} that are {Q}, in order": (
        "[_x for _inner in {0} for _x in _inner if {1}]",  # as they stand
        "sorted(_x for _inner in {0} for _x in _inner if {1})",  # the smallest first
    ),
    "the different numbers that occur at least {N} times in the list {P}": (
        "[_x for _i, _x in enumerate({1}) if _x not in {1}[:_i] and {1}.count(_x) >= {0}]"
    ),
    "the sums of those inner lists of {P} that hold at least {N} numbers": "[sum(_x) for _x in {0} if len(_x) >= {1}]",
    "the strings in the list {P} that have more than {N} characters": "[_x for _x in {0} if len(_x) > {1}]",
    "those words of the string {P} that have at least {N} letters": "[_x for _x in {0}.split(' ') if len(_x) >= {1}]",
    "the digits of the positive whole number {P} in base {N}, the highest digit first": "_digits({0}, {1})",
    "the whole numbers from {N} to {P} that are {Q} or by {N}": (
        "[_x for _x in range({0}, {1} + 1) if {2} or _x % {3} == 0]"
    ),
    "the prime numbers that are {Q} and not greater than {P}": (
        "[_x for _x in range(2, {1} + 1) if {0} and all(_x % _y for _y in range(2, _x))]"
    ),
}
TESTS: dict[str, Meaning] = {
    "not multiples of {N}": "_x % {0} != 0",
    "multiples of {N}": "_x % {0} == 0",
    "a multiple of {N}": "_x % {0} == 0",
    "divisible by {N}": "_x % {0} == 0",
    "even": "_x % 2 == 0",
    "odd": "_x % 2 == 1",
    "greater than {V}": "_x > {0}",
    "less than {V}": "_x < {0}",
    "at least {V}": "_x >= {0}",
    "at most {V}": "_x <= {0}",
}
PAIRS: dict[str, Meaning] = {"{Q} and {Q}": "{0} and {1}"}
CONDITIONS: dict[str, Meaning] = {
    "{P} is {Q}": "(lambda _x: {1})({0})",
    "{P} starts with {S}": "{0}.startswith({1})",
    "{P} has more than {N} characters": "len({0}) > {1}",
    "the brackets do not match": "_depth({it}) < 0",
    "they are equally long": "len({it}) == len({other})",
}
GROUPS: dict[str, tuple[dict[str, Meaning], ...]] = {
    "V": (CHOICES, JOINED, SUMS, PRODUCTS, VALUES),
    "X": (SEVERAL,),
    "Q": (PAIRS, TESTS),
    "C": (CONDITIONS,),
}

GAPS = {
    "N": r"-?\d+",
    "O": r"\d*(?:11|12|13|[04-9])th|\d*(?<!1)(?:1st|2nd|3rd)",
    "S": r'"(?:[^"\\]|\\.)*"',
    "P": r"\w+",
    "V": r".+?",
    "X": r".+?",
    "C": r".+?",
    "Q": r".+?",
}


def _disjoint(these: str, those: str, least: int, most: int) -> bool:
    """Whether of two conditions on one parameter at least and at most so many hold, whatever number it is."""
    both = re.compile(r"\(\(lambda _x: (.+)\)\((\w+)\)\)")
    one, two = both.fullmatch(these), both.fullmatch(those)
    if not one or not two or one[2] != two[2]:
        return False
    bound = max(map(int, re.findall(r"\d+", these + those))) + 3
    test = eval(f"lambda _x: bool({one[1]}) + bool({two[1]})", {})
    return all(least <= test(number) <= most for number in range(-bound, bound))


SOUND: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "{V} if {C}, and {V} if {C}": lambda parts: _disjoint(parts[1], parts[3], 1, 1),
    "{V} if {C}, {V} if {C}, and {V} otherwise": lambda parts: _disjoint(parts[1], parts[3], 0, 1),
    "{V}, but {V} if {C}, and {V} if {C}": lambda parts: _disjoint(parts[2], parts[4], 0, 1),
}
"""Where such words leave open what holds when both conditions do, or neither, the phrase is not read."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: str
    pattern: re.Pattern[str]
    kinds: str
    meanings: tuple[str, ...]

    @classmethod
    def of(cls, words: str, meaning: Meaning) -> _Phrase:
        kinds, pattern = "", ""
        for place, piece in enumerate(re.split(r"\{(.|=\d)\}", words)):
            if place % 2 == 0:
                pattern += re.escape(piece)
            elif piece in GAPS:
                gap = f"(?P<g{len(kinds)}>{GAPS[piece]})"
                pattern += f"`{gap}`" if piece == "P" else gap
                kinds += piece
            else:
                gap = f"(?P=g{piece[1]})"
                pattern += f"`{gap}`" if kinds[int(piece[1])] == "P" else gap
        return cls(words, re.compile(pattern), kinds, (meaning,) if isinstance(meaning, str) else meaning)


PHRASES = {
    kind: [[_Phrase.of(words, meaning) for words, meaning in group.items()] for group in groups]
    for kind, groups in GROUPS.items()
}


def solve(prompt: str) -> set[str]:
    """A program for each meaning that the examples allow. ValueError where the prompt cannot be read or none agrees."""
    request = read(prompt)
    programs = {_program(request, expression) for expression in _meanings("V", request.wish, request.parameters)}
    if not programs:
        raise ValueError(f"cannot read: {request.wish}")
    if right := {program for program in programs if _agrees(program, request)}:
        return right
    raise ValueError(f"the examples disagree with: {request.wish}")


def _meanings(kind: str, text: str, parameters: tuple[str, ...]) -> list[str]:
    """Python for each meaning of the text as a phrase of that kind; none where it is not one."""
    for group in PHRASES[kind]:
        if found := [meaning for phrase in group for meaning in _readings(phrase, text, parameters)]:
            return found
    return []


def _readings(phrase: _Phrase, text: str, parameters: tuple[str, ...]) -> list[str]:
    said = phrase.pattern.fullmatch(text)
    if not said:
        return []
    gaps = [_gap(kind, part, parameters) for kind, part in zip(phrase.kinds, said.groups(), strict=True)]
    sound = SOUND.get(phrase.words, bool) if phrase.kinds else lambda _: True
    context = {"it": parameters[0], "other": parameters[-1]}
    choices = [parts for parts in product(*gaps) if sound(parts)]
    return [f"({meaning.format(*parts, **context)})" for parts in choices for meaning in phrase.meanings]


def _gap(kind: str, part: str, parameters: tuple[str, ...]) -> list[str]:
    if kind == "P":
        return [part] if part in parameters else []
    if kind == "O":
        return [part[:-2]]
    if kind == "C" and len(parameters) == 1:
        part = re.sub(r"^it\b", f"`{parameters[0]}`", part)
    return _meanings(kind, part, parameters) if kind in PHRASES else [part]


def _program(request: Request, expression: str) -> str:
    helpers = [inspect.getsource(helper) for helper in HELPERS if f"{helper.__name__}(" in expression]
    head = f"def {request.function}({', '.join(request.parameters)}):\n    return {expression}\n"
    return "\n\n".join(["from __future__ import annotations\n", *helpers, head] if helpers else [head])


def _agrees(program: str, request: Request) -> bool:
    calls = [arguments for arguments, _ in request.examples]
    done = run(program, function=request.function, calls=calls)
    if done.kind != FINISHED or len(done.returned) != len(calls):
        return False
    return all(equal(value, given) for (_, value), given in zip(request.examples, done.returned, strict=True))


SOLVER = solve
