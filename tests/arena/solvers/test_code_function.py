"""The second solver of requests for functions, on requests and values worked by hand."""

import pytest

from clpipe.arena.solvers.code_function import solve
from clpipe.records import Json


def values(prompt: str, *calls: list[Json]) -> set[tuple[str, ...]]:
    """What each program that the prompt allows returns for the calls of `f`."""
    found: set[tuple[str, ...]] = set()
    for program in solve(prompt):
        space: dict[str, object] = {}
        exec(program, space)
        found.add(tuple(repr(space["f"](*call)) for call in calls))  # type: ignore[operator]
    return found


@pytest.mark.parametrize(
    ("wish", "example", "call", "value"),
    [
        ("4 less than the square of the sum of `a` and 3", "f(1)` returns `12`", [-3], "-4"),
        ("30 minus 4 times `a`", "f(1)` returns `26`", [10], "-10"),
        (
            "the result of adding 3 to `a`, dividing by 4 and rounding down to a whole number",
            "f(1)` returns `1`",
            [4],
            "1",
        ),
        ('"ox" if `a` is greater than 7, and "elk" otherwise', 'f(1)` returns `"elk"`', [7], "'elk'"),
        ('"ox" if `a` is at least 7, and "elk" otherwise', 'f(1)` returns `"elk"`', [7], "'ox'"),
        ("`a` itself, but 2 if `a` is less than 2, and 5 if `a` is greater than 5", "f(3)` returns `3`", [9], "5"),
        ("`a` plus 3 if `a` is even, and 2 times `a` if it is odd", "f(3)` returns `6`", [4], "7"),
        (
            "True if `a` is a multiple of 3 and greater than 6, and False otherwise",
            "f(3)` returns `False`",
            [9],
            "True",
        ),
        (
            'the string `a` if it has more than 2 characters, and `a` followed by "!" otherwise',
            'f("abc")` returns `"abc"`',
            ["ab"],
            "'ab!'",
        ),
        (
            "3 times the sum of the numbers in the list `a` that are greater than 4",
            "f([5])` returns `15`",
            [[4, 6]],
            "18",
        ),
        (
            "a list of the numbers in the list `a` that are less than 4, each multiplied by 5",
            "f([])` returns `[]`",
            [[4, 3, -1]],
            "[15, -5]",
        ),
        (
            "the first number in the list `a` that is greater than 4, or 9 if there is none",
            "f([])` returns `9`",
            [[4, 6, 5]],
            "6",
        ),
        (
            "the largest number in the list `a` that is less than 4, or 9 if there is none",
            "f([])` returns `9`",
            [[4, 1, 3, 2]],
            "3",
        ),
        (
            "10 plus the sum of the whole numbers from 1 to `a` that are divisible by 2 or by 3",
            "f(1)` returns `10`",
            [6],
            "25",
        ),  # 2 + 3 + 4 + 6
        (
            "1 plus the sum of the prime numbers that are greater than 3 and not greater than `a`",
            "f(3)` returns `1`",
            [11],
            "24",
        ),  # 5 + 7 + 11
        (
            "4 times the greatest common divisor of 12 and all numbers in the list `a`",
            "f([8])` returns `16`",
            [[9, 6]],
            "12",
        ),
        (
            "2 times the greatest depth of nesting in the string `a`, which is "
            "made of ( and ), or 7 if the brackets do not "
            "match",
            'f("()")` returns `2`',
            ["())("],
            "7",
        ),
        (
            "2 times the length of the longest unbroken run of numbers in the list `a` that are all greater than 4",
            "f([5])` returns `2`",
            [[5, 6, 4, 7]],
            "4",
        ),
        (
            "the number of the last child left when `a` children, numbered from 1 "
            "upwards, stand in a circle and, counting "
            "round and round from the first, every 3rd child leaves",
            "f(1)` returns `1`",
            [5],
            "4",
        ),  # 3, 1, 5, 2 leave
        (
            "the sum of all numbers in the nested list `a`, where a number in the "
            "outermost list counts 2 times and each "
            "level further inside adds 3 to that factor",
            "f([1])` returns `2`",
            [[1, [1, [1]], []]],
            "15",
        ),
        (
            "the value after `a` steps when you start at 6 and each step replaces "
            "an even value v by v // 2 and an odd value "
            "v by 3 * v + 1",
            "f(1)` returns `3`",
            [3],
            "5",
        ),
        (
            "the last value of a counter that starts at 5 and to which the numbers "
            "in the list `a` are added in turn; "
            "whenever it falls below 0 it is set to 0, whenever it rises above 8 "
            "it is set to 8",
            "f([])` returns `5`",
            [[9, -2, -9, 3]],
            "3",
        ),
        (
            "those words of the string `a` that have at least 3 letters, in "
            'reverse order and joined by "+"; the words are '
            "separated by single spaces",
            'f("ab abc")` returns `"abc"`',
            ["one to five"],
            "'five+one'",
        ),
        (
            "the string `a` with each of its lower-case letters replaced by the "
            "letter 2 places later in the alphabet (after "
            '"z" comes "a"), followed by "-"',
            'f("a")` returns `"c-"`',
            ["Yz y"],
            "'Yb a-'",
        ),
    ],
)
def test_hand_worked(wish: str, example: str, call: list[Json], value: str) -> None:
    assert values(f"Implement `f(a)` in Python. It returns {wish}. Example: `{example}.", call) == {(value,)}


WISH = "2 times `left` plus 5 times `right`"


@pytest.mark.parametrize(
    "prompt",
    [
        f"Write a Python function `f(left, right)` that returns {WISH}. These assertions must pass:\n\n"
        "assert f(1, 2) == 12\nassert f(0, -1) == -5",
        f"Your Python function `f(left, right)` should return {WISH}. Check it "
        f"with this: `f(1, 2)` returns `12` and "
        "`f(0, -1)` returns `-5`.",
        f"The Python function `f(left, right)` returns {WISH}. In use it looks "
        f"like this:\n\n>>> f(1, 2)\n12\n\nWrite it.",
        "Complete this Python function; its docstring says what it returns.\n\ndef f(left, right):\n"
        f'    """Return {WISH}."""\n\nFor example, `f(1, 2)` returns `12`.',
        f"Define a Python function named `f` with the parameters `left` and "
        f"`right`. It returns {WISH}. So `f(1, 2)` "
        "returns `12`.",
        f"We know that `f(1, 2)` returns `12`. Write the Python function `f(left, right)`, which returns {WISH}.",
        f"Give Python code for a function `f` that takes the parameters `left` "
        f"and `right` and returns {WISH}. For "
        "example, `f(1, 2)` returns `12`.",
        f"Given is the header `def f(left, right):`. Write the whole Python "
        f"function so that it returns {WISH}. For "
        "instance, `f(1, 2)` returns `12`.",
        f"Complete this Python function. It returns {WISH}.\n\ndef f(left, "
        f"right):\n    ...\n\nFor example, `f(1, 2)` "
        "returns `12`.",
        f"Ottilie needs a Python function `f(left, right)` that returns {WISH}. "
        f"For example, `f(1, 2)` returns `12`. "
        "Write it.",
        f"Task: a Python function `f(left, right)`.\nIt returns: {WISH}.\nExample: `f(1, 2)` returns `12`.",
        f"Write the Python function `f(left, right)` and nothing else. It "
        f"returns {WISH}. For example, `f(1, 2)` returns "
        "`12`.",
    ],
)
def test_frames(prompt: str) -> None:
    assert values(prompt, [3, 4], [-1, 0]) == {("26", "-2")}


ORDER = "a list of all numbers in the inner lists of `a` that are greater than 4, in order, each multiplied by 2"
FIRST = (
    "the first 3 letters of the longest string in the list `a` (the earlier one if several are equally long) "
    'followed by "x"'
)


@pytest.mark.parametrize(
    ("wish", "example", "call", "answers"),
    [
        (ORDER, "f([[1, 6], [7]])` returns `[12, 14]`", [[[7, 6]]], {("[14, 12]",), ("[12, 14]",)}),
        (ORDER, "f([[1, 8], [7]])` returns `[16, 14]`", [[[7, 6]]], {("[14, 12]",)}),
        (ORDER, "f([[1, 8], [7]])` returns `[14, 16]`", [[[7, 6]]], {("[12, 14]",)}),
        (FIRST, 'f(["ab", "abcd"])` returns `"abcx"`', [["klmno", "pqrst"]], {("'klmx'",)}),
        (FIRST, 'f(["ab", "abcd"])` returns `"abc"`', [["klmno", "pqrst"]], {("'klm'",)}),
        (FIRST, 'f(["ab", "a"])` returns `"abx"`', [["klmno", "pqrst"]], {("'klm'",), ("'klmx'",)}),
    ],
)
def test_two_meanings(wish: str, example: str, call: list[Json], answers: set[tuple[str]]) -> None:
    assert values(f"Implement `f(a)` in Python. It returns {wish}. Example: `{example}.", call) == answers


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("Implement `f(a)` in Python. It returns 3 plus `a`. Example: `f(1)` returns `5`.", "examples disagree"),
        ("Implement `f(a)` in Python. It returns 3 plus `b`. Example: `f(1)` returns `4`.", "cannot read"),
        ("Implement `f(a)` in Python. It returns 3 plus half of `a`. Example: `f(2)` returns `4`.", "cannot read"),
        ("Implement `f(a)` in Python. It returns 3 plus `a`. Example: `g(1)` returns `4`.", "not a call of f"),
        ("Implement `f(a)` in Python. It returns 3 plus `a`. Example: `f(1, 2)` returns `4`.", "1 arguments"),
        ("Implement `f(a)` in Python. It is fast. It returns 3 plus `a`.", "It is fast"),
        ("Implement `f(a)` in Python.", "returning"),
        ("Implement `f(a)` in Python. It returns 3. It returns 4.", "returning"),
        ("Implement `f(list)` in Python. It returns 3 plus `list`.", "'list'"),
        # what holds for 4, which is both
        (
            'Implement `f(a)` in Python. It returns "x" if `a` is less than 5, "y" '
            'if `a` is greater than 3, and "z" otherwise.',
            "cannot read",
        ),
        # what holds for 4, which is neither
        (
            "Implement `f(a)` in Python. It returns 1 if `a` is less than 4, and 2 if `a` is greater than 4.",
            "cannot read",
        ),
        (
            "Implement `f(a)` in Python. It returns the number of the last child "
            "left when `a` children, numbered from 1 "
            "upwards, stand in a circle and, counting round and round from the "
            "first, every 3th child leaves.",
            "cannot read",
        ),
    ],
)
def test_unreadable(prompt: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        solve(prompt)


def test_exclusive_conditions_are_read() -> None:
    prompt = "Implement `f(a)` in Python. It returns 1 if `a` is less than 4, and 2 if `a` is greater than 3."
    assert values(prompt, [3], [4]) == {("1", "2")}
