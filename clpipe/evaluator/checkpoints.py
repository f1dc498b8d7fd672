"""Every checkpoint of an arm asked the frozen held-out tasks, side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clpipe import frozen, named
from clpipe.evaluator.ask import curve_subset
from clpipe.evaluator.pieces import Piece, ask_all
from clpipe.params import Learn, Params
from clpipe.records import Outcome, Task
from clpipe.store import read_records, write_json, write_records


def evaluate_arm(params: Params, arm: str, weights: Path, adapters: Path, tasks: tuple[Path, Path], out: Path) -> None:
    """Ask every checkpoint of `arm` and write outcomes and timing under `out`.

    The first and the last checkpoint are asked all tasks, those between the curve subset. Where the untrained
    adapter is the base, bit for bit, the base's own replies stand for the first.

    Args:
        params: The study.
        arm: Its name.
        weights: Folder of the prepared base model.
        adapters: What the stage `learn` wrote: `seed-S/step-T/`.
        tasks: The frozen held-out file, and the outcomes of the base model on it.
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
        )
        for seed in params.seeds
        for step in steps[first:]
    ]
    outcomes, timing = ask_all(f"{arm}, checkpoints asked", pieces)
    rows = [row for piece in outcomes for row in piece]
    if first:
        base = [row for row in read_records(baseline, Outcome) if row.arm == f"{spec.model}/zero-shot"]
        rows += [replace(row, arm=arm, seed=seed) for seed in params.seeds for row in base]
    rows.sort(key=lambda row: (params.seeds.index(row.seed), row.episode))
    write_records(out / "outcomes.jsonl", rows)
    write_json(out / "timing.json", timing)


def checkpoint_steps(settings: Learn) -> list[int]:
    """Episodes after which there is a checkpoint: 0, every `eval_interval`, and the last."""
    return sorted({*range(0, settings.episodes, settings.eval_interval), settings.episodes})


def _starts_as_base(params: Params, arm: str) -> bool:
    method = named.load("clpipe.methods", params.arms[arm].method)
    own, base = params.learn_settings(arm), params.learn
    return bool(method.identity_at_start) and (own.precision, own.device) == (base.precision, base.device)
