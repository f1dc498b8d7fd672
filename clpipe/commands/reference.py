"""The table of all commands in docs/cli.md, made from the commands themselves.

`python -m clpipe.commands.reference` writes it anew; a test says when that is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from clpipe.store import write_text

PAGE = Path("docs/cli.md")
BEGIN, END = "<!-- commands: begin -->", "<!-- commands: end -->"
_EXAMPLE = re.compile(r"Example: (clpipe .+?)\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as its help shows it."""

    words: str
    """`study list`."""
    does: str
    example: str
    """A command line, from `clpipe` on; empty where the help has none."""
    json: bool
    """Whether it has `--json`."""


def commands(app: typer.Typer) -> list[Command]:
    """All commands of the program, in the order of its help."""
    return list(_of(typer.main.get_command(app), ""))


def table(app: typer.Typer) -> str:
    """The table as Markdown."""
    rows = [f"| `{one.words}` | {one.does} | `{one.example}` | {'yes' if one.json else ''} |" for one in commands(app)]
    return "\n".join(["| command | what it does | example | `--json` |", "|---|---|---|---|", *rows])


def with_table(page: str, app: typer.Typer) -> str:
    """The page with the table between its marks; raises ValueError where they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE}: the marks {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{table(app)}\n{END}{after}"


def _of(command: Any, words: str) -> Iterator[Command]:
    inner = getattr(command, "commands", None)
    if inner is not None:
        for name, one in inner.items():
            yield from _of(one, f"{words} {name}".strip())
        return
    text = " ".join((command.help or "").split())
    example = _EXAMPLE.search(text)
    yield Command(
        words=words,
        does=_EXAMPLE.sub("", text).strip().removesuffix("."),
        example=example[1] if example else "",
        json=any("--json" in parameter.opts for parameter in command.params),
    )


if __name__ == "__main__":
    from clpipe.cli import app

    write_text(PAGE, with_table(PAGE.read_text(encoding="utf-8"), app))
