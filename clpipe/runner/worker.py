"""Work in a clone, anywhere: fetch what it starts from, run its stages, push what came of them and the run cache.

The same work twice is the same result: stages write what their inputs say, objects in the store are named by their
content, and a run record without its objects counts for nothing. So whoever gave the order may give it again when a
machine has died. On a machine that comes back, the clone that it left is gone on with, its checkpoints included.

A machine keeps what it has fetched in one folder for all its clones (the environment variable CLPIPE_SCRATCH says
where), each clone its own run records: `dvc push --run-cache` sends all there are, and those are the clone's alone.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import yaml
from filelock import FileLock

from clpipe.runner import dvc, source
from clpipe.store import write_text

LOG_BYTES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one worker is to do."""

    name: str
    """Of the arm, or of whatever else the stages are."""
    stages: tuple[str, ...]
    """In the order in which they run."""
    first: tuple[str, ...]
    """The stages whose outputs they start from; these are fetched."""
    commit: str
    params: str
    lock: str
    """The text of dvc.lock, with the entries of `first`."""
    remote: tuple[str, str]
    """Name and address of the shared store."""
    versions: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    """What is set in the environment of the stages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an order."""

    name: str
    done: bool
    """Whether all that came of it is in the shared store."""
    seconds: float
    machine: str
    log: str
    """The end of what was said."""


def work(order: Order, repository: str) -> Outcome:
    """Do the order in a clone of the repository at that path; the clone goes when it is done."""
    began = time.monotonic()
    try:
        with clone(order, repository) as folder:
            done, said = _work(order, folder), _said(order)
    except (RuntimeError, OSError) as error:
        done, said = False, f"{error}\n"
    seconds = time.monotonic() - began
    return Outcome(name=order.name, done=done, seconds=seconds, machine=platform.node(), log=said)


def _work(order: Order, folder: Path) -> bool:
    with _log(order).open("wb") as file:
        try:
            _fetch(order, folder, file)
            _dvc(["repro", "--single-item", *order.stages], order, folder, file)
            _dvc(["push", "--run-cache", *order.stages], order, folder, file)
            shutil.rmtree(folder)
        except (RuntimeError, OSError) as error:
            file.write(f"\n{error}\n".encode())
            return False
    return True


def _said(order: Order) -> str:
    return _log(order).read_bytes()[-LOG_BYTES:].decode(errors="replace")


@contextmanager
def clone(order: Order, repository: str) -> Iterator[Path]:
    """A clone of the order's commit with its params and lock file, for this process alone.

    Raises RuntimeError when the packages here are not those of the head.
    """
    _compare(order.versions)
    folder = scratch() / "clones" / place(order)
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not _is_at(folder, order.commit):
            shutil.rmtree(folder, ignore_errors=True)
            source.git(Path(), "clone", "--quiet", "--no-checkout", repository, str(folder))
        source.git(folder, "reset", "--quiet", "--hard", order.commit)
        _settle(order, folder)
        yield folder


def fetch(order: Order, folder: Path) -> None:
    """Fetch into the clone what the order starts from; RuntimeError when the shared store does not have it."""
    with _log(order).open("wb") as file:
        _fetch(order, folder, file)


def scratch() -> Path:
    """The folder for clones and for what they fetch: CLPIPE_SCRATCH, or one of this user's where temporary files are.

    It may be deleted whenever nothing is at work. RuntimeError when it belongs to somebody else.
    """
    given = os.environ.get("CLPIPE_SCRATCH")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"clpipe-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} is not a folder of yours; name another one in CLPIPE_SCRATCH")
    for part in ("objects", "logs"):
        (folder / part).mkdir(exist_ok=True)
    return folder.resolve()


def place(order: Order) -> str:
    """Name of the order's clone: arms of another study or project may have the same name."""
    whose = f"{order.remote[1]} {yaml.safe_load(order.params)['study']['name']}"
    return f"{order.name}-{hashlib.sha256(whose.encode()).hexdigest()[:8]}"


def _log(order: Order) -> Path:
    return scratch() / "logs" / f"{place(order)}.log"


def _fetch(order: Order, folder: Path, file: IO[bytes]) -> None:
    if order.first:
        _dvc(["pull", *order.first], order, folder, file)


def _compare(wanted: Mapping[str, str]) -> None:
    here = source.versions()
    other = [f"{name} {here[name]}, not {value}" for name, value in wanted.items() if here[name] != value]
    if other:
        raise RuntimeError(f"{platform.node()} has other packages than the head: {'; '.join(other)}")


def _is_at(folder: Path, commit: str) -> bool:
    """Whether a worker has left a clone of this commit; one that was killed in the middle of git has left a lock."""
    if not (folder / ".git").is_dir() or (folder / ".git" / "index.lock").exists():
        return False
    try:
        return source.git(folder, "rev-parse", "HEAD") == commit
    except RuntimeError:
        return False


def _settle(order: Order, folder: Path) -> None:
    """The clone's own params, lock file and DVC settings; its objects are the machine's."""
    name, address = order.remote
    write_text(folder / "params.yaml", order.params)
    write_text(folder / "dvc.lock", order.lock)
    write_text(
        folder / ".dvc" / "config.local",
        f"[core]\n    remote = {name}\n    site_cache_dir = {folder / '.dvc' / 'tmp' / 'site'}\n"
        f"[cache]\n    dir = cache\n['remote \"{name}\"']\n    url = {address}\n",
    )
    cache = folder / ".dvc" / "cache"
    cache.mkdir(exist_ok=True)
    if not (cache / "files").is_symlink():
        (cache / "files").symlink_to(scratch() / "objects")


def _dvc(words: Sequence[str], order: Order, folder: Path, file: IO[bytes]) -> None:
    extra = {**order.settings, "PYTHONPATH": str(folder)}
    file.write(f"> dvc {' '.join(words)}\n".encode())
    file.flush()
    if dvc.logged(words, extra, file, folder) != 0:
        raise RuntimeError(f"clpipe: `dvc {words[0]}` failed for {order.name}")
