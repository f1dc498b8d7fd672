"""One idea, one file: a method, strategy, stream or family is found by the name of its file.

Such a file ends in one assignment (`METHOD = Lora`) of a dataclass whose fields are its options.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from clpipe.params import unknown


def names(package: str) -> list[str]:
    """The names of the files in a package of `clpipe`, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(importlib.import_module(package).__path__))


def load(package: str, name: str) -> Any:
    """The class that `PACKAGE/NAME.py` holds; raises LookupError that says what there is."""
    kind = package.rsplit(".", 1)[-1]
    if name not in names(package):
        raise LookupError(unknown(singular(kind), name, names(package)) + f" in {package.replace('.', '/')}")
    module = importlib.import_module(f"{package}.{name}")
    return getattr(module, singular(kind).upper())


def build(cls: Any, options: Mapping[str, Any], key: str) -> Any:
    """An instance of the dataclass `cls`; raises ValueError with a line `KEY.option: problem` for each problem."""
    fields = [f.name for f in dataclasses.fields(cls)]
    problems = [f"{key}.{o}: {unknown('option', o, fields)}" for o in options if o not in fields]
    known = {o: v for o, v in options.items() if o in fields}
    adapter: TypeAdapter[Any] = TypeAdapter(cls)
    # A constructor stops at its first complaint: take that option out and ask again, so that all are told at once.
    while True:
        try:
            instance = adapter.validate_json(json.dumps(known, default=str), strict=True)
            break
        except ValidationError as error:
            found = error.errors(include_url=False)
            lines = [_line(e, key) for e in found if e["type"] != "missing" or e["loc"][0] not in options]
        problems += lines
        left = {
            o: v
            for o, v in known.items()
            if not any(line.startswith((f"{key}.{o}:", f"{key}.{o}.", f"{key}.{o} must")) for line in lines)
        }
        if left == known:
            break
        known = left
    if problems:
        raise ValueError("\n".join(problems))
    return instance


def singular(kind: str) -> str:
    """`families` is `family`, `strategies` is `strategy`, `methods` is `method`."""
    return kind[:-3] + "y" if kind.endswith("ies") else kind.removesuffix("s")


def _line(error: Any, key: str) -> str:
    path = ".".join([key, *(str(part) for part in error["loc"])])
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "value_error":
        return f"{path}: {message}" if error["loc"] else f"{key}.{message}"
    shown = "" if error["type"] == "missing" else f", not {error['input']!r}"
    return f"{path}: {message[0].lower()}{message[1:]}{shown}"
