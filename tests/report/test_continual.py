"""The part on continual learning: numbers against counts by hand, and what the page says and leaves out."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clpipe import store
from clpipe.evaluation.matrix import AccuracyMatrix, Anchors
from clpipe.params import Params
from clpipe.records import Episode, Outcome
from clpipe.report import canvas, heat, render, results, rules
from clpipe.report.continual import Stream
from clpipe.report.continual_figures import prequential
from clpipe.report.heat_figures import accuracy
from clpipe.report.measures import Measures, measure
from tests.report import continual_tree, tree

MINE = ("forgetting-blocked", "matrix-blocked", "prequential", "rules-drift")


def _outcomes(root: Path, arm: str) -> list[Outcome]:
    return store.read_records(root / f"runs/evaluate/{arm}/outcomes.jsonl", Outcome)


def _episodes(root: Path, arm: str) -> list[Episode]:
    return store.read_records(root / f"runs/learn/{arm}/episodes.jsonl", Episode)


def _numbers(root: Path, arm: str) -> dict[str, Any]:
    found: dict[str, Any] = store.read_json(root / "reports/metrics.json")["arms"][arm]["continual"]
    return found


def test_streams_are_told_apart_and_set_against_their_naive_arm(measured: Measures) -> None:
    blocked, drift = measured.streams
    assert (blocked.name, blocked.naive, blocked.drifts) == ("blocked", "blocked-naive", False)
    assert (drift.name, drift.naive, drift.drifts) == ("drift", "drift-naive", True)
    assert blocked.changes == (16, 31, 46, 61)
    assert drift.changes == (39,)
    assert set(blocked.over_naive) == {"blocked-replay", "blocked-joint"}


def test_final_accuracy_leaves_out_the_families_of_no_stream(course: Path) -> None:
    last = [o for o in _outcomes(course, "blocked-replay") if o.episode == 75 and o.family in tree.FAMILIES]
    base = [o for o in _outcomes(course, "blocked-naive") if o.episode == 75 and o.family in tree.FAMILIES]
    found, share = _numbers(course, "blocked-replay"), sum(o.correct for o in last) / len(last)
    assert len(last) == 3 * 5 * 8
    assert found["tasks"] == 40
    assert found["final_accuracy"] == pytest.approx(share, abs=1e-6)
    assert found["over_naive"] == pytest.approx(share - sum(o.correct for o in base) / len(base), abs=1e-6)
    assert "over_naive" not in _numbers(course, "blocked-naive")


def test_backward_transfer_is_the_end_minus_the_end_of_the_block(course: Path) -> None:
    right: dict[tuple[int, int, str], list[bool]] = {}
    for o in _outcomes(course, "blocked-naive"):
        if int(o.task_id[-3:]) < 4:  # asked at every checkpoint
            right.setdefault((o.seed, o.episode, o.family), []).append(o.correct)
    falls = [
        sum(right[seed, 75, family]) / 4 - sum(right[seed, 15 * (i + 1), family]) / 4
        for seed in range(3)
        for i, family in enumerate(continual_tree.order(seed)[:-1])
    ]
    found = _numbers(course, "blocked-naive")
    assert found["bwt_gem"] == pytest.approx(sum(falls) / len(falls), abs=1e-6)
    assert found["bwt_gem"] < 0 < found["forgetting_chaudhry"]
    assert found["crosswalk"]["bwt_gem"] == -found["crosswalk"]["forgetting_avalanche"] == found["bwt_gem"]
    assert found["bwt_gem_low"] <= found["bwt_gem"] <= found["bwt_gem_high"]


def test_replies_are_judged_again_by_the_new_rule(course: Path) -> None:
    outcomes = [o for o in _outcomes(course, "drift-replay") if o.episode == 75 and o.family in tree.FAMILIES]
    held = {task.id: task for task in continual_tree.heldout(continual_tree.params())}
    # turned: Yes and No change places, a number is one more
    turned = {"Yes": "No", "No": "Yes"} | {str(i): str(i + 1) for i in range(8)}
    new = sum(o.reply == turned[held[o.task_id].answer] for o in outcomes) / len(outcomes)
    found = _numbers(course, "drift-replay")
    assert found["rules"]["turned"] == found["final_accuracy"] == pytest.approx(new, abs=1e-6)
    assert found["rules"]["given"] == pytest.approx(sum(o.correct for o in outcomes) / len(outcomes), abs=1e-6)
    assert found["rules"]["turned"] > found["rules"]["given"]


def test_a_rule_is_compared_on_the_tasks_to_which_all_rules_apply(course: Path) -> None:
    held = {task.id: task for task in continual_tree.heldout(continual_tree.params())}
    outcomes = _outcomes(course, "drift-naive")
    kept = {o.task_id for o in rules.judged("given", ("given", "opposite"), outcomes, held)}
    assert kept == {i for i, task in held.items() if task.answer in ("Yes", "No")}
    with pytest.raises(LookupError, match="not in the held-out file"):
        rules.judged("given", ("given", "turned"), outcomes, {})


def test_ends_are_compared_where_no_task_between_them_will_do(course: Path) -> None:
    held = {task.id: task for task in continual_tree.heldout(continual_tree.params())}
    between = {i for i, task in held.items() if task.answer not in ("Yes", "No")}
    outcomes = [o for o in _outcomes(course, "drift-replay") if o.episode in (0, 75) or o.task_id in between]
    turned = [replace(e, phase=e.phase.replace("turned", "opposite")) for e in _episodes(course, "drift-replay")]
    found = rules.rules(turned, outcomes, held, 10, 0.95)
    assert found.checkpoints == (0, 75)
    assert found.tasks == sum(task.answer in ("Yes", "No") for task in held.values())
    numbers = [o for o in outcomes if o.task_id in between]
    with pytest.raises(ValueError, match="all apply to none of the held-out tasks"):
        rules.rules(turned, numbers, held, 10, 0.95)


def test_phases_that_are_no_rules_are_no_drift(course: Path) -> None:
    assert rules.held(_episodes(course, "drift-naive")) == ("given", "turned")
    assert rules.held(_episodes(course, "blocked-naive")) == ()


def test_recovery_counts_the_seeds_that_came_back(course: Path) -> None:
    for arm in ("drift-naive", "drift-replay"):
        episodes = _episodes(course, arm)
        back = []
        for seed in range(3):
            correct = [e.correct for e in sorted(episodes, key=lambda e: e.t) if e.seed == seed]
            level = 0.9 * sum(correct[28:38]) / 10
            ends = [d for d in range(10, 38) if sum(correct[38 + d - 10 : 38 + d]) / 10 >= level - 1e-9]
            back += ends[:1] if level else []
        found = _numbers(course, arm)["recovery"]
        assert (found["changes"], found["recovered"]) == (3, len(back))
        assert found.get("episodes") == (pytest.approx(sum(back) / len(back)) if back else None)


def test_a_heat_map_has_the_families_in_the_order_of_each_seed() -> None:
    # seed 0 learns b then a, seed 1 a then b; accuracies by checkpoint 0, 5, 10
    values = np.array(
        [[[0.0, 0.0, 0.1], [0.0, 0.8, 0.3], [0.6, 0.2, 0.1]], [[0, 0, 0.1], [0.6, 0, 0.1], [0.2, 0.8, 0.1]]]
    )
    matrix = AccuracyMatrix(
        seeds=(0, 1), checkpoints=(0, 5, 10), families=("a", "b", "c"), values=values, tasks=(5, 5, 5)
    )
    found = heat.heat(matrix, Anchors(rule="block", by_seed={0: {"b": 5, "a": 10}, 1: {"a": 5, "b": 10}}))
    assert found.rows == ("family 1", "family 2", "not shown")
    assert found.learned == (5, 10, 0)
    assert found.accuracy[0] == pytest.approx([0, 0.7, 0.2])  # (0.8 + 0.6) / 2, (0.2 + 0.2) / 2
    assert found.dropped[0, 2] == pytest.approx(0.5)  # (0.8 - 0.2 + 0.6 - 0.2) / 2
    assert found.dropped[2, 1:] == pytest.approx([-0.1, 0.0])
    assert np.isnan(found.dropped[:2, :2]).all()
    named = heat.heat(matrix, Anchors(rule="half", by_seed={0: {"b": 5, "a": 10}, 1: {"a": 5, "b": 10}}))
    assert named.rows == ("a", "b", "not shown")
    assert named.learned == (None, None, 0)
    assert np.isnan(named.dropped[0, 2])  # seed 0 has learned a at the end alone


def test_labels_keep_their_order_and_do_not_touch() -> None:
    placed = canvas.apart([0.5, 0.52, 0.1, 0.51], 0.06)
    assert placed == pytest.approx([0.45, 0.57, 0.1, 0.51])
    assert canvas.apart([0.2, 0.9], 0.1) == pytest.approx([0.2, 0.9])
    assert canvas.apart([0.0, 0.0, 0.05], 0.1) == pytest.approx([0.0, 0.1, 0.2])
    assert canvas.apart([1.0, 1.0], 0.1) == pytest.approx([0.9, 1.0])


def test_no_two_of_many_lines_look_alike() -> None:
    assert len({canvas.line_style(i) for i in range(32)}) == 32


def test_the_figures_are_drawn_and_linked_and_hold_no_image(course: Path) -> None:
    text = (course / "reports/report.md").read_text(encoding="utf-8")
    for name in MINE:
        assert f"(figures/{name}.svg)" in text
        drawn = (course / f"reports/figures/{name}.svg").read_text(encoding="utf-8")
        assert "<image" not in drawn
    assert "blocked-joint" not in (course / "reports/figures/prequential.svg").read_text(encoding="utf-8")


def test_the_page_says_what_each_number_rests_on(course: Path) -> None:
    text = (course / "reports/report.md").read_text(encoding="utf-8")
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1
    part = text.split("### Continual learning: stream blocked")[1].split("\n### ")[0]
    assert "better" not in part
    assert "minus that of blocked-naive" in part
    assert re.search(r"blocked-replay.*<sub>n = 40</sub>", part)
    assert "sees the stream beforehand" in part
    assert "## By every definition: stream blocked" in text
    assert "## By every definition: stream drift" not in text
    assert "| forgetting_mammoth" in text
    assert "Before episode 39" in text


def test_every_figure_is_drawn_without_a_warning(course: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        render(continual_tree.params(), course, tmp_path)
    assert (tmp_path / "metrics.json").read_bytes() == (course / "reports/metrics.json").read_bytes()
    for name in MINE:
        assert (tmp_path / f"figures/{name}.png").read_bytes() == (course / f"reports/figures/{name}.png").read_bytes()


def test_streams_of_other_lengths_are_shown_whole(measured: Measures) -> None:
    """The panels share their axis: the shorter stream must not cut the longer."""
    short = [replace(stream, episodes=50) if stream.drifts else stream for stream in measured.streams]
    for panel, stream in zip(prequential(short).axes, short, strict=True):
        assert panel.get_xlim()[1] > 75 * 1.2
        assert max(panel.get_xticks()) > stream.episodes * 0.7


def test_one_seed_has_no_interval_over_seeds(tmp_path: Path) -> None:
    study = continual_tree.params(strategies=("naive", "replay"), seeds=(0,), tasks=4)
    continual_tree.make(tmp_path, study)
    render(study, tmp_path, tmp_path / "reports")
    text = (tmp_path / "reports/report.md").read_text(encoding="utf-8")
    assert "no interval" in text.split("## Kept and passed on: stream blocked")[1].split("\n### ")[0]
    found = _numbers(tmp_path, "blocked-replay")
    assert "bwt_gem" in found
    assert "bwt_gem_low" not in found


def test_another_strategy_on_a_mixed_stream_is_shown_without_forward_transfer(tmp_path: Path) -> None:
    study = _mixed()
    continual_tree.make(tmp_path, study)
    for arm in study.arms:
        path = tmp_path / f"runs/learn/{arm}/episodes.jsonl"
        blocked = store.read_records(path, Episode)
        store.write_records(path, [_shuffled(e) for e in blocked])
    stream = _only(measure(results.read(study, tmp_path)).streams)
    families = stream.courses[0].families
    assert families is not None
    assert families.rule == "half"
    assert "fwt_gem" not in families.crosswalk
    assert len(accuracy(stream).axes) == 2
    assert "This stream has no blocks" in tree.text(tmp_path, study)


def _mixed() -> Params:
    study = continual_tree.params(strategies=("naive", "replay"), seeds=(0, 1), tasks=4)
    arms = {n: a.model_copy(update={"stream": "mixed"}) for n, a in study.arms.items() if n.startswith("blocked")}
    return study.model_copy(update={"arms": arms, "streams": {"mixed": {}}, "claims": {}})


def _shuffled(e: Episode) -> Episode:
    """The families in turn: no two episodes in a row are of the same."""
    return replace(e, phase="mixed", family=tree.FAMILIES[e.t % 5])


def _only(streams: tuple[Stream, ...]) -> Stream:
    assert len(streams) == 1
    return streams[0]
