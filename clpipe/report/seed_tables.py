"""The seed document's rows with the doubt its counts allow, beside the nearest arm of this study."""

from __future__ import annotations

from clpipe.evaluation import intervals, mcnemar
from clpipe.records import Interval
from clpipe.report import wording
from clpipe.report.arm_measures import ArmMeasures
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.measures import Measures
from clpipe.report.seed_document import SeedRow, TypeRow
from clpipe.report.tables import RESULTS, arm_row


def beside(measures: Measures) -> Table:
    """Each row of the document, and under it the nearest arm of ours."""
    rows: list[Row] = []
    for theirs in measures.results.seed_document.rows:
        rows.append(_their_row(theirs, measures.confidence))
        ours = nearest(theirs, measures)
        if ours is not None:
            rows.append(_our_row(ours, measures.confidence))
        else:
            cell = Cell("↳ ours: none", f"no arm of this study uses {theirs.nearest.method}")
            rows.append(row(cell, *[""] * (len(RESULTS) - 1), beside=True))
    return Table(
        caption=(
            "Theirs: counts as printed, our Wilson intervals, improvement by Newcombe's unpaired interval because the "
            "pairing was not kept; one set of tasks, one seed. Models, tasks and machines differ, so no row can be "
            "set against another as better or worse."
        ),
        columns=RESULTS,
        text_columns=2,
        rows=tuple(rows),
    )


def tests(measures: Measures) -> Table:
    """The document's counts under several tests."""
    rows = []
    for theirs in measures.results.seed_document.rows:
        one, two = _ends(theirs, measures.confidence)
        span = intervals.difference(one, two)
        counts = (theirs.correct_before, theirs.correct_after, theirs.n)
        best, worst = (
            Cell(wording.p_value(mcnemar.exact(f)), f"+{f.gained} / −{f.lost}") for f in mcnemar.pairings(*counts)
        )
        rows.append(
            row(
                Cell(theirs.model, theirs.method),
                Cell(wording.signed(span.point), f"{wording.signed_bounds(span)}\nn = {theirs.n}, one seed"),
                wording.p_value(mcnemar.fisher(*counts)),
                best,
                worst,
            )
        )
    return Table(
        caption=(
            "Two-sided, not adjusted for three tests. Which tasks flipped was not kept, so the exact McNemar test is "
            "given for the kindest and the unkindest pairing that the counts allow. No control was run. The verdicts "
            "are in the ledger."
        ),
        columns=("Model", "Improvement, points", "Fisher", "McNemar, kindest", "McNemar, unkindest"),
        rows=tuple(rows),
    )


def timeline(measures: Measures) -> Table:
    """The document's learning curves with intervals."""
    rows = []
    for theirs in measures.results.seed_document.rows:
        for point in theirs.timeline:
            span = intervals.wilson(round(point.percent * theirs.n / 100) / theirs.n, theirs.n, measures.confidence)
            text = Cell(wording.percent(span.point), f"{wording.bounds(span)}, n = {theirs.n}")
            rows.append(row(Cell(theirs.model, theirs.method), str(point.episode), text))
    return Table(
        caption="One seed and the same tasks at each checkpoint; Wilson intervals, pointwise.",
        columns=("Model", "Episode", "Accuracy"),
        rows=tuple(rows),
    )


def types(measures: Measures) -> Table:
    """The document's task types beside the nearest arm's families."""
    rows = []
    for theirs in measures.results.seed_document.rows:
        ours = nearest(theirs, measures)
        for family, cell in theirs.families.items():
            said = _their_type(cell, theirs.n, measures.confidence)
            rows.append(row(Cell(theirs.model, theirs.method), wording.spaced(family), said, _our_family(ours, family)))
    return Table(
        caption=(
            "By task type, with the interval of each end of a seed-document row only where it prints n. Where it does "
            "not, the number of tasks is given from which both printed percentages can come."
        ),
        columns=("Model", "Task type", "Seed document, before → after", "Nearest arm of ours"),
        text_columns=2,
        rows=tuple(rows),
    )


def nearest(theirs: SeedRow, measures: Measures) -> ArmMeasures | None:
    """Our arm of the same method, its model as high on the row's list as can be; `None` without such a method."""
    wanted = theirs.nearest
    found = [g[0] for g in measures.groups() if g[0].files.spec.method == wanted.method]
    ranked = [m for m in wanted.models if any(a.files.spec.model == m for a in found)]
    same = [a for a in found if a.files.spec.model == ranked[0]] if ranked else found
    return same[0] if same else None


def possible_sizes(before: float, after: float, largest: int) -> list[int]:
    """Every n up to `largest` from which both whole percentages can be rounded (GRIM; Brown and Heathers 2017).

    >>> possible_sizes(17, 20, 25)
    []
    >>> possible_sizes(29, 71, 10)
    [7]
    """
    return [n for n in range(1, largest + 1) if all(_whole(percent, n) for percent in (before, after))]


def _whole(percent: float, n: int) -> bool:
    return any(abs(100 * k / n - percent) <= 0.5 for k in range(n + 1))


def type_totals(theirs: SeedRow) -> tuple[int, int] | None:
    """Right answers before and after, added up over the types; `None` where the document does not print every n."""
    cells = [(cell, cell.tasks) for cell in theirs.families.values() if cell.tasks]
    if len(cells) < len(theirs.families):
        return None
    return (
        sum(round(cell.before_percent * n / 100) for cell, n in cells),
        sum(round(cell.after_percent * n / 100) for cell, n in cells),
    )


def _their_type(cell: TypeRow, largest: int, confidence: float) -> Cell:
    percents = (cell.before_percent, cell.after_percent)
    text = " → ".join(f"{p:.0f}\u00a0%" for p in percents)
    if cell.tasks:
        spans = [intervals.wilson(round(p * cell.tasks / 100) / cell.tasks, cell.tasks, confidence) for p in percents]
        return Cell(text, " → ".join(map(wording.bounds, spans)) + f"\nn = {cell.tasks}")
    return Cell(text, "n not printed:\n" + _fits(possible_sizes(*percents, largest), largest))


def _fits(sizes: list[int], largest: int) -> str:
    if not sizes:
        return f"no n up to {largest} gives both"
    if len(sizes) > 6:
        return f"{len(sizes)} different n give both"
    return "both fit n = " + ", ".join(map(str, sizes))


def _ends(theirs: SeedRow, confidence: float) -> tuple[Interval, Interval]:
    n = theirs.n
    before, after = theirs.correct_before / n, theirs.correct_after / n
    return intervals.wilson(before, n, confidence), intervals.wilson(after, n, confidence)


def _their_row(theirs: SeedRow, confidence: float) -> Row:
    one, two = _ends(theirs, confidence)
    gain = intervals.difference(one, two)
    return row(
        Cell(theirs.model, f"seed document,\n{theirs.episodes} episodes"),
        Cell(theirs.method, f"lr {theirs.lr:g}"),
        Cell(wording.grouped(theirs.trainable_parameters), f"{theirs.trainable_percent:g}\u00a0%"),
        Cell(wording.percent(one.point), f"{wording.bounds(one)}\n{theirs.correct_before} of {theirs.n}"),
        Cell(wording.percent(two.point), f"{wording.bounds(two)}\n{theirs.correct_after} of {theirs.n}"),
        Cell(wording.signed(gain.point), f"{wording.signed_bounds(gain)}\nn = {theirs.n}"),
        Cell(f"{theirs.loss_first:.2f} → {theirs.loss_last:.2f}", "no interval\none seed"),
        Cell(f"{theirs.episodes_per_second:.2f}", "no interval\none seed"),
    )


def _our_row(ours: ArmMeasures, confidence: float) -> Row:
    cells = arm_row(ours, confidence).cells
    name = Cell(f"↳ ours: {cells[0].text}", f"{ours.name},\n{ours.episodes} episodes")
    return row(name, *cells[1:], beside=True)


def _our_family(ours: ArmMeasures | None, family: str) -> Cell:
    if ours is None or family not in ours.families:
        return Cell("none")
    change = ours.families[family]
    text = f"{wording.percent(change.initial.point)} → {wording.percent(change.final.point)}"
    return Cell(
        text,
        f"{ours.name}: {wording.bounds(change.initial)} → {wording.bounds(change.final)}\n"
        + wording.size(change.tasks, len(ours.seeds)),
    )
