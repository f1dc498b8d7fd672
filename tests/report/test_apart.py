"""A gain taken apart, by families, sides and all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.report import decomposition, results
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures, measure
from tests.report import tree


@pytest.fixture(scope="module")
def measures(made: Path) -> Measures:
    return measure(results.read(tree.params(tasks=20), made))


def test_format_and_task_add_up_to_the_gain_everywhere(measures: Measures) -> None:
    arm = measures.arms["tiny-lora"]
    gains = {ALL: arm.all, **arm.families}
    assert arm.apart.keys() == gains.keys()
    assert arm.sides_apart.keys() == arm.sides.keys()
    for name, parts in (*arm.apart.items(), *arm.sides_apart.items()):
        change = gains.get(name) or arm.sides[name]
        assert parts.format.point + parts.task.point == pytest.approx(change.gain.point)
        assert parts.tasks == change.tasks


def test_only_a_control_with_shuffled_labels_takes_a_gain_apart(tmp_path: Path) -> None:
    arms = {**tree.ARMS, "tiny-lora-shuffled": {"method": "lora", "labels": "random", "control_of": "tiny-lora"}}
    study = tree.params(seeds=(0,), tasks=4, arms=arms)
    study = study.model_copy(update={"claims": {}})
    tree.make(tmp_path, study)
    found = measure(results.read(study, tmp_path))
    assert found.arms["tiny-lora"].apart == {}
    assert list(found.arms["tiny-lora"].over_controls) == ["tiny-lora-shuffled"]
    assert decomposition.section(found) == []


def test_an_arm_without_a_control_is_not_in_the_figure(measures: Measures) -> None:
    rows = decomposition.table(measures).rows
    assert [row.cells[0].text for row in rows] == ["tiny-lora", "↳"]
    assert len(decomposition.figure(measures).axes) == 1 + len(tree.FAMILIES)
