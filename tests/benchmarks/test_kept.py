"""Our side of the study's race, read from what the stages left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.study import kept
from clpipe import validate
from clpipe.params import Params
from clpipe.store import read_json, write_json, write_records

ROOT = Path(__file__).parents[2]
HERE: dict[str, Any] = {"cpu": "one", "cores": 2}


@pytest.fixture
def params() -> Params:
    return validate.load(ROOT / "studies" / "default.yaml")


@pytest.fixture
def runs(tmp_path: Path, params: Params) -> Path:
    for model in {arm.model for arm in params.arms.values()}:
        write_json(tmp_path / "baseline" / model / "timing.json", {"machine": HERE, "kept": 0, "seconds": 30.0})
    for name in params.arms:
        seeds = {str(seed): {"seconds": 80.0, "episodes": params.learn.episodes} for seed in params.seeds}
        learned = {"machine": HERE, "kept": 0, "wall_s": 200.0, "jobs": 2, "seeds": seeds}
        write_json(tmp_path / "learn" / name / "timing.json", learned)
        write_json(tmp_path / "evaluate" / name / "timing.json", {"machine": HERE, "kept": 0, "seconds": 100.0})
        write_records(tmp_path / "evaluate" / name / "outcomes.jsonl", [])
    return tmp_path


def test_seconds_are_those_of_the_stages(params: Params, runs: Path) -> None:
    found = kept.ours(params, HERE, runs)
    assert found is not None
    assert sum(found["base"].values()) == 30.0
    assert found["arms"]["smollm2-lora"] == {"learn_s": 200.0, "ask_s": 100.0, "right": {}}


@pytest.mark.parametrize("stage", ["learn", "evaluate"])
@pytest.mark.parametrize("change", [{"kept": 1}, {"machine": {"cpu": "another"}}, None])
def test_less_than_the_whole_work_here_tells_nothing(
    stage: str, change: dict[str, Any] | None, params: Params, runs: Path
) -> None:
    path = runs / stage / "smollm2-lora" / "timing.json"
    if change is None:
        path.unlink()
    else:
        write_json(path, {**read_json(path), **change})
    assert kept.ours(params, HERE, runs) is None


@pytest.mark.parametrize(
    "change",
    [
        {"wall_s": 20.0},  # a seed went on from a state: most of its work lies before this clock
        {"seeds": {"0": {"seconds": 80.0, "episodes": 160}}},
        {"seeds": {str(seed): {"seconds": 80.0, "episodes": 80} for seed in range(4)}},
    ],
)
def test_the_clock_of_other_work_tells_nothing(change: dict[str, Any], params: Params, runs: Path) -> None:
    path = runs / "learn" / "smollm2-lora" / "timing.json"
    write_json(path, {**read_json(path), **change})
    assert kept.ours(params, HERE, runs) is None
