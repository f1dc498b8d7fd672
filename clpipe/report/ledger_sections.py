"""What may be said: the ledger as a table, its sentences, and the conditions behind them."""

from __future__ import annotations

from clpipe.report import ledger_tables
from clpipe.report.blocks import Section
from clpipe.report.claim_words import sentence
from clpipe.report.measures import Measures


def sections(measures: Measures) -> list[Section]:
    """The hypotheses declared before the runs, the conditions of those that have some, and those of others."""
    own, given = measures.ledger, measures.given
    return [
        Section(
            title="Hypotheses declared before the runs",
            text=(_rule(measures),) if own else ("None was declared, so nothing is claimed of these arms.",),
            table=ledger_tables.ledger(own, measures.confidence) if own else None,
            readings=tuple((entry.finding.id, sentence(entry, measures.smallest)) for entry in own),
        ),
        *(
            [Section(title="Conditions of the hypotheses", table=ledger_tables.conditions(own))]
            if any(entry.finding.conditions for entry in own)
            else []
        ),
        *(
            [
                Section(
                    title="Claims of the seed document",
                    text=("Given data, judged by the same rule; they are a family of hypotheses of their own.",),
                    table=ledger_tables.ledger(given, measures.confidence),
                    readings=tuple((entry.finding.id, sentence(entry, measures.smallest)) for entry in given),
                )
            ]
            if given
            else []
        ),
    ]


def _rule(measures: Measures) -> str:
    report = measures.results.params.report
    level, smallest = 1 - report.confidence, f"{100 * measures.smallest:g} points"
    return (
        "Each is that a difference of accuracies at the last checkpoint is above 0. It holds where p, corrected for "
        f"all hypotheses together (Holm), is below {level:.2g}, its interval is above 0 and all its conditions are "
        f"met. It does not hold where the whole interval is below {smallest}, the smallest difference worth having. "
        "All else cannot be told with this much data."
    )
