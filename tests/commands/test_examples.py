"""The example in the help of every command is run: on a pipeline of stubs, on made-up results, on a tiny model."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from clpipe import split, store
from clpipe.arena.pool import draw_pool
from clpipe.cli import app
from clpipe.commands.reference import Command, commands
from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Outcome
from clpipe.validate import load
from tests.commands.conftest import ROOT, call
from tests.runner.conftest import Workspace, bare
from tests.tiny import build_tiny_model
from tests.tracking.tree import MODEL, Tree

__all__ = ["bare"]  # a fixture
ARM, OTHER = "smollm2-lora", "smollm2-soft-prompt"
STUBS = ("run", "report", "arms", "watch", "env", "prune", "demo")
MIRROR = ("publish", "promote")
REFUSED = {
    "promote": "challenger|claims|nothing has been published",  # nothing was learned
    "worker": "git|commit|remote",  # there is no store to share; tests/scaling has one
}
"""Examples that these results are right to refuse, with a word of the message."""
SAYS = {
    "validate": "no mistake",
    "run": r"(\d) of \1 arms to do, 2 at once",
    "report": "reports/report.html",
    "arms": f"{ARM} +(done|changed) .*25.0 %",
    "watch": "nothing is running here",
    "env": "stages in dvc.lock: [1-9]",
    "prune": "nothing to prune|nothing has been deleted",
    "demo": "Report of the miniature",
    "compare": r"\+50\.0 points",
    "ask": f"{ARM}, seed 0, after 8 episodes",
    "try": "after 20 episodes: .*\n.*\nwritten: .*learning-curve.png",
    "trial": "lr=1e-3  seed 101: ",
    "publish": "publish: .*runs new",
    "study show": "study.name: demo",
}
"""What the output of an example must match."""


@pytest.fixture(scope="module")
def stubs(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pipeline of the default study with stages that only write files; the example of `clpipe run` has been run."""
    folder = tmp_path_factory.mktemp("examples") / "stubs"
    shutil.copytree(bare, folder)
    shutil.copytree(ROOT / "studies", folder / "studies")
    shutil.copytree(ROOT / ".dvc/plots", folder / ".dvc/plots", dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        _enter(folder, patch)
        done = call(*shlex.split(next(c.example for c in commands(app) if c.words == "run"))[1:])
        for arm in load().arms:
            _outcomes(folder, arm, 1)
    assert done.exit_code == 0, done.output
    assert re.search(SAYS["run"], done.output), done.output
    return folder


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up results to be mirrored."""
    tree = Tree(tmp_path_factory.mktemp("mirror"))
    tree.values["claims"] = {"lora-learned": {"arm": "lora", "says": "learned"}}
    assert tree.params.claims
    return tree.root


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study of a tiny model with its tasks, a checkpoint and made-up replies."""
    folder = tmp_path_factory.mktemp("examples") / "small"
    shutil.copytree(ROOT / "studies", folder / "studies")
    shutil.copytree(ROOT / "data/own", folder / "data/own")
    values = yaml.safe_load((ROOT / "studies/default.yaml").read_text())
    values["arena"]["families"] = {name: {"tasks": 60} for name in ("comparison", "sequence", "logic_grid")}
    values["split"] |= {"train": 8, "validation": 3, "release": None}
    values["split"]["heldout"] = {"same_template": 3, "new_entities": 1, "new_template": 1, "harder": 1}
    values["prompt"]["max_new_tokens"] = 4
    values["learn"] |= {"episodes": 8, "eval_interval": 4}
    for name in ("params.yaml", "studies/default.yaml"):
        (folder / name).write_text(yaml.safe_dump(values, sort_keys=False))
    params = load(folder / "params.yaml")
    pool = list(draw_pool(params.arena.seed, params.arena.families, params.arena.hardest))
    for side, tasks in split.divide(pool, params.split).items():
        store.write_records(folder / f"data/tasks/{side}.jsonl", tasks)
    weights = build_tiny_model(folder / "models" / MODEL)
    (weights / "provenance.json").write_text(json.dumps({"parameters": 1000}))
    model = LanguageModel.load(weights, instruction="", device="cpu")
    adapter.attach(model, Lora(), weights, 0)
    adapter.save(model, MODEL, folder / "runs/learn" / ARM / "adapters/seed-0/step-00008")
    _outcomes(folder, ARM, 3)
    _outcomes(folder, OTHER, 1)
    return folder


def _outcomes(folder: Path, arm: str, right: int) -> None:
    """Replies of two seeds to four tasks, as many right as is said."""
    rows = [
        Outcome(
            arm=arm, seed=seed, episode=8, task_id=f"h{task}", family="sequence", template=f"t{task}", difficulty=1,
            reply="7", correct=task < right, margin=None,
        )
        for seed in (0, 1) for task in range(4)
    ]  # fmt: skip
    store.write_records(folder / "runs/evaluate" / arm / "outcomes.jsonl", rows)


def _enter(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name, value in Workspace(folder).environment({"CLPIPE_JOBS": "2"}).items():
        patch.setenv(name, value)
    for name in ("MLFLOW_TRACKING_URI", "CLPIPE_DEBUG", "CLPIPE_ROOT"):
        patch.delenv(name, raising=False)
    patch.chdir(folder)


@pytest.mark.parametrize("command", commands(app), ids=lambda command: command.words)
def test_the_example_runs(command: Command, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    place = "stubs" if command.words in STUBS else "mirror" if command.words in MIRROR else "small"
    folder: Path = request.getfixturevalue(place)
    if command.words == "run":
        return  # it has been run, or there would be no folder
    _enter(folder, monkeypatch)
    lock = folder / "dvc.lock"
    before = lock.read_bytes() if lock.exists() else None
    done = call(*shlex.split(command.example)[1:])
    assert "Traceback" not in done.output
    assert done.exit_code == (1 if command.words in REFUSED else 0), done.output
    wanted = REFUSED.get(command.words) or SAYS.get(command.words, "")
    assert re.search(wanted, done.output), done.output
    assert (lock.read_bytes() if lock.exists() else None) == before
    assert os.getcwd() == str(folder)
