"""The report as Markdown, figures linked beside it."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe.report.blocks import Cell, Section, Table


def markdown(title: str, sections: Sequence[Section]) -> str:
    """The whole report; links are relative to its folder."""
    parts = [f"# {title}"]
    for section in sections:
        parts += [f"## {section.title}", *section.text]
        if section.picture:
            link = f"figures/{section.picture.name}.svg"
            parts += [f"![{section.picture.alt}]({link})", f"*{section.picture.caption}*"]
        if section.table:
            parts += [_table(section.table), section.table.caption]
        if section.readings:
            parts.append("\n".join(f"- **{name}** {sentence}" for name, sentence in section.readings))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    aligned = ["---" if i < table.text_columns else "---:" for i in range(len(table.columns))]
    lines = [_line(table.columns), _line(aligned)]
    lines += [_line([_cell(cell) for cell in row.cells]) for row in table.rows]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Cell) -> str:
    lines = [_escaped(cell.text), *(f"<sub>{_escaped(line)}</sub>" for line in cell.note.splitlines())]
    return "<br>".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
