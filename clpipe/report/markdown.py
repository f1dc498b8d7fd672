"""The report as Markdown, figures linked beside it."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe.report.blocks import Cell, Section, Table

BROWSER = "The replies to each task can be looked through in `report.html`, beside this file."


def markdown(title: str, facts: Sequence[str], sections: Sequence[Section]) -> str:
    """The whole report; links are relative to its folder."""
    parts = [f"# {title}", " · ".join(facts)]
    for i, section in enumerate(sections):
        parts += [f"{'##' if section.part or i == 0 else '###'} {section.title}", *_body(section)]
    return "\n\n".join(parts) + "\n"


def _body(section: Section) -> list[str]:
    parts = list(section.text)
    if section.picture:
        link = f"figures/{section.picture.name}.svg"
        parts += [f"![{section.picture.alt}]({link})", f"*{section.picture.caption}*"]
    if section.table:
        parts += [_table(section.table), section.table.caption]
    if section.browser:
        parts.append(BROWSER)
    if section.readings:
        parts.append("\n".join(f"- **{name}** {sentence}" for name, sentence in section.readings))
    if section.commands:
        parts.append("\n".join(f"- {_code(command)} {what}" for command, what in section.commands))
    return [*parts, *(f"[{words}]({address})" for words, address in section.links)]


def _code(text: str) -> str:
    """Fenced by more marks than are inside."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _table(table: Table) -> str:
    aligned = ["---" if i < table.text_columns else "---:" for i in range(len(table.columns))]
    lines = [_line(table.columns), _line(aligned)]
    lines += [_line([_cell(cell) for cell in row.cells]) for row in table.rows]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Cell) -> str:
    said = [_escaped(cell.text), *(f"**{_escaped(mark.text)}**" for mark in cell.marks)]
    lines = [*filter(None, said), *(f"<sub>{_escaped(line)}</sub>" for line in cell.note.splitlines())]
    return "<br>".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
