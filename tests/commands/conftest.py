"""A folder with the committed params, made the working directory; and a stage that seems to run in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clpipe.cli import app
from clpipe.commands.processes import at_work
from clpipe.params import Params
from clpipe.records import Episode
from clpipe.store import write_records
from clpipe.validate import load

ROOT = Path(__file__).parents[2]
ARM = "smollm2-lora"
Begin = Callable[[str, str], "subprocess.Popen[bytes]"]


def call(*words: str, given: str | None = None) -> Result:
    """Run a command in this process, in the working directory."""
    return CliRunner().invoke(app, words, input=given)


def scratch_episodes(arm: str, seed: int, losses: list[float], key: str = "a") -> Path:
    """A seed on its way: an episode a loss, every second one right; its folder."""
    folder = Path(f".clpipe/scratch/learn/{key}{seed}")
    rows = [
        Episode(
            arm=arm, seed=seed, t=t, phase="all", task_id=f"t{t}", family="sequence", shown="7", reply="7",
            correct=t % 2 == 0, loss=loss, tokens=2,
        )
        for t, loss in enumerate(losses, 1)
    ]  # fmt: skip
    write_records(folder / "episodes.jsonl", rows)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The committed params and studies in a folder of their own."""
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    shutil.copy(ROOT / "studies" / "default.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    for name in ("CLPIPE_DEBUG", "CLPIPE_DEVICE", "CLPIPE_JOBS", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def params(project: Path) -> Params:
    return load(project / "params.yaml")


@pytest.fixture
def begin(project: Path) -> Iterator[Begin]:
    """Start a stage of an arm that does nothing until the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(stage: str, arm: str) -> subprocess.Popen[bytes]:
        script = project / "stages" / f"{stage}.py"
        script.parent.mkdir(exist_ok=True)
        script.write_text("import time\ntime.sleep(60)\n")
        process = subprocess.Popen([sys.executable, f"stages/{stage}.py", "--arm", arm], cwd=project)
        started.append(process)
        until = time.monotonic() + 10
        while arm not in at_work(project).arms and time.monotonic() < until:
            time.sleep(0.02)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
