"""What a run of the mirror says: names and numbers, made from results without mlflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from clpipe.evaluation import accuracy, losses
from clpipe.params import Params
from clpipe.tracking.results import Result

Point = tuple[str, float, int]
"""Metric, value, episode."""


def params_of(params: Params, result: Result) -> dict[str, str]:
    """The settings of an arm, flat, with short names."""
    summary = result.summary
    options = {summary[kind]: summary[f"{kind}_options"] for kind in ("method", "strategy", "stream")}
    flat = {name: summary[name] for name in ("model", "method", "strategy", "stream", "labels")}
    flat |= summary["settings"]
    flat |= {name: summary[name] for name in ("trainable_parameters", "total_parameters", "needs_boundaries")}
    flat |= {name: summary.get(name) for name in ("sees_beforehand", "sees_family", "feedback")}
    flat |= {f"{name}.{key}": value for name, values in options.items() for key, value in values.items()}
    flat |= {"seeds": " ".join(map(str, result.seeds)), "control_of": params.arms[result.held.arm].control_of}
    return {name: str(value) for name, value in flat.items() if value is not None}


def summary_metrics(result: Result, reported: Mapping[str, Any]) -> dict[str, float]:
    """The report's numbers of an arm, nested names joined by `/`, and what its learning cost."""
    costs = [cost(result, seed) for seed in result.seeds]
    seconds = sum(c["seconds"] for c in costs)
    whole = {"seconds": seconds, "episodes_per_second": len(result.episodes) / seconds if seconds else 0.0}
    whole["final_standard_error"] = result.standard_error
    if memory := [c["peak_memory_mb"] for c in costs if "peak_memory_mb" in c]:
        whole["peak_memory_mb"] = max(memory)
    return {**whole, **dict(_leaves("", reported))}


def cost(result: Result, seed: int) -> dict[str, float]:
    """What one seed's learning took."""
    timing = result.timing["seeds"][str(seed)]
    return {name: float(timing[name]) for name in ("seconds", "peak_memory_mb") if timing.get(name) is not None}


def curve(result: Result, seed: int) -> Iterator[Point]:
    """Everything that one seed's run plots over its episodes."""
    loss, correct = losses.by_episode([e for e in result.episodes if e.seed == seed])
    shares = losses.prequential(correct)
    for t, (value, share) in enumerate(zip(loss[0].tolist(), shares[0].tolist(), strict=True), 1):
        yield "learn/loss", value, t
        yield "learn/prequential_accuracy", share, t
    outcomes = [o for o in result.outcomes if o.seed == seed]
    for episode in accuracy.checkpoints(outcomes):
        table = accuracy.scores(outcomes, episode)
        yield "heldout/accuracy", float(table.by_seed[0]), episode
        for family in sorted(set(table.families)):
            yield f"heldout/accuracy/{family}", float(accuracy.of_family(table, family).by_seed[0]), episode
        for novelty in sorted({o.novelty for o in outcomes}):
            ids = {o.task_id for o in outcomes if o.novelty == novelty}.intersection(table.tasks)
            if ids:
                yield f"heldout/accuracy/side/{novelty}", float(accuracy.of_tasks(table, ids).by_seed[0]), episode


def mean_curve(result: Result) -> list[Point]:
    """The curves of an arm's own run: at each episode the mean of its seeds, where all of them have a value."""
    values: dict[tuple[str, int], list[float]] = {}
    for seed in result.seeds:
        for name, value, t in curve(result, seed):
            values.setdefault((name, t), []).append(value)
    whole = len(result.seeds)
    return [(name, fmean(found), t) for (name, t), found in values.items() if len(found) == whole]


def note(params: Params, arm: str, metrics: Mapping[str, Any]) -> str:
    """A line for a person: the result beside its doubt, its size and its control."""
    mine = metrics[arm]
    controls = [name for name, other in params.arms.items() if other.control_of == arm and name in metrics]
    against = "".join(f" Its control `{name}` ends at {_percent(metrics[name], 'final')}." for name in controls)
    return (
        f"Held-out accuracy {mine['initial_accuracy']:.1%} before, {_percent(mine, 'final')} after {mine['episodes']} "
        f"episodes; {params.report.confidence:.0%} interval, {mine['heldout_tasks']} tasks, {len(params.seeds)} "
        f"seeds.{against} Made by `dvc repro`; the report is under Artifacts."
    )


def _percent(numbers: Mapping[str, Any], when: str) -> str:
    low, high = numbers[f"{when}_low"], numbers[f"{when}_high"]
    return f"{numbers[f'{when}_accuracy']:.1%} [{low:.1%}, {high:.1%}]"


def _leaves(prefix: str, value: object) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{prefix}/{name}" if prefix else str(name), inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield prefix, float(value)
