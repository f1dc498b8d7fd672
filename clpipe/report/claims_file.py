"""`claims.json`: the ledger for programs, nothing from the clock in it."""

from __future__ import annotations

from dataclasses import asdict

from clpipe.evaluation.ledger import Entry
from clpipe.records import Json
from clpipe.report.claim_words import sentence
from clpipe.report.measures import Measures
from clpipe.report.rounded import rounded


def claims_file(measures: Measures) -> list[Json]:
    """The claims of the study, then those of the seed document; differences are fractions."""
    report = measures.results.params.report
    families = {"declared": measures.ledger, "seed document": measures.given}
    return [
        _entry(entry, family, report.smallest_gain, report.confidence)
        for family, found in families.items()
        for entry in found
    ]


def _entry(entry: Entry, family: str, smallest: float, confidence: float) -> Json:
    found = entry.finding
    return {
        "id": found.id,
        "family": family,
        "says": found.says,
        "statement": found.statement,
        "arm": found.arm,
        "against": found.against,
        "metric": found.metric,
        "estimate": rounded(found.interval.point),
        "low": rounded(found.interval.low),
        "high": rounded(found.interval.high),
        "confidence": confidence,
        "p": float(f"{found.p:.4g}"),
        "p_corrected": float(f"{entry.p_corrected:.4g}"),
        "gained": found.flips.gained if found.flips else None,
        "lost": found.flips.lost if found.flips else None,
        "tasks": found.tasks,
        "templates": found.templates,
        "seeds": found.seeds,
        "conditions": [{"wanted": condition.wanted, "met": condition.met} for condition in found.conditions],
        "verdict": entry.verdict,
        "needed": asdict(entry.needed) if entry.needed else None,
        "sentence": sentence(entry, smallest),
    }
