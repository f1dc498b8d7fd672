"""The reply is a Python program whose function passes every hidden test; it is run in `clpipe.arena.sandbox`.

`marking`: `function`, its name, and `tests`, pairs of a list of arguments and the expected value, all plain JSON.
Of a reply with a fenced block the first block counts, else the whole reply. What the tests expect never goes into the
sandbox: the values come out of it as text and are compared here.

The comparison is strict: a bool is not an int, a tuple is not a list, a value of a class of its own is nothing. Where
a float is expected an int will do, and floats may differ by one in 10⁹; where an int is expected a float is wrong.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import cast

from clpipe.arena.sandbox import FINISHED, run
from clpipe.records import Json, Task

LONGEST = 20_000
"""Characters; a longer reply is wrong unread."""
FENCE = "```"
_PYTHON = re.compile(r"(?i)py(?:thon)?[\d.]*")


def right(task: Task, reply: str) -> bool:
    """Whether the function in the reply returns what it should, for all hidden tests.

    Any reply may come in; RuntimeError is raised only where programs cannot be run safely at all.
    """
    function = cast(str, task.marking["function"])
    tests = cast(Sequence[tuple[list[Json], Json]], task.marking["tests"])
    if len(reply) > LONGEST or function not in reply:
        return False
    done = run(program(reply), function=function, calls=[arguments for arguments, _ in tests])
    if done.kind != FINISHED or len(done.returned) != len(tests):
        return False
    return all(equal(expected, value) for (_, expected), value in zip(tests, done.returned, strict=True))


def program(reply: str) -> str:
    """The first fenced block, to the end of the reply where it is never closed; without a fence the reply itself.

    What stands before a fence with nothing after it was a block without its opening.
    """
    before, _, rest = reply.partition(FENCE)
    if not rest.strip():
        return before
    block = rest.partition(FENCE)[0]
    first, _, others = block.partition("\n")
    return others if _is_tag(first.split()) else block


def _is_tag(words: list[str]) -> bool:
    """Whether the words after a fence name a language (`python3.11 title=x`) and are no program (`python = 3`)."""
    if len(words) < 2:
        return not words or words[0].isalnum() or bool(_PYTHON.fullmatch(words[0]))
    return bool(_PYTHON.fullmatch(words[0])) and not words[1].startswith(("=", "."))


def equal(expected: Json, value: str) -> bool:
    """Whether the JSON text `value`, as the sandbox gives it, is the expected value."""
    try:
        return _same(expected, json.loads(value))
    except (ValueError, TypeError, ArithmeticError, RecursionError):  # what a program wrote there itself
        return False


def _same(expected: Json, value: object) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(_same(e, v) for e, v in zip(expected, value, strict=True))
        )
    if isinstance(expected, dict):
        return _same_dict(expected, value)
    if isinstance(expected, float):
        return type(value) in (int, float) and math.isclose(expected, cast(float, value), rel_tol=1e-9)
    return type(value) is type(expected) and value == expected


def _same_dict(expected: dict[str, Json], value: object) -> bool:
    pairs = value.get("dict") if isinstance(value, dict) else None
    if not isinstance(pairs, list) or len(pairs) != len(expected):
        return False
    given = {key: item for key, item in (cast(list[object], pair) for pair in pairs) if isinstance(key, str)}
    return given.keys() == expected.keys() and all(_same(item, given[key]) for key, item in expected.items())


JUDGE = right
