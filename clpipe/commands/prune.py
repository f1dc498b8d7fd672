"""What may be deleted without losing a result: old scratch work, old logs, cache entries that nothing needs.

Scratch work saves time and holds no result; a folder that a process works in is left. It is old when nothing in it has
been written for some days. What of DVC's cache is needed is told by `clpipe.commands.cache`.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from clpipe import scratch
from clpipe.commands import cache
from clpipe.commands.processes import at_work
from clpipe.runner import pool
from clpipe.runner.arms import LOCK

Kind = Literal["scratch work", "logs", "DVC cache"]
DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file or folder that may go."""

    kind: Kind
    path: Path
    size: int
    """Bytes."""


def found(root: Path, days: float) -> list[Item]:
    """What may go in the project in `root`.

    Args:
        root: The project; its scratch work and logs are those of the working directory.
        days: Scratch work and logs that were written to since then are kept.

    Raises:
        RuntimeError: If the pipeline is at work here.
        ValueError: If the cache is not the project's own, or a file that says what is needed cannot be read.
    """
    refuse_at_work(root)
    before = time.time() - days * DAY
    items = [_item("scratch work", path) for path in _scratch(before)]
    items += [_item("logs", path) for path in sorted(pool.LOGS.glob("*.log")) if path.stat().st_mtime < before]
    return items + [_item("DVC cache", path) for path in cache.unneeded(root)]


def delete(root: Path, items: Sequence[Item]) -> tuple[int, int]:
    """Delete the items; how many went, and how many bytes. What is in use by now is left.

    Raises RuntimeError when the pipeline has been started meanwhile.
    """
    count = size = 0
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(LOCK).acquire(timeout=0))
        except Timeout:
            raise RuntimeError("`clpipe run` is at work in this folder; prune when it has ended") from None
        refuse_at_work(root)
        needed = cache.needed(root) if any(item.kind == "DVC cache" for item in items) else frozenset()
        for item in items:
            if item.kind == "DVC cache" and cache.name(item.path) in needed:
                continue  # somebody has committed or checked out in between
            if _gone(item):
                count, size = count + 1, size + item.size
    return count, size


def refuse_at_work(root: Path) -> None:
    """Raise RuntimeError while a stage, `dvc repro` or `clpipe run` runs in `root`."""
    if at_work(root).pipeline:
        raise RuntimeError("the pipeline is at work in this folder; prune when it has ended")


def _scratch(before: float) -> Iterator[Path]:
    for folder in sorted(scratch.ROOT.glob("*/*")):
        if folder.is_dir() and _newest(folder) < before and not _held(folder):
            yield folder


def _newest(folder: Path) -> float:
    times = [folder.stat().st_mtime, *(path.stat().st_mtime for path in folder.rglob("*"))]
    lock = folder.with_suffix(".lock")
    return max([*times, lock.stat().st_mtime] if lock.exists() else times)


def _held(folder: Path) -> bool:
    lock = folder.with_suffix(".lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _gone(item: Item) -> bool:
    if item.kind != "scratch work":
        item.path.unlink(missing_ok=True)
        return True
    lock = item.path.with_suffix(".lock")
    if not lock.exists():
        shutil.rmtree(item.path, ignore_errors=True)
        return not item.path.exists()
    try:
        with FileLock(lock).acquire(timeout=0):
            aside = item.path.with_name(f".{item.path.name}.{os.getpid()}.old")
            item.path.rename(aside)  # a folder that is half there would be taken for one to go on from
            shutil.rmtree(aside, ignore_errors=True)
    except (Timeout, OSError):
        return False
    return True


def _item(kind: Kind, path: Path) -> Item:
    files = [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]
    return Item(kind=kind, path=path, size=sum(file.stat().st_size for file in files))
