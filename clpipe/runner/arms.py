"""The whole of `clpipe run`: what comes before the arms, the arms several at once, what comes after them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from clpipe import side_by_side
from clpipe.models.device import resolve
from clpipe.params import Params
from clpipe.runner import devices, dvc, lock_file, mended, plan, pool
from clpipe.runner.plan import Work

LOCK = Path(".clpipe/run.lock")
PARTIAL = Path(".clpipe/partial-report")
"""The report of the arms that are done while others are not; gone with the first whole one."""
TOLD_LINES = 12


class ArmsFailedError(RuntimeError):
    """Some arms failed; those beside them are done."""

    def __init__(self, failed: Sequence[str], of: int) -> None:
        super().__init__(told(failed, of))
        self.failed = tuple(failed)


def run(params: Params, names: Sequence[str], jobs: int | None, say: Callable[[str], None]) -> None:
    """Bring the arms named (all where none is) up to date, and the report when no arm is left to do.

    Raises LookupError for a name that is none, RuntimeError when a stage failed, ArmsFailedError when it was one of an
    arm: the arms beside it are done then.
    """
    works = plan.chosen(params, names)
    with alone(say), dvc.terminable():
        with serial_order():
            first, stages = plan.upstream(params, works), dvc.changed()
            if stages & set(first):
                dvc.shown("repro", *first)
                stages = dvc.changed()
            todo = [work for work in works if stages & set(work.stages)]
            failed = _together(params, todo, jobs, say) if todo else []
        if failed:
            raise ArmsFailedError(failed, len(todo))
        report(params, _left(params) if names else [], say)


def report(params: Params, left: Sequence[str], say: Callable[[str], None]) -> None:
    """What comes after the last arm, or which arms are left to do before."""
    if left:
        say(f"still to do: {', '.join(left)}; `clpipe run` does them, and then the report")
    else:
        dvc.shown("repro")
        shutil.rmtree(PARTIAL, ignore_errors=True)
        say(f"Report: {params.study.reports}/report.html")


def _together(params: Params, todo: Sequence[Work], jobs: int | None, say: Callable[[str], None]) -> list[str]:
    on_cpu = {work.arm for work in todo if wanted_device(params, work.arm) == "cpu"}
    visible = devices.visible(os.environ, devices.listing()) if len(on_cpu) < len(todo) else []
    lent = devices.Devices(visible)
    largest = max({Path("models") / params.arm(work.arm).model for work in todo}, key=_size)
    processes = side_by_side.jobs(len(os.sched_getaffinity(0)), largest, accelerator=False)
    own = "CLPIPE_JOBS" in os.environ
    together = devices.at_once(jobs, len(todo), len(lent), None if own else processes, len(params.seeds))
    if jobs is not None and together < min(jobs, len(todo)):
        say(f"not {jobs} but {together} at once: cores and memory are for no more (CLPIPE_JOBS=1 tries all the same)")
    say(f"{len(todo)} of {len(params.arms)} arms to do, {together} at once; what they say: {pool.LOGS}/ARM.log")

    def lend(arm: str) -> tuple[str | None, dict[str, str]]:
        device = None if arm in on_cpu else lent.take()
        wanted = wanted_device(params, arm)
        on_gpu = wanted == "cuda" or (wanted == "auto" and resolve(wanted) == "cuda")
        if device is None and (own or on_gpu):  # a GPU that nothing lists: the arm itself knows what it is good for
            return None, {}
        return device, devices.settings(device, processes, together)

    return pool.run(todo, together, lend, lent.give_back, say)


def wanted_device(params: Params, arm: str) -> str:
    """The device that the arm asks for: `auto`, `cpu` or `cuda`."""
    return os.environ.get("CLPIPE_DEVICE") or params.learn_settings(arm).device


def _size(weights: Path) -> int:
    return sum(path.stat().st_size for path in weights.iterdir())


def _left(params: Params) -> list[str]:
    stages = dvc.changed()
    return [work.arm for work in plan.chosen(params) if stages & set(work.stages)]


def told(failed: Sequence[str], of: int) -> str:
    """Which arms failed, with the last words of each."""
    lines = [f"{len(failed)} of {of} arms failed; what the others did is kept"]
    for arm in failed:
        lines.append(f"  {arm}, the end of {pool.log(arm)}:")
        lines += [f"    {line}" for line in pool.last_lines(pool.log(arm), TOLD_LINES)]
    return "\n".join([*lines, "then run `clpipe run` again: what is done stays done"])


@contextmanager
def serial_order() -> Iterator[None]:
    """What the block adds to dvc.lock stands in the order of a serial run afterwards."""
    before = lock_file.names()
    try:
        yield
    finally:
        if len(set(lock_file.names()) - set(before)) > 1:
            lock_file.arrange(before, dvc.order())


@contextmanager
def alone(say: Callable[[str], None]) -> Iterator[None]:
    """One run in a folder at a time, what a killed one left put right; RuntimeError for a second one."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(LOCK).acquire(timeout=0):
            mended.mend(say)
            yield
    except Timeout:
        raise RuntimeError("another `clpipe run` is at work in this folder; wait for its end or stop it") from None
