"""`kill -9` in the middle of learning: no orphan goes on, and the next `dvc repro` ends with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.pipeline.conftest import command, environment, lay_out, set_params
from tests.pipeline.test_pipeline import hashes

EPISODES = 40


def longer(values: dict[str, Any]) -> None:
    values["seeds"] = [0]
    values["arms"] = {"lora": values["arms"]["lora"]}
    values["claims"] = {}
    values["methods"]["lora"]["r"] = 512  # slow enough to be killed in the middle
    values["learn"] |= {"episodes": EPISODES, "eval_interval": 20, "lr": 0.0001}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, tiny_source: Path) -> Path:
    folder = lay_out(tmp_path_factory.mktemp("interrupted") / "tiny", tiny_source)
    set_params(folder, longer)
    command(folder, "dvc", "repro", "split", "model@tiny")
    return folder


def trainers(folder: Path) -> list[psutil.Process]:
    """Processes of the stage `learn` and its workers that run in this workspace."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if process.info["cwd"] == str(folder) and "python" in words and process.info["status"] != "zombie":
            found.append(process)
    return [p for p in found if "dvc" not in " ".join(p.info["cmdline"][:3])]


def kill_in_the_middle(folder: Path, victim: str) -> None:
    """Start `dvc repro learn@lora` and kill dvc, or the worker that learns, once a state is saved."""
    dvc = subprocess.Popen(
        ["dvc", "repro", "learn@lora"], cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 100
    while not list((folder / ".clpipe/scratch/learn").glob("*/state.safetensors")):
        assert time.monotonic() < deadline, "no state was saved"
        assert dvc.poll() is None, "learning ended before it could be killed"
        time.sleep(0.005)
    if victim == "dvc":
        os.kill(dvc.pid, signal.SIGKILL)
    else:
        served = [p for p in trainers(folder) if "forkserver" in " ".join(p.info["cmdline"])]
        [worker] = [p for p in served if p.ppid() in {other.pid for other in served}]
        worker.kill()
    dvc.wait(timeout=60)


@pytest.mark.parametrize("victim", ["dvc", "worker"])
def test_killed_and_run_again_ends_with_the_same_bytes(prepared: Path, tmp_path: Path, victim: str) -> None:
    import shutil

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        shutil.copytree(prepared, folder, symlinks=True)
    command(whole, "dvc", "repro", "learn@lora")
    kill_in_the_middle(broken, victim)
    deadline = time.monotonic() + 15
    while trainers(broken):
        assert time.monotonic() < deadline, f"still running: {trainers(broken)}"
        time.sleep(0.2)
    assert not (broken / "runs/learn/lora/episodes.jsonl").exists()
    done = command(broken, "dvc", "repro", "learn@lora")
    assert "learn@lora" in done.stdout
    assert hashes(broken) == hashes(whole)
