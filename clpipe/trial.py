"""A trial: an arm with some settings changed, learned with seeds of its own and asked the *validation* tasks.

This is how settings are chosen; the held-out set is not read. Nothing is written but the scratch store.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe.crosscheck import section
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.learner.arm import learn_seeds, replicate
from clpipe.mistakes import unknown
from clpipe.params import Params
from clpipe.params_file import parse_value
from clpipe.records import Task
from clpipe.store import read_records

TASKS = Path("data/tasks")


@dataclass(frozen=True, slots=True)
class Trial:
    """What one seed gave on the validation tasks."""

    seed: int
    right: int
    asked: int
    families: dict[str, tuple[int, int]]
    """Right and asked by family."""


def changed(values: dict[str, Any], arm: str, changes: Sequence[str]) -> dict[str, Any]:
    """The mapping of params with `KEY=VALUE` set in the arm (`lr=1e-3`, `method_options.r=8`).

    Raises LookupError for an unknown arm, ValueError for a change that is not KEY=VALUE or that has no place.
    """
    arms = section(values, "arms")
    if arm not in arms:
        raise LookupError(f"params.yaml has {unknown('arm', arm, arms)}")
    values = copy.deepcopy(values)
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals:
            raise ValueError(f"a change is KEY=VALUE, such as lr=1e-3, not {change!r}")
        place: Any = values["arms"][arm]
        *parents, last = key.split(".")
        for parent in parents:
            place = place.setdefault(parent, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            raise ValueError(f"{change!r}: there is nothing to set under {'.'.join(parents) or arm}, it is no mapping")
        place[last] = parse_value(text)
    return values


def seed_list(text: str) -> list[int]:
    """The seeds of `100,101`; ValueError for anything else."""
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words):
        raise ValueError(f"--seeds: whole numbers with commas between, such as 100,101, not {text!r}")
    return [int(word) for word in words]


def run(params: Params, arm: str, seeds: Sequence[int]) -> Iterator[Trial]:
    """Learn the arm with each seed and ask its last checkpoint the validation tasks."""
    spec, settings = params.arm(arm), params.learn_settings(arm)
    if "concepts" in params.stream_options(arm):
        raise ValueError(
            f"arm {arm}: the validation tasks are judged by the rule they were drawn by, which is not the one that "
            f"stream {spec.stream!r} ends with; try the settings on another stream"
        )
    weights, validation = Path("models") / spec.model, TASKS / "validation.jsonl"
    for path, stage in ((weights / "provenance.json", f"model@{spec.model}"), (validation, "split")):
        if not path.exists():
            raise FileNotFoundError(f"{path} is not here: run `dvc repro {stage}` first, or `dvc pull {stage}`")
    params = params.model_copy(update={"seeds": list(seeds)})
    work = [replicate(params, arm, seed, weights, TASKS / "train.jsonl") for seed in seeds]
    learn_seeds(params, arm, work)
    pieces = [
        Piece(
            params=params,
            arm=arm,
            seed=w.seed,
            episode=settings.episodes,
            weights=weights,
            adapter=w.folder / "adapters" / f"step-{settings.episodes:05d}",
            precision=settings.precision,
            device=settings.device,
            heldout=validation,
            chosen=tuple(task.id for task in read_records(validation, Task)),
            retention=None,
        )
        for w in work
    ]
    for asked in ask_all(f"{arm}, validation", pieces)[0]:
        rows = asked.outcomes
        names = sorted({row.family for row in rows})
        counts = {n: (sum(r.correct for r in rows if r.family == n), sum(r.family == n for r in rows)) for n in names}
        yield Trial(rows[0].seed, sum(row.correct for row in rows), len(rows), counts)
