"""Episodes to a level on the page: what is not reached is there too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clpipe.evaluation.levels import Reached
from clpipe.report import results, speed
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures, measure
from tests.report import tree

NEVER = Reached(episodes=None, low=None, high=None, last=160, seeds_there=0, seeds=3)
LATE = Reached(episodes=120.4, low=80, high=None, last=160, seeds_there=2, seeds=3)


@pytest.fixture(scope="module")
def measures(made: Path) -> Measures:
    return measure(results.read(tree.params(tasks=20), made))


def test_every_family_has_a_cell_and_all_together_too(measures: Measures) -> None:
    table = speed.table(measures)
    assert table.columns[1:] == ("all", *(family.replace("_", " ") for family in tree.FAMILIES))
    assert [row.cells[0].text for row in table.rows] == list(tree.ARMS)
    assert not any(cell.text == "" for row in table.rows for cell in row.cells)


def test_what_is_not_reached_is_said_and_not_left_out(measures: Measures) -> None:
    arm = measures.arms["tiny-lora"]
    curves = {**arm.curves, ALL: replace(arm.curves[ALL], half=LATE, right=NEVER)}
    changed = replace(measures, arms={**measures.arms, "tiny-lora": replace(arm, curves=curves)})
    cell = speed.table(changed).rows[0].cells[1]
    assert cell.text == "120"
    assert cell.note.splitlines()[:3] == ["[80, > 160]", "2 of 3 seeds", "50\u00a0%: > 160"]
    places = [x for line in speed.figure(changed).axes[0].lines for x in np.ravel(line.get_xdata())]
    assert sum(x > 160 for x in places) >= 4, "the arrow of each and the end of its line"


def test_without_a_gain_there_is_no_half_way(measures: Measures) -> None:
    arm = measures.arms["tiny-lora"]
    curves = {**arm.curves, ALL: replace(arm.curves[ALL], half=None)}
    changed = replace(measures, arms={**measures.arms, "tiny-lora": replace(arm, curves=curves)})
    assert speed.table(changed).rows[0].cells[1].text == "—"


def test_streams_whose_rule_changes_are_left_out_and_it_is_said(measured: Measures) -> None:
    shown = [row.cells[0].text for row in speed.table(measured).rows]
    assert shown == [name for name in measured.arms if name.startswith("blocked")]
    assert "Left out" in speed.sections(measured)[0].text[0]
