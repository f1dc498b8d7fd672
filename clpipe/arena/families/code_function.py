"""Code function: write a Python function; the reply is run against hidden tests.

Example: ``Write a Python function `gauge(tempo)` that returns 7 plus 3 times `tempo`. For example, `gauge(2)` returns
`13` and `gauge(10)` returns `37`.`` — a reference is `def gauge(tempo):` and `return 3 * tempo + 7` on the next line.

Difficulty: one expression (1); a condition (2); a loop or comprehension (3); two steps, with lists of lists or
sentences (4); recursion, state, an algorithm (5). The problems are in `clpipe.arena.words.code_problems_*`. The hidden
tests are drawn with the task: none is an example of the prompt, and the edges of the problem are among them. The
judge is `python_function`, and `answer` one of many right replies.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family
from clpipe.arena.reserve import templates
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.code_names import IDENTIFIERS, STRINGS
from clpipe.arena.words.code_problem import TAKES, WORDS, Arguments, Problem, Source
from clpipe.arena.words.code_problems_easy import CONDITION, LOOP, ONE_EXPRESSION
from clpipe.arena.words.code_problems_hard import ALGORITHM, TWO_STEPS
from clpipe.records import Json

PROBLEMS: dict[int, dict[str, Problem]] = {1: ONE_EXPRESSION, 2: CONDITION, 3: LOOP, 4: TWO_STEPS, 5: ALGORITHM}
DRAWN = 8
"""Calls drawn for a task; two of them are shown."""
DULL: tuple[Json, ...] = ("", [])
"""Results that show little, so that other calls are shown where there are others."""
TEMPLATES = templates(
    {
        "write": "Write a Python function `{call}` that returns {what}. For example, {one} and {two}.",
        "implement": "Implement `{call}` in Python. It returns {what}. Example: {one}.",
        "define": "Define a Python function named `{name}` with {parameters}. It returns {what}. So {one}.",
        "complete": "Complete this Python function. It returns {what}.\n\ndef {call}:\n    ...\n\nFor example, {one}.",
        "docstring": "Complete this Python function; its docstring says what it returns.\n\n"
        'def {call}:\n    """Return {what}."""\n\nFor example, {one}.',
        "asserts": "Write a Python function `{call}` that returns {what}. These assertions must pass:\n\n{asserts}",
        "person": "{person} needs a Python function `{call}` that returns {what}. For example, {one}. Write it.",
        "examples-first": "We know that {one} and {two}. Write the Python function `{call}`, which returns {what}.",
        "task": "Task: a Python function `{call}`.\nIt returns: {what}.\nExample: {one}.",
        "given-header": "Given is the header `def {call}:`. Write the whole Python function so that it returns {what}."
        " For instance, {one}.",
        "should": "Your Python function `{call}` should return {what}. Check it with this: {one} and {two}.",
        "shell": "The Python function `{call}` returns {what}. In use it looks like this:\n\n{shell}\n\nWrite it.",
        "code": "Give Python code for a function `{name}` that takes {parameters} and returns {what}."
        " For example, {one}.",
        "only-code": "Write the Python function `{call}` and nothing else. It returns {what}. For example, {one}.",
    }
)


class Names(NamedTuple):
    """What a function and its parameters are called."""

    function: str
    parameters: list[str]

    @property
    def call(self) -> str:
        """As in a header."""
        return f"{self.function}({', '.join(self.parameters)})"


@dataclass(frozen=True, kw_only=True)
class CodeFunction(Family):
    """Short Python functions."""

    VERSION: ClassVar[int] = 1
    lines: ClassVar[str] = "all"

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """One of the problems of the difficulty with its numbers and words, two examples and the hidden tests."""
        template, wording = rng.choice(TEMPLATES.of(novelty))
        key, problem = rng.choice(_LISTED[difficulty])
        function, *parameters = rng.sample(IDENTIFIERS.of(novelty), 1 + len(problem.takes))
        names = Names(function, parameters)
        words = STRINGS.of(novelty)
        drawn = _drawn(rng, problem, words)
        shown, hidden = _calls(rng, problem, words, drawn)
        person = rng.choice(NAMES.of(novelty)) if "{person}" in wording else ""
        prompt = wording.format(**_filled(names, shown, problem, drawn), person=person)
        places = {n: prompt.find(n) for n in (function, *parameters, person) if n}
        return Draft(
            prompt=prompt,
            answer=reference(problem, names, drawn),
            template=template,
            entities=tuple(sorted(places, key=places.__getitem__)),
            facts={"problem": key, **drawn},
            judge="python_function",
            marking={"function": function, "tests": hidden},
        )


_LISTED = {difficulty: tuple(problems.items()) for difficulty, problems in PROBLEMS.items()}


def _drawn(rng: random.Random, problem: Problem, words: tuple[str, ...]) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    for key, options in problem.options.items():
        values = words if options is WORDS else options
        value = values[int(rng.random() * len(values))]
        while value in drawn.values():  # of a few among many
            value = values[int(rng.random() * len(values))]
        drawn[key] = value
    return drawn


def _calls(
    rng: random.Random, problem: Problem, words: tuple[str, ...], drawn: Mapping[str, Any]
) -> tuple[list[tuple[Arguments, Json]], list[Json]]:
    """Two calls to show, with different results where there are such, and the hidden ones; with their results."""
    source = Source(rng, words, [value for value in drawn.values() if type(value) is int])
    makers = [TAKES[kind] for kind in problem.takes]
    edges = problem.edges(**drawn)
    calls = edges + [[make(source) for make in makers] for _ in range(DRAWN)]
    made = [(arguments, problem.value(*arguments, **drawn)) for arguments in calls]
    usual = [call for call in made[len(edges) :] if call[0] not in edges and call[1] not in DULL] or made
    other = next((call for call in usual if call[1] != usual[0][1]), usual[-1])
    shown = [usual[0], other]
    return shown, [[arguments, value] for arguments, value in made if arguments not in (shown[0][0], other[0])]


def _filled(
    names: Names, shown: list[tuple[Arguments, Json]], problem: Problem, drawn: Mapping[str, Any]
) -> dict[str, str]:
    """What the braces of a template stand for."""
    quoted = [f"`{parameter}`" for parameter in names.parameters]
    calls = [(f"{names.function}({', '.join(map(literal, arguments))})", literal(value)) for arguments, value in shown]
    one, two = (f"`{call}` returns `{value}`" for call, value in calls)
    return {
        "name": names.function,
        "call": names.call,
        "parameters": ("the parameters " if len(quoted) > 1 else "the parameter ") + " and ".join(quoted),
        "what": problem.what.format(**dict(zip("xy", quoted, strict=False)), **drawn),
        "one": one,
        "two": two,
        "asserts": "\n".join(f"assert {call} == {value}" for call, value in calls),
        "shell": "\n".join(f">>> {call}\n{value}" for call, value in calls),
    }


def reference(problem: Problem, names: Names, drawn: Mapping[str, Any]) -> str:
    """A solution."""
    body = problem.body.format(**dict(zip("xy", names.parameters, strict=False)), **drawn)
    return f"def {names.call}:\n    " + body.replace("\n", "\n    ")


def literal(value: Json) -> str:
    """As it stands in a program, strings in double quotes; the strings have no quotes of their own."""
    return repr(value).replace("'", '"')


FAMILY = CodeFunction
