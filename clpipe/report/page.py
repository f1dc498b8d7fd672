"""The report as one HTML file that needs no network: figures, style and script are inside it.

A content security policy lets the page run its own script, known by its hash, and fetch nothing at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clpipe.report import theme
from clpipe.report.blocks import Section
from clpipe.report.browser import Browser

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the page says, before it is HTML."""

    title: str
    facts: Sequence[str]
    """Said right beneath the title, in few words each."""
    sections: Sequence[Section]
    """The first is the answer; the contents stand after it."""
    browser: Browser


def page(content: Page, figures: Mapping[str, str]) -> str:
    """The whole page; `figures` holds the SVG text of each picture by name."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    script = _own("browser.js")
    return environment.get_template("page.html.j2").render(
        content=content,
        parts=parts(content.sections[1:]),
        figures={name: Markup(theme.embedded(name, svg)) for name, svg in figures.items()},
        style=Markup(_own("page.css").replace("DARK_FIGURES", theme.dark())),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        replies=Markup(content.browser.json),
    )


def parts(sections: Sequence[Section]) -> list[tuple[Section, list[Section]]]:
    """Each part with the sections that belong to it."""
    found: list[tuple[Section, list[Section]]] = []
    for section in sections:
        if section.part:
            found.append((section, []))
        else:
            found[-1][1].append(section)
    return found


def _own(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
