"""What a study says that the default does not: a line a key, arms and claims whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clpipe import studies
from clpipe.params_file import mapping, parse_value

WHOLE = ("arms", "claims", "arena.families", "models")
"""Mappings whose entries are shown whole: their names are the person's own."""
NOTHING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One key."""

    key: str
    default: Any
    """What the default has; `None` too where it has nothing."""
    own: Any
    """What the study has; `None` too where it has nothing."""
    change: str
    """`added`, `left out` or `changed`."""


def of(root: Path, name: str | None) -> list[Difference]:
    """The differences of a study from the default, of `params.yaml` itself without a name.

    Raises LookupError for an unknown study.
    """
    base = parse_value(studies.text(root, "default"))
    own = mapping(root / studies.ACTIVE) if name is None else parse_value(studies.text(root, name))
    return list(between(base, own))


def between(base: Mapping[str, Any], own: Mapping[str, Any], prefix: str = "") -> Iterator[Difference]:
    """The differences of two mappings, in the order of the first, what is new at the end.

    >>> [d.key for d in between({"learn": {"lr": 1, "clip": 2}, "seeds": [0]}, {"learn": {"lr": 3, "clip": 2}})]
    ['learn.lr', 'seeds']
    """
    for name in dict.fromkeys([*base, *own]):
        key = f"{prefix}{name}"
        before, after = base.get(name, NOTHING), own.get(name, NOTHING)
        deeper = isinstance(before, Mapping) and isinstance(after, Mapping) and prefix.rstrip(".") not in WHOLE
        if deeper:
            yield from between(before, after, f"{key}.")
        elif before != after:
            change = "added" if before is NOTHING else "left out" if after is NOTHING else "changed"
            yield Difference(
                key=key,
                default=None if before is NOTHING else before,
                own=None if after is NOTHING else after,
                change=change,
            )


def line(difference: Difference) -> str:
    """For a person.

    >>> line(Difference(key="learn.lr", default=0.001, own=0.0001, change="changed"))
    'learn.lr: 0.0001  (default: 0.001)'
    """
    if difference.change == "left out":
        return f"{difference.key}: left out"
    value = _flow(difference.own)
    return f"{difference.key}: {value}" + (
        "  (new)" if difference.change == "added" else f"  (default: {_flow(difference.default)})"
    )


def _flow(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10_000)
    return text.strip().removesuffix("...").strip()
