"""`dvc plots show`: DVC's own renderer fills the band template from `curves.csv`."""

from __future__ import annotations

import csv
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.report import tree


def test_the_band_template_is_filled_from_the_curves(made: Path) -> None:
    with (made / "reports/curves.csv").open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = [{**row, "rev": "workspace"} for row in csv.DictReader(file)]
    renderer = import_module("dvc_render").VegaRenderer(
        rows, "curves", template="ci_band", template_dir=str(tree.REPOSITORY / ".dvc/plots"), x="episode", y="accuracy"
    )
    filled = renderer.get_filled_template()
    assert "<DVC_METRIC" not in json.dumps(filled)
    assert len(filled["data"]["values"]) == len(rows) == 3 * 3 * 5
    used = set(re.findall(r'"field": "(\w+)"', json.dumps({**filled, "data": {}})))
    made_here = set(re.findall(r'"as": "(\w+)"', json.dumps(filled["layer"])))
    assert {"low", "high", "seed", "arm", "accuracy", "episode"} <= used | set(re.findall(r"datum\.(\w+)", str(filled)))
    assert used - made_here <= rows[0].keys()
