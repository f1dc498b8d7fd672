"""A project in git with a shared store, whose stages only write files and say where they ran."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe import workspace

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
MODEL = "smollm2-135m-instruct"
ARMS = ("first", "first-shuffled", "second")


@dataclass(frozen=True)
class Project:
    """The folder from which work is given out."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder.parent / "ledger"

    def call(self, *words: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment(extra), text=True, capture_output=True, check=False,
            timeout=900,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(
                f"{' '.join(words)} gave {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
            )
        return done

    def clpipe(self, *words: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command of clpipe."""
        return self.call("clpipe", *words, check=check, **extra)

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        """As after `source .venv/bin/activate`, no setting of the run's own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLPIPE_", "CUDA_"))}
        scripts = str(Path(sys.executable).parent)
        return {
            **kept,
            "PATH": scripts + os.pathsep + kept.get("PATH", ""),
            "PYTHONPATH": str(self.folder),
            "DVC_NO_ANALYTICS": "1",
            "LEDGER": str(self.ledger),
            "CLPIPE_SCRATCH": str(self.folder.parent / "scratch"),
            **extra,
        }

    def runs(self) -> list[dict[str, Any]]:
        """The runs of stages since they were last forgotten."""
        return [json.loads(path.read_text()) for path in (self.ledger / "seen").glob("*.json")]

    def ran(self, *kinds: str) -> list[str]:
        """The stages that ran, of these kinds where any is named."""
        return sorted(run["stage"] for run in self.runs() if not kinds or run["stage"].partition("@")[0] in kinds)

    def forget(self) -> None:
        shutil.rmtree(self.ledger, ignore_errors=True)
        self.ledger.mkdir()

    def tell(self, mark: str) -> Path:
        """Tell the stages `slow-ARM` or `fail-ARM`, until the file is deleted."""
        (self.ledger / mark).touch()
        return self.ledger / mark

    def timing(self, arm: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / "runs/learn" / arm / "timing.json").read_text()))


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(("git", *identity, *words), cwd=folder, check=True, capture_output=True)


def share(folder: Path, names: Path) -> None:
    """Put a workspace under git, with a store beside it."""
    shutil.rmtree(folder / ".dvc", ignore_errors=True)
    git(folder, "init", "--quiet")
    shutil.copy(names / ".gitignore", folder / ".gitignore")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet"], cwd=folder, check=True)
    add = ["remote", "add", "--quiet", "--default", "store", str(folder.parent / "store")]
    subprocess.run([sys.executable, "-m", "dvc", *add], cwd=folder, check=True)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "the study")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project, nothing run yet."""
    folder = tmp_path / "head"
    workspace.make(ROOT, folder, "default")
    for stage in (folder / "stages").glob("[a-z]*.py"):
        shutil.copy(HERE.parent / "stub_stage.py", stage)
    values = yaml.safe_load((folder / "params.yaml").read_text())
    arm = {"model": MODEL, "method": "lora", "strategy": "naive", "stream": "mixed"}
    control = {**arm, "labels": "shuffled", "control_of": "first"}
    values |= {"arms": dict(zip(ARMS, (arm, control, {**arm, "lr": 0.01}), strict=True)), "claims": {}, "seeds": [0, 1]}
    (folder / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    share(folder, ROOT)
    found = Project(folder)
    found.forget()
    return found
