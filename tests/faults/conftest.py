"""What the tests of faults share: a small study on a tiny model, its stages one by one, and a disk that is small."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.mounted import mounted
from tests.pipeline.conftest import environment, lay_out, set_params
from tests.tiny import build_tiny_model

STAGES = (
    "arena", "verify", "split", "model@tiny", "baseline@tiny", "learn@lora", "evaluate@lora", "copies@lora", "report",
    "publish",
)  # fmt: skip
"""Every stage of the small study, in the order in which `dvc repro` takes them."""
GONE_SECONDS = 60.0
"""Processes that import torch look around only when they have; on a machine with other work that takes long."""


@dataclass(frozen=True)
class Space:
    """A workspace of the small study."""

    folder: Path

    def begin(self, *words: str, world: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start a command with `world` in its environment; what it says is read from its stdout."""
        return subprocess.Popen(
            words, cwd=self.folder, env={**environment(self.folder), **world}, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def call(self, *words: str, check: bool = True, world: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run a command to its end: exit code, and all that it said."""
        process = self.begin(*words, world=world or {})
        said = process.communicate(timeout=600)[0]
        if check and process.returncode != 0:
            raise AssertionError(f"{' '.join(words)} gave {process.returncode}\n{said[-4000:]}")
        return process.returncode, said

    def stage(self, name: str) -> list[str]:
        """The command of a stage that has run, as DVC gives it to the shell."""
        lock = yaml.safe_load((self.folder / "dvc.lock").read_text())
        return shlex.split(lock["stages"][name]["cmd"])

    def outs(self) -> dict[str, str]:
        """The MD5 of every output in dvc.lock but those that tell the time, as the page, its text and figures do."""
        stages = yaml.safe_load((self.folder / "dvc.lock").read_text())["stages"]
        found = {o["path"]: o["md5"] for stage in stages.values() for o in stage.get("outs", [])}
        shown = ("reports/report.html", "reports/report.md", "reports/figures")
        return {path: md5 for path, md5 in found.items() if "timing" not in path and path not in shown}

    def processes(self) -> list[psutil.Process]:
        """What runs in the workspace."""
        found = psutil.process_iter(["cwd", "status"])
        return [p for p in found if p.info["cwd"] == str(self.folder) and p.info["status"] != psutil.STATUS_ZOMBIE]

    def is_left_alone(self) -> bool:
        """Whether nothing runs in the workspace any more, soon."""
        until = time.monotonic() + GONE_SECONDS
        while self.processes():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def leftovers(self) -> list[str]:
        """Temporary files and folders that somebody did not clear away, beside what DVC has to take care of."""
        places = [self.folder / name for name in ("data", "models", "runs", "reports") if (self.folder / name).exists()]
        found = [p for place in places for p in place.rglob(".*") if p.name.endswith((".tmp", ".partial"))]
        return sorted(p.relative_to(self.folder).as_posix() for p in found)

    def copy(self, target: Path) -> Space:
        """A copy of everything, so that it can be broken."""
        subprocess.run(["cp", "-a", str(self.folder), str(target)], check=True)
        return Space(target)


def smaller(values: dict[str, Any]) -> None:
    """Three families, one arm, one seed: as little as goes through every stage."""
    families = values["arena"]["families"]
    values["arena"]["families"] = {name: families[name] for name in ("comparison", "math_word_problem", "sequence")}
    values["arms"] = {"lora": values["arms"]["lora"]}
    values["claims"] = {}
    values["seeds"] = [0]


def md5s(folder: Path) -> dict[str, str]:
    """The MD5 of every file below a folder."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.md5(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Space:
    """The small study, nothing run yet."""
    root = tmp_path_factory.mktemp("faults")
    folder = lay_out(root / "fresh", build_tiny_model(root / "source"))
    set_params(folder, smaller)
    return Space(folder)


@pytest.fixture(scope="session")
def learned(fresh: Space, tmp_path_factory: pytest.TempPathFactory) -> Space:
    """The small study, undisturbed, as far as `learn`."""
    space = fresh.copy(tmp_path_factory.mktemp("learned") / "space")
    space.call("dvc", "repro", "learn@lora")
    return space


@pytest.fixture(scope="session")
def whole(learned: Space, tmp_path_factory: pytest.TempPathFactory) -> Space:
    """The small study, undisturbed, all of it."""
    space = learned.copy(tmp_path_factory.mktemp("whole") / "space")
    space.call("dvc", "repro")
    return space


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The mount point of a file system of its own, of 96 MB."""
    with mounted(tmp_path / "disk", "size=96m") as place:
        yield place
