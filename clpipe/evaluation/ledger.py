"""What may be said of a hypothesis that was declared before the runs: holds, does not hold, or cannot be told.

A hypothesis is that a difference of accuracies is above 0. It *holds* where Holm's p over the declared family is below
the level, the interval lies above 0 and every condition of its kind is met (statistics page, §7). It *does not hold*
where the whole interval lies below the smallest effect worth having (equivalence by the interval, Lakens 2017): then
the data were enough to say so. All else *cannot be told* with this much data, and the entry says how much would tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scipy import special

from clpipe.evaluation.claims import SEEDS, TASKS, TEMPLATES, Condition
from clpipe.evaluation.mcnemar import Flips
from clpipe.evaluation.multiplicity import holm
from clpipe.records import Interval

Verdict = Literal["holds", "does not hold", "cannot be told"]
POWER = 0.8
"""Of the study that `needed` describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A study of the same kind that would tell."""

    tasks: int
    templates: int
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A hypothesis with what was measured for it, before it is set among the others of its family."""

    id: str
    says: str
    """`learned`, `rose`, `format` or `better`."""
    statement: str
    """The hypothesis in words."""
    arm: str
    against: str | None
    """What the difference is taken from, where it is an arm."""
    metric: str
    interval: Interval
    """Of the difference."""
    p: float
    flips: Flips | None
    """Answers gained and lost, all seeds together; `None` where it is not known which answers changed."""
    tasks: int
    templates: int | None
    """`None` where it is not known."""
    seeds: int
    conditions: tuple[Condition, ...] = ()
    """What has to be met beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the ledger."""

    finding: Finding
    p_corrected: float
    """Holm's, over all hypotheses declared together."""
    verdict: Verdict
    needed: Needed | None
    """Where it cannot be told for want of data: how much would tell a difference as large as the one found."""


def entries(findings: Sequence[Finding], smallest: float, confidence: float, untested: int = 0) -> tuple[Entry, ...]:
    """The ledger of hypotheses that were declared together.

    Args:
        findings: All of the family; the correction is over them.
        smallest: Smallest difference worth having, a fraction above 0.
        confidence: Of the intervals; 1 - confidence is the level of the tests.
        untested: Hypotheses of the family of which nothing has been measured; they are corrected for as if p were 1.
    """
    corrected = holm([*(finding.p for finding in findings), *[1.0] * untested])[: len(findings)]
    return tuple(_entry(finding, p, smallest, confidence) for finding, p in zip(findings, corrected, strict=True))


def _entry(finding: Finding, p: float, smallest: float, confidence: float) -> Entry:
    entry = Entry(finding=finding, p_corrected=p, verdict="cannot be told", needed=None)
    if finding.interval.low > 0 and p < 1 - confidence and all(c.met for c in finding.conditions):
        return replace(entry, verdict="holds")
    if finding.interval.high < smallest:
        return replace(entry, verdict="does not hold")
    wanted = needed(finding, smallest, confidence)
    enough = wanted.tasks <= finding.tasks and wanted.seeds <= finding.seeds  # it is another condition that is not met
    return replace(entry, needed=None if enough else wanted)


def needed(finding: Finding, smallest: float, confidence: float) -> Needed:
    """Tasks, templates and seeds, all in one proportion, that would tell the difference found with 80 % power.

    The standard error falls with the root of the data: with z quantiles, k = ((z_level + z_power) SE / difference)^2
    times the data. A difference below `smallest` is not looked for; the least numbers of "learned" bind its hypothesis.
    """
    z = float(special.ndtri((1 + confidence) / 2))
    error = (finding.interval.high - finding.interval.low) / 2 / z
    effect = max(abs(finding.interval.point), smallest)
    times = max(1.0, ((z + float(special.ndtri(POWER))) * error / effect) ** 2)
    least = (TASKS, TEMPLATES, SEEDS) if finding.says == "learned" else (1, 1, 1)
    sizes = (finding.tasks, finding.templates or 1, finding.seeds)
    tasks, templates, seeds = (max(low, math.ceil(times * size)) for low, size in zip(least, sizes, strict=True))
    seeds = seeds if finding.seeds > 1 else max(seeds, SEEDS)  # one seed says nothing of how far apart seeds are
    return Needed(tasks=tasks, templates=templates, seeds=seeds)
