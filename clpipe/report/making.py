"""How the page was made and can be made again: intervals, commands, and where MLflow has the runs."""

from __future__ import annotations

from clpipe.report import wording
from clpipe.report.blocks import Section
from clpipe.report.measures import Measures

MLFLOW = "http://127.0.0.1:5000"
"""Where `make ui` serves; the tags are those of `clpipe.tracking.runs`."""


def sections(measures: Measures) -> list[Section]:
    """Intervals, commands, runs."""
    return [
        Section(title="How the intervals are made", text=_intervals(measures)),
        Section(
            title="How to regenerate this page",
            text=("Exact commands, in the root of the repository:",),
            commands=_commands(measures),
        ),
        Section(
            title="The runs in MLflow",
            text=(
                "Each arm is a run with its settings, numbers and report, and each seed a run beneath it with its "
                "curves and adapter. Start MLflow, open the experiment and put one of these lines into its search box:",
            ),
            commands=(("make ui", f"serves MLflow at {MLFLOW}"), *_filters(measures)),
            links=((f"MLflow at {MLFLOW}, once it is started", MLFLOW),),
        ),
    ]


def _commands(measures: Measures) -> tuple[tuple[str, str], ...]:
    study = measures.results.params.study
    run = "make repro" if study.name == "default" else f"make study NAME={study.name}"
    return (
        (run, "runs what has changed and rewrites this folder; nothing was typed by hand."),
        (
            f"python stages/report.py --heldout data/tasks/heldout.jsonl --out {study.reports}",
            "writes the report alone, from the results that are there.",
        ),
        ("dvc plots show", "draws the learning curves with their bands, of several commits if asked."),
        ("metrics.json, curves.csv, claims.json", "hold the numbers for programs, beside this page."),
    )


def _filters(measures: Measures) -> tuple[tuple[str, str], ...]:
    study = measures.results.params.study.name
    return tuple((run_filter(study, name), f"the run of {name} and those of its seeds") for name in measures.arms)


def run_filter(study: str, arm: str) -> str:
    """What MLflow's search box takes to show the runs of an arm."""
    return f"tags.`clpipe.study` = '{study}' AND tags.`clpipe.arm` = '{arm}'"


def _intervals(measures: Measures) -> tuple[str, ...]:
    return (
        "Accuracies and their differences are means over tasks and seeds that are crossed: every seed is asked the "
        "same tasks, and tasks share wordings. Their variance is that of wordings (clusters of tasks) plus that of "
        "seeds, and the intervals use Student's t: Wilson's form for an accuracy, an adjusted paired one for a "
        "difference. Seeds times tasks are not independent answers, and other tasks and other orders would both "
        "give other numbers.",
        f"Level {wording.level(measures.confidence)}, each interval by itself: with many arms some will miss. Only the "
        "hypotheses of the ledger are corrected for their number. The last checkpoint was declared the result before "
        "the runs; no best checkpoint is picked.",
    )
