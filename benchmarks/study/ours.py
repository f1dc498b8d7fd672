"""The study's stages in a workplace, as `dvc repro` runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.material import TASKS
from benchmarks.study.workplace import stage
from clpipe.params import Params
from clpipe.records import Outcome
from clpipe.store import read_records


def base(folder: Path, model: str) -> float:
    """Seconds to ask the base."""
    return stage(
        folder, "baseline", "--model", model, "--weights", f"models/{model}", "--tasks", str(TASKS),
        "--out", f"runs/baseline/{model}",
    )  # fmt: skip


def arm(folder: Path, params: Params, name: str) -> dict[str, Any]:
    """Learn and ask all seeds of an arm; the seconds of both, and the tasks right by checkpoint of the first seed."""
    weights, learned = f"models/{params.arms[name].model}", f"runs/learn/{name}"
    learn = stage(
        folder, "learn", "--arm", name, "--weights", weights, "--train", str(TASKS / "train.jsonl"), "--out", learned
    )
    ask = stage(
        folder, "evaluate", "--arm", name, "--weights", weights, "--adapters", f"{learned}/adapters",
        "--heldout", str(TASKS / "heldout.jsonl"),
        "--baseline", f"runs/baseline/{params.arms[name].model}/outcomes.jsonl", "--out", f"runs/evaluate/{name}",
    )  # fmt: skip
    right: dict[str, int] = {}
    for row in read_records(folder / "runs" / "evaluate" / name / "outcomes.jsonl", Outcome):
        if row.seed == params.seeds[0]:
            right[str(row.episode)] = right.get(str(row.episode), 0) + row.correct
    return {"learn_s": learn, "ask_s": ask, "right": right}
