"""Which arms are being worked on in a folder, seen from the processes that run there, whoever started them.

A stage is recognised by its command line as dvc.yaml writes it (`python stages/learn.py --arm ARM`) and by the folder
it runs in; so `clpipe run`, `dvc repro` and a stage started by hand are all seen, and no lock is touched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

STAGES = ("learn", "evaluate")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """What runs in a folder."""

    arms: dict[str, str]
    """The stage that each arm is in: `learn`, `evaluate`, or `starting` before the first and between the two."""
    pipeline: bool
    """Whether a stage, `dvc repro` or `clpipe run` runs."""


def at_work(root: Path) -> AtWork:
    """What runs in `root` now; processes that may not be looked at are left out."""
    arms: dict[str, str] = {}
    pipeline = False
    for process in psutil.process_iter():
        found = _seen(process, root)
        if found is not None:
            pipeline = True
            stage, named = found
            arms.update({arm: stage for arm in named if stage != "starting" or arm not in arms})
    return AtWork(arms=arms, pipeline=pipeline)


def recognised(words: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The stage and the arms that a command line works on; `None` for any other command.

    >>> recognised(["python", "stages/learn.py", "--arm", "lora", "--out", "x"])
    ('learn', ('lora',))
    >>> recognised(["python", "-m", "dvc", "repro", "--single-item", "learn@lora", "evaluate@lora"])
    ('starting', ('lora',))
    >>> recognised(["vim", "stages/learn.py"])
    """
    runs_python = os.path.basename("".join(words[:1])).startswith("python")
    scripts = [word for word in words[1:3] if runs_python and Path(word).parent.name == "stages"]
    for stage in STAGES:
        if scripts and Path(scripts[0]).name == f"{stage}.py" and "--arm" in words[:-1]:
            return stage, (words[list(words).index("--arm") + 1],)
    names = [os.path.basename(word) for word in words[:5]]
    if "dvc" in names and ("repro" in words or "exp" in words):
        of_arms = [word.partition("@") for word in words]
        return "starting", tuple(dict.fromkeys(arm for stage, at, arm in of_arms if at and stage in STAGES))
    is_run = "clpipe" in names and "run" in words[names.index("clpipe") + 1 :][:1]
    return ("starting", ()) if is_run or scripts else None


def _seen(process: psutil.Process, root: Path) -> tuple[str, tuple[str, ...]] | None:
    try:
        found = recognised(process.cmdline())
        return found if found is not None and Path(process.cwd()) == root.resolve() else None
    except (psutil.Error, OSError):
        return None
