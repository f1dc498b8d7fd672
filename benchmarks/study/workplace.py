"""A folder in which the study's stages run as under DVC, with nothing kept from before."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from benchmarks.fresh import LOG, ROOT
from benchmarks.material import TASKS
from clpipe.evaluator.ask import curve_subset
from clpipe.params_file import mapping
from clpipe.records import Task
from clpipe.store import md5, read_records, write_records, write_text


def make(folder: Path, episodes: int | None, tasks: int | None) -> None:
    """Put params, tasks and models where the stages look for them.

    Args:
        folder: Made anew.
        episodes: Of each run; `None` for the study's own. Fewer, to try the bench.
        tasks: Held-out tasks of each family; `None` for all.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TASKS, folder / TASKS)
    (folder / "models").symlink_to(Path("models").resolve())
    values = mapping(Path("params.yaml"))
    if episodes is not None:
        values["learn"] |= {"episodes": episodes, "eval_interval": max(1, episodes // 2)}
    if tasks is not None:
        values["evaluate"]["curve_tasks"] = 1
        heldout = folder / TASKS / "heldout.jsonl"
        write_records(heldout, curve_subset(read_records(heldout, Task), tasks))
    write_text(folder / "params.yaml", yaml.safe_dump(values, sort_keys=False, allow_unicode=True))
    heldout = TASKS / "heldout.jsonl"
    lock = {"stages": {"split": {"outs": [{"path": heldout.as_posix(), "md5": md5(folder / heldout)}]}}}
    write_text(folder / "dvc.lock", yaml.safe_dump(lock))


def stage(folder: Path, name: str, *arguments: str) -> float:
    """Run a stage there; the seconds it took, start and loading included. Raises RuntimeError when it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "CLPIPE_DEVICE": "cpu"}
    began = time.monotonic()
    with (folder / LOG).open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", f"stages.{name}", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=False)
    if done.returncode != 0:
        words = (folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise RuntimeError(f"stage {name} ended with code {done.returncode}:\n" + "\n".join(words))
    return time.monotonic() - began
