"""The ledger in words: what was declared before the runs, what was found, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe.evaluation.claims import Condition
from clpipe.evaluation.ledger import Entry, Needed
from clpipe.records import Interval
from clpipe.report import wording
from clpipe.report.blocks import Cell, Kind, Mark, Row, Table, row

KINDS: dict[str, Kind] = {"holds": "holds", "does not hold": "not", "cannot be told": "open"}
GLYPHS: dict[Kind, str] = {"holds": "✓", "not": "✗", "open": "?"}


def mark(entry: Entry, *, named: bool = True) -> Mark:
    """The verdict of an entry, with what it is about."""
    kind = KINDS[entry.verdict]
    finding = entry.finding
    about = f"better than {finding.against}" if finding.says == "better" else finding.says
    verdict = entry.verdict.replace(" ", "\u00a0")
    return Mark(f"{GLYPHS[kind]}\u00a0{about}: {verdict}" if named else f"{GLYPHS[kind]}\u00a0{verdict}", kind)


def ledger(entries: Sequence[Entry], confidence: float) -> Table:
    """Each hypothesis with its numbers and its verdict."""
    return Table(
        caption=(
            f"Estimate: difference of accuracies in points with its {wording.level(confidence)} interval. Holm p: "
            "corrected for all hypotheses declared together. Gained / lost: answers that changed sides, over all "
            "seeds. What would tell: a study of the same kind that finds a difference as large as this one with "
            "80\u00a0% power."
        ),
        columns=("Hypothesis", "Verdict", "Estimate, points", "p", "Holm p", "Gained / lost", "Data",
                 "What would tell"),
        rows=tuple(_row(entry) for entry in entries),
        text_columns=2,
        cards=True,
    )  # fmt: skip


def conditions(entries: Sequence[Entry]) -> Table:
    """What has to be met beside, for each hypothesis that has such conditions."""
    return Table(
        caption="A hypothesis holds only where all of its conditions are met; differences in points with interval.",
        columns=("Hypothesis", "Conditions, with what was found"),
        rows=tuple(
            row(Cell(_about(entry)), Cell("", marks=tuple(map(_condition, entry.finding.conditions))))
            for entry in entries
            if entry.finding.conditions
        ),
        text_columns=2,
        cards=True,
    )


def _condition(condition: Condition) -> Mark:
    kind: Kind = "holds" if condition.met else "not"
    return Mark(f"{GLYPHS[kind]}\u00a0{condition.wanted}{_found(condition.found)}", kind)


def _found(found: int | Interval | None) -> str:
    """An `int` is a number of something; `None` was not measured, or is said by the condition itself."""
    if found is None:
        return ""
    if isinstance(found, Interval):
        return f": {wording.signed(found.point)} {wording.signed_bounds(found)}"
    return f": {wording.grouped(found)}"


def _about(entry: Entry) -> str:
    finding = entry.finding
    return (
        f"{finding.arm} better than {finding.against}" if finding.says == "better" else f"{finding.arm} {finding.says}"
    )


def _row(entry: Entry) -> Row:
    finding = entry.finding
    changed = f"+{finding.flips.gained}\u00a0/\u00a0−{finding.flips.lost}" if finding.flips else "not known"
    wordings = f"{finding.templates} wordings" if finding.templates else "wordings not known"
    return row(
        Cell(finding.statement, finding.id),
        Cell("", marks=(mark(entry, named=False),)),
        Cell(wording.signed(finding.interval.point), wording.signed_bounds(finding.interval)),
        wording.p_number(finding.p),
        wording.p_number(entry.p_corrected),
        changed,
        Cell(f"{wording.grouped(finding.tasks)} tasks", f"{wordings}\n{wording.seeds(finding.seeds)}"),
        _needed(entry.needed),
    )


def _needed(needed: Needed | None) -> Cell:
    if needed is None:
        return Cell("—", "it is told")
    return Cell(
        f"{wording.grouped(needed.tasks)} tasks",
        f"{wording.grouped(needed.templates)} wordings\n{wording.seeds(needed.seeds)}",
    )
