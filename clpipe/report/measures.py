"""Every number of the report, computed once from the results; tables, figures and metrics only show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, losses
from clpipe.evaluation.accuracy import CurvePoint, Scores
from clpipe.params import Arm
from clpipe.records import NOVELTIES, Interval
from clpipe.report.change import Change, change, part
from clpipe.report.continual import Stream, streams
from clpipe.report.lost import ArmLost, arm_lost
from clpipe.report.results import ArmFiles, Results

Array = NDArray[np.float64]


CLOSE_CALL = 1e-4
"""Gap of two logits under which another machine may decide otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMeasures:
    """The numbers of one arm."""

    files: ArmFiles
    first: Scores
    """At episode 0, all held-out tasks."""
    last: Scores
    """At the last checkpoint, all held-out tasks."""
    templates: int
    """Wordings among the held-out tasks."""
    all: Change
    families: Mapping[str, Change]
    sides: Mapping[str, Change]
    """By side of the held-out tasks: same template, new entities, new template, harder."""
    side_gaps: Mapping[str, Interval]
    """Final accuracy minus that of the control with shuffled labels, by side; empty without such a control."""
    clean: Mapping[str, Change]
    """Without the tasks that meet a training task at a counted level of the certificate, by level."""
    curve: list[CurvePoint]
    curve_tasks: int
    levels: Mapping[str, float]
    """Accuracy of each baseline on the tasks of the curve."""
    loss: Array
    """Nats a token, `(seeds, episodes)`."""
    correct: Array
    """First attempts on the stream, `(seeds, episodes)`."""
    loss_ends: tuple[Array, Array]
    """Mean of the first and of the last `report.loss_window` episodes, each `(seeds,)`."""
    speed: Array
    """Episodes a second of each seed's process, `(seeds,)`."""
    over_controls: Mapping[str, Interval]
    """Final accuracy minus that of each control, by the control's name."""
    over_majority: Interval

    @property
    def close_calls(self) -> int:
        """Rows of the arm with a reply in which the two highest logits were less than `CLOSE_CALL` apart somewhere."""
        return sum(o.margin is not None and o.margin < CLOSE_CALL for o in self.files.outcomes)

    @property
    def name(self) -> str:
        """Name of the arm."""
        return self.files.name

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds, in order."""
        return self.first.seeds

    @property
    def shuffled(self) -> bool:
        """Whether the arm learned from shuffled answers."""
        return self.files.summary.labels == "shuffled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The numbers of the study."""

    results: Results
    arms: Mapping[str, ArmMeasures]
    baselines: Mapping[str, Mapping[str, Scores]]
    """By model, then by name of the baseline."""
    lost: Mapping[str, ArmLost]
    """By arm."""
    streams: tuple[Stream, ...]
    """Those of continual learning; none in a study of naive arms on mixed streams."""

    @property
    def confidence(self) -> float:
        """Of every interval."""
        return self.results.params.report.confidence

    def groups(self) -> list[list[ArmMeasures]]:
        """Each arm that is no control, followed by its controls."""
        heads = [a for a in self.arms.values() if a.files.spec.control_of is None]
        return [[a, *(self.arms[c] for c in a.over_controls)] for a in heads]

    def shuffled_control(self, arm: ArmMeasures) -> Interval | None:
        """The arm's final accuracy minus that of its control with shuffled labels, where it has one."""
        return next((gap for name, gap in arm.over_controls.items() if self.arms[name].shuffled), None)


def measure(results: Results) -> Measures:
    """Compute everything; raises ValueError where arms, controls and baselines were not asked the same tasks."""
    for name, arm in results.params.arms.items():
        if arm.control_of is not None and results.params.arms[arm.control_of].control_of is not None:
            raise ValueError(
                f"arms.{name}.control_of: {arm.control_of!r} is a control itself; name the arm it controls"
            )
    tables = {name: _ends(files) for name, files in results.arms.items()}
    baselines = {
        model: {name: accuracy.scores(outcomes, 0) for name, outcomes in found.items()}
        for model, found in results.baselines.items()
    }
    arms = {name: _arm(results, tables, baselines, files) for name, files in results.arms.items()}
    lost = {
        name: arm_lost(files, results.retained[files.spec.model], results.params.report.confidence)
        for name, files in results.arms.items()
    }
    return Measures(results=results, arms=arms, baselines=baselines, lost=lost, streams=streams(results))


def _ends(files: ArmFiles) -> tuple[Scores, Scores]:
    at = accuracy.checkpoints(files.outcomes)
    return accuracy.scores(files.outcomes, at[0]), accuracy.scores(files.outcomes, at[-1])


def _arm(
    results: Results,
    tables: Mapping[str, tuple[Scores, Scores]],
    baselines: Mapping[str, Mapping[str, Scores]],
    files: ArmFiles,
) -> ArmMeasures:
    report, (first, last) = results.params.report, tables[files.name]
    loss, correct = losses.by_episode(files.episodes)
    known = baselines[files.spec.model]
    shared = accuracy.curve_tasks(files.outcomes)
    everything = frozenset(first.tasks)
    sides = {name: frozenset(ids) for name, ids in _sides(files).items()}
    near = {level: everything - set(ids) for level, ids in _near(results).items()}
    shuffled = next((n for n, a in results.params.arms.items() if _shuffles(results, a, files.name)), None)
    return ArmMeasures(
        files=files,
        first=first,
        last=last,
        templates=len({(o.family, o.template) for o in files.outcomes}),
        all=change(first, last, report.confidence),
        families={
            family: change(accuracy.of_family(first, family), accuracy.of_family(last, family), report.confidence)
            for family in sorted(set(first.families))
        },
        sides={name: part(first, last, ids, report.confidence) for name, ids in sides.items()},
        side_gaps={
            name: accuracy.change(
                accuracy.of_tasks(tables[shuffled][1], ids), accuracy.of_tasks(last, ids), report.confidence
            )
            for name, ids in sides.items()
            if shuffled
        },
        clean={level: part(first, last, kept, report.confidence) for level, kept in near.items() if kept},
        curve=accuracy.curve(files.outcomes, report.confidence),
        curve_tasks=len(shared),
        levels={name: _level(table, shared) for name, table in known.items()},
        loss=loss,
        correct=correct,
        loss_ends=losses.ends(loss, report.loss_window),
        speed=_speed(files),
        over_controls={
            name: accuracy.change(tables[name][1], last, report.confidence)
            for name, arm in results.params.arms.items()
            if arm.control_of == files.name
        },
        over_majority=accuracy.change(accuracy.repeated(known["majority"], last.seeds), last, report.confidence),
    )


def _sides(files: ArmFiles) -> dict[str, set[str]]:
    """Side of the held-out tasks to their ids, in the order of NOVELTIES."""
    found: dict[str, set[str]] = {novelty: set() for novelty in NOVELTIES}
    for outcome in files.outcomes:
        found[outcome.novelty].add(outcome.task_id)
    return {novelty: ids for novelty, ids in found.items() if ids}


def _near(results: Results) -> Mapping[str, Sequence[str]]:
    return cast(Mapping[str, Sequence[str]], results.certificate.get("near", {}))


def _shuffles(results: Results, arm: Arm, head: str) -> bool:
    labels = arm.labels or results.params.learn.labels
    return arm.control_of == head and labels == "shuffled"


def _level(table: Scores, tasks: frozenset[str]) -> float:
    kept = [i for i, task in enumerate(table.tasks) if task in tasks]
    return float(table.correct[:, kept].mean())


def _speed(files: ArmFiles) -> Array:
    seeds = {e.seed for e in files.episodes}
    if missing := sorted(seeds - files.learn_timing.seeds.keys()):
        raise ValueError(
            f"runs/learn/{files.name}/timing.json: no seed {missing[0]}; run `dvc repro learn@{files.name}`"
        )
    timed = [files.learn_timing.seeds[seed] for seed in sorted(seeds)]
    return np.array([seed.episodes / seed.seconds for seed in timed])
