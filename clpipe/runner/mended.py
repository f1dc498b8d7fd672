"""What a `dvc` that was killed while it wrote leaves behind, put right before the next one starts.

DVC writes `dvc.lock` and its own lock `.dvc/tmp/rwlock` in place: a kill in that moment leaves a file that is cut off,
and every later `dvc` refuses it. The lock file comes back from git's index, or begins anew: what has run since is in
DVC's run cache, so that no arm runs again. `make repro` and `clpipe run` begin with this, and
`python -m clpipe.runner.mended` is this alone.
"""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import yaml

from clpipe.failure import reported
from clpipe.runner.lock_file import REPOSITORY_LOCK
from clpipe.store import write_text

LOCK = Path("dvc.lock")
DAMAGED = Path(".clpipe/dvc.lock.damaged")
BUSY = Path(".dvc/tmp/rwlock")
PATIENCE_SECONDS = 3.0
"""A file to which nothing is written for that long is not being written."""

Say = Callable[[str], object]


def mend(say: Say) -> None:
    """Put both files right in the current folder; what is sound, or is being written, stays as it is.

    A lock file that is taken away is kept as `DAMAGED`.

    Raises:
        RuntimeError: If a merge has left its marks in the lock file, which only a person can settle.
    """
    if _stays_broken(BUSY, _sound_busy):
        BUSY.unlink()
        say(f"{BUSY}: cut off, or of a number that another program has now; deleted")
    if not _stays_broken(LOCK, sound):
        return
    _refuse_merge()
    with _no_dvc_writes() as free:
        if not free or not _broken(LOCK, sound):
            return
        before = _committed()
        DAMAGED.parent.mkdir(exist_ok=True)
        LOCK.replace(DAMAGED)
        if before is not None:
            write_text(LOCK, before)
    how = "begun anew" if before is None else "taken back from git"
    say(f"{LOCK}: cut off by a `dvc` that was killed; {how} (what was left: {DAMAGED}). DVC's run cache knows what ran")


def _refuse_merge() -> None:
    text = LOCK.read_text(encoding="utf-8", errors="replace")
    if re.search(r"^(<<<<<<<|=======|>>>>>>>)", text, re.MULTILINE):
        raise RuntimeError(
            f"{LOCK} has the marks of a merge: take one side (`git checkout --ours {LOCK}` or `--theirs`), run again"
        )


@contextmanager
def _no_dvc_writes() -> Iterator[bool]:
    """Hold DVC's own lock of the repository; `False` where a `dvc` has it."""
    REPOSITORY_LOCK.parent.mkdir(parents=True, exist_ok=True)
    with REPOSITORY_LOCK.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def sound(text: str) -> bool:
    r"""Whether DVC would take this for a lock file; one that is cut off in the middle of a line is none.

    >>> whole = "schema: '2.0'\nstages:\n  a:\n    cmd: b\n"
    >>> sound(whole), sound(""), sound(whole[:-2]), sound("schema: '2.0'\nstages:\n  a:\n")
    (True, False, False, False)
    """
    from dvc.schema import COMPILED_LOCKFILE_SCHEMA
    from voluptuous import Invalid

    try:
        COMPILED_LOCKFILE_SCHEMA(yaml.safe_load(text))
    except (yaml.YAMLError, Invalid):
        return False
    return text.endswith("\n")


def _sound_busy(text: str) -> bool:
    """Whether the notes of who reads and writes can be read, and no number in them was taken over by another program.

    DVC itself forgets the processes that are dead.
    """
    try:
        found = json.loads(text)
        pids = {one["pid"] for one in (*found["write"].values(), *(o for many in found["read"].values() for o in many))}
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    living = {pid for pid in pids if psutil.pid_exists(pid)}
    return not living or any(map(_is_dvc, living))


def _is_dvc(pid: int) -> bool:
    try:
        return any("dvc" in word for word in psutil.Process(pid).cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _stays_broken(path: Path, is_sound: Callable[[str], bool]) -> bool:
    """Whether the file is broken and nobody has changed it for a while."""
    before, since = None, time.monotonic()
    while _broken(path, is_sound):
        now = _stamp(path)
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > PATIENCE_SECONDS:
            return True
        time.sleep(0.1)
    return False


def _broken(path: Path, is_sound: Callable[[str], bool]) -> bool:
    return path.exists() and not is_sound(path.read_text(encoding="utf-8", errors="replace"))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _committed() -> str | None:
    """The lock file as git's index has it; `None` outside of git, or where that is not sound either."""
    try:
        done = subprocess.run(["git", "show", f":./{LOCK}"], capture_output=True, check=False)
    except OSError:
        return None
    text = done.stdout.decode(errors="replace")
    return text if done.returncode == 0 and sound(text) else None


if __name__ == "__main__":
    with reported("mend"):
        mend(lambda line: sys.stderr.write(f"{line}\n"))
