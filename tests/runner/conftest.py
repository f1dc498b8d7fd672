"""A workspace with the project's own dvc.yaml and params, whose stages only write files and say how they were run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from clpipe import workspace

ROOT = Path(__file__).parents[2]
STUB = Path(__file__).parents[1] / "stub_stage.py"
ARMS = ("smollm2-lora", "smollm2-lora-shuffled", "smollm2-soft-prompt")


@dataclass(frozen=True)
class Workspace:
    """A folder in which `dvc repro` takes a second."""

    folder: Path

    def call(self, *words: str, check: bool = True, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment(extra),
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(words)} gave {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def begin(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        """Start a command, Ctrl-C not ignored."""
        return subprocess.Popen(
            words, cwd=self.folder, env=self.environment(extra), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        """As after `source .venv/bin/activate`, no setting of the run's own."""
        kept = {
            k: v for k, v in os.environ.items() if k not in ("CLPIPE_JOBS", "CLPIPE_DEVICE", "CUDA_VISIBLE_DEVICES")
        }
        scripts = str(Path(sys.executable).parent)
        return {
            **kept,
            "PATH": scripts + os.pathsep + kept.get("PATH", ""),
            "PYTHONPATH": str(self.folder),
            "DVC_NO_ANALYTICS": "1",
            **extra,
        }

    def lock(self) -> str:
        """The text of dvc.lock."""
        return (self.folder / "dvc.lock").read_text()

    def seen(self) -> dict[str, dict[str, Any]]:
        """For each stage that has run since they were last forgotten: when and with what settings."""
        runs = [json.loads(path.read_text()) for path in (self.folder / ".clpipe/seen").glob("*.json")]
        return {run["stage"]: run for run in runs}

    def forget(self) -> None:
        """Forget what has run."""
        shutil.rmtree(self.folder / ".clpipe/seen", ignore_errors=True)

    def mark(self, name: str, text: str = "") -> Path:
        """Tell the stages something (stub_stage.py): `fail-ARM` or `slow-ARM`, until the file is deleted."""
        path = self.folder / ".clpipe" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def processes(self) -> list[psutil.Process]:
        """Those that run in the workspace."""
        found = psutil.process_iter(["cwd", "status"])
        return [p for p in found if p.info["cwd"] == str(self.folder) and p.info["status"] != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace, nothing run yet."""
    folder = tmp_path_factory.mktemp("stub") / "bare"
    workspace.make(ROOT, folder, "default")
    (folder / ".dvc/config").write_text("[core]\n    analytics = false\n    no_scm = True\n")
    for stage in (folder / "stages").glob("[a-z]*.py"):
        shutil.copy(STUB, stage)
    values = yaml.safe_load((folder / "params.yaml").read_text())
    values |= {"arms": {name: values["arms"][name] for name in ARMS}, "claims": {}}
    (folder / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    return folder


@pytest.fixture(scope="session")
def before_the_arms(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace when `dvc repro` has made all but the arms and what comes after them."""
    folder = tmp_path_factory.mktemp("stub") / "upstream"
    shutil.copytree(bare, folder)
    Workspace(folder).call("dvc", "repro", "baseline")
    return folder


@pytest.fixture(scope="session")
def serial(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace when `dvc repro` alone has made everything."""
    folder = tmp_path_factory.mktemp("stub") / "serial"
    shutil.copytree(bare, folder)
    Workspace(folder).call("dvc", "repro")
    return folder


@pytest.fixture
def space(before_the_arms: Path, tmp_path: Path) -> Workspace:
    """A copy to run the arms in."""
    return copy(before_the_arms, tmp_path)


def copy(folder: Path, target: Path) -> Workspace:
    """A copy of a workspace, nothing of it seen yet."""
    shutil.copytree(folder, target / "space")
    found = Workspace(target / "space")
    found.forget()
    return found
