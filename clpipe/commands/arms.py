"""The state of each arm: what `dvc.lock` has of it, what `dvc status` would redo, what runs, how the last run ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.table import Table

from clpipe.commands import scratches
from clpipe.commands.processes import AtWork
from clpipe.commands.scratches import Folders
from clpipe.params import Params
from clpipe.records import Outcome
from clpipe.runner import plan, pool
from clpipe.store import read_records

State = Literal["done", "changed", "running", "failed", "never run"]
COLOURS: Mapping[State, str] = {
    "done": "green", "changed": "yellow", "running": "cyan", "failed": "red", "never run": "dim",
}  # fmt: skip
LOG_LINES = 40
FAILED = "ERROR: failed to reproduce"
"""As `dvc repro` ends when a stage of it failed; a run that was interrupted says something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmState:
    """An arm as it stands."""

    arm: str
    state: State
    todo: tuple[str, ...]
    """The stages that `dvc repro` would run for it; those that follow from them may come on top."""
    seeds: int
    done: int
    """Episodes learned with the present settings, all seeds together."""
    episodes: int
    """Episodes there are to learn, all seeds together."""
    accuracy: float | None
    """Held-out accuracy at the last checkpoint of the last evaluation, which may be of older settings."""


def states(params: Params, changed: Collection[str], locked: Collection[str], work: AtWork) -> list[ArmState]:
    """The state of every arm, in the order of the params.

    Args:
        params: The study.
        changed: The stages that DVC would run now.
        locked: The stages in `dvc.lock`.
        work: What runs.
    """
    scratch = scratches.latest()
    return [
        _state(params, one, changed, one.stages[0] in locked, work.arms.get(one.arm), scratch.get(one.arm, {}))
        for one in plan.chosen(params)
    ]


def state_of(todo: Sequence[str], *, locked: bool, running: bool, failed: bool) -> State:
    """The one word for an arm.

    Args:
        todo: Stages that would be run for it.
        locked: Whether it has been learned before.
        running: Whether a process works on it.
        failed: Whether the log of its last run ends in an error.
    """
    if running:
        return "running"
    if locked and not todo:
        return "done"
    if failed:
        return "failed"
    return "changed" if locked else "never run"


def table(found: Sequence[ArmState]) -> Table:
    """For a person."""
    shown = Table("arm", "state", "to do", box=None, header_style="bold", pad_edge=False)
    for name in ("seeds", "episodes", "accuracy"):
        shown.add_column(name, justify="right")
    for one in found:
        accuracy = "" if one.accuracy is None else f"{100 * one.accuracy:.1f} %"
        state, todo = f"[{COLOURS[one.state]}]{one.state}[/]", " ".join(_short(one))
        shown.add_row(one.arm, state, todo, str(one.seeds), f"{one.done}/{one.episodes}", accuracy)
    return shown


def last_accuracy(arm: str) -> float | None:
    """Share of right answers at the last checkpoint over all seeds; `None` where the arm has not been evaluated."""
    path = Path("runs/evaluate") / arm / "outcomes.jsonl"
    rows = read_records(path, Outcome) if path.exists() else []
    if not rows:
        return None
    last = max(row.episode for row in rows)
    right = [row.correct for row in rows if row.episode == last]
    return sum(right) / len(right)


def _state(
    params: Params, one: plan.Work, changed: Collection[str], locked: bool, stage: str | None, scratch: Folders
) -> ArmState:
    todo = tuple(name for name in (*plan.upstream(params, [one]), *one.stages) if name in changed)
    whole = params.learn_settings(one.arm).episodes * len(params.seeds)
    as_before = locked and stage != "learn" and todo in ((), one.stages[1:])
    return ArmState(
        arm=one.arm,
        state=state_of(todo, locked=locked, running=stage is not None, failed=_failed(one.arm)),
        todo=todo,
        seeds=len(params.seeds),
        done=whole if as_before else _learned(params, one.arm, stage, scratch),
        episodes=whole,
        accuracy=last_accuracy(one.arm),
    )


def _learned(params: Params, arm: str, stage: str | None, scratch: Folders) -> int:
    folders = scratch
    if scratch and stage is None:  # which of it the next run would go on from
        folders = scratches.exact(params, arm, Path("data/tasks/train.jsonl"))
    return sum(len(scratches.points(folders[seed])) for seed in params.seeds if seed in folders)


def _failed(arm: str) -> bool:
    log = pool.log(arm)
    return log.exists() and any(FAILED in line for line in pool.last_lines(log, LOG_LINES))


def _short(one: ArmState) -> list[str]:
    """`learn@ARM` in the row of ARM is `learn`."""
    return [name.removesuffix(f"@{one.arm}") for name in one.todo]
