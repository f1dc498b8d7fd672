"""Records to files and back, byte-stable: sorted keys, UTF-8, one newline a line, written whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import types
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Record = TypeVar("Record")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` that takes its place when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON with sorted keys; raises ValueError at NaN or infinity."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


_LINE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


def line(record: object) -> str:
    """One record as one line of JSON, without the line's end."""
    return _LINE.encode({name: getattr(record, name) for name in _names(typing.cast(Any, type(record)))})


def write_records(path: Path, records: Iterable[object]) -> int:
    """Write dataclass records as JSON lines, whole or not at all; gives how many."""
    count = 0
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(line(record) + "\n")
            count += 1
    return count


def read_records(path: Path, kind: type[Record]) -> list[Record]:
    """The records of a JSON-lines file.

    Raises FileNotFoundError, or ValueError that names file, line, field and what was expected.
    """
    records: list[Record] = []
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            try:
                values = json.loads(text)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}, line {number}: not JSON ({error.msg}): {text.strip()[:60]!r}") from None
            records.append(_record(kind, values, f"{path}, line {number}"))
    return records


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return _hash(path, hashlib.sha256())


def md5(path: Path) -> str:
    """The MD5 of a file, in hex: the hash that `dvc.lock` carries."""
    return _hash(path, hashlib.md5(usedforsecurity=False))


def _hash(path: Path, state: Any) -> str:
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            state.update(block)
    return str(state.hexdigest())


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    return typing.get_type_hints(kind), dataclasses.fields(kind)


def _record(kind: type[Record], values: object, where: str) -> Record:
    if not isinstance(values, dict):
        raise ValueError(f"{where}: expected an object with the fields of {kind.__name__}, got {type(values).__name__}")
    hints, fields = _shape(typing.cast(Any, kind))
    known = {f.name for f in fields}
    if unknown := sorted(values.keys() - known):
        raise ValueError(f"{where}: unknown field {unknown[0]!r}; a {kind.__name__} has {', '.join(sorted(known))}")
    for f in fields:
        optional = f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING
        if f.name not in values:
            if not optional:
                raise ValueError(f"{where}: field {f.name!r} of {kind.__name__} is missing")
        else:
            values[f.name] = _coerce(hints[f.name], values[f.name], f"{where}: field {f.name!r}")
    return kind(**values)


def _coerce(hint: Any, value: object, where: str) -> object:
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{where} must be a list, not {value!r}")
        return tuple(value)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in typing.get_args(hint):
            return None
        hint = next(a for a in typing.get_args(hint) if a is not type(None))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
        raise ValueError(f"{where} must be {hint.__name__}, not {value!r}")
    return value
