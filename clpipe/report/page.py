"""The report as one HTML file that needs no network: figures and style are inside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clpipe.report.blocks import Section

REFERENCE = re.compile(r'(\bid="|url\(#|href="#)')


def page(title: str, sections: Sequence[Section], figures: Mapping[str, str]) -> str:
    """The whole page; `figures` holds the SVG text of each picture by name."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    inline = {name: Markup(embedded(name, svg)) for name, svg in figures.items()}
    return environment.get_template("page.html.j2").render(title=title, sections=sections, figures=inline)


def embedded(name: str, svg: str) -> str:
    """An SVG to stand inside a page: no prolog, and ids of its own, which figures would otherwise share."""
    return REFERENCE.sub(rf"\g<1>{name}-", svg[svg.index("<svg") :])
