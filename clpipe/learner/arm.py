"""All seeds of an arm, side by side, to the files that the stage `learn` declares."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from clpipe import arena, named, scratch, side_by_side
from clpipe.learner.replicate import Replicate, finished, learn, learn_stacked
from clpipe.models.device import machine, resolve
from clpipe.params import Params
from clpipe.progress import Progress
from clpipe.store import md5, read_json, write_json, write_text


def learn_arm(params: Params, arm: str, weights: Path, train: Path, out: Path) -> None:
    """Learn every seed of `arm` and write adapters, episodes, summary and timing under `out`.

    Raises LookupError for an arm that is not in the params, and what a seed raises.
    """
    params.arm(arm)
    side_by_side.warm_up()
    settings = params.learn_settings(arm)
    device = resolve(settings.device)
    work = [replicate(params, arm, seed, weights, train) for seed in params.seeds]
    open_work = [w for w in work if not finished(w.folder)]
    stacked = settings.replicates == "stacked" or (settings.replicates == "auto" and device == "cuda")
    processes = 1 if stacked else side_by_side.jobs(len(open_work), weights, device == "cuda")
    _announce(arm, len(work), len(open_work), "in one batch" if stacked else f"{processes} side by side")
    progress = Progress(arm, settings.episodes * len(open_work))
    if stacked:
        notes = side_by_side.run(learn_stacked, [open_work] if open_work else [], 1)
    else:
        notes = side_by_side.run(learn, open_work, processes)
    for note in notes:
        progress.advance(note)
    _collect(params, arm, work, out)
    done = {str(w.seed): read_json(w.folder / "done.json")["timing"] for w in work}
    timing = {"machine": machine(device), "jobs": processes, "threads": 1, "seeds": done}
    write_json(out / "timing.json", timing)


def replicate(params: Params, arm: str, seed: int, weights: Path, train: Path) -> Replicate:
    """One seed of an arm, with the scratch folder that its settings, data, weights and code name."""
    spec = params.arms[arm]
    modules = [
        "clpipe.learner.replicate",
        f"clpipe.methods.{spec.method}",
        f"clpipe.strategies.{spec.strategy}",
        f"clpipe.streams.{spec.stream}",
        *arena.modules(),
    ]
    decisive = {
        "arm": arm,
        "seed": seed,
        "settings": params.learn_settings(arm).model_dump(exclude={"device"}),
        "options": [params.method_options(arm), params.strategy_options(arm), params.stream_options(arm)],
        "kinds": [spec.method, spec.strategy, spec.stream, spec.model],
        "prompt": params.prompt.model_dump(),
        "weights": scratch.contents(weights),
        "train": md5(train),
        "device": resolve(params.learn_settings(arm).device),
    }
    key = scratch.fingerprint(modules, decisive)
    folder = scratch.ROOT / "learn" / key
    return Replicate(params=params, arm=arm, seed=seed, weights=weights, train=train, folder=folder)


def _announce(arm: str, seeds: int, open_seeds: int, way: str) -> None:
    kept = f", {seeds - open_seeds} kept from before" if seeds > open_seeds else ""
    sys.stderr.write(f"{arm}: {open_seeds} seeds to learn{kept}; {way}\n")


def _collect(params: Params, arm: str, work: list[Replicate], out: Path) -> None:
    lines = []
    for w in work:
        target = out / "adapters" / f"seed-{w.seed}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(w.folder / "adapters", target)
        lines.append((w.folder / "episodes.jsonl").read_text(encoding="utf-8"))
    write_text(out / "episodes.jsonl", "".join(lines))
    write_json(out / "summary.json", _summary(params, arm, read_json(work[0].folder / "done.json")))


def _summary(params: Params, arm: str, done: dict[str, Any]) -> dict[str, Any]:
    spec, settings = params.arms[arm], params.learn_settings(arm)
    strategy = named.load("clpipe.strategies", spec.strategy)
    return {
        "model": spec.model,
        "method": spec.method,
        "strategy": spec.strategy,
        "stream": spec.stream,
        "labels": settings.labels,
        "trainable_parameters": done["trainable_parameters"],
        "total_parameters": done["total_parameters"],
        "needs_boundaries": strategy.needs_boundaries,
        "settings": settings.model_dump(),
        "method_options": params.method_options(arm),
        "strategy_options": params.strategy_options(arm),
        "stream_options": params.stream_options(arm),
    }
