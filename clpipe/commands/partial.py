"""The report of the arms that are done while others failed or have not run; the study's own report stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from clpipe.commands import arms
from clpipe.commands.arms import ArmState
from clpipe.commands.processes import at_work
from clpipe.params import Params
from clpipe.report import render
from clpipe.runner import dvc, lock_file, pool
from clpipe.runner.arms import PARTIAL

HELDOUT = Path("data/tasks/heldout.jsonl")
Say = Callable[[str], None]


def write(params: Params, *, alone: bool, failed: Collection[str] = ()) -> Path:
    """Write the report of the arms that are done into `PARTIAL`; its page.

    Args:
        params: The study.
        alone: Whether nothing else works here, so that what the copying baselines of an arm lack may be run.
        failed: Arms that are known to have failed; of others their logs tell.

    Raises:
        ValueError: Where no arm is done.
        RuntimeError: Where DVC cannot be asked, or the copying baseline of an arm fails.
        FileNotFoundError: Where what stands before all arms has not run.
    """
    changed = dvc.changed()
    states = arms.states(params, changed, lock_file.names(), at_work(Path()))
    missing = {one.arm: reason(one, one.arm in failed) for one in states if one.state != "done"}
    uncopied = {arm: f"copies@{arm}" for arm in params.arms if arm not in missing and f"copies@{arm}" in changed}
    if uncopied and alone:
        dvc.shown("repro", "--single-item", *uncopied.values())
    elif uncopied:
        missing |= {arm: f"{stage} has not run" for arm, stage in uncopied.items()}
    render(params, Path(), PARTIAL, HELDOUT, missing)
    return PARTIAL / "report.html"


def reason(one: ArmState, failed: bool) -> str:
    """Why an arm has no results, for the report; of one that failed, what was said last."""
    if not failed and one.state != "failed":
        told = {"running": "still running", "changed": f"not run with the present settings: {', '.join(one.todo)}"}
        return told.get(one.state, one.state)
    log = pool.log(one.arm)
    said = pool.last_lines(log, arms.LOG_LINES) if log.exists() else []
    own = [line for line in said if line.startswith("clpipe ")]
    return f"failed: {(own or said)[-1]}" if said else "failed"


def after_failure(params: Params, failed: Collection[str], say: Say) -> None:
    """What `clpipe run` does where arms have failed: the others are shown. Never an error of its own."""
    try:
        page = write(params, alone=True, failed=failed)
    except (ValueError, LookupError, OSError, RuntimeError) as error:
        say(f"No report of the other arms: {error}")
    else:
        say(f"Report of the arms that are done, the others marked: {page}")
