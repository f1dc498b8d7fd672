"""A folder or file appears whole or not at all; what a killed run left behind goes at the next start."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

SUFFIX = "partial"


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends without an error.

    A folder that stood at `target` before is kept until then, and whenever the block fails.
    """
    with workplace(target) as folder:
        made, before = folder / "made", folder / "before"
        made.mkdir()
        yield made
        if target.exists():
            os.replace(target, before)
        try:
            os.replace(made, target)
        except BaseException:
            if before.exists():
                os.replace(before, target)
            raise


@contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that is gone when the block ends, however it ends."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _clean(target)
    folder = target.with_name(f".{target.name}.{os.getpid()}.{SUFFIX}")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clean(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}.*.{SUFFIX}"):
        process = left.name.removesuffix(f".{SUFFIX}").rpartition(".")[2]
        # in a container every run may have the same process id, so one's own is a dead one's too
        if process.isdigit() and (int(process) == os.getpid() or not psutil.pid_exists(int(process))):
            shutil.rmtree(left, ignore_errors=True)
