"""What needs no learning: the base asked in other ways, rules that read no question, and copying from the stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clpipe.evaluation import accuracy
from clpipe.evaluation.accuracy import Scores
from clpipe.report import wording
from clpipe.report.blocks import Cell, Row, Section, Table, row
from clpipe.report.measures import Measures


def sections(measures: Measures) -> list[Section]:
    """Baselines of the models, then copies from the streams of the arms."""
    return [
        Section(
            title="Baselines",
            text=(
                "What the same base model, or no model, gets without any learning. Zero-shot: the base as it is. "
                "Majority: each family's most frequent training answer. Random answer: any of the family's training "
                "answers. Copy: a number, name or option that stands in the question. k-shot: solved tasks in the "
                "prompt, with right and with random answers. Oracle: the right answer, a check of the scoring.",
            ),
            table=baselines(measures),
        ),
        Section(
            title="Copying from the stream",
            text=(
                "What would be right by copying answers from the episodes an arm has met, without a model. Nearest: "
                "the answer to the most similar question (character n-grams). Majority so far: the family's most "
                "frequent answer. Last answer: the family's latest. The first row of each group is the arm itself.",
            ),
            table=copies(measures),
        ),
    ]


def baselines(measures: Measures) -> Table:
    """In all and by family."""
    names = sorted({f for found in measures.baselines.values() for table in found.values() for f in table.families})
    rows = [
        row(Cell(name, model), *_cells(table, names, measures.confidence))
        for model, found in measures.baselines.items()
        for name, table in found.items()
    ]
    return Table(
        caption="Accuracy on the held-out tasks; intervals over the tasks, one pass. n: tasks asked.",
        columns=("Baseline", "all", *map(wording.spaced, names)),
        rows=tuple(rows),
    )


def copies(measures: Measures) -> Table:
    """After the last episode, beneath the arm."""
    names = sorted({family for arm in measures.arms.values() for family in arm.last.families})
    rows: list[Row] = []
    for arm in measures.heads():
        rows.append(row(Cell(arm.name, wording.seeds(len(arm.seeds))), *_cells(arm.last, names, measures.confidence)))
        rows += _rules(arm.copies, names, measures.confidence)
    return Table(
        caption="Accuracy on the held-out tasks after the last episode, over the seeds of the arm.",
        columns=("Arm", "all", *map(wording.spaced, names)),
        rows=tuple(rows),
    )


def _rules(found: Mapping[str, Scores], names: Sequence[str], confidence: float) -> list[Row]:
    return [row(Cell(f"↳ {rule}"), *_cells(table, names, confidence), beside=True) for rule, table in found.items()]


def _cells(table: Scores, names: Sequence[str], confidence: float) -> list[Cell]:
    parts = [table, *(accuracy.of_family(table, name) for name in names)]
    return [_cell(part, confidence) if part.tasks else Cell("not asked") for part in parts]


def _cell(table: Scores, confidence: float) -> Cell:
    span = accuracy.accuracy(table, confidence)
    return Cell(wording.percent(span.point), f"{wording.bounds(span)}\nn = {len(table.tasks)}")
