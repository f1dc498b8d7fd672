"""The claims of the study and those of the seed document, as ledger entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from clpipe.evaluation import accuracy, bootstrap, claims, intervals, ledger, mcnemar, two_way
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.claims import Condition, Evidence
from clpipe.evaluation.ledger import Entry, Finding
from clpipe.params import Claim
from clpipe.records import Interval, Outcome
from clpipe.report.claim_words import statement
from clpipe.report.partial import control_of
from clpipe.report.results import Results
from clpipe.report.seed_document import SeedRow

METRICS = {"accuracy": "accuracy at the last checkpoint", "content": "right in content at the last checkpoint"}
RESAMPLING_SEED = 0


def ledger_of(results: Results) -> tuple[Entry, ...]:
    """The hypotheses declared in the params, corrected together; raises ValueError at tables that do not pair."""
    report, untested = results.params.report, len(results.lacks.claims)
    findings = [_finding(results, name, claim) for name, claim in results.params.claims.items()]
    return ledger.entries(findings, report.smallest_gain, report.confidence, untested)


def given(results: Results) -> tuple[Entry, ...]:
    """What the counts of the seed document say of its own claims; which answers changed was not kept there."""
    report = results.params.report
    findings = [_given(row, report.confidence) for row in results.seed_document.rows]
    return ledger.entries(findings, report.smallest_gain, report.confidence)


def _finding(results: Results, name: str, claim: Claim) -> Finding:
    confidence, control = results.params.report.confidence, control_of(results.params, claim.arm)
    start, end = _ends(results, claim.arm, claim.metric)
    against = {"learned": control, "format": control, "better": claim.than, "rose": None}[claim.says]
    other = _ends(results, against, claim.metric)[1] if against else start
    before, after = (start, other) if claim.says == "format" else (other, end)
    arms = (claim.arm, against)
    found = between(name, claim.says, arms, METRICS[claim.metric], (before, after), confidence)
    if claim.says != "learned":
        return found
    over_seeds, over_templates = _each_way(before, after, confidence)
    evidence = Evidence(
        tasks=found.tasks,
        templates=len(set(after.templates)),
        seeds=found.seeds,
        over_control=found.interval,
        over_control_seeds=over_seeds,
        over_control_templates=over_templates,
        over_start=accuracy.change(start, end, confidence),
        over_majority=_over(
            results.baselines[results.params.arms[claim.arm].model]["majority"], end, claim, confidence
        ),
        over_nearest=_over(results.copies[claim.arm]["nearest"], end, claim, confidence),
    )
    return replace(found, conditions=tuple(claims.conditions(evidence)))


def between(
    name: str, says: str, arms: tuple[str, str | None], metric: str, tables: tuple[Scores, Scores], confidence: float
) -> Finding:
    """What is found of one difference, with the conditions of every claim but `learned`.

    Args:
        name: Id of the finding.
        says: Kind of the claim.
        arms: The arm, and the one it is set against, if any.
        metric: In words.
        tables: Scores before and after, or of the other and of the arm: same seeds, same tasks.
        confidence: Of the interval.

    Raises:
        ValueError: If the two tables do not pair.
    """
    before, after = tables
    several = Condition("more than one seed", len(after.seeds) > 1)
    return Finding(
        id=name,
        says=says,
        statement=statement(says, *arms),
        arm=arms[0],
        against=arms[1],
        metric=metric,
        interval=accuracy.change(before, after, confidence),
        p=two_way.p_value(accuracy.difference(before, after)),
        flips=mcnemar.flips(before.correct, after.correct),
        tasks=len(after.tasks),
        templates=len(set(after.templates)),
        seeds=len(after.seeds),
        conditions=(several, *claims.both_ways(*_each_way(before, after, confidence))),
    )


def _each_way(before: Scores, after: Scores, confidence: float) -> tuple[Interval | None, Interval]:
    """The change with other seeds alone in mind (`None` with one seed), and with other wordings alone."""
    several = len(after.seeds) > 1
    over_seeds = intervals.student(after.by_seed - before.by_seed, confidence) if several else None
    change = after.by_task - before.by_task
    return over_seeds, bootstrap.mean(change, after.templates, confidence, RESAMPLING_SEED)


def _over(copied: Sequence[Outcome], end: Scores, claim: Claim, confidence: float) -> Interval:
    """The arm's end over what copying got; what was copied once counts for every seed."""
    last = accuracy.checkpoints(copied)[-1]
    table = accuracy.scores(by_metric(copied, claim.metric), last)
    return accuracy.change(table if table.seeds == end.seeds else accuracy.repeated(table, end.seeds), end, confidence)


def _ends(results: Results, arm: str, metric: str) -> tuple[Scores, Scores]:
    outcomes = by_metric(results.arms[arm].outcomes, metric)
    at = accuracy.checkpoints(outcomes)
    return accuracy.scores(outcomes, at[0]), accuracy.scores(outcomes, at[-1])


def by_metric(outcomes: Sequence[Outcome], metric: str) -> Sequence[Outcome]:
    """The outcomes as the metric judges them."""
    return outcomes if metric == "accuracy" else [replace(o, correct=bool(o.lenient)) for o in outcomes]


def _given(row: SeedRow, confidence: float) -> Finding:
    before, after = (intervals.wilson(c / row.n, row.n, confidence) for c in (row.correct_before, row.correct_after))
    name = f"{row.model} with {row.method.replace('_', ' ')}"
    return Finding(
        id="seed-" + re.sub("[^a-z0-9]+", "-", f"{row.model}-{row.method}".lower().replace(".", "")),
        says="rose",
        statement=f"{name} (seed document): accuracy on its {row.n} held-out tasks rose",
        arm=name,
        against=None,
        metric="accuracy after the last episode",
        interval=intervals.difference(before, after),
        p=mcnemar.fisher(row.correct_before, row.correct_after, row.n),
        flips=None,
        tasks=row.n,
        templates=None,
        seeds=1,
    )
