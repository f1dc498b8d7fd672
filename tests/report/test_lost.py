"""What was lost, against counts by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe import store
from clpipe.records import Episode, Outcome, Retained
from clpipe.report import lost_tables
from clpipe.report.measures import Measures
from tests.report import continual_tree, tree


def test_what_is_lost_strictly_is_content_and_form_together(made: Path) -> None:
    found = store.read_json(made / "reports/metrics.json")["arms"]["tiny-lora"]["lost"]
    outcomes = store.read_records(made / "runs/evaluate/tiny-lora/outcomes.jsonl", Outcome)
    strict, lenient = (
        {at: sum(bool(getattr(o, mark)) for o in outcomes if o.episode == at) / 300 for at in (0, 160)}
        for mark in ("correct", "lenient")
    )  # 3 seeds, 5 families, 20 tasks
    assert found["strict"] == pytest.approx(strict[0] - strict[160], abs=1e-6)
    assert found["content"] == pytest.approx(lenient[0] - lenient[160], abs=1e-6)
    assert found["strict"] == pytest.approx(found["content"] + found["format"], abs=2e-6)
    assert found["strict"] < 0, "the arm gains"


def test_retention_is_the_rise_over_the_base_in_words_and_numbers(made: Path, measured: Measures) -> None:
    kept = store.read_json(made / "reports/metrics.json")["arms"]["tiny-lora"]["retention"]
    # rise * (0.8 + 0.1 i + 0.05 seed), i = 0..3 and seeds 0..2, rise = 0.1 * 0.62: mean 0.062 * (0.8 + 0.15 + 0.05)
    assert kept["text"]["loss_change"] == pytest.approx(0.062 * 1.0, abs=1e-6)
    assert kept["text"]["kl"] == pytest.approx(0.062 * 0.475, abs=1e-6)  # 0.4 + 0.05 * 1.5
    assert kept["text"]["base_loss"] == pytest.approx(2.65)  # 2.5 + 0.1 * 1.5
    assert "untouched" not in kept
    assert measured.lost["blocked-naive"].untouched.keys() == {*continual_tree.LEFT_OUT, "all"}


def test_a_row_has_numbers_and_no_verdict(measured: Measures) -> None:
    table = lost_tables.lost(measured)
    assert len(table.columns) == 7
    assert not any(word in cell.text for r in table.rows for cell in r.cells for word in ("gained", "lost", "told"))


def test_a_family_falls_from_the_best_checkpoint_of_each_seed(course: Path, measured: Measures) -> None:
    outcomes = store.read_records(course / "runs/evaluate/blocked-naive/outcomes.jsonl", Outcome)
    steps = range(0, 76, 15)
    families = measured.streams[0].courses[0].families
    assert families is not None
    for family, fall in families.falls.items():
        right = {
            (seed, at): [o.correct for o in outcomes if (o.seed, o.episode, o.family) == (seed, at, family)][:4]
            for seed in range(3)
            for at in steps
        }  # the first four of each family are asked at every checkpoint
        best = [max(sum(right[seed, at]) for at in steps) / 4 for seed in range(3)]
        last = [sum(right[seed, 75]) / 4 for seed in range(3)]
        assert fall.tasks == 4
        assert fall.peak == pytest.approx(sum(best) / 3)
        assert fall.lost.strict.point == pytest.approx((sum(best) - sum(last)) / 3)


def test_a_plain_study_has_one_section_of_losses_and_none_of_continual_learning(made: Path) -> None:
    text = (made / "reports/report.md").read_text(encoding="utf-8")
    assert text.count("### Beside the tasks") == 1
    assert "### Continual learning" not in text
    assert "families that no stream showed" not in text
    assert "continual" not in store.read_json(made / "reports/metrics.json")["arms"]["tiny-lora"]


def test_items_that_the_base_lacks_are_refused(fresh: Path) -> None:
    path = fresh / "runs/baseline/tiny/retention.jsonl"
    store.write_records(path, store.read_records(path, Retained)[1:])
    with pytest.raises(ValueError, match="every seed needs every item of the base exactly once"):
        _measure(fresh)


def test_outcomes_of_an_older_evaluation_are_named(fresh: Path) -> None:
    path = fresh / "runs/evaluate/tiny-lora/outcomes.jsonl"
    lines = path.read_text(encoding="utf-8").replace('"lenient": true', '"lenient": null')
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(ValueError, match="evaluate it again"):
        _measure(fresh)


def test_episodes_of_the_tree_meet_no_family_that_is_left_out(course: Path) -> None:
    met = {e.family for e in store.read_records(course / "runs/learn/drift-naive/episodes.jsonl", Episode)}
    assert met == set(tree.FAMILIES)


def _measure(root: Path) -> None:
    from clpipe.report import results
    from clpipe.report.measures import measure

    measure(results.read(tree.params(seeds=(0,), tasks=4), root))
