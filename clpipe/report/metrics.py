"""`metrics.json` and `curves.csv`: the numbers for programs, nothing from the clock in them."""

from __future__ import annotations

from clpipe.records import Json
from clpipe.report import continual_metrics
from clpipe.report.measures import ArmMeasures, Measures
from clpipe.report.rounded import DIGITS, interval, rounded


def metrics(measures: Measures) -> dict[str, Json]:
    """The content of `metrics.json`; accuracies and differences are fractions."""
    return {
        "study": measures.results.params.study.name,
        "arms": {name: _arm(arm) | continual_metrics.of_arm(measures, name) for name, arm in measures.arms.items()},
        "baselines": {
            model: {name.replace("-", "_"): rounded(float(table.correct.mean())) for name, table in found.items()}
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
        **interval("initial_accuracy", "initial", arm.all.initial),
        **interval("final_accuracy", "final", arm.all.final),
        **interval("gain", "gain", arm.all.gain),
        "loss_first": rounded(float(arm.loss_ends[0].mean())),
        "loss_last": rounded(float(arm.loss_ends[1].mean())),
        "families": {
            family: {
                "initial_accuracy": rounded(change.initial.point),
                "final_accuracy": rounded(change.final.point),
                "tasks": change.tasks,
            }
            for family, change in arm.families.items()
        },
        "sides": {
            side: {
                **interval("initial_accuracy", "initial", change.initial),
                **interval("final_accuracy", "final", change.final),
                **interval("gain", "gain", change.gain),
                **(interval("task_gain", "task_gain", arm.side_gaps[side]) if side in arm.side_gaps else {}),
                "tasks": change.tasks,
            }
            for side, change in arm.sides.items()
        },
    }
    if arm.over_controls:
        values |= interval("task_gain", "task_gain", next(iter(arm.over_controls.values())))
    return values
