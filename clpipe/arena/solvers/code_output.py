"""Run the program in the prompt and look at what is asked for.

Reading: each paragraph is either a question or announcement in English, which must be one of `QUESTIONS` or
`ANNOUNCEMENTS` from its first to its last letter, or part of the program. The program stands in one piece, in a fence
or between blank lines; where there is a fence all of it is inside. Names of people and in the code may be any.

Solving: CPython runs the program in `clpipe.arena.sandbox`. What is asked is all that it prints, its last line, what
its last statement prints, or the value of an expression after it. A text is answered without quotation marks.
The set never has more than one answer: a program that ends has one output.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from clpipe.arena.sandbox import FINISHED, run

MARK = "\x1e"
FENCED = re.compile(r"```(?:python|py)?\n(?P<code>.*?)\n?```", re.DOTALL)
ASSERTION = re.compile(r"^assert (?P<asked>.+) == \?\?\?$", re.MULTILINE)
PROGRAM = r"(?:program|Python program|Python code|code|script)"
PERSON = r"[A-Z][\w'’-]*"
ANNOUNCEMENTS = re.compile(rf"Here is (?:a|the) (?:Python )?(?:function|{PROGRAM})[.:]")


def solve(prompt: str) -> set[str]:
    """What running the program shows. ValueError where the prompt cannot be read or the program not be run."""
    code, question = _parts(prompt)
    for pattern, show in QUESTIONS.items():
        if asked := re.fullmatch(pattern, question):
            return {show(code, asked.groupdict().get("asked", ""))}
    raise ValueError(f"cannot read: {question}")


def _parts(prompt: str) -> tuple[str, str]:
    """The program and the question."""
    text = prompt.strip()
    fences = list(FENCED.finditer(text))
    if len(fences) > 1:
        raise ValueError("cannot read: more than one fenced program")
    if fences:
        (fence,) = fences
        code, english = fence["code"], _paragraphs(text[: fence.start()]) + _paragraphs(text[fence.end() :])
    else:
        paragraphs = _paragraphs(text)
        places = [place for place, paragraph in enumerate(paragraphs) if not _english(paragraph)]
        if not places or places != list(range(places[0], places[-1] + 1)):
            raise ValueError("cannot read: no program, or one that stands in pieces")
        code = "\n\n".join(paragraphs[place] for place in places)
        english = paragraphs[: places[0]] + paragraphs[places[-1] + 1 :]
    questions = [paragraph for paragraph in english if not ANNOUNCEMENTS.fullmatch(paragraph)]
    if len(questions) != 1:
        raise ValueError(f"cannot read: one question is expected, not {questions}")
    return code, questions[0]


def _paragraphs(text: str) -> list[str]:
    return [paragraph.strip("\n") for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph.strip()]


def _english(paragraph: str) -> bool:
    patterns = (ANNOUNCEMENTS, *map(re.compile, QUESTIONS))
    return any(pattern.fullmatch(paragraph) for pattern in patterns)


def _output(code: str) -> str:
    done = run(code)
    if done.kind != FINISHED:
        raise ValueError(f"cannot run: {done.kind}")
    return done.stdout


def _tree(code: str) -> ast.Module:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise ValueError(f"cannot read: not Python, {error}") from None
    if not tree.body:
        raise ValueError("cannot read: an empty program")
    return tree


def _all(code: str, _: str) -> str:
    """All that the program prints."""
    _tree(code)
    if not (printed := _output(code).removesuffix("\n")):
        raise ValueError("cannot answer: it prints nothing")
    return printed


def _last_line(code: str, asked: str) -> str:
    """The last line that is printed."""
    return _all(code, asked).split("\n")[-1]


def _last_statement(code: str, asked: str) -> str:
    """What the last line of the program prints; it must be a statement of its own, outside of all others."""
    last = _tree(code).body[-1]
    lines = code.rstrip("\n").split("\n")
    if not last.lineno == len(lines) == last.end_lineno or last.col_offset:
        raise ValueError("cannot answer: the last line belongs to a longer statement")
    marked = "\n".join([*lines[:-1], f"print({MARK!r}, end='')", lines[-1]])
    if not (printed := _all(marked, asked).rpartition(MARK)[2]):
        raise ValueError("cannot answer: the last line prints nothing")
    return printed


def _marked(code: str, asked: str) -> str:
    """What stands for the question marks in the comment of the last line."""
    if code.count("???") != 1 or not re.search(r"\)  # prints \?\?\?$", code):
        raise ValueError("cannot read: no '# prints ???' in the last line")
    return _last_statement(code, asked)


def _value(code: str, asked: str) -> str:
    """The value of an expression after the program."""
    try:
        ast.parse(asked, mode="eval")
    except SyntaxError:
        raise ValueError(f"cannot read: {asked} is no expression") from None
    _tree(code)
    return _output(f"{code}\nprint({MARK!r}, end='')\nprint({asked})\n").rpartition(MARK)[2].removesuffix("\n")


def _asserted(code: str, _: str) -> str:
    """The value that makes the assertion in the last line hold."""
    found = ASSERTION.search(code)
    if not found or found.end() != len(code) or code.count("???") != 1:
        raise ValueError("cannot read: no 'assert … == ???' in the last line")
    return _value(code[: found.start()], found["asked"])


QUESTIONS: dict[str, Callable[[str, str], str]] = {
    rf"(?:Give|What is) the output of this {PROGRAM}[.?]": _all,
    rf"What does (?:this {PROGRAM}|the {PROGRAM} above) print\?": _all,
    rf"This {PROGRAM} is run\. What (?:appears on the screen|does it print)\?": _all,
    rf"{PERSON} runs this {PROGRAM}\. What does it print\?": _all,
    rf"Give the last line that this {PROGRAM} prints\.": _last_line,
    r"What does the last line print\?": _last_statement,
    r"What should replace \?\?\? in the last line\?": _marked,
    r"The assertion holds\. What should replace \?\?\?(?:, quotes left out\?)?": _asserted,
    r"What does `(?P<asked>[^`\n]+)` return\?": _value,
    rf"{PERSON} calls `(?P<asked>[^`\n]+)`\. What is returned\?": _value,
    rf"What is (?:the value of )?`(?P<asked>[^`\n]+)`(?: after this {PROGRAM}(?: has run)?)?\?": _value,
}

SOLVER = solve
