from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.records import Json
from clpipe.report import readme

ROOT = Path(__file__).parents[2]
ENTRY: dict[str, Json] = {
    "family": "declared", "statement": "a ends above b", "estimate": 0.1, "low": -0.02, "high": 0.22,
    "p_corrected": 0.09, "tasks": 400, "templates": 120, "seeds": 5, "verdict": "cannot be told",
}  # fmt: skip


def test_the_table_of_the_readme_is_that_of_the_committed_ledgers() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.renewed(text, readme.read(ROOT, readme.REPORTS)) == text, "run `make readme`"


def test_a_row_has_the_claim_with_its_interval_and_its_numbers() -> None:
    rows = readme.table({"mine": [ENTRY, ENTRY | {"family": "seed document"}]}).splitlines()
    assert rows[2:] == [
        "| a ends above b (`mine`) | +10.0 [−2.0, +22.0] | 0.09 | 400 tasks, 120 wordings, 5 seeds | cannot be told |"
    ]


def test_what_holds_stands_out() -> None:
    assert "| **holds** |" in readme.table({"mine": [ENTRY | {"verdict": "holds"}]})


@pytest.mark.parametrize("text", ["", f"{readme.BEGIN}", f"{readme.END} {readme.BEGIN}", readme.BEGIN * 2 + readme.END])
def test_a_readme_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="put them back"):
        readme.renewed(text, {})


def test_what_stands_around_the_table_stays() -> None:
    text = f"before\n{readme.BEGIN}\nold\n{readme.END}\nafter\n"
    found = readme.renewed(text, {"mine": [ENTRY]})
    assert found.startswith(f"before\n{readme.BEGIN}\n| Claim")
    assert found.endswith(f"|\n{readme.END}\nafter\n")
    assert readme.renewed(found, {"mine": [ENTRY]}) == found
