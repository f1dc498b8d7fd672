"""What a `dvc` that was killed while it wrote leaves behind, put right before the next one starts.

DVC writes `dvc.lock` and its own lock `.dvc/tmp/rwlock` in place: a kill in that moment leaves a file that is cut off,
and every later `dvc` refuses it. The lock file comes back from git's index, or goes: what has run since is in DVC's run
cache, so it is not run again. `make repro` and `clpipe run` begin with this; `python -m clpipe.runner.mended` is it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import yaml

from clpipe.failure import reported
from clpipe.store import write_text

LOCK = Path("dvc.lock")
BUSY = Path(".dvc/tmp/rwlock")
PATIENCE_SECONDS = 5.0
"""What is being written now is whole within that time."""

Say = Callable[[str], object]


def mend(say: Say) -> None:
    """Put both files right in the current folder; what is sound, or is being written, stays as it is."""
    if _stays_broken(BUSY, _sound_busy):
        BUSY.unlink()
        say(f"{BUSY}: cut off, or of a number that another program has now; deleted")
    if _stays_broken(LOCK, sound):
        before = _committed()
        if before is None:
            LOCK.unlink()
        else:
            write_text(LOCK, before)
        how = "deleted" if before is None else "taken back from git"
        say(f"{LOCK}: cut off by a `dvc` that was killed; {how}. What has run since is in DVC's run cache")


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
    until = time.monotonic() + PATIENCE_SECONDS
    while path.exists() and not is_sound(path.read_text(encoding="utf-8", errors="replace")):
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


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
