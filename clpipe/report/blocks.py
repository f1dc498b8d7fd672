"""What a report is made of, before it is a page or Markdown: sections of text, tables and figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["holds", "not", "open"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict in few words."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read first, and beneath it what belongs to it (interval, n)."""

    text: str
    note: str = ""
    """May have more than one line."""
    marks: tuple[Mark, ...] = ()
    """Verdicts, one beneath the other."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a `beside` row belongs to the row above it."""

    cells: tuple[Cell, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    text_columns: int = 1
    """Columns of words at the left; those after them hold numbers."""
    cards: bool = False
    """On a narrow screen each row becomes a card; else the table is scrolled in its box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure by the name of its file, without the extension."""

    name: str
    alt: str
    caption: str
    narrow: str | None = None
    """The figure that a narrow screen shows in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, in this order."""

    title: str
    part: bool = False
    """Whether the sections after it, up to the next part, belong to it."""
    text: tuple[str, ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    readings: tuple[tuple[str, str], ...] = ()
    """A list of name and sentence."""
    commands: tuple[tuple[str, str], ...] = ()
    """A list of what is typed and what it does."""
    links: tuple[tuple[str, str], ...] = ()
    """Words and the address they lead to."""
    browser: bool = False
    """Whether the browser of replies stands here; on paper a note does."""

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return slug(self.title)


def slug(title: str) -> str:
    """Words of a title joined by hyphens.

    >>> slug("What was lost, family by family: stream blocked")
    'what-was-lost-family-by-family-stream-blocked'
    """
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def row(*cells: Cell | str, beside: bool = False) -> Row:
    """A row of cells; a string is a cell without a note."""
    return Row(tuple(Cell(c) if isinstance(c, str) else c for c in cells), beside)
