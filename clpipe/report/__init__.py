"""Tables, figures and the page: `render` reads what the stages left and writes the report's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clpipe import store
from clpipe.params import Params
from clpipe.report import canvas, figures, metrics, partial, results, sections
from clpipe.report.browser import browser
from clpipe.report.claims_file import claims_file
from clpipe.report.markdown import markdown
from clpipe.report.measures import measure
from clpipe.report.page import Page, page


def render(
    params: Params, root: Path, out: Path, heldout: Path | None = None, missing: Mapping[str, str] | None = None
) -> None:
    """Write `report.html`, `report.md`, `metrics.json`, `claims.json`, `curves.csv` and `figures/` into `out`.

    Args:
        params: The study; its arms and models say which files are read.
        root: Folder that holds `data/` and `runs/`.
        out: Folder of the report.
        heldout: The held-out tasks, if not `data/tasks/heldout.jsonl` under `root`.
        missing: Arms that have no results, with the reason; the report then shows the others, and says so.

    Raises:
        FileNotFoundError: Naming the file that is missing and the stage that makes it.
        ValueError: At results that do not fit the params or each other.
    """
    lacks = partial.missing(params, missing or {})
    measures = measure(results.read(params, root, heldout, lacks))
    drawings: dict[str, str] = {}
    for name, figure in figures.draw(measures):
        for kind in ("svg", "png"):
            drawn = canvas.picture(figure, kind)
            with store.replacing(out / "figures" / f"{name}.{kind}") as temporary:
                temporary.write_bytes(drawn)
            if kind == "svg":
                drawings[name] = drawn.decode()
                figure.set_layout_engine("none")  # it is laid out now: once is enough
    title, facts, parts = sections.title(measures), sections.facts(measures), sections.sections(measures)
    content = Page(title=title, facts=facts, sections=parts, browser=browser(measures))
    store.write_text(out / "report.html", page(content, drawings))
    store.write_text(out / "report.md", markdown(title, facts, parts))
    store.write_text(out / "curves.csv", metrics.curves(measures))
    store.write_json(out / "metrics.json", metrics.metrics(measures))
    store.write_json(out / "claims.json", claims_file(measures))
