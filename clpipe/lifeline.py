"""A trainer that outlives `dvc` would write beside the next one: so it ends when the process it serves ends.

`kill -9` of `dvc repro` does not reach the stage's own process (DVC issue 9221); this does.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import NoReturn

import psutil

POLL_SECONDS = 0.5


_following: list[int] = []
"""This process, once it follows its `dvc`; a process that was forked from it has to follow anew."""


def follow_dvc() -> None:
    """Under DVC: end this process as soon as the `dvc` that started the stage, or what stands between, is gone."""
    if "DVC_STAGE" not in os.environ or os.getpid() in _following:
        return
    _following.append(os.getpid())
    chain = []
    for parent in psutil.Process().parents():
        chain.append(parent)
        if _is_dvc(parent):
            break
    else:
        if not any(_is_python(parent) for parent in chain):
            _end()  # killed before this process could look: nothing above it is able to be a dvc
        chain = chain[:1]
    _watch(chain)


def follow_parent() -> None:
    """End this process as soon as its parent is gone."""
    parent = psutil.Process().parent()
    _watch([parent] if parent else [])


def follow(pid: int) -> None:
    """End this process as soon as the process `pid` is gone."""
    try:
        _watch([psutil.Process(pid)])
    except psutil.NoSuchProcess:
        os._exit(1)


def _is_dvc(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()[:4]
    except psutil.Error:
        return False
    return any(os.path.basename(word) in ("dvc", "dvc.exe") for word in words)


def _is_python(process: psutil.Process) -> bool:
    try:
        return os.path.basename(process.exe()).startswith("python")
    except psutil.Error:
        return False


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _watch(chain: list[psutil.Process]) -> None:
    def watch() -> None:
        while all(_alive(process) for process in chain):
            time.sleep(POLL_SECONDS)
        _end()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _end() -> NoReturn:
    sys.stderr.write("clpipe: the process that started this one is gone; stopping (the next run goes on from here)\n")
    sys.stderr.flush()
    os._exit(1)
