"""A detector's alarms in the report: never without the ones of who always and of who never fires."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clpipe import store
from clpipe.records import Episode
from clpipe.store import read_json, write_json
from tests.report import continual_tree, tree

OPTIONS = {"detector": "page_hinkley", "threshold": 3.0}


def test_a_detector_stands_beside_both_that_know_nothing(tmp_path: Path) -> None:
    """The loss leaps at the change and nowhere else: one alarm a seed, soon after it."""
    study = continual_tree.params(strategies=("naive", "replay"), seeds=(0, 1), tasks=4)
    arms = {name: arm for name, arm in study.arms.items() if name.startswith("drift")}
    study = study.model_copy(update={"arms": arms, "claims": {}})
    continual_tree.make(tmp_path, study)
    path = tmp_path / "runs/learn/drift-replay"
    episodes = store.read_records(path / "episodes.jsonl", Episode)
    change = min(e.t for e in episodes if e.phase == "turned")
    leaping = [replace(e, loss=4.0 if e.phase == "turned" else 0.5) for e in episodes]
    store.write_records(path / "episodes.jsonl", leaping)
    summary = read_json(path / "summary.json") | {"strategy": "adaptive_lr", "strategy_options": OPTIONS}
    write_json(path / "summary.json", summary)
    part = tree.text(tmp_path, study).split("## Detectors of change: stream drift")[1].split("\n### ")[0]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("|")]
    mine, always, never = (next(line for line in lines if name in line[0]) for name in ("replay", "always", "never"))
    assert change == 38 + 1
    assert mine[1:4] == ["2", "2 of 2", "0"]
    assert mine[5] == "1.00"
    # Every 10th of 75 episodes: 7 alarms a seed, of which the one at 40 is right, 1 episode late.
    assert always[1:] == ["14", "2 of 2", "12", "1.0", f"{2 * 2 / (14 + 2):.2f}"]
    assert never[1:] == ["0", "0 of 2", "0", "—", "0.00"]


def test_without_a_detector_nothing_is_said_of_one(course: Path) -> None:
    assert "Detectors" not in (course / "reports/report.md").read_text(encoding="utf-8")
