"""Figures inside a page that may be light or dark: the colours of `canvas` as variables of the style sheet.

A figure's file keeps its colours. Inside the page each is `var(--c-HEX, #HEX)`, and `page.css` gives those variables
other values where the reader's screen is dark. Cells of heat maps and what is written in them stay as they are.
"""

from __future__ import annotations

import re

from clpipe.report import canvas

DARK = {
    canvas.INK: "#e6eaee",
    canvas.FAINT: "#a3adb8",
    canvas.GRID: "#3a434e",
    canvas.PAPER: "#1b2128",
    "#0072B2": "#5fb0ea",
    "#D55E00": "#ff8f4d",
    "#CC79A7": "#e8a3c8",
    "#E69F00": "#f4ba3f",
    "#009E73": "#33c79b",
    "#56B4E9": "#b3dffb",
    "#111111": "#ffffff",
}
"""Colour on white to colour on a dark card, each with a contrast of at least 3 there."""

REFERENCE = re.compile(r'(\bid="|url\(#|href="#)')
PATH, DIGITS = re.compile(r'\bd="[^"]*"'), re.compile(r"(\.\d\d)\d+")
"""A hundredth of a point is finer than any screen; the rest of the digits is a third of the page."""
COLOUR = re.compile("|".join(DARK), re.IGNORECASE)


def embedded(name: str, svg: str) -> str:
    """An SVG to stand inside a page: no prolog, the page's colours, and ids of its own, which figures would share."""
    inside = REFERENCE.sub(rf"\g<1>{name}-", svg[svg.index("<svg") :])
    inside = PATH.sub(lambda path: DIGITS.sub(r"\1", path[0]), inside)
    return COLOUR.sub(lambda found: f"var({variable(found[0])}, {found[0]})", inside)


def variable(colour: str) -> str:
    """The style sheet's name for a colour."""
    return f"--c-{colour[1:].lower()}"


def dark() -> str:
    """The variables of a dark page, as declarations."""
    return " ".join(f"{variable(light)}: {value};" for light, value in DARK.items())
