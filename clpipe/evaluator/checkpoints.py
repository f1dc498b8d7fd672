"""Every checkpoint of an arm asked the frozen held-out tasks, side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clpipe import frozen, named, retention
from clpipe.evaluator.ask import curve_subset
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.params import Learn, Params
from clpipe.records import Outcome, Retained, Task
from clpipe.store import read_records, write_json, write_records


def evaluate_arm(params: Params, arm: str, weights: Path, adapters: Path, tasks: tuple[Path, Path], out: Path) -> None:
    """Ask every checkpoint of `arm` and write outcomes, what is retained of the base, and timing under `out`.

    The first and the last checkpoint are asked all tasks and the general texts, those between the curve subset. Where
    the untrained adapter is the base, bit for bit, the base's own replies stand for the first.

    Args:
        params: The study.
        arm: Its name.
        weights: Folder of the prepared base model.
        adapters: What the stage `learn` wrote: `seed-S/step-T/`.
        tasks: The frozen held-out file, and the folder of the base model's outcomes on it.
        out: Folder of the stage.

    Raises:
        ValueError: The held-out file is not the frozen one.
        LookupError: No such arm.
    """
    spec, settings = params.arm(arm), params.learn_settings(arm)
    heldout, baseline = tasks
    frozen.refuse_another(heldout)
    questions = read_records(heldout, Task)
    everything = tuple(task.id for task in questions)
    subset = tuple(task.id for task in curve_subset(questions, params.evaluate.curve_tasks))
    steps = checkpoint_steps(settings)
    first = 1 if _starts_as_base(params, arm) else 0
    pieces = [
        Piece(
            params=params,
            arm=arm,
            seed=seed,
            episode=step,
            weights=weights,
            adapter=adapters / f"seed-{seed}" / f"step-{step:05d}",
            precision=settings.precision,
            device=settings.device,
            heldout=heldout,
            chosen=everything if step in (0, steps[-1]) else subset,
            retention=retention.FOLDER if step in (0, steps[-1]) else None,
        )
        for seed in params.seeds
        for step in steps[first:]
    ]
    asked, timing = ask_all(f"{arm}, checkpoints asked", pieces)
    outcomes = [row for piece in asked for row in piece.outcomes]
    retained = [row for piece in asked for row in piece.retained]
    if first:
        base = [r for r in read_records(baseline / "outcomes.jsonl", Outcome) if r.arm == f"{spec.model}/zero-shot"]
        outcomes += [replace(row, arm=arm, seed=seed) for seed in params.seeds for row in base]
        general = read_records(baseline / "retention.jsonl", Retained)
        retained += [replace(row, arm=arm, seed=seed) for seed in params.seeds for row in general]
    for name, rows in (("outcomes", outcomes), ("retention", retained)):
        write_records(out / f"{name}.jsonl", sorted(rows, key=lambda r: (params.seeds.index(r.seed), r.episode)))
    write_json(out / "timing.json", timing)


def checkpoint_steps(settings: Learn) -> list[int]:
    """Episodes after which there is a checkpoint: 0, every `eval_interval`, and the last."""
    return sorted({*range(0, settings.episodes, settings.eval_interval), settings.episodes})


def _starts_as_base(params: Params, arm: str) -> bool:
    spec = params.arms[arm]
    method, strategy = named.load("clpipe.methods", spec.method), named.load("clpipe.strategies", spec.strategy)
    own, base = params.learn_settings(arm), params.learn
    same = (own.precision, own.device) == (base.precision, base.device)
    return bool(method.identity_at_start) and not strategy.changes_start and same
