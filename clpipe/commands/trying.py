"""`clpipe try`: one model learns a few episodes outside the study, and what came of it lies in a folder of its own.

It is the quick start of the seed document with the learner and the evaluator of the pipeline, except that the tasks it
is asked are *validation* tasks: the held-out ones stay unseen while settings are chosen. Neither params.yaml nor
dvc.lock is written; a try that was interrupted goes on from the scratch store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from clpipe.commands import trying_model
from clpipe.crosscheck import section
from clpipe.evaluator.checkpoints import checkpoint_steps
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.learner.arm import learn_seeds, replicate
from clpipe.learner.replicate import Replicate
from clpipe.mistakes import ParamsError
from clpipe.params import Params
from clpipe.records import Episode, Outcome, Task
from clpipe.store import read_json, read_records
from clpipe.validate import check

ARM = "try"
FOLDER = Path(".clpipe/try")
PARAMS = Path("params.yaml")
OPTIONS = {
    "method_options.r": "--lora-r",
    "method_options.alpha": "--lora-alpha",
    "method": "--method",
    "strategy": "--strategy",
    "episodes": "--episodes",
    "eval_interval": "--eval-interval",
    "lr": "--lr",
}
"""What is called how on the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be tried; `None` is what the study has."""

    model: str | None
    """A name of the catalogue `models`, or a folder or GGUF file."""
    method: str
    strategy: str
    episodes: int
    eval_tasks: int
    eval_interval: int
    seed: int
    lr: float | None
    lora_r: int | None
    lora_alpha: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it."""

    params: Params
    """Those of the try: one arm, one seed."""
    work: Replicate
    episodes: list[Episode]
    outcomes: list[Outcome]
    """Of the validation tasks, at every checkpoint."""
    done: dict[str, Any]
    """What learning left word of: parameters and timing."""

    @property
    def adapter(self) -> Path:
        """The folder of the last checkpoint."""
        return self.work.folder / "adapters" / f"step-{self.params.learn_settings(ARM).episodes:05d}"


def settings(values: dict[str, Any], wish: Wish) -> tuple[Params, Path | None]:
    """The params of a try, and the model's source where it is not one of the catalogue.

    Raises ParamsError with every mistake in the wish, LookupError for an unknown model.
    """
    study = section(values, "study").get("models") or []
    name, source = trying_model.named(wish.model or str(next(iter(study), "")), section(values, "models"))
    own = {"r": wish.lora_r, "alpha": wish.lora_alpha}
    arm: dict[str, Any] = {
        "model": name,
        "method": wish.method,
        "strategy": wish.strategy,
        "stream": "mixed",
        "episodes": wish.episodes,
        "eval_interval": wish.eval_interval,
        "method_options": {key: value for key, value in own.items() if value is not None},
    }
    if wish.lr is not None:
        arm["lr"] = wish.lr
    models = dict(section(values, "models"))
    if source is not None:
        models[name] = {"sources": [{"kind": "path", "path": str(source)}]}
    whole = {
        **values,
        "study": {"name": ARM, "models": [name]},
        "models": models,
        "seeds": [wish.seed],
        "arms": {ARM: arm},
        "claims": {},
    }
    try:
        return check(whole, PARAMS), source
    except ParamsError as error:
        raise ParamsError(PARAMS, [_in_options(problem) for problem in error.problems]) from None


def run(params: Params, source: Path | None, eval_tasks: int) -> Tried:
    """Learn, and ask every checkpoint the validation tasks."""
    weights = trying_model.prepared(params, params.arms[ARM].model, source, FOLDER / "models")
    tasks = _tasks(params)
    chosen = spread(read_records(tasks / "validation.jsonl", Task), eval_tasks)
    work = replicate(params, ARM, params.seeds[0], weights, tasks / "train.jsonl")
    learn_seeds(params, ARM, [work])
    asked = ask_all("try, checkpoints asked", _pieces(params, work, tasks / "validation.jsonl", chosen))[0]
    return Tried(
        params=params,
        work=work,
        episodes=read_records(work.folder / "episodes.jsonl", Episode),
        outcomes=[row for piece in asked for row in piece.outcomes],
        done=read_json(work.folder / "done.json"),
    )


def spread(tasks: Sequence[Task], count: int) -> list[Task]:
    """`count` tasks, the families in turn, in the order of the file; all of them where there are no more."""
    waiting: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        waiting[task.family].append(task)
    turns = [task for task in chain.from_iterable(zip_longest(*waiting.values())) if task is not None]
    chosen = {task.id for task in turns[:count]}
    return [task for task in tasks if task.id in chosen]


def _in_options(problem: str) -> str:
    """A mistake in the words of the command line, where it is one of its options."""
    for key, option in OPTIONS.items():
        if problem.startswith(f"arms.{ARM}.{key}:"):
            return option + problem.removeprefix(f"arms.{ARM}.{key}")
    return problem


def _pieces(params: Params, work: Replicate, validation: Path, chosen: Sequence[Task]) -> list[Piece]:
    settings = params.learn_settings(ARM)
    return [
        Piece(
            params=params,
            arm=ARM,
            seed=work.seed,
            episode=step,
            weights=work.weights,
            adapter=work.folder / "adapters" / f"step-{step:05d}",
            precision=settings.precision,
            device=settings.device,
            heldout=validation,
            chosen=tuple(task.id for task in chosen),
            retention=None,
        )
        for step in checkpoint_steps(settings)
    ]


def _tasks(params: Params) -> Path:
    """The folder of the study's tasks; drawn for the try where no stage has drawn them yet."""
    there = Path("data/tasks")
    if all((there / f"{side}.jsonl").exists() for side in ("train", "validation")):
        return there
    from clpipe import split, store
    from clpipe.arena.pool import draw_pool

    folder = FOLDER / "tasks"
    pool = list(draw_pool(params.arena.seed, params.arena.families, params.arena.hardest))
    for side, tasks in split.divide(pool, params.split).items():
        if side != "heldout":
            store.write_records(folder / f"{side}.jsonl", tasks)
    return folder
