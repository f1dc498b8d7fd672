"""How what is wrong with a params file is told: the key, the value, what is allowed, all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError


class ParamsError(ValueError):
    """Everything that is wrong with a params file, a line each."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__(f"{path}: {count}\n" + "\n".join(f"  {p}" for p in problems))
        self.path, self.problems = path, problems


def unknown(kind: str, value: object, allowed: Iterable[object]) -> str:
    """`no KIND 'value'; there is a, b` with the nearest name when one is near."""
    names = sorted(str(name) for name in allowed)
    near = difflib.get_close_matches(str(value), names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"no {kind} {value!r}{hint}; there is {', '.join(names) or 'none'}"


def explain(error: ValidationError, section: type[BaseModel], prefix: str = "") -> list[str]:
    """A line for each problem that pydantic found in a `section`: key, value, what is allowed."""
    return [_line(e, section, prefix) for e in error.errors(include_url=False)]


def _line(error: Any, section: type[BaseModel], prefix: str) -> str:
    loc = _location(error["loc"])
    key = ".".join([prefix, *loc] if prefix else loc)
    if error["type"] == "extra_forbidden":
        allowed = _fields_at(section, loc[:-1])
        return f"{key}: unknown key" + (f"; {unknown('key', loc[-1], allowed)}" if allowed else "")
    if error["type"] == "missing":
        return f"{key}: missing"
    message = error["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    shown = "" if repr(error["input"]) in message or isinstance(error["input"], dict) else f", not {error['input']!r}"
    return f"{key}: {message}{shown}"


def _location(raw: tuple[int | str, ...]) -> list[str]:
    """Where the error is as the user would write it: pydantic also names what kind of source an entry is."""
    loc = [part for part in raw if part != "[key]"]
    kinds = [i for i, part in enumerate(loc) if i > 1 and loc[i - 2] == "sources" and isinstance(part, str)]
    return [str(part) for i, part in enumerate(loc) if i not in kinds]


def _fields_at(section: type[BaseModel], loc: list[str]) -> list[str]:
    current: Any = section
    for part in loc:
        field = getattr(current, "model_fields", {}).get(part)
        if field is not None:
            current = field.annotation
        arguments: tuple[Any, ...] = getattr(current, "__args__", ())
        if field is None and getattr(current, "__origin__", None) is dict and len(arguments) == 2:
            current = arguments[1]
    return list(getattr(current, "model_fields", {}))
