"""`clpipe try`: a model on the disk learns outside the study, and leaves a JSON, a curve and an adapter."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from clpipe.commands import trying, trying_model
from clpipe.params import ParamsError
from clpipe.params_file import mapping
from clpipe.records import Task, prompt_id
from tests.commands.conftest import call
from tests.tiny import build_tiny_model

QUICK = ("--episodes", "4", "--eval-interval", "2", "--eval-tasks", "6")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_model(tmp_path_factory.mktemp("source") / "Tiny_Model")


@pytest.fixture
def small(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Params with few tasks and short replies."""
    monkeypatch.setenv("CLPIPE_JOBS", "1")
    values = yaml.safe_load((project / "params.yaml").read_text())
    values["arena"]["families"] = {name: {"tasks": 60} for name in ("comparison", "sequence", "logic_grid")}
    values["split"] |= {"train": 8, "validation": 3, "release": None}
    values["split"]["heldout"] = {"same_template": 3, "new_entities": 1, "new_template": 1, "harder": 1}
    values["prompt"]["max_new_tokens"] = 4
    (project / "params.yaml").write_text(yaml.safe_dump(values))
    return project


def wish(**changes: object) -> trying.Wish:
    plain = {
        "model": None, "method": "lora", "strategy": "naive", "episodes": 8, "eval_tasks": 6, "eval_interval": 4,
        "seed": 0, "lr": None, "lora_r": None, "lora_alpha": None,
    }  # fmt: skip
    return trying.Wish(**{**plain, **changes})  # type: ignore[arg-type]


def test_one_line_ends_in_results_curve_and_adapter(small: Path, source: Path) -> None:
    (small / "dvc.lock").write_text("schema: '2.0'\n")
    before = {name: (small / name).read_bytes() for name in ("params.yaml", "dvc.lock")}
    words = ("try", "--model", str(source), *QUICK, "--lora-r", "4", "--lora-alpha", "8", "--lr", "1e-4")
    done = call(*words, "--out", "out")
    assert done.exit_code == 0, done.output
    found = json.loads((small / "out/results.json").read_text())
    assert [(c["episode"], c["asked"]) for c in found["checkpoints"]] == [(0, 6), (2, 6), (4, 6)]
    assert (found["settings"]["lr"], found["seed"]) == (1e-4, 0)
    assert found["method_options"]["r"] == 4
    assert sum(one["asked"] for one in found["families"].values()) == 6
    assert {name: one["asked"] for name, one in found["families"].items()} == dict.fromkeys(found["families"], 2)
    config = json.loads((small / "out/adapter/adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"]) == (4, 8)
    assert (small / "out/learning-curve.png").read_bytes().startswith(b"\x89PNG")
    assert {name: (small / name).read_bytes() for name in before} == before
    assert not (small / "data").exists()
    assert not (small / "runs").exists()
    again = call(*words, "--out", "again")
    assert again.exit_code == 0, again.output
    for part in ("results.json", "learning-curve.png", "adapter/adapter_model.safetensors"):
        digests = {hashlib.sha256((small / out / part).read_bytes()).digest() for out in ("out", "again")}
        assert len(digests) == 1, part


def test_the_tasks_of_the_study_are_used_where_they_are_there(small: Path, source: Path) -> None:
    assert call("try", "--model", str(source), *QUICK).exit_code == 0
    tasks = small / "data/tasks"
    shutil.copytree(small / ".clpipe/try/tasks", tasks)
    lines = (tasks / "validation.jsonl").read_text().splitlines()
    (tasks / "validation.jsonl").write_text("\n".join(lines[:4]) + "\n")
    done = call("try", "--model", str(source), *QUICK, "--out", "out")
    assert done.exit_code == 0, done.output
    assert "there are 4 validation tasks, not 6" in done.stderr
    assert json.loads((small / "out/results.json").read_text())["eval_tasks"] == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "nope"], "--model: no model 'nope'; there is "),
        (["--lr", "-1"], "params.yaml: 1 mistake\n  --lr: input should be greater than 0, not -1.0"),
        (["--method", "soft_prompt", "--lora-r", "4"], "  --lora-r: no option 'r'; there is "),
        (["--method", "lorra"], "(did you mean 'lora'?)"),
        (["--episodes", "100000"], "--episodes: 100000 episodes, but split.train gives"),
        (["--episodes", "4", "--out", "params.yaml"], "params.yaml is a file; --out names a folder"),
        (["--episodes", "4", "--out", "mine"], "mine/adapter is there and is no adapter of clpipe"),
    ],
)
def test_a_mistake_is_told_before_anything_is_learned(small: Path, words: list[str], message: str) -> None:
    (small / "mine/adapter").mkdir(parents=True)
    done = call("try", *words)
    assert done.exit_code == 1
    assert message in done.stderr
    assert not (small / ".clpipe").exists()


def test_a_number_out_of_range_is_wrong_usage(small: Path) -> None:
    assert small.exists()
    assert call("try", "--episodes", "0").exit_code == 2


def test_a_try_is_one_arm_with_one_seed_and_nothing_declared(small: Path) -> None:
    values = mapping(small / "params.yaml")
    params, source = trying.settings(values, wish(seed=7, lr=0.5, lora_alpha=3))
    assert (list(params.arms), params.seeds, params.claims, source) == (["try"], [7], {}, None)
    assert params.arms["try"].model == values["study"]["models"][0]
    assert params.learn_settings("try").lr == 0.5
    assert params.method_options("try") == {**values["methods"]["lora"], "alpha": 3}
    assert values == mapping(small / "params.yaml")
    with pytest.raises(ParamsError, match="--strategy"):
        trying.settings(values, wish(strategy="nope"))


def test_tasks_are_spread_over_families_in_turn() -> None:
    tasks = [
        Task(id=prompt_id(p), family=family, prompt=p, answer="1", difficulty=1, template="t")
        for family, count in (("a", 5), ("b", 2), ("c", 4))
        for p in (f"{family} {i}" for i in range(count))
    ]
    chosen = [task.prompt for task in trying.spread(tasks, 7)]
    assert chosen == ["a 0", "a 1", "a 2", "b 0", "b 1", "c 0", "c 1"]  # two of each in turn, then a's third
    assert trying.spread(tasks, 100) == tasks


def test_a_model_that_was_replaced_has_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "My Model"
    folder.mkdir()
    (folder / "weights").write_text("1")
    first = trying_model.named(str(folder), ["known"])
    assert trying_model.named(str(folder), ["known"]) == first
    assert first[0].startswith("my-model-")
    assert first[1] == folder.resolve()
    (folder / "weights").write_text("22")
    assert trying_model.named(str(folder), ["known"])[0] != first[0]
    assert trying_model.named("known", ["known"]) == ("known", None)
