"""The real pipeline on a tiny model: a workspace with the project's own dvc.yaml, run once, copied for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from clpipe import workspace
from tests.tiny import build_tiny_model

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]

TINY: dict[str, Any] = {
    "study": {"name": "tiny", "models": ["tiny"], "reports": "reports"},
    "seeds": [0, 1],
    "split": {
        "train": 8,
        "validation": 1,
        "heldout": {"same_template": 3, "new_entities": 1, "new_template": 1, "harder": 1},
    },
    "prompt": {"instruction": "Answer.", "max_new_tokens": 4},
    "evaluate": {"curve_tasks": 2, "batch_size": 8},
    "baseline": {"shots": [2], "tasks": 2},
    "claims": {
        "lora-learned": {"arm": "lora", "says": "learned"},
        "lora-over-soft-prompt": {"arm": "lora", "says": "better", "than": "soft-prompt"},
    },
    "tracking": {"experiment": "tiny", "register_adapters": "best"},
    "arms": {
        "lora": {"model": "tiny", "method": "lora", "strategy": "naive", "stream": "mixed"},
        "lora-shuffled": {
            "model": "tiny",
            "method": "lora",
            "strategy": "naive",
            "stream": "mixed",
            "labels": "shuffled",
            "control_of": "lora",
        },
        "soft-prompt": {"model": "tiny", "method": "soft_prompt", "strategy": "naive", "stream": "mixed"},
    },
}


def environment(folder: Path) -> dict[str, str]:
    """As a user has it after `source .venv/bin/activate`, with the workspace's own copy of clpipe first."""
    return {
        **os.environ,
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONPATH": str(folder),
        "DVC_NO_ANALYTICS": "1",
        "HF_HUB_OFFLINE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "CLPIPE_JOBS": "2",
    }


def command(folder: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in a workspace."""
    done = subprocess.run(
        words, cwd=folder, env=environment(folder), text=True, capture_output=True, check=False, timeout=600
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(words)} gave {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


def set_params(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the workspace's params.yaml."""
    path = folder / "params.yaml"
    values = yaml.safe_load(path.read_text())
    change(values)
    path.write_text(yaml.safe_dump(values, sort_keys=False))


def lay_out(folder: Path, model: Path) -> Path:
    """A workspace of the tiny study, nothing run yet."""
    workspace.make(ROOT, folder, "default")
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n    no_scm = True\n")

    def tiny(values: dict[str, Any]) -> None:
        values |= TINY
        values["models"] = {"tiny": {"sources": [{"kind": "path", "path": str(model)}]}}
        values["arena"]["families"] = {name: {"tasks": 60} for name in values["arena"]["families"]}
        values["learn"] |= {"episodes": 20, "eval_interval": 10, "lr": 0.01}

    set_params(folder, tiny)
    return folder


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first of the processes that share the tests makes, for all of them."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"shared-{name}"
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)  # of one that failed: the next fails with its own words
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def tiny_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        build_tiny_model(folder / "tiny")

    return once(tmp_path_factory, "source", make) / "tiny"


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_source: Path) -> Path:
    """A workspace in which `dvc repro` has run once; nobody writes into it."""

    def make(folder: Path) -> None:
        lay_out(folder / "tiny", tiny_source)
        command(folder / "tiny", "dvc", "repro")

    return once(tmp_path_factory, "finished", make) / "tiny"


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished workspace to be edited."""
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder, symlinks=True, ignore=shutil.ignore_patterns("mlflow.db*", "mlartifacts"))
    return folder
