"""A study with an arm that has no results: the others are shown, the arm is marked, and the correction stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clpipe.params import Params
from clpipe.report import partial, render, results
from clpipe.report.measures import measure
from tests.report import continual_tree, tree

WHY = "failed: clpipe learn tiny-soft-prompt: out of memory: you tried to allocate <25> | GiB"


@pytest.fixture(scope="module")
def study() -> Params:
    return tree.params(tasks=20)


@pytest.fixture
def out(made: Path, study: Params, tmp_path: Path) -> Path:
    render(study, made, tmp_path / "report", missing={"tiny-soft-prompt": WHY})
    return tmp_path / "report"


def test_the_arm_is_marked_and_no_number_of_it_is_shown(out: Path, study: Params) -> None:
    text = (out / "report.md").read_text()
    assert "PARTIAL: no results of tiny-soft-prompt" in text
    (row,) = [line for line in text.splitlines() if line.startswith("| tiny-soft-prompt<br>")]
    assert "no results" in row
    assert row.count("| — ") == 5
    (why,) = [line for line in text.splitlines() if line.startswith("| tiny-soft-prompt | failed")]
    assert "out of memory" in why
    assert why.endswith("| soft-prompt-rose, lora-over-soft-prompt |")
    assert "PARTIAL" in (out / "report.html").read_text()
    assert "tiny-soft-prompt" not in (out / "curves.csv").read_text()
    metrics = json.loads((out / "metrics.json").read_text())
    assert list(metrics["arms"]) == ["tiny-lora", "tiny-lora-shuffled"]
    assert metrics["missing"] == {"tiny-soft-prompt": WHY}
    assert set(study.arms) == {"tiny-lora", "tiny-lora-shuffled", "tiny-soft-prompt"}


def test_hypotheses_that_wait_still_count_in_the_correction(made: Path, study: Params) -> None:
    """Of four declared hypotheses two can be tested; the smaller p is multiplied by 4, not by 2."""
    lacks = partial.missing(study, {"tiny-soft-prompt": WHY})
    ledger = measure(results.read(study, made, lacks=lacks)).ledger
    small, large = sorted(ledger, key=lambda entry: entry.finding.p)
    assert {small.finding.id, large.finding.id} == {"lora-learned", "lora-format"}
    assert small.p_corrected == pytest.approx(min(1.0, 4 * small.finding.p))
    assert large.p_corrected == pytest.approx(min(1.0, max(small.p_corrected, 3 * large.finding.p)))


def test_a_missing_control_takes_its_hypotheses_with_it(made: Path, study: Params) -> None:
    lacks = partial.missing(study, {"tiny-lora-shuffled": "never run"})
    assert lacks.claims == {"lora-learned": ["tiny-lora-shuffled"], "lora-format": ["tiny-lora-shuffled"]}
    assert list(partial.left(study, lacks).claims) == ["soft-prompt-rose", "lora-over-soft-prompt"]
    assert measure(results.read(study, made, lacks=lacks)).arms["tiny-lora"].over_controls == {}


def test_a_control_whose_arm_is_missing_stands_for_itself(made: Path, study: Params) -> None:
    lacks = partial.missing(study, {"tiny-lora": "never run"})
    heads = measure(results.read(study, made, lacks=lacks)).heads()
    assert [arm.name for arm in heads] == ["tiny-lora-shuffled", "tiny-soft-prompt"]


def test_a_whole_study_says_nothing_of_it(made: Path, study: Params, tmp_path: Path) -> None:
    render(study, made, tmp_path, missing={})
    for name in ("report.md", "metrics.json", "claims.json"):
        assert (tmp_path / name).read_bytes() == (made / "reports" / name).read_bytes()
        assert "PARTIAL" not in (tmp_path / name).read_text()


def test_with_no_arm_left_the_reasons_are_told(study: Params) -> None:
    with pytest.raises(ValueError, match=r"no arm has results yet.*\n  tiny-lora: failed"):
        partial.missing(study, dict.fromkeys(study.arms, "failed"))


@pytest.mark.parametrize("arm", list(continual_tree.params().arms))
def test_any_arm_of_a_continual_study_may_be_missing(course: Path, tmp_path: Path, arm: str) -> None:
    render(continual_tree.params(), course, tmp_path, missing={arm: "never run"})
    assert f"PARTIAL: no results of {arm}" in (tmp_path / "report.md").read_text()
