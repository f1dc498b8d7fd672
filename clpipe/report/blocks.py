"""What a report is made of, before it is a page or Markdown: sections of text, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read first, and beneath it what belongs to it (interval, n)."""

    text: str
    note: str = ""
    """May have more than one line."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure by the name of its file, without the extension."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, in this order."""

    title: str
    text: tuple[str, ...] = ()
    table: Table | None = None
    readings: tuple[tuple[str, str], ...] = ()
    """A list of name and sentence."""
    picture: Picture | None = None


def row(*cells: Cell | str, beside: bool = False) -> Row:
    """A row of cells; a string is a cell without a note."""
    return Row(tuple(Cell(c) if isinstance(c, str) else c for c in cells), beside)
