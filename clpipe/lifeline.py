"""A trainer that outlives `dvc` would write beside the next one: so it ends when the process it serves ends.

`kill -9` of `dvc repro` does not reach the stage's own process (DVC issue 9221); this does.
"""

from __future__ import annotations

import os
import sys
import threading
import time

import psutil

POLL_SECONDS = 0.5


def follow_dvc() -> None:
    """Under DVC: end this process as soon as the `dvc` that started the stage, or what stands between, is gone."""
    if "DVC_STAGE" not in os.environ:
        return
    chain = []
    for parent in psutil.Process().parents():
        chain.append(parent)
        if _is_dvc(parent):
            break
    else:
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


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _watch(chain: list[psutil.Process]) -> None:
    def watch() -> None:
        while all(_alive(process) for process in chain):
            time.sleep(POLL_SECONDS)
        sys.stderr.write(
            "clpipe: the process that started this one is gone; stopping (the next run goes on from here)\n"
        )
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
