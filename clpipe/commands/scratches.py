"""How far the seeds of an arm have come, read from the scratch store while or after they learn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe import scratch
from clpipe.params import Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One episode, as far as a curve needs it."""

    t: int
    """1 for the first episode."""
    loss: float
    """Nats a token, before the step."""
    correct: bool
    """Whether the attempt before the step was right."""


Folders = dict[int, Path]
"""By seed."""


def latest() -> dict[str, Folders]:
    """By arm, the folder of each seed that was written to last: the one at work, while the arm learns."""
    found: dict[str, Folders] = {}
    for path in sorted((scratch.ROOT / "learn").glob("*/episodes.jsonl"), key=_changed):
        first = _first(path)
        if first is not None:
            found.setdefault(first["arm"], {})[int(first["seed"])] = path.parent
    return found


def exact(params: Params, arm: str, train: Path) -> Folders:
    """The folders that a run with these params, this code and these tasks would go on from; none without weights.

    The names are made from the content of the weights, so they are read; that takes a second a gigabyte.
    """
    weights = Path("models") / params.arm(arm).model
    if not (weights / "provenance.json").exists() or not train.exists():
        return {}
    from clpipe.learner.arm import replicate

    work = [replicate(params, arm, seed, weights, train) for seed in params.seeds]
    return {w.seed: w.folder for w in work if (w.folder / "episodes.jsonl").exists()}


def points(folder: Path) -> list[Point]:
    """The episodes in a scratch folder; what is half written at the end of the file is left for later."""
    try:
        text = (folder / "episodes.jsonl").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just been taken away
        return []
    rows = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    return [Point(t=row["t"], loss=row["loss"], correct=row["correct"]) for row in rows]


def _first(path: Path) -> dict[str, Any] | None:
    try:
        with path.open(encoding="utf-8") as file:
            found = json.loads(file.readline())
    except (OSError, ValueError):  # not there any more, or not a whole line yet
        return None
    return found if isinstance(found, dict) else None


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
