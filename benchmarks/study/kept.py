"""What our side of the race took when the study was last run here: from the stages' own clocks in `runs/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clpipe.params import Params
from clpipe.records import Outcome
from clpipe.store import read_json, read_records

RUNS = Path("runs")


def ours(params: Params, machine: dict[str, Any], runs: Path = RUNS) -> dict[str, Any] | None:
    """Seconds of every base and arm, as `benchmarks.study.ours` gives them; `None` where they do not tell.

    They do not where a stage ran on another machine or for other seeds or episodes, or found seeds, states or replies
    that were there from before: its clock then shows less than the whole work.
    """
    models = sorted({arm.model for arm in params.arms.values()})
    base = {model: _asked(runs / "baseline" / model, machine) for model in models}
    arms = {name: _arm(params, name, machine, runs) for name in params.arms}
    if any(value is None for value in [*base.values(), *arms.values()]):
        return None
    return {"base": base, "arms": arms}


def _arm(params: Params, name: str, machine: dict[str, Any], runs: Path) -> dict[str, Any] | None:
    learned = _timing(runs / "learn" / name, machine)
    ask = _asked(runs / "evaluate" / name, machine)
    if learned is None or ask is None or not _whole(learned, params, name):
        return None
    right: dict[str, int] = {}
    for row in read_records(runs / "evaluate" / name / "outcomes.jsonl", Outcome):
        if row.seed == params.seeds[0]:
            right[str(row.episode)] = right.get(str(row.episode), 0) + row.correct
    return {"learn_s": float(learned["wall_s"]), "ask_s": ask, "right": right}


def _whole(learned: dict[str, Any], params: Params, name: str) -> bool:
    seeds = learned["seeds"]
    episodes = {seed["episodes"] for seed in seeds.values()}
    asked_for = list(seeds) == [str(seed) for seed in params.seeds] and episodes == {
        params.learn_settings(name).episodes
    }
    work = sum(seed["seconds"] for seed in seeds.values())
    return asked_for and learned.get("kept") == 0 and learned["wall_s"] * learned["jobs"] >= work


def _asked(folder: Path, machine: dict[str, Any]) -> float | None:
    timing = _timing(folder, machine)
    return None if timing is None or timing.get("kept") != 0 else float(timing["seconds"])


def _timing(folder: Path, machine: dict[str, Any]) -> dict[str, Any] | None:
    path = folder / "timing.json"
    found: dict[str, Any] = read_json(path) if path.exists() else {}
    return found if found.get("machine") == machine else None
