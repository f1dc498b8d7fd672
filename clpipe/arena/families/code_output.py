"""Code output: what a short Python program prints, or what a function returns.

Example: `What does this program print?` and, on lines of their own, `gauge = 7`, `tempo = gauge * 3`,
`valley = tempo - 4`, `print(valley + gauge)` — 24.

Difficulty: assignments and arithmetic (1); a branch, strings and indexing (2); a loop (3); a loop in a loop, a loop
with a condition, a function or the changes of a list (4); recursion, a loop that changes two variables, a dict (5).
The answer is a number or one word. The same program can be asked for as a script or as a function that takes what
is set first.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

from clpipe.arena.family import Draft, Family
from clpipe.arena.reserve import templates
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.code_names import IDENTIFIERS, STRINGS
from clpipe.arena.words.code_programs import EASY, Literal, Program
from clpipe.arena.words.code_programs_hard import HARD
from clpipe.records import Json

KINDS = EASY | HARD
MOST_NAMES = 5
"""Identifiers in one program, that of the function around it among them."""


class Wording(NamedTuple):
    """How a program is put; `{code}` is as `form` says, `{call}` the expression that is asked."""

    form: str
    """`script`: it prints at its end; `function`: it is the body of a function; `lines`: what is asked is not in it."""
    layout: str


TEMPLATES = templates(
    {
        "print": Wording("script", "What does this program print?\n\n{code}"),
        "fenced": Wording("script", "What does this Python program print?\n\n```python\n{code}\n```"),
        "above": Wording("script", "{code}\n\nWhat does the code above print?"),
        "fenced-above": Wording("script", "```python\n{code}\n```\n\nWhat is the output of this program?"),
        "output": Wording("script", "Give the output of this Python code.\n\n{code}"),
        "person": Wording("script", "{person} runs this program. What does it print?\n\n{code}"),
        "last-line": Wording("script", 'Give the last line that this program prints.\n\nprint("ready")\n{code}'),
        "screen": Wording("script", "This Python program is run. What appears on the screen?\n\n{code}"),
        "comment": Wording("script", "What should replace ??? in the last line?\n\n{code}  # prints ???"),
        "returns": Wording("function", "What does `{call}` return?\n\n{code}"),
        "returns-fenced": Wording("function", "```python\n{code}\n```\n\nWhat does `{call}` return?"),
        "call-value": Wording("function", "Here is a function.\n\n{code}\n\nWhat is the value of `{call}`?"),
        "assert": Wording(
            "function",
            "The assertion holds. What should replace ???, quotes left out?\n\n{code}\n\nassert {call} == ???",
        ),
        "person-call": Wording("function", "{code}\n\n{person} calls `{call}`. What is returned?"),
        "call-printed": Wording("function", "What does the last line print?\n\n{code}\n\nprint({call})"),
        "value": Wording("lines", "{code}\n\nWhat is the value of `{call}` after this code?"),
        "value-fenced": Wording("lines", "What is `{call}` after this code has run?\n\n```python\n{code}\n```"),
    }
)


@dataclass(frozen=True, kw_only=True)
class CodeOutput(Family):
    """Short Python programs."""

    VERSION: ClassVar[int] = 1

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A program of one of the kinds of its difficulty, and one of the ways to ask for its result."""
        name, wording = rng.choice(TEMPLATES.of(novelty))
        names = rng.sample(IDENTIFIERS.of(novelty), MOST_NAMES)
        kind = rng.choice(KINDS[difficulty])
        program = kind(rng, names, STRINGS.of(novelty))
        person = rng.choice(NAMES.of(novelty)) if "{person}" in wording.layout else ""
        code, call = written(program, wording.form, names[-1])
        prompt = wording.layout.format(code=code, call=call, person=person)
        places = {n: prompt.find(n) for n in (*names, person) if n}
        return Draft(
            prompt=prompt,
            answer=str(program.value),
            template=name,
            entities=tuple(sorted((n for n, place in places.items() if place >= 0), key=places.__getitem__)),
            facts={"kind": kind.__name__, "values": cast(Json, program.latent)},
        )


def written(program: Program, form: str, function: str) -> tuple[str, str]:
    """The text of a program in one of the forms of `Wording`, and the expression that is asked."""
    if form == "function" and program.inputs:
        head = f"def {function}({', '.join(name for name, _ in program.inputs)}):"
        lines = [head, *(f"    {line}" for line in program.lines), f"    return {program.asked}"]
        return "\n".join(lines), f"{function}({', '.join(literal(value) for _, value in program.inputs)})"
    lines = [f"{name} = {literal(value)}" for name, value in program.inputs] + list(program.lines)
    if form == "script":
        lines.append(f"print({program.asked})")
    return "\n".join([*program.functions, *([""] if program.functions and lines else []), *lines]), program.asked


def literal(value: object) -> str:
    """As it stands in a program, strings in double quotes."""
    return f'"{value}"' if type(value) is str else value if type(value) is Literal else repr(value)


FAMILY = CodeOutput
