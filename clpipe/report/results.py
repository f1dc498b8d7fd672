"""Everything the report reads, as one frozen value; the names of arms and models come from the params.

Folders are never listed: a folder left over from an arm that is gone must not enter the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from clpipe import store
from clpipe.mistakes import explain
from clpipe.params import Arm, Params
from clpipe.records import Episode, Json, Outcome, Retained, Task
from clpipe.report import partial
from clpipe.report.files import EvaluateTiming, LearnTiming, Left, Summary
from clpipe.report.partial import Missing
from clpipe.report.seed_document import SeedDocument

Read = TypeVar("Read")
File = TypeVar("File", bound=Left)

BASELINES = ("zero-shot", "majority")
COPIES = ("nearest",)
"""What the report cannot do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFiles:
    """What the stages left of one arm."""

    name: str
    spec: Arm
    summary: Summary
    learn_timing: LearnTiming
    evaluate_timing: EvaluateTiming
    episodes: list[Episode]
    outcomes: list[Outcome]
    retained: list[Retained]
    """What it has made of general texts and prompts, before the first and after the last episode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything the report is made of."""

    params: Params
    """Of the arms that have results."""
    arms: Mapping[str, ArmFiles]
    """In the order of the params."""
    baselines: Mapping[str, Mapping[str, list[Outcome]]]
    """By model, then by name of the baseline."""
    copies: Mapping[str, Mapping[str, list[Outcome]]]
    """What copying answers from the stream would have got: by arm, then by rule (`nearest` is always there)."""
    retained: Mapping[str, list[Retained]]
    """What the base makes of general texts and prompts, by model."""
    tasks: Mapping[str, Task]
    """The held-out tasks, by id."""
    certificate: Mapping[str, Json]
    seed_document: SeedDocument
    lacks: Missing = field(default_factory=Missing)


def read(params: Params, root: Path, heldout: Path | None = None, lacks: Missing | None = None) -> Results:
    """Read what the stages left under `root`.

    Args:
        params: The study; its arms and models say which files are read.
        root: Folder that holds `data/` and `runs/`.
        heldout: The held-out tasks, if not `data/tasks/heldout.jsonl` under `root`.
        lacks: The arms that are not read for having no results, if any.

    Raises:
        FileNotFoundError: Naming the file and the stage that makes it.
        ValueError: At a file that does not fit the params.
    """
    lacks = lacks or Missing()
    params = partial.left(params, lacks)
    arms = {name: _arm(params, root, name) for name in params.arms}
    return Results(
        params=params,
        arms=arms,
        baselines={model: _baselines(root, model) for model in params.study.models},
        copies={name: _copies(root, name) for name in params.arms},
        retained={model: _base_retained(root, model) for model in params.study.models},
        tasks=_tasks(heldout or root / "data/tasks/heldout.jsonl"),
        certificate=_existing(root / "data/tasks/certificate.json", "split", store.read_json),
        seed_document=_existing(root / "data/seed_document.json", None, SeedDocument.read),
        lacks=lacks,
    )


def _arm(params: Params, root: Path, name: str) -> ArmFiles:
    learn, evaluate = root / "runs/learn" / name, root / "runs/evaluate" / name
    stages = f"learn@{name}", f"evaluate@{name}"
    files = ArmFiles(
        name=name,
        spec=params.arms[name],
        summary=_object(learn / "summary.json", stages[0], Summary),
        learn_timing=_object(learn / "timing.json", stages[0], LearnTiming),
        evaluate_timing=_object(evaluate / "timing.json", stages[1], EvaluateTiming),
        episodes=_existing(learn / "episodes.jsonl", stages[0], lambda path: store.read_records(path, Episode)),
        outcomes=_existing(evaluate / "outcomes.jsonl", stages[1], lambda path: store.read_records(path, Outcome)),
        retained=_existing(evaluate / "retention.jsonl", stages[1], lambda path: store.read_records(path, Retained)),
    )
    _check_seeds(learn / "episodes.jsonl", stages[0], {e.seed for e in files.episodes}, params.seeds)
    _check_seeds(evaluate / "outcomes.jsonl", stages[1], {o.seed for o in files.outcomes}, params.seeds)
    _check_seeds(evaluate / "retention.jsonl", stages[1], {r.seed for r in files.retained}, params.seeds)
    learned, asked = max(e.t for e in files.episodes), max(o.episode for o in files.outcomes)
    if learned != asked:
        raise ValueError(
            f"{evaluate / 'outcomes.jsonl'}: the last checkpoint is episode {asked}, but {learned} episodes "
            f"were learned; run `dvc repro {stages[1]}`"
        )
    return files


def _baselines(root: Path, model: str) -> dict[str, list[Outcome]]:
    return _rows(root / "runs/baseline" / model / "outcomes.jsonl", f"baseline@{model}", f"{model}/", BASELINES)


def _copies(root: Path, arm: str) -> dict[str, list[Outcome]]:
    return _rows(root / "runs/copies" / arm / "outcomes.jsonl", f"copies@{arm}", f"{arm}/", COPIES)


def _rows(path: Path, stage: str, prefix: str, wanted: Sequence[str]) -> dict[str, list[Outcome]]:
    """The outcomes by what their arm is called after the prefix."""
    found: dict[str, list[Outcome]] = {}
    for outcome in _existing(path, stage, lambda p: store.read_records(p, Outcome)):
        found.setdefault(outcome.arm.removeprefix(prefix), []).append(outcome)
    for name in wanted:
        if name not in found:
            raise ValueError(f"{path}: no outcome of {prefix}{name}; run `dvc repro {stage}`")
    return found


def _base_retained(root: Path, model: str) -> list[Retained]:
    path = root / "runs/baseline" / model / "retention.jsonl"
    return _existing(path, f"baseline@{model}", lambda p: store.read_records(p, Retained))


def _tasks(path: Path) -> dict[str, Task]:
    return {task.id: task for task in _existing(path, "split", lambda p: store.read_records(p, Task))}


def _existing(path: Path, stage: str | None, read_file: Callable[[Path], Read]) -> Read:
    if not path.is_file():
        remedy = f"run `dvc repro {stage}`" if stage else "it is tracked in git: restore it with `git checkout`"
        raise FileNotFoundError(f"{path} is missing: {remedy}")
    return read_file(path)


def _object(path: Path, stage: str, kind: type[File]) -> File:
    try:
        return kind.model_validate(_existing(path, stage, store.read_json))
    except ValidationError as error:
        problems = "\n".join(f"  {line}" for line in explain(error, kind))
        raise ValueError(f"{path}: not what `dvc repro {stage}` writes; run it again\n{problems}") from None


def _check_seeds(path: Path, stage: str, found: set[int], wanted: list[int]) -> None:
    if found != set(wanted):
        raise ValueError(
            f"{path}: holds seeds {sorted(found)}, but params.yaml says seeds: {wanted}; run `dvc repro {stage}`"
        )
