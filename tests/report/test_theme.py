"""Figures inside a page: colours that fit a dark one, and nothing changed that is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clpipe.report import canvas, theme

CARD = theme.DARK[canvas.PAPER]


def light(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [c for c in theme.DARK if c not in (canvas.PAPER, canvas.GRID)])
def test_every_colour_of_a_dark_page_can_be_seen(colour: str) -> None:
    least = 4.5 if colour in (canvas.INK, canvas.FAINT) else 3.0
    assert contrast(theme.DARK[colour], CARD) >= least


def test_every_colour_of_lines_has_another_on_a_dark_page() -> None:
    assert {*canvas.MANY, *canvas.CONTROLS, canvas.ARM, canvas.FORMAT, canvas.TASK} <= theme.DARK.keys()


def test_the_words_and_numbers_of_a_figure_stay_as_they_are(made: Path) -> None:
    for path in sorted((made / "reports/figures").glob("*.svg")):
        svg = path.read_text(encoding="utf-8")
        inside = theme.embedded(path.stem, svg)
        words = [re.findall(r"<text[^>]*>([^<]*)<", text) for text in (svg, inside)]
        assert words[0] == words[1] != []
        assert not re.search(r"(?<!, )#(0072b2|222222|fdfdfd)", inside, re.IGNORECASE)
        assert len(inside) < len(svg) + 60 * inside.count("var(")


def test_two_figures_share_no_id(made: Path) -> None:
    found: list[str] = []
    for path in sorted((made / "reports/figures").glob("*.svg")):
        found += re.findall(r'\bid="([^"]+)"', theme.embedded(path.stem, path.read_text(encoding="utf-8")))
    assert len(found) == len(set(found))
