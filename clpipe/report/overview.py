"""The first screen: which arm learned what, how sure that is, what it cost and what was lost."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe.evaluation import intervals
from clpipe.evaluation.ledger import Entry
from clpipe.records import Interval
from clpipe.report import partial_sections, wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Cell, Picture, Row, Section, Table, row
from clpipe.report.claim_words import sentence
from clpipe.report.curves import ALL
from clpipe.report.ledger_tables import mark
from clpipe.report.measures import Measures

SENTENCES = 3
FIRST = ("learned", "better", "rose", "format")
"""What hypotheses say, the most asked for first."""
COLUMNS = ("Arm", "Verdict", "Final accuracy", "Format, points", "Task, points", "Cost", "Lost, nats")


def section(measures: Measures) -> Section:
    """Three sentences of the ledger, one figure, one table."""
    return Section(
        title="The answer",
        text=tuple(sentence(entry, measures.smallest) for entry in chosen(measures.ledger)) or (NOTHING,),
        picture=Picture(
            name="overview",
            alt="For each arm: accuracy before and after, gain apart into format and task, minutes a seed, and rise of "
            "the loss on general texts, with intervals. The table beneath has the numbers.",
            caption=(
                f"Whiskers: {wording.level(measures.confidence)} intervals. Hollow: before the first episode, filled: "
                "after the last; the grey line is the majority answer of each family. Format is what the control with "
                "shuffled labels gains, task is what the right labels add. Loss on general texts: 0 is the base."
            ),
            narrow="overview-narrow",
        ),
        table=table(measures),
    )


NOTHING = "No hypothesis was declared before the runs, so nothing is claimed of them here."


def chosen(ledger: Sequence[Entry]) -> list[Entry]:
    """The entries that are said first, by what is asked most."""
    return sorted(ledger, key=lambda entry: FIRST.index(entry.finding.says))[:SENTENCES]


def table(measures: Measures) -> Table:
    """A row an arm that is no control."""
    drifts = any(stream.drifts for stream in measures.streams)
    turned = " Where a stream's rule changes, accuracy is by the tasks' own answers." if drifts else ""
    return Table(
        caption=(
            "Verdicts are those of the ledger. Format: end of the control with shuffled labels minus the arm's start; "
            "task: the arm's end minus that control's; together they are the gain. Cost: that of learning, on the "
            f"machine named below. Lost: rise of the loss on general texts against the base, nats a token.{turned}"
        ),
        columns=COLUMNS,
        rows=(
            *(_row(measures, arm) for arm in measures.heads()),
            *partial_sections.rows(measures.results.lacks, len(COLUMNS)),
        ),
        text_columns=2,
        cards=True,
    )  # fmt: skip


def _row(measures: Measures, arm: ArmMeasures) -> Row:
    summary, entries = arm.files.summary, measures.declared(arm.name)
    marks = tuple(mark(entry) for entry in entries)
    parts, kept = arm.apart.get(ALL), measures.lost[arm.name].kept.get("text")
    way = ", ".join((summary.method.replace("_", " "), summary.strategy, summary.stream))
    return row(
        Cell(arm.name, f"{summary.model}\n{way}"),
        Cell("", marks=marks) if marks else Cell("none declared"),
        Cell(
            wording.percent(arm.all.final.point),
            f"{wording.bounds(arm.all.final)}\nfrom {wording.percent(arm.all.initial.point)}",
        ),
        _points(parts.format if parts else None),
        _points(parts.task if parts else None),
        _cost(arm, measures.confidence),
        Cell(wording.nats(kept.loss.point), wording.nats_bounds(kept.loss))
        if kept and kept.loss
        else Cell("not measured"),
    )


def _points(interval: Interval | None) -> Cell:
    if interval is None:
        return Cell("not known", "no control")
    return Cell(wording.signed(interval.point), wording.signed_bounds(interval))


def _cost(arm: ArmMeasures, confidence: float) -> Cell:
    summary, minutes = arm.files.summary, arm.seconds / 60
    each = [
        f"{arm.seconds.mean() / arm.episodes:.2f}\u00a0s an episode",
        f"{wording.short(summary.trainable_parameters)} of {wording.short(summary.total_parameters)} trainable",
        f"{arm.peak_memory_mb / 1000:.1f}\u00a0GB at most",
    ]
    if len(minutes) > 1:
        span = intervals.student(minutes, confidence)
        each.insert(0, f"[{max(0.0, span.low):.1f}, {span.high:.1f}]")
    return Cell(f"{minutes.mean():.1f}\u00a0min a seed", "\n".join(each))
