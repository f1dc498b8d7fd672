r"""Reads a request for a Python function: its name, its parameters, what it returns, and the worked examples.

>>> read("Implement `f(x)` in Python. It returns 2 plus `x`. Example: `f(1)` returns `3`.")
Request(function='f', parameters=('x',), wish='2 plus `x`', examples=(([1], 3),))

Each sentence must be one of `SENTENCES` from its first to its last letter, else ValueError; names may be any.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from dataclasses import dataclass
from typing import cast

from clpipe.records import Json

Example = tuple[list[Json], Json]

SPAN = re.compile(r'`[^`\n]+`|"(?:[^"\\\n]|\\.)*"')  # code, or a text in quotation marks
MASKED = re.compile(r"‹(\d+)›")
HEADER = re.compile(r"^def (\w+)\(([^)\n]*)\):$", re.MULTILINE)
DOCSTRING = re.compile(r'^\s*"""Return (.+)\."""$', re.MULTILINE)
SHELL = re.compile(r"^>>> (.+)\n(.+)$", re.MULTILINE)
ASSERTION = re.compile(r"^assert (.+?) == (.+)$", re.MULTILINE)
BODY = re.compile(r"^ +\.\.\.$", re.MULTILINE)

CALL = r"(?P<call>‹\d+›)"
NAME = r"(?P<name>‹\d+›)"
NAMES = r"(?:the parameter|the parameters) (?P<names>‹\d+›(?:(?:,| and|, and) ‹\d+›)*)"
WISH = r"(?P<wish>.+)"
EXAMPLES = r"(?P<examples>‹\d+› returns ‹\d+›(?:(?:,| and|, and) ‹\d+› returns ‹\d+›)*)"
SENTENCES = [
    re.compile(sentence)
    for sentence in (
        rf"(?:Write (?:a|the) Python function|The Python function|[A-Z][\w'’-]* needs a Python function) {CALL} "
        rf"(?:that returns|returns) {WISH}\.",
        rf"Your Python function {CALL} should return {WISH}\.",
        rf"Write the Python function {CALL}, which returns {WISH}\.",
        rf"Give Python code for a function {NAME} that takes {NAMES} and returns {WISH}\.",
        rf"Define a Python function named {NAME} with {NAMES}\.",
        rf"Write the whole Python function so that it returns {WISH}\.",
        rf"It returns:? {WISH}\.",
        rf"Implement {CALL} in Python\.",
        rf"Write the Python function {CALL} and nothing else\.",
        rf"Task: a Python function {CALL}\.",
        rf"Given is the header {CALL}\.",
        r"Complete this Python function(?:; its docstring says what it returns)?\.",
        rf"(?:For example,|For instance,|Example:|So|Check it with this:|We know that) {EXAMPLES}\.",
        r"Write it\.|In use it looks like this:|These assertions must pass:",
    )
]


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted."""

    function: str
    parameters: tuple[str, ...]
    wish: str
    """What it returns, in English, without a full stop."""
    examples: tuple[Example, ...]


class _Notes:
    """What the sentences said so far."""

    def __init__(self) -> None:
        self.spans: list[str] = []
        self.signatures: set[tuple[str, tuple[str, ...]]] = set()
        self.wishes: list[str] = []
        self.calls: list[tuple[str, str]] = []

    def mask(self, text: str) -> str:
        """The text with a mark for each span."""

        def hide(span: re.Match[str]) -> str:
            self.spans.append(span[0])
            return f"‹{len(self.spans) - 1}›"

        return SPAN.sub(hide, text)

    def plain(self, text: str) -> str:
        """The text with its spans again."""
        return MASKED.sub(lambda mark: self.spans[int(mark[1])], text)

    def code(self, text: str) -> list[str]:
        """The code of the spans in the text."""
        return [self.spans[int(mark)].strip("`") for mark in MASKED.findall(text)]


def read(prompt: str) -> Request:
    """Read the whole prompt. ValueError at the first thing that is not understood, or said twice or not at all."""
    notes = _Notes()
    for name, names in HEADER.findall(prompt):
        notes.signatures.add((name, _listed(names)))
    notes.wishes += DOCSTRING.findall(prompt)
    notes.calls += SHELL.findall(prompt) + ASSERTION.findall(prompt)
    english = prompt
    for lines in (HEADER, DOCSTRING, SHELL, ASSERTION, BODY):
        english = lines.sub("\n", english)
    for sentence in re.split(r"(?<=[.:])\s*\n\s*|(?<=\.)\s+(?=[A-Z])", notes.mask(english).strip()):
        _hear(notes, sentence.strip())
    if len(notes.signatures) != 1 or len(notes.wishes) != 1:
        raise ValueError(f"cannot read: functions {notes.signatures}, returning {notes.wishes}")
    ((function, parameters),) = notes.signatures
    for name in (function, *parameters):
        if not name.isidentifier() or keyword.iskeyword(name) or hasattr(builtins, name):
            raise ValueError(f"cannot read: {name!r} as the name of something new")
    examples = tuple(_example(call, value, function, len(parameters)) for call, value in notes.calls)
    return Request(function, parameters, notes.wishes[0], examples)


def _hear(notes: _Notes, sentence: str) -> None:
    for pattern in SENTENCES:
        if said := pattern.fullmatch(sentence):
            break
    else:
        raise ValueError(f"cannot read: {notes.plain(sentence)}")
    for what, text in said.groupdict().items():
        if text is None or what == "names":
            continue
        if what == "wish":
            notes.wishes.append(notes.plain(text))
        elif what == "examples":
            code = notes.code(text)
            notes.calls += zip(code[::2], code[1::2], strict=True)
        elif what == "name":
            notes.signatures.add((notes.code(text)[0], tuple(notes.code(said["names"]))))
        else:
            notes.signatures.add(_signature(notes.code(text)[0]))


def _signature(code: str) -> tuple[str, tuple[str, ...]]:
    found = re.fullmatch(r"(?:def )?(\w+)\(([^)]*)\):?", code)
    if not found:
        raise ValueError(f"cannot read: {code} as the head of a function")
    return found[1], _listed(found[2])


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(","))


def _example(call: str, value: str, function: str, parameters: int) -> Example:
    try:
        tree = ast.parse(call, mode="eval").body
        if not isinstance(tree, ast.Call) or tree.keywords or ast.unparse(tree.func) != function:
            raise ValueError(f"not a call of {function}")
        arguments = [cast(Json, ast.literal_eval(argument)) for argument in tree.args]
        if len(arguments) != parameters:
            raise ValueError(f"{parameters} arguments are expected")
        return arguments, cast(Json, ast.literal_eval(value))
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"cannot read: example {call}, {value}: {error}") from None
