"""What is behind the results: certificate of the held-out tasks, settings, machines and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from clpipe.evaluation import intervals
from clpipe.records import Json
from clpipe.report import wording
from clpipe.report.arm_measures import CLOSE_CALL, ArmMeasures
from clpipe.report.blocks import Cell, Row, Section, Table, row
from clpipe.report.measures import Measures


def sections(measures: Measures) -> list[Section]:
    """Tasks, settings, time, machines."""
    return [
        Section(
            title="The held-out tasks",
            text=("They were set apart before any learning; the learning stage cannot read them.",),
            table=certificate(measures.results.certificate),
        ),
        Section(title="Settings", table=settings(measures)),
        Section(title="Time", table=times(measures)),
        Section(title="Machine and versions", table=machines(measures)),
    ]


def certificate(found: Mapping[str, Json]) -> Table:
    """Whatever the split certifies, a line each; nested names are joined, of the tasks named only how many they are."""
    return Table(
        caption="As certified by the split stage: counts of the tasks on each side, and of what sides share.",
        columns=("What", "Found"),
        text_columns=2,
        rows=tuple(row(name, value) for name, value in _flat("", _counted(found))),
    )


def settings(measures: Measures) -> Table:
    """Every setting an arm learned with; a column an arm."""
    columns: list[dict[str, str]] = []
    for arm in measures.arms.values():
        summary = arm.files.summary
        told = "yes" if summary.needs_boundaries else "no"
        values: dict[str, Json] = {
            "model": summary.model,
            "method": summary.method,
            "strategy": summary.strategy,
            "stream": summary.stream,
            "labels": summary.labels,
            "control of": arm.files.spec.control_of or "—",
            "told phase boundaries": told,
            "sees beforehand": summary.sees_beforehand,
            "goes by the family's name": "yes" if summary.sees_family else "no",
            "learns from": summary.feedback,
            **summary.settings,
            "families": summary.settings.get("families") or "all",
            **{f"{summary.method}: {key}": value for key, value in summary.method_options.items()},
            **{f"{summary.strategy}: {key}": value for key, value in summary.strategy_options.items()},
            **{f"{summary.stream}: {key}": value for key, value in summary.stream_options.items()},
        }
        columns.append({key: shown(value) for key, value in values.items()})
    names = dict.fromkeys(name for column in columns for name in column)
    return Table(
        caption="As resolved from params.yaml: the defaults, then what the arm sets anew.",
        columns=("Setting", *measures.arms),
        rows=tuple(row(name, *(column.get(name, "—") for column in columns)) for name in names),
        text_columns=1 + len(measures.arms),
    )


def times(measures: Measures) -> Table:
    """How long each arm took, and how many processes ran side by side."""
    return Table(
        caption=(
            "Seconds a seed's process spent in its episodes, beside others on the same machine; "
            "of all the report's numbers only these and the episodes a second change from run to run. "
            f"Close calls: replies with two highest logits less than {CLOSE_CALL} apart somewhere, where another "
            "machine may reply otherwise; the base's replies stand once a seed. Stacked seeds share their time."
        ),
        columns=("Arm", "Learning, s a seed", "Peak memory, MB", "Side by side", "Evaluation, s", "Replies"),
        rows=tuple(_time_row(arm, measures.confidence) for arm in measures.arms.values()),
    )


def machines(measures: Measures) -> Table:
    """Each different machine and its versions, with the stages that ran there."""
    where: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, arm in measures.arms.items():
        timings = {"learn": arm.files.learn_timing.machine, "evaluate": arm.files.evaluate_timing.machine}
        for stage, machine in timings.items():
            facts = tuple((key, shown(value)) for key, value in machine.model_dump().items())
            where.setdefault(facts, []).append(f"{stage}@{name}")
    rows: list[Row] = []
    for facts, stages in where.items():
        rows.append(row("stages", ", ".join(stages)))
        rows += [row(wording.spaced(key), value) for key, value in facts]
    return Table(
        caption="Which machine and which versions.", columns=("What", "Found"), rows=tuple(rows), text_columns=2
    )


def _time_row(arm: ArmMeasures, confidence: float) -> Row:
    learn, evaluate = arm.files.learn_timing, arm.files.evaluate_timing
    timed = [learn.seeds[seed] for seed in arm.seeds]
    seconds = [t.seconds for t in timed]
    rows = wording.grouped(len(arm.files.outcomes))
    note = "no interval\none seed"
    if len(seconds) > 1:
        span = intervals.student(seconds, confidence)
        note = f"[{max(0.0, span.low):.0f}, {span.high:.0f}]\n{len(seconds)} seeds"
    return row(
        Cell(arm.name, wording.size(arm.all.tasks, len(arm.seeds))),
        Cell(f"{sum(seconds) / len(seconds):.0f}", note),
        Cell(f"{max(t.peak_memory_mb for t in timed):.0f}", f"highest of {len(timed)}"),
        Cell(str(learn.jobs), f"threads of each: {learn.threads}"),
        Cell(f"{evaluate.seconds:.0f}", "one measurement"),
        Cell(wording.grouped(evaluate.replies), f"close calls: {arm.close_calls} of {rows} rows"),
    )


def _counted(found: Mapping[str, Json]) -> dict[str, Json]:
    near = cast(Mapping[str, list[Json]], found.get("near", {}))
    return {**found, **({"near": {level: len(ids) for level, ids in near.items()}} if near else {})}


def _flat(prefix: str, value: Json | Mapping[str, Json]) -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and any(isinstance(v, dict | list) for v in value.values()):
        names = [(f"{prefix} › {key}" if prefix else key, part) for key, part in value.items()]
        return [line for name, part in names for line in _flat(wording.spaced(name), part)]
    return [(prefix, shown(value))]


def shown(value: Json | Mapping[str, Json]) -> str:
    """A value of a file in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')}: {shown(part)}" for key, part in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
