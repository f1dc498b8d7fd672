"""Streams, methods and strategies through the whole pipeline on a tiny model, and what a new one runs again."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from clpipe.records import Episode, Outcome, Retained
from clpipe.store import read_json, read_records
from tests.pipeline.conftest import command, set_params
from tests.pipeline.test_pipeline import ARMS as FINISHED
from tests.pipeline.test_pipeline import would_run

HALF = '''"""Half of the lessons are learned: every other one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clpipe.strategy import Strategy

if TYPE_CHECKING:
    from clpipe.models.language_model import LanguageModel
    from clpipe.models.lesson import Lesson


@dataclass(kw_only=True)
class Half(Strategy):
    """Every other lesson."""

    def learn(self, model: LanguageModel, lesson: Lesson, rng: random.Random) -> None:
        """Learn it or not."""
        if rng.random() < 0.5:
            model.step(lesson.loss)


STRATEGY = Half
'''
FAMILIES = ["comparison", "logic_grid", "sequence"]
HALVED: dict[str, dict[str, Any]] = {"mixed-half": {"method": "lora", "strategy": "half", "stream": "mixed"}}
ARMS: dict[str, dict[str, Any]] = {
    "blocked-replay": {"method": "lora", "strategy": "replay", "stream": "blocked", "families": FAMILIES},
    "drift-olora": {"method": "lora", "strategy": "olora", "stream": "drift"},
    "recurring-routed": {"method": "multi_lora", "strategy": "naive", "stream": "recurring"},
    "curriculum-reward": {
        "method": "lora_soft_prompt",
        "strategy": "reward_only",
        "stream": "curriculum",
        "stream_options": {"by": "success", "window": 2},
    },
    "endless-memory": {"method": "frozen", "strategy": "memory", "stream": "endless"},
    "gradual-reptile": {
        "method": "prefix",
        "strategy": "reptile",
        "stream": "gradual",
        "stream_options": {"width": 2},
        "families": FAMILIES,
    },
}


def with_arms(finished: Path, folder: Path, arms: dict[str, dict[str, Any]]) -> Path:
    """The finished workspace with more arms, all run to the report."""
    shutil.copytree(finished, folder, symlinks=True, ignore=shutil.ignore_patterns("mlflow.db*", "mlartifacts"))
    (folder / "clpipe/strategies/half.py").write_text(HALF)
    set_params(folder, lambda values: values["strategies"].update(half={}))
    assert would_run(folder) == set()

    def change(values: dict[str, Any]) -> None:
        values["arms"].update(
            {name: {"model": "tiny", "episodes": 12, "eval_interval": 4, **a} for name, a in arms.items()}
        )
        values["strategies"]["replay"] = {"capacity": 6, "mix": 1}
        values["strategies"]["reptile"] = {"rounds": 2, "inner_steps": 2}
        values["strategies"]["olora"] = {"phases": 2}

    set_params(folder, change)
    (folder / "said").write_text(command(folder, "dvc", "repro").stdout)
    return folder


@pytest.fixture(scope="module")
def halved(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished workspace with an arm of a new strategy."""
    return with_arms(finished, tmp_path_factory.mktemp("halved") / "tiny", HALVED)


@pytest.fixture(scope="module")
def continual(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished workspace with arms of every stream."""
    return with_arms(finished, tmp_path_factory.mktemp("continual") / "tiny", ARMS)


def test_new_arms_run_alone_then_the_report(halved: Path) -> None:
    ran = re.findall(r"Running stage '([^']+)'", (halved / "said").read_text())
    assert sorted(ran[:-2]) == sorted(f"{stage}@{arm}" for stage in ("learn", "evaluate", "copies") for arm in HALVED)
    assert ran[-2:] == ["report", "publish"]
    assert set(read_json(halved / "reports/metrics.json")["arms"]) == {*FINISHED, *HALVED}


def test_a_new_strategy_is_one_file_and_one_line(halved: Path) -> None:
    path = halved / "clpipe/strategies/half.py"
    assert len(read_records(halved / "runs/learn/mixed-half/episodes.jsonl", Episode)) == 24
    path.write_text(HALF.replace("0.5", "0.4"))
    assert would_run(halved) == {"learn@mixed-half", "evaluate@mixed-half"}
    path.write_text(HALF)


@pytest.mark.slow
def test_every_stream_reaches_the_report(continual: Path) -> None:
    page = (continual / "reports/report.html").read_text()
    metrics = read_json(continual / "reports/metrics.json")["arms"]
    for arm in ARMS:
        assert arm in page
        assert metrics[arm]["episodes"] == 12
        retained = read_records(continual / f"runs/evaluate/{arm}/retention.jsonl", Retained)
        assert {(r.seed, r.episode) for r in retained} == {(seed, t) for seed in (0, 1) for t in (0, 12)}
        outcomes = read_records(continual / f"runs/evaluate/{arm}/outcomes.jsonl", Outcome)
        assert all(o.gold_loss is not None and o.lenient is not None for o in outcomes)
    assert "nothing new" in command(continual, "dvc", "repro").stdout


@pytest.mark.slow
def test_phases_are_written_down_and_boundaries_only_told_where_asked(continual: Path) -> None:
    def phases(arm: str) -> list[str]:
        rows = read_records(continual / f"runs/learn/{arm}/episodes.jsonl", Episode)
        return [row.phase for row in rows if row.seed == 0]

    assert sorted(dict.fromkeys(phases("blocked-replay"))) == FAMILIES
    assert phases("drift-olora") == ["given"] * 6 + ["turned"] * 6
    assert set(phases("endless-memory")) == {"endless"}
    told = {arm: read_json(continual / f"runs/learn/{arm}/summary.json") for arm in ARMS}
    assert [arm for arm in ARMS if told[arm]["needs_boundaries"]] == ["drift-olora"]
    assert told["gradual-reptile"]["sees_beforehand"] == "others"
    assert told["curriculum-reward"]["feedback"] == "reward"


@pytest.mark.slow
def test_the_floor_and_the_memory_change_no_weight(continual: Path) -> None:
    """Where nothing learns, nothing of the base is lost; the memory stands in the checkpoint."""
    rows = read_records(continual / "runs/evaluate/endless-memory/retention.jsonl", Retained)
    assert max(row.kl for row in rows if row.kind == "text") == 0.0
    folder = continual / "runs/learn/endless-memory/adapters/seed-0"
    assert len(read_json(folder / "step-00012/context.json")["examples"]) == 12
    digests = {
        p: hashlib.sha256((folder / p / "context.json").read_bytes()).hexdigest() for p in ("step-00004", "step-00008")
    }
    assert len(set(digests.values())) == 2
