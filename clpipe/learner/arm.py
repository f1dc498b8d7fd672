"""All seeds of an arm, side by side, to the files that the stage `learn` declares."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe import named, scratch, side_by_side
from clpipe.arena import judge
from clpipe.learner.replicate import Replicate, finished, learn, learn_stacked
from clpipe.models.device import machine, resolve
from clpipe.models.method import Method
from clpipe.params import Learn, Params
from clpipe.progress import Progress
from clpipe.store import md5, read_json, write_json, write_text
from clpipe.strategy import Strategy


def learn_arm(params: Params, arm: str, weights: Path, train: Path, out: Path) -> None:
    """Learn every seed of `arm` and write adapters, episodes, summary and timing under `out`.

    Raises LookupError for an arm that is not in the params, and what a seed raises.
    """
    params.arm(arm)
    side_by_side.warm_up()
    began = time.monotonic()
    work = [replicate(params, arm, seed, weights, train) for seed in params.seeds]
    how = learn_seeds(params, arm, work)
    _collect(params, arm, work, out)
    done = {str(w.seed): read_json(w.folder / "done.json")["timing"] for w in work}
    where = machine(resolve(params.learn_settings(arm).device))
    wall = round(time.monotonic() - began, 2)
    timing = {"machine": where, "jobs": how.processes, "threads": 1, "wall_s": wall, "kept": how.kept, "seeds": done}
    write_json(out / "timing.json", timing)


@dataclass(frozen=True, slots=True)
class How:
    """How the seeds of an arm were learned."""

    processes: int
    kept: int
    """Seeds that were there from before."""


def learn_seeds(params: Params, arm: str, work: Sequence[Replicate]) -> How:
    """Learn what is not finished of the seeds, stacked or side by side, telling how far it is."""
    settings = params.learn_settings(arm)
    open_work = [w for w in work if not finished(w.folder)]
    stacked = is_stacked(settings)
    on_gpu = resolve(settings.device) == "cuda"
    processes = 1 if stacked else side_by_side.jobs(max(1, len(open_work)), work[0].weights, on_gpu)
    way = "in one process, stacked if they can be" if stacked else f"{processes} side by side"
    kept = len(work) - len(open_work)
    before = f", {kept} kept from before" if kept else ""
    sys.stderr.write(f"{arm}: {len(open_work)} seeds to learn{before}; {way}\n")
    progress = Progress(arm, settings.episodes * len(open_work))
    if stacked:
        notes = side_by_side.run(learn_stacked, [open_work] if open_work else [], 1)
    else:
        notes = side_by_side.run(learn, open_work, processes)
    for note in notes:
        progress.advance(note)
    return How(processes, kept)


def is_stacked(settings: Learn) -> bool:
    """Whether the seeds of an arm learn in one batch, as far as they can be stacked."""
    return settings.replicates == "stacked" or (settings.replicates == "auto" and resolve(settings.device) == "cuda")


def replicate(params: Params, arm: str, seed: int, weights: Path, train: Path) -> Replicate:
    """One seed of an arm, with the scratch folder that its settings, data, weights and code name."""
    spec = params.arms[arm]
    modules = [
        "clpipe.learner.replicate",
        f"clpipe.methods.{spec.method}",
        f"clpipe.strategies.{spec.strategy}",
        f"clpipe.streams.{spec.stream}",
        *judge.modules(),
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
        "together": params.seeds if is_stacked(params.learn_settings(arm)) else [seed],
    }
    if named.load("clpipe.streams", spec.stream).draws:
        decisive["arena"] = params.arena.model_dump()
        modules += ["clpipe.endless", *(f"clpipe.arena.families.{n}" for n in named.names("clpipe.arena.families"))]
    key = scratch.fingerprint(modules, decisive)
    folder = scratch.ROOT / "learn" / key
    return Replicate(params=params, arm=arm, seed=seed, weights=weights, train=train, folder=folder)


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
    kind, options = named.load("clpipe.strategies", spec.strategy), params.strategy_options(arm)
    method: Method = named.build(
        named.load("clpipe.methods", spec.method), params.method_options(arm), f"methods.{spec.method}"
    )
    strategy: Strategy = named.build(kind, options, f"strategies.{spec.strategy}")
    return {
        "model": spec.model,
        "method": spec.method,
        "strategy": spec.strategy,
        "stream": spec.stream,
        "labels": settings.labels,
        "trainable_parameters": done["trainable_parameters"],
        "total_parameters": done["total_parameters"],
        "needs_boundaries": strategy.needs_boundaries,
        "sees_beforehand": strategy.beforehand,
        "sees_family": strategy.sees_family or method.sees_family,
        "feedback": strategy.feedback,
        "settings": settings.model_dump(),
        "method_options": params.method_options(arm),
        "strategy_options": params.strategy_options(arm),
        "stream_options": params.stream_options(arm),
    }
