"""Every number of one arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, losses
from clpipe.evaluation.accuracy import Scores
from clpipe.params import Arm
from clpipe.records import NOVELTIES, Interval
from clpipe.report.apart import Apart, apart, by_family
from clpipe.report.apart import part as part_apart
from clpipe.report.change import Change, change, part
from clpipe.report.curves import ALL, Curve, curves
from clpipe.report.results import ArmFiles, Results

Array = NDArray[np.float64]
CLOSE_CALL = 1e-4
"""Gap of two logits under which another machine may decide otherwise."""
LEVELS = ("zero-shot", "majority")
"""Baselines that a learning curve is drawn over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMeasures:
    """The numbers of one arm."""

    files: ArmFiles
    first: Scores
    """At episode 0, all held-out tasks."""
    last: Scores
    """At the last checkpoint, all held-out tasks."""
    all: Change
    families: Mapping[str, Change]
    apart: Mapping[str, Apart]
    """Its gain taken apart, on all tasks (`ALL`) and by family; empty without a control with shuffled labels."""
    sides: Mapping[str, Change]
    """By side of the held-out tasks: same template, new entities, new template, harder."""
    sides_apart: Mapping[str, Apart]
    """Its gain taken apart, by side; empty without a control with shuffled labels."""
    clean: Mapping[str, Change]
    """Without the tasks that meet a training task at a counted level of the certificate, by level."""
    curves: Mapping[str, Curve]
    """On the tasks asked at every checkpoint, all together (`ALL`) and by family."""
    levels: Mapping[str, float]
    """Accuracy of baselines on the tasks of the curve."""
    copies: Mapping[str, Scores]
    """What copying from its stream gets after the last episode, by rule."""
    loss: Array
    """Nats a token, `(seeds, episodes)`."""
    correct: Array
    """First attempts on the stream, `(seeds, episodes)`."""
    loss_ends: tuple[Array, Array]
    """Mean of the first and of the last `report.loss_window` episodes, each `(seeds,)`."""
    seconds: Array
    """Of each seed's process, `(seeds,)`."""
    over_controls: Mapping[str, Interval]
    """Final accuracy minus that of each control, by the control's name."""

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
    def episodes(self) -> int:
        """Episodes of each seed."""
        return int(self.loss.shape[1])

    @property
    def shuffled(self) -> bool:
        """Whether the arm learned from shuffled answers."""
        return self.files.summary.labels == "shuffled"

    @property
    def is_control(self) -> bool:
        """Whether it is the control of another arm."""
        return self.files.spec.control_of is not None

    @property
    def peak_memory_mb(self) -> float:
        """The highest of its seeds' processes."""
        return max(self.files.learn_timing.seeds[seed].peak_memory_mb for seed in self.seeds)


Ends = tuple[Scores, Scores]
"""Scores before the first and after the last episode, on all held-out tasks."""


def ends(files: ArmFiles) -> Ends:
    """Of one arm."""
    at = accuracy.checkpoints(files.outcomes)
    return accuracy.scores(files.outcomes, at[0]), accuracy.scores(files.outcomes, at[-1])


def arm_measures(
    results: Results, tables: Mapping[str, Ends], baselines: Mapping[str, Scores], files: ArmFiles
) -> ArmMeasures:
    """The numbers of one arm; `tables` has the ends of all arms, `baselines` are those of its model.

    Raises:
        ValueError: Where it and its controls were not asked the same tasks, or a seed has no timing.
    """
    report, (first, last) = results.params.report, tables[files.name]
    loss, correct = losses.by_episode(files.episodes)
    sides = {name: frozenset(ids) for name, ids in _sides(files).items()}
    near = {level: frozenset(first.tasks) - set(ids) for level, ids in _near(results).items()}
    shuffled = next((tables[n][1] for n, a in results.params.arms.items() if _shuffles(results, a, files.name)), None)
    return ArmMeasures(
        files=files,
        first=first,
        last=last,
        all=change(first, last, report.confidence),
        families={
            family: change(accuracy.of_family(first, family), accuracy.of_family(last, family), report.confidence)
            for family in sorted(set(first.families))
        },
        apart=_apart(first, shuffled, last, report.confidence),
        sides={name: part(first, last, ids, report.confidence) for name, ids in sides.items()},
        sides_apart=_sides_apart((first, shuffled, last), sides, report.confidence),
        clean={level: part(first, last, kept, report.confidence) for level, kept in near.items() if kept},
        curves=curves(files.outcomes, report.confidence),
        levels=_levels(baselines, accuracy.curve_tasks(files.outcomes)),
        copies=_copies(results, files.name),
        loss=loss,
        correct=correct,
        loss_ends=losses.ends(loss, report.loss_window),
        seconds=_seconds(files),
        over_controls={
            name: accuracy.change(tables[name][1], last, report.confidence)
            for name, arm in results.params.arms.items()
            if arm.control_of == files.name
        },
    )


def _apart(first: Scores, control: Scores | None, last: Scores, confidence: float) -> dict[str, Apart]:
    if control is None:
        return {}
    return {ALL: apart(first, control, last, confidence), **by_family(first, control, last, confidence)}


def _sides_apart(
    tables: tuple[Scores, Scores | None, Scores], sides: Mapping[str, frozenset[str]], confidence: float
) -> dict[str, Apart]:
    first, control, last = tables
    if control is None:
        return {}
    return {name: part_apart(first, control, last, ids, confidence) for name, ids in sides.items()}


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


def _levels(baselines: Mapping[str, Scores], tasks: frozenset[str]) -> dict[str, float]:
    return {name: float(accuracy.of_tasks(baselines[name], tasks).correct.mean()) for name in LEVELS}


def _copies(results: Results, name: str) -> dict[str, Scores]:
    rows = results.copies[name]
    return {rule: accuracy.scores(found, accuracy.checkpoints(found)[-1]) for rule, found in rows.items()}


def _seconds(files: ArmFiles) -> Array:
    seeds = {e.seed for e in files.episodes}
    if missing := sorted(seeds - files.learn_timing.seeds.keys()):
        raise ValueError(
            f"runs/learn/{files.name}/timing.json: no seed {missing[0]}; run `dvc repro learn@{files.name}`"
        )
    return np.array([files.learn_timing.seeds[seed].seconds for seed in sorted(seeds)])
