"""Two arms against each other at their last checkpoint, paired by seed and task, with what may be said of it.

The rule is that of the report's claims of kind `better` (`clpipe.report.claims`), for one pair alone: nothing is
corrected for other comparisons, so what was not declared in the params before the runs is exploratory.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from clpipe import store
from clpipe.evaluation import accuracy, ledger
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.ledger import Entry
from clpipe.params import Params
from clpipe.records import Interval, Json, Outcome
from clpipe.report import wording
from clpipe.report.claim_words import sentence
from clpipe.report.claims import METRICS, between

EXPLORATORY = (
    "This comparison was not declared before the runs: it is exploratory, and p is not corrected for the others that "
    "could have been made. Declare it under `claims` in params.yaml before the next runs to have it tested."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two arms on the same seeds and tasks."""

    arm: str
    against: str
    accuracies: tuple[Interval, Interval]
    """Of the arm, then of what it is compared with."""
    episodes: tuple[int, int]
    """The last checkpoint of each."""
    seeds: tuple[int, ...]
    entry: Entry
    sentence: str
    claim: str | None
    """The claim of params.yaml that declares it."""


def compare(params: Params, arm: str, against: str) -> Comparison:
    """Compare two arms by what `evaluate` left of them.

    Raises:
        LookupError: If an arm is not in the params.
        FileNotFoundError: If one has not been evaluated.
        ValueError: If the two are one, or share no seed or no task.
    """
    if arm == against:
        raise ValueError(f"{arm} cannot be compared with itself; name two arms")
    mine, theirs = _outcomes(params, arm), _outcomes(params, against)
    seeds = {o.seed for o in mine} & {o.seed for o in theirs}
    last = max(o.episode for o in mine), max(o.episode for o in theirs)
    tasks = _at(mine, last[0]) & _at(theirs, last[1])
    if not seeds or not tasks:
        raise ValueError(f"{arm} and {against} share {len(seeds)} seeds and {len(tasks)} tasks: nothing can be paired")
    after, before = _scores(mine, last[0], seeds, tasks), _scores(theirs, last[1], seeds, tasks)
    report = params.report
    name, metric = f"{arm}-over-{against}", METRICS["accuracy"]
    finding = between(name, "better", (arm, against), metric, (before, after), report.confidence)
    entry = ledger.entries([finding], report.smallest_gain, report.confidence)[0]
    return Comparison(
        arm=arm,
        against=against,
        accuracies=(accuracy.accuracy(after, report.confidence), accuracy.accuracy(before, report.confidence)),
        episodes=last,
        seeds=after.seeds,
        entry=entry,
        sentence=sentence(entry, report.smallest_gain),
        claim=declared(params, arm, against),
    )


def declared(params: Params, arm: str, against: str) -> str | None:
    """The name of the claim that says that `arm` ends above `against`; `None` where there is none."""
    for name, claim in params.claims.items():
        if claim.arm == arm and claim.says == "better" and claim.than == against and claim.metric == "accuracy":
            return name
    return None


def lines(found: Comparison) -> list[str]:
    """For a person."""
    finding, names = found.entry.finding, (found.arm, found.against)
    width = max(len(name) for name in names)
    flips = finding.flips
    said = [
        f"{name:<{width}}  {wording.percent(value.point)} {wording.bounds(value)} after {episode} episodes"
        for name, value, episode in zip(names, found.accuracies, found.episodes, strict=True)
    ]
    said.append(f"{'difference':<{width}}  {wording.points(finding.interval)}, {wording.p_value(finding.p)}")
    if flips is not None:
        said.append(f"{'answers':<{width}}  {flips.gained} right in {found.arm} alone, {flips.lost} in {found.against}")
    said += [f"{'data':<{width}}  {finding.tasks} tasks, {wording.seeds(finding.seeds)}, all paired", ""]
    said += [f"{found.entry.verdict.capitalize()}. {found.sentence}"]
    return [*said, declaration(found)]


def declaration(found: Comparison) -> str:
    """Whether it was declared before the runs, and what follows from it."""
    if found.claim is None:
        return EXPLORATORY
    return (
        f"Declared as claim {found.claim!r}: what counts is the verdict in the report, corrected with the other claims."
    )


def as_object(found: Comparison) -> dict[str, Json]:
    """For a program; differences and accuracies are fractions."""
    finding = found.entry.finding
    pairs = zip((found.arm, found.against), found.accuracies, found.episodes, strict=True)
    return {
        "arms": [{"arm": name, "episode": at, "accuracy": _numbers(value)} for name, value, at in pairs],
        "difference": _numbers(finding.interval),
        "p": finding.p,
        "gained": finding.flips.gained if finding.flips else None,
        "lost": finding.flips.lost if finding.flips else None,
        "tasks": finding.tasks,
        "seeds": list(found.seeds),
        "conditions": [{"wanted": c.wanted, "met": c.met} for c in finding.conditions],
        "verdict": found.entry.verdict,
        "needed": asdict(found.entry.needed) if found.entry.needed else None,
        "sentence": found.sentence,
        "claim": found.claim,
        "exploratory": found.claim is None,
    }


def _outcomes(params: Params, arm: str) -> list[Outcome]:
    params.arm(arm)
    path = Path("runs/evaluate") / arm / "outcomes.jsonl"
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `clpipe run {arm}`, or `dvc pull evaluate@{arm}`")
    return store.read_records(path, Outcome)


def _at(outcomes: Collection[Outcome], episode: int) -> set[str]:
    return {o.task_id for o in outcomes if o.episode == episode}


def _scores(outcomes: Collection[Outcome], episode: int, seeds: set[int], tasks: set[str]) -> Scores:
    return accuracy.scores([o for o in outcomes if o.seed in seeds], episode, tasks)


def _numbers(value: Interval) -> dict[str, Json]:
    return {"point": value.point, "low": value.low, "high": value.high}
