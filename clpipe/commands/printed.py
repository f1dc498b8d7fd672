"""How a command writes: tables for a person, JSON for a script."""

from __future__ import annotations

import json
import sys

from rich.console import Console

WIDE = 200
"""Columns where standard output is no terminal: a name that is cut off is of no use to `grep`."""


def console() -> Console:
    """Standard output as rich writes it: colours and the terminal's width, plain and wide where there is none."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE, highlight=False)


def as_json(value: object) -> str:
    """`value` as indented JSON, keys in the order given; raises ValueError at NaN or infinity."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)


def as_line(value: object) -> str:
    """`value` as JSON in one line, for one answer among many."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def size(count: float) -> str:
    """Bytes for a person, in powers of 1000.

    >>> size(999), size(1500), size(2_340_000_000)
    ('999 B', '1.5 kB', '2.3 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
