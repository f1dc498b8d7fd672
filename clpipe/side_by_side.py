"""Independent pieces of work in single-threaded processes side by side.

Each process computes with one thread, so a piece gives the same bits whatever runs beside it; two such processes
do more on two cores than one process with two threads (docs/log.md). Results go to files, so a piece that is done
stays done. Where the system can fork, the heavy packages are imported once, by a server that the workers are forked
from, so they share that memory as they share the memory-mapped weights.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

import psutil

import clpipe
from clpipe.lifeline import follow
from clpipe.store import read_json

Piece = TypeVar("Piece")
Say = Callable[[str], None]
"""How a piece tells that it has advanced by one step, with a note."""

_notes: Any = None


def jobs(pieces: int, weights: Path, accelerator: bool) -> int:
    """How many processes: one a core as far as pieces and memory reach, one on an accelerator.

    A process is reckoned at 1 GiB and five bytes a parameter of the base. The environment variable CLPIPE_JOBS goes
    before; raises ValueError when it is not a whole number above 0.
    """
    wanted = os.environ.get("CLPIPE_JOBS")
    if wanted is not None:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise ValueError(f"CLPIPE_JOBS: must be a whole number of 1 or more, not {wanted!r}")
        return max(1, min(int(wanted), pieces))
    if accelerator:
        return 1
    each = 2**30 + 5 * int(read_json(weights / "provenance.json")["parameters"])
    fitting = psutil.virtual_memory().available // each
    return int(max(1, min(pieces, len(os.sched_getaffinity(0)), fitting)))


def run(work: Callable[[Piece, Say], None], pieces: Sequence[Piece], processes: int) -> Iterator[str]:
    """Do `work(piece, say)` for every piece, yielding what they say as they go.

    `work` and the pieces must be picklable. Raises what a piece raised, or RuntimeError when a process was killed;
    the others are stopped then.
    """
    if not pieces:
        return
    warm_up()
    context = _context()
    notes = context.Queue()
    waiting: set[Future[None]] = set()
    start = (notes, os.getpid(), dict(os.environ))
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=start)
    try:
        for piece in pieces:
            waiting.add(_submitted(pool, work, piece))
        while waiting:
            finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            yield from _drain(notes)
            for future in finished:
                future.result()
        yield from _drain(notes, settle=0.2)
    except BrokenProcessPool:
        raise RuntimeError(
            "a worker process was killed from outside (out of memory, perhaps; CLPIPE_JOBS=1 needs least); "
            "what was finished is kept: run again to go on"
        ) from None
    finally:
        for process in list((pool._processes or {}).values()):
            if waiting:
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def warm_up() -> None:
    """Begin to import what workers need, while this process makes ready what they will do."""
    if _context().get_start_method() != "forkserver":
        return
    own = [str(Path(clpipe.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    here = {"PYTHONPATH": os.pathsep.join(own), "PYTHONSAFEPATH": "1"}
    before = {name: os.environ.get(name) for name in here}
    os.environ.update(here)  # the server would take the clpipe of the working directory, if there is one
    try:
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["clpipe.preload"])
    return context


def _submitted(pool: ProcessPoolExecutor, work: Callable[[Piece, Say], None], piece: Piece) -> Future[None]:
    try:
        return pool.submit(_piece, work, piece)
    except (ConnectionError, EOFError) as error:
        raise RuntimeError(
            f"no worker process could be started ({error}); `python -c 'import clpipe.preload'` shows why"
        ) from error


def _start(notes: Any, served: int, environment: dict[str, str]) -> None:
    global _notes
    _notes = notes
    follow(served)
    os.environ.clear()
    os.environ.update(environment)  # the server has the environment of the day it was started
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS may differ from run to run
    from clpipe.models.device import single_threaded

    single_threaded()


def _piece(work: Callable[[Any, Say], None], piece: Any) -> None:
    work(piece, _notes.put)


def _drain(notes: Any, settle: float = 0.0) -> Iterator[str]:
    while True:
        try:
            yield notes.get(timeout=settle) if settle else notes.get_nowait()
        except Empty:
            return
