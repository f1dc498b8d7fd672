"""A file of somebody's own tasks, a JSON object a line, to tasks; or everything that is wrong with it, told at once.

The file is read by lines. A problem is told as `FILE, line N: field 'x' …`, one that is the whole file's as `FILE: …`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clpipe.arena.canonical import normalised, proper_names
from clpipe.arena.family import DIFFICULTIES, Draft
from clpipe.arena.scoring import exact_match, normalise
from clpipe.mistakes import unknown
from clpipe.records import Json, Task

NEEDED = ("prompt", "answer")
FIELDS = (*NEEDED, "answers", "family", "template", "difficulty")
TOLD = 100
"""Problems told one by one; of more the number is told."""
LONGEST = 1 << 20
"""Bytes of a line: a file that is not lines at all must not fill the memory."""

_CONTROL = re.compile(r"<\|[^|<>]{1,40}\|>|</?s>")
_FAMILY = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_FOREIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def read(place: Path, family: str) -> list[Task]:
    """The tasks of the file in its order, of `family` unless a line says another; ValueError with every problem."""
    found = _Found(place)
    for number, raw in _lines(place):
        try:
            record = _record(raw)
        except ValueError as error:
            found.tell(number, str(error))
        else:
            found.add(number, record, family)
    return found.all()


@dataclass
class _Found:
    """The tasks of a file, and everything that is wrong with it."""

    place: Path
    tasks: list[Task] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    untold: int = 0
    asked: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Line and answer of every prompt met."""

    def add(self, number: int, record: dict[str, Any], family: str) -> None:
        """The record of a line: a task, or problems."""
        problems = [*_mistakes(record), *self.repeated(number, record)]
        for problem in problems:
            self.tell(number, problem)
        if not self.problems:
            self.tasks.append(_task(record, family))

    def repeated(self, number: int, record: dict[str, Any]) -> Iterator[str]:
        """Whether the prompt was met before, and with which answer."""
        prompt, answer = record.get("prompt"), record.get("answer")
        if not isinstance(prompt, str) or not prompt.strip():
            return
        line, before = self.asked.setdefault(normalised(prompt), (number, answer))
        if line != number:
            same = isinstance(answer, str) and isinstance(before, str) and normalise(answer) == normalise(before)
            differing = "" if same else f", there with the answer {_shown(before)}, here with {_shown(answer)}"
            yield f"field 'prompt' is the same as in line {line}{differing}"

    def tell(self, number: int, problem: str) -> None:
        """Note a problem of a line."""
        if len(self.problems) < TOLD:
            self.problems.append(f"{self.place}, line {number}: {problem}")
        else:
            self.untold += 1

    def all(self) -> list[Task]:
        """The tasks; ValueError if there was any problem."""
        if not (self.problems or self.tasks):
            self.problems.append(f'{self.place}: no task in it; a line is {{"prompt": "…", "answer": "…"}}')
        if self.problems:
            more = [f"{self.place}: and {self.untold} more problems"] if self.untold else []
            raise ValueError("\n".join([*self.problems, *more]))
        return self.tasks


def _lines(place: Path) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of every line with something on it; one that is too long is cut."""
    with place.open("rb") as file:
        number, rest = 0, False
        while raw := file.readline(LONGEST + 1):
            if not rest:
                number += 1
                raw = _begun(place, raw) if number == 1 else raw
                if raw.strip():
                    yield number, raw
            rest = not raw.endswith(b"\n")


def _begun(place: Path, raw: bytes) -> bytes:
    """The first line without the mark of UTF-8; ValueError where it gives the whole file away."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{place}, line 1: not UTF-8 but UTF-16: byte 1 is {raw[0]:#04x}; save the file as UTF-8")
    if raw.strip() == b"[":
        raise ValueError(f"{place}, line 1: a JSON list; write an object a line, without [ ] and commas between them")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _record(raw: bytes) -> dict[str, Any]:
    """The object on a line; ValueError says why there is none."""
    if len(raw) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes; a task is one line")
    try:
        record = json.loads(raw.decode().rstrip(), object_pairs_hook=_object, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not UTF-8: byte {error.start + 1} is {raw[error.start]:#04x}; save the file as UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg}, column {error.colno}): {_shown(error.doc)}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deeply") from None
    except ValueError as error:
        if "int_max_str_digits" in str(error):
            raise ValueError("a number with too many digits") from None
        raise
    if not isinstance(record, dict):
        raise ValueError(f"must be an object, {{…}}, not {_kind(record)}")
    return record


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(record := dict(pairs)) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"field {_shown(next(key for key in keys if keys.count(key) > 1))} stands twice")
    return record


def _refuse(constant: str) -> Any:
    raise ValueError(f"not JSON ({constant} is no number of JSON)")


def _mistakes(record: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the fields of one task."""
    yield from (unknown("field", key[:60], FIELDS) for key in record if key not in FIELDS)
    yield from (f"field {key!r} is missing" for key in NEEDED if key not in record)
    for key in ("prompt", "answer", "family", "template"):
        if key in record and (problem := _text_problem(key, record[key])):
            yield f"field {key!r} {problem}"
    answers = record.get("answers", [])
    if not isinstance(answers, list):
        yield f'field \'answers\' must be a list of texts, ["…", "…"], not {_kind(answers)}'
    else:
        for place, other in enumerate(answers, 1):
            if problem := _text_problem("answer", other):
                yield f"field 'answers', number {place}, {problem}"
    difficulty = record.get("difficulty", DIFFICULTIES[0])
    if type(difficulty) is not int or difficulty not in DIFFICULTIES:
        yield f"field 'difficulty' must be a whole number from 1 to 5, not {_shown(difficulty)}"


def _text_problem(key: str, value: object) -> str | None:
    if isinstance(value, bool | int | float):
        return f'must be a text, so in quotes: "{json.dumps(value)}"'
    if not isinstance(value, str):
        return f"must be a text, not {_kind(value)}"
    text = value.strip()
    if not text:
        return "is empty"
    if foreign := _FOREIGN.search(value):
        half = "half of a character" if "\ud800" <= foreign[0] <= "\udfff" else "the control character"
        return f"holds {half} U+{ord(foreign[0]):04X}"
    if control := _CONTROL.search(value):
        return f"holds {control[0]!r}, which may be a control token of the model"
    return None if key == "prompt" else _line_problem(key, text)


def _line_problem(key: str, text: str) -> str | None:
    if len(text.splitlines()) > 1:
        return "has more than one line" + ("; of a reply only the first is read" if key == "answer" else "")
    if key == "answer" and not exact_match(text, text):
        return "could never be matched by a reply"
    if key == "family" and not _FAMILY.fullmatch(text):
        return f"must be a name of lower-case letters, digits, _ and -, not {_shown(text)}"
    return None


def _task(record: dict[str, Any], family: str) -> Task:
    """The task of a line without mistakes; space around its texts is taken off."""
    prompt = record["prompt"].strip()
    others: list[Json] = [other.strip() for other in record.get("answers", ())]
    draft = Draft(
        prompt=prompt,
        answer=record["answer"].strip(),
        template=record.get("template", "own").strip(),
        entities=proper_names(prompt),
        marking={"answers": others} if others else {},
    )
    return draft.task(record.get("family", family).strip(), record.get("difficulty", DIFFICULTIES[0]))


def _shown(value: object) -> str:
    """The beginning of a value as it stands in the file, on one line."""
    return repr(value[:60]) if isinstance(value, str) else json.dumps(value)[:60]


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else _shown(value)
