"""`metrics.json` and `curves.csv`: the numbers for programs, nothing from the clock in them."""

from __future__ import annotations

from clpipe.records import Interval, Json
from clpipe.report.measures import ArmMeasures, Measures

DIGITS = 6


def metrics(measures: Measures) -> dict[str, Json]:
    """The content of `metrics.json`; accuracies and differences are fractions."""
    return {
        "study": measures.results.params.study.name,
        "arms": {name: _arm(arm) for name, arm in measures.arms.items()},
        "baselines": {
            model: {name.replace("-", "_"): _rounded(float(table.correct.mean())) for name, table in found.items()}
            for model, found in measures.baselines.items()
        },
    }


def curves(measures: Measures) -> str:
    """The content of `curves.csv`: one line a seed and checkpoint, on the tasks that all checkpoints share."""
    lines = ["arm,seed,episode,accuracy"]
    for name, arm in measures.arms.items():
        for row, seed in enumerate(arm.seeds):
            lines += [f"{name},{seed},{point.episode},{point.by_seed[row]:.{DIGITS}f}" for point in arm.curve]
    return "\n".join(lines) + "\n"


def _arm(arm: ArmMeasures) -> dict[str, Json]:
    summary = arm.files.summary
    values: dict[str, Json] = {
        "model": summary.model,
        "method": summary.method,
        "strategy": summary.strategy,
        "stream": summary.stream,
        "labels": summary.labels,
        "trainable_parameters": summary.trainable_parameters,
        "total_parameters": summary.total_parameters,
        "control_of": arm.files.spec.control_of,
        "seeds": len(arm.seeds),
        "episodes": arm.loss.shape[1],
        "heldout_tasks": arm.all.tasks,
        "close_calls": arm.close_calls,
        **_interval("initial_accuracy", "initial", arm.all.initial),
        **_interval("final_accuracy", "final", arm.all.final),
        **_interval("gain", "gain", arm.all.gain),
        "loss_first": _rounded(float(arm.loss_ends[0].mean())),
        "loss_last": _rounded(float(arm.loss_ends[1].mean())),
        "families": {
            family: {
                "initial_accuracy": _rounded(change.initial.point),
                "final_accuracy": _rounded(change.final.point),
                "tasks": change.tasks,
            }
            for family, change in arm.families.items()
        },
        "sides": {
            side: {
                **_interval("initial_accuracy", "initial", change.initial),
                **_interval("final_accuracy", "final", change.final),
                **_interval("gain", "gain", change.gain),
                **(_interval("task_gain", "task_gain", arm.side_gaps[side]) if side in arm.side_gaps else {}),
                "tasks": change.tasks,
            }
            for side, change in arm.sides.items()
        },
    }
    if arm.over_controls:
        values |= _interval("task_gain", "task_gain", next(iter(arm.over_controls.values())))
    return values


def _interval(name: str, bound: str, interval: Interval) -> dict[str, Json]:
    low, high = _rounded(interval.low), _rounded(interval.high)
    return {name: _rounded(interval.point), f"{bound}_low": low, f"{bound}_high": high}


def _rounded(value: float) -> float:
    return round(value, DIGITS) + 0.0  # + 0.0: no negative zero
