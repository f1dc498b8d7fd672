"""The seed document beside this study: its counts with the doubt they allow."""

from __future__ import annotations

from clpipe.report import seed_tables
from clpipe.report.blocks import Section
from clpipe.report.measures import Measures


def sections(measures: Measures) -> list[Section]:
    """Its rows, its counts under several tests, its task types and its curves."""
    document = measures.results.seed_document
    notes = [f"From “{document.source}”, run on {document.machine}."]
    for theirs in document.rows:
        totals = seed_tables.type_totals(theirs)
        if totals and totals != (theirs.correct_before, theirs.correct_after):
            notes.append(
                f"Its task types of {theirs.model} add up to {totals[0]} right answers before and {totals[1]} after, "
                f"its totals are {theirs.correct_before} and {theirs.correct_after} of {theirs.n}."
            )
    return [
        Section(title="Beside the seed document", text=(" ".join(notes),), table=seed_tables.beside(measures)),
        Section(title="The seed document's counts, tested", table=seed_tables.tests(measures)),
        Section(title="The seed document by task type", table=seed_tables.types(measures)),
        Section(title="The seed document's learning curve", table=seed_tables.timeline(measures)),
    ]
