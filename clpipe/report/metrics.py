"""`metrics.json` and `curves.csv`: the numbers for programs, nothing from the clock in them."""

from __future__ import annotations

from clpipe.records import Json
from clpipe.report import continual_metrics
from clpipe.report.apart import Apart
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.curves import ALL
from clpipe.report.measures import Measures
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
        **({"missing": dict(lacks.why)} if (lacks := measures.results.lacks).arms else {}),
    }


def curves(measures: Measures) -> str:
    """The content of `curves.csv`: one line a seed and checkpoint, on the tasks that all checkpoints share.

    Each line has the mean over the seeds and its interval too, so that a plot can draw the band that was computed here.
    """
    lines = ["arm,seed,episode,accuracy,mean,low,high"]
    for name, arm in measures.arms.items():
        for row, seed in enumerate(arm.seeds):
            for point in arm.curves[ALL].points:
                span = point.accuracy
                values = (point.by_seed[row], span.point, span.low, span.high)
                numbers = ",".join(f"{value:.{DIGITS}f}" for value in values)
                lines.append(f"{name},{seed},{point.episode},{numbers}")
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
        "episodes": arm.episodes,
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
                **_apart(arm.sides_apart.get(side)),
                "tasks": change.tasks,
            }
            for side, change in arm.sides.items()
        },
    }
    return values | _apart(arm.apart.get(ALL))


def _apart(parts: Apart | None) -> dict[str, Json]:
    if parts is None:
        return {}
    return {
        **interval("format_gain", "format_gain", parts.format),
        **interval("task_gain", "task_gain", parts.task),
    }
