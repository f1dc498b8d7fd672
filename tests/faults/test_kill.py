"""`kill -9` at random moments of every stage: nothing runs on, nothing is blocked, and the bytes are the same."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from clpipe.seeds import rng
from tests.faults.conftest import STAGES, Space
from tests.pipeline.conftest import environment

LONGEST = 6.0
"""Seconds after the start of a stage within which it is killed; a stage of the tiny model is hardly longer."""
MANY = int(os.environ.get("CLPIPE_KILLS", "100"))
VICTIMS = ("dvc", "stage", "one", "all")


def kill(space: Space, stage: str, target: str, chance: random.Random) -> bool:
    """Start `dvc repro` and kill in the middle of a stage; whether the stage was still at work."""
    log = space.folder / ".clpipe" / "said"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as file:
        dvc = subprocess.Popen(
            ["dvc", "repro", target], cwd=space.folder, env=environment(space.folder), stdout=file,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    while f"Running stage '{stage}'" not in log.read_text() and dvc.poll() is None:
        time.sleep(0.02)
    until = time.monotonic() + moment(stage, chance)
    while time.monotonic() < until and still_in(log, stage) and dvc.poll() is None:
        time.sleep(0.01)
    hit = still_in(log, stage) and dvc.poll() is None
    for process in victims(space, dvc.pid, chance.choice(VICTIMS)):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    try:
        dvc.wait(timeout=5)
    except subprocess.TimeoutExpired:  # the victim was of no importance
        dvc.kill()
        dvc.wait(timeout=10)
    return hit


def moment(stage: str, chance: random.Random) -> float:
    """Seconds into the stage: often early, where files are opened, seldom late."""
    longest = LONGEST if "@" in stage else LONGEST / 3
    return longest * chance.random() ** 2


def still_in(log: Path, stage: str) -> bool:
    """Whether the stage is the last one that `dvc` has begun."""
    began = re.findall(r"Running stage '([^']+)'", log.read_text())
    return bool(began) and began[-1] == stage


def victims(space: Space, dvc: int, who: str) -> Sequence[psutil.Process]:
    """Whom to kill: `dvc`, everything it has started, one of all, or all."""
    running = space.processes()
    below = [p for p in running if p.pid != dvc]
    chosen = {"dvc": [p for p in running if p.pid == dvc], "stage": below, "one": below[-1:], "all": running}[who]
    return chosen or running


def disturbed(space: Space, stages: Sequence[str], target: str, chance: random.Random) -> int:
    """Kill once in each of the stages, then let everything end; how many were hit at work."""
    hits = 0
    for stage in stages:
        hits += kill(space, stage, target, chance)
        assert space.is_left_alone(), f"still running after a kill in {stage}: {space.processes()}"
        space.call("python", "-m", "clpipe.runner.mended")
    space.call("dvc", "repro", target)
    return hits


def test_three_kills_end_with_the_bytes_of_an_undisturbed_run(fresh: Space, learned: Space, tmp_path: Path) -> None:
    space = fresh.copy(tmp_path / "broken")
    hits = disturbed(space, ("arena", "split", "learn@lora"), "learn@lora", rng(1, "kills"))
    assert hits >= 1
    assert space.outs() == learned.outs()


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_kills_end_with_the_bytes_of_an_undisturbed_run(fresh: Space, whole: Space, tmp_path: Path) -> None:
    done, hits, chance = 0, 0, rng(2, "kills")
    while done < MANY:
        stages = STAGES[: MANY - done]
        space = fresh.copy(tmp_path / f"broken-{done}")
        hits += disturbed(space, stages, "publish", chance)
        done += len(stages)
        assert space.outs() == whole.outs()
        assert "publish: nothing new" in space.call("python", "stages/publish.py", "--strict")[1]
    assert hits >= done // 2


ORPHAN = """
import os, subprocess, sys
child = subprocess.Popen(['/bin/sh', '-c', sys.argv[1]], env={**os.environ, 'DVC_STAGE': 'arena'})
os._exit(0)
"""


def test_a_stage_whose_dvc_was_killed_before_it_could_look_ends_at_once(fresh: Space, tmp_path: Path) -> None:
    """The shell, then the stage, are handed to process 1, which lives as long as the machine."""
    space = fresh.copy(tmp_path / "space")
    slow = "import time; from clpipe.failure import reported\ntime.sleep(1)\nwith reported('arena'): time.sleep(600)"
    line = f'exec {sys.executable} -c "{slow}"'
    subprocess.run([sys.executable, "-c", ORPHAN, line], cwd=space.folder, env=environment(space.folder), check=True)
    assert space.processes()
    assert space.is_left_alone()
