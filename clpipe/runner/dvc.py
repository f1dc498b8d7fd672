"""`dvc` as other processes: started, asked, and stopped with all that they have started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from clpipe.runner.followed import PARENT

Process = subprocess.Popen[bytes]
PATIENCE = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""What a process is sent to end it, and the seconds it then has; the first lets a stage save what it has."""

BUSY_SECONDS = 15.0
"""DVC takes a process that was killed for a living one until the system has cleared it away."""


def start(words: Sequence[str], extra: Mapping[str, str], log: Path) -> Process:
    """Start `dvc WORDS` with `extra` in its environment; what it and its stages say goes to the file `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        return _popen(words, extra, stdout=file, stderr=subprocess.STDOUT)


def logged(words: Sequence[str], extra: Mapping[str, str], log: IO[bytes], folder: Path) -> int:
    """Do `dvc WORDS` in `folder` to its end; what it and its stages say goes to the open file. Its exit code."""
    process = _popen(words, extra, stdout=log, stderr=subprocess.STDOUT, folder=folder)
    try:
        return process.wait()
    except BaseException:
        stop([process])
        raise


def shown(*words: str) -> None:
    """Do `dvc WORDS` before the person's eyes; RuntimeError when it fails."""
    process = _popen(words, {})
    try:
        code = process.wait()
    except BaseException:
        stop([process])
        raise
    if code != 0:
        raise RuntimeError(f"`dvc {' '.join(words)}` failed; its own message stands above")


def changed(*stages: str, folder: Path = Path()) -> set[str]:
    """Of the stages named, or of all, those that DVC would run now.

    Those that depend on what these will write may come to it later.
    """
    return set(json.loads(_asked("status", "--json", *stages, folder=folder)))


def default_remote() -> tuple[str, str] | None:
    """The name and the address of the remote that `dvc push` takes; `None` where none is set."""
    name = _asked("config", "core.remote").strip()
    return (name, _asked("config", f"remote.{name}.url").strip()) if name else None


def order() -> list[str]:
    """All stages in the order in which `dvc repro` takes them."""
    told = "Running stage '"
    lines = _asked("repro", "--dry", "--force").splitlines()
    return [line.removeprefix(told).rstrip("':") for line in lines if line.startswith(told)]


def stop(processes: Sequence[Process]) -> None:
    """End the processes and what they have started, gently first. Nothing is left when this returns."""
    with _deaf():
        for sign, seconds in PATIENCE:
            running = [process for process in processes if process.poll() is None]
            for process in running:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, sign)
            until = time.monotonic() + seconds
            while any(process.poll() is None for process in running) and time.monotonic() < until:
                time.sleep(0.05)


@contextmanager
def terminable() -> Iterator[None]:
    """Inside the block SIGTERM is what Ctrl-C is: KeyboardInterrupt, so that children are stopped."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deaf() -> Iterator[None]:
    signs = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(sign, signal.SIG_IGN) for sign in signs]
    try:
        yield
    finally:
        for sign, handler in zip(signs, before, strict=True):
            signal.signal(sign, handler)


def _asked(*words: str, folder: Path = Path()) -> str:
    until = time.monotonic() + BUSY_SECONDS
    code, out, err = _answer(words, folder)
    while code != 0 and "is busy" in err and time.monotonic() < until:
        time.sleep(0.5)
        code, out, err = _answer(words, folder)
    if code != 0:
        raise RuntimeError(f"`dvc {' '.join(words)}` failed:\n{err.strip()}")
    return out


def _answer(words: Sequence[str], folder: Path) -> tuple[int, str, str]:
    process = _popen(words, {}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, folder=folder)
    try:
        out, err = process.communicate()
    except BaseException:
        stop([process])
        raise
    return process.returncode, out.decode(), err.decode(errors="replace")


def _popen(
    words: Sequence[str],
    extra: Mapping[str, str],
    stdout: int | IO[bytes] | None = None,
    stderr: int | None = None,
    folder: Path = Path(),
) -> Process:
    """A group of its own: Ctrl-C reaches `clpipe run` alone, which then stops its children in order."""
    scripts = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": scripts + os.pathsep + os.environ.get("PATH", ""),  # stages start `python`
        PARENT: str(os.getpid()),
        **extra,
    }
    command = [sys.executable, "-m", "clpipe.runner.followed", "dvc", "--wait-for-lock", *words]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
