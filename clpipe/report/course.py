"""The course of one arm along its stream: what is measured before its end, at it and over all of it.

In a stream of families the measures are those of the accuracy matrix (`clpipe.evaluation.matrix`), by the tasks' own
answers. In a stream whose rule changes (`clpipe.report.rules`) there is one right answer at a time: accuracy is by the
rule that holds, and backward transfer is left out, because who learns the second of two rules that contradict each
other has to leave the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe import seeds
from clpipe.evaluation import accuracy, anytime, half_life, losses, matrix, prequential, transfer
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.half_life import HalfLife
from clpipe.evaluation.matrix import AccuracyMatrix, Anchors, PhaseMatrix
from clpipe.records import Interval, Outcome
from clpipe.report import heat, rules
from clpipe.report.heat import Heat
from clpipe.report.lost import Fall, falls
from clpipe.report.results import ArmFiles, Results
from clpipe.report.rules import Rules
from clpipe.report.spread import Values

Array = NDArray[np.float64]
KEPT = ("bwt_gem", "forgetting_chaudhry", "fwt_gem")
"""The definitions that are shown beside each other for all arms; the others are in the crosswalk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """What is measured on the accuracy matrix of an arm."""

    rule: matrix.Rule
    """When a family counts as learned."""
    tasks: int
    """Held-out tasks of the families met that every checkpoint was asked."""
    crosswalk: Mapping[str, Values]
    """The matrix by every published definition, a value a seed; a definition without a value is not in it."""
    half_life: HalfLife
    heat: Heat
    falls: Mapping[str, Fall]
    """Best checkpoint to last, by family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The numbers of one arm along its stream; exactly one of `families` and `rules` is there."""

    files: ArmFiles
    last: Scores
    """At the end, by the rule that then holds, on all held-out tasks of the stream's families to which it applies."""
    final: Interval
    """Accuracy of `last`."""
    by_seed: Mapping[str, Values]
    """Anytime, worst-case and prequential accuracy: a value a seed."""
    online: Array
    """Share of right first attempts among the last `report.loss_window` episodes, `(seeds, episodes)`."""
    families: Families | None
    rules: Rules | None

    @property
    def name(self) -> str:
        """Name of the arm."""
        return self.files.name

    @property
    def foresees(self) -> bool:
        """Whether it was given the stream beforehand, so that its first attempts are no test."""
        return self.files.summary.sees_beforehand == "stream"


def course(results: Results, files: ArmFiles, met: Sequence[str]) -> Course:
    """All measures of an arm; `met` are the families of its stream.

    Raises:
        ValueError: Where checkpoints, seeds or tasks are lacking.
        LookupError: Where a family that was learned has no held-out task, or a task is not in the held-out file.
    """
    report = results.params.report
    outcomes = [o for o in files.outcomes if o.family in met]
    _, correct = losses.by_episode(files.episodes)
    by_seed = {"prequential_accuracy": tuple(prequential.cumulative(correct)[:, -1].tolist())}
    families, by_rule = None, None
    if rules.held(files.episodes):
        by_rule = rules.rules(files.episodes, outcomes, results.tasks, report.loss_window, report.confidence)
        by_seed["anytime_accuracy"] = tuple(by_rule.anytime.tolist())
        last = by_rule.last[by_rule.in_force]
    else:
        table = matrix.accuracy_matrix(outcomes)
        learned = matrix.anchors(files.episodes, table.checkpoints)
        by_seed["anytime_accuracy"] = tuple(anytime.anytime_seen(table, files.episodes).tolist())
        by_seed["worst_case_accuracy"] = tuple(anytime.worst_case(table, learned)[:, -1].tolist())
        families = _families(files, table, learned, report.confidence)
        last = accuracy.scores(outcomes, table.checkpoints[-1])
    return Course(
        files=files,
        last=last,
        final=accuracy.accuracy(last, report.confidence),
        by_seed=by_seed,
        online=prequential.windowed(correct, report.loss_window),
        families=families,
        rules=by_rule,
    )


def _families(files: ArmFiles, table: AccuracyMatrix, learned: Anchors, confidence: float) -> Families:
    cells = half_life.retention(table, files.episodes)
    generator = np.random.default_rng(seeds.digest(0, "half-life", files.name))
    return Families(
        rule=learned.rule,
        tasks=sum(table.tasks),
        crosswalk=_crosswalk(matrix.phase_matrix(table, learned)),
        half_life=half_life.half_life(cells, generator, confidence),
        heat=heat.heat(_with_rest(files.outcomes, table), learned),
        falls=falls(files, confidence),
    )


def _crosswalk(phases: Sequence[PhaseMatrix]) -> dict[str, Values]:
    """Every definition a seed; learning accuracy is that at the anchors, the others are to the end of the stream."""
    found = [
        {**transfer.crosswalk(p.to_the_end, _base(p)), "learning_accuracy": transfer.learning_accuracy(p.values)}
        for p in phases
    ]
    columns = {name: [one[name] for one in found] for name in found[0]}
    known = {name: tuple(v for v in values if v is not None) for name, values in columns.items()}
    return {name: values for name, values in known.items() if len(values) == len(found)}


def _base(phases: PhaseMatrix) -> Array | None:
    """The base row where forward transfer has a meaning: each family was learned before the next one was met."""
    return phases.base if phases.rule == "block" and len(set(phases.anchors)) == len(phases.anchors) else None


def _with_rest(outcomes: Sequence[Outcome], table: AccuracyMatrix) -> AccuracyMatrix:
    """The matrix of all families, those too that the stream leaves out."""
    return table if {o.family for o in outcomes} == {*table.families} else matrix.accuracy_matrix(outcomes)
