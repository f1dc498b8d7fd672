"""The tables of what was lost: from the base to the end, the families left alone, and from the best checkpoint."""

from __future__ import annotations

from clpipe.evaluation.forgetting import Kept
from clpipe.records import Interval
from clpipe.report import wording
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.change import negated
from clpipe.report.continual import Stream
from clpipe.report.lost import ArmLost, Fall
from clpipe.report.measures import Measures
from clpipe.report.tables import change_cell


def lost(measures: Measures) -> Table:
    """From the base to the end: right in form, right in content, form, loss of the right answer, general knowledge."""
    rows = [
        _lost_row(arm.name, measures.lost[arm.name], len(arm.seeds), beside=arm.is_control)
        for group in measures.groups()
        for arm in group
    ]
    return Table(
        caption=(
            "From before the first to after the last episode; − is lost. Strict score: points of "
            "accuracy as everywhere here. Content: points of replies with the right answer in them, whatever stands "
            "around it. Form: the rest of it, so that the score is the sum of the two. Right answer's loss: nats a "
            "token of the right answer, asked for or not; below 0 the learner gives it more probability. General "
            "texts and questions: rise of the loss against the base, then KL from the base; 0 is the base."
        ),
        columns=(
            "Arm", "Strict score", "Content", "Form", "Right answer's loss", "General texts", "General questions",
        ),
        rows=tuple(rows),
    )  # fmt: skip


def untouched(measures: Measures) -> Table:
    """First → final on the families that an arm's stream leaves out."""
    shown = [(a, measures.lost[a.name].untouched) for group in measures.groups() for a in group]
    names = sorted({name for _, found in shown for name in found}, key=lambda name: (name == "all", name))
    rows = [
        row(Cell(arm.name, wording.seeds(len(arm.seeds))), *(change_cell(found.get(name)) for name in names))
        for arm, found in shown
        if found
    ]
    return Table(
        caption="Accuracy before the first → after the last episode; gain in points with interval.",
        columns=("Arm", *("all of them" if name == "all" else wording.spaced(name) for name in names)),
        rows=tuple(rows),
    )


def falls(stream: Stream) -> Table:
    """Best checkpoint → last for each family, taken apart."""
    shown = [(course.name, course.families.falls) for course in stream.courses if course.families]
    rows = [row(name, *(_fall_cell(found.get(family)) for family in stream.families)) for name, found in shown]
    return Table(
        caption=(
            f"Accuracy at the best checkpoint of each of {wording.seeds(stream.seeds)} → at the last; change in points "
            "with interval, then how much of it is content and how much form; n tasks, asked at every checkpoint. The "
            "best of several checkpoints was lucky too, so the falls are somewhat too large, for all arms alike."
        ),
        columns=("Arm", *(wording.spaced(family) for family in stream.families)),
        rows=tuple(rows),
    )


def _lost_row(name: str, found: ArmLost, seeds: int, *, beside: bool) -> Row:
    gains = [negated(span) for span in (found.end.strict, found.end.content, found.end.format)]
    size = wording.size(found.tasks, seeds)
    loss = found.end.calibration.lost if found.end.calibration else None
    return row(
        Cell(name, size),
        *(Cell(wording.signed(gain.point), wording.signed_bounds(gain)) for gain in gains),
        _nats_cell(loss),
        *(_kept_cell(found.kept.get(kind)) for kind in ("text", "prompt")),
        beside=beside,
    )


def _kept_cell(found: Kept | None) -> Cell:
    if found is None:
        return Cell("not measured")
    loss, kl = _nats_cell(found.loss), "not measured"
    if found.kl is not None:
        kl = f"{found.kl.point:.3f} [{max(0.0, found.kl.low):.3f}, {found.kl.high:.3f}]"
    return Cell(loss.text, f"{loss.note}\nKL {kl}\nn = {found.items}")


def _nats_cell(span: Interval | None) -> Cell:
    if span is None:
        return Cell("not measured")
    return Cell(wording.nats(span.point), wording.nats_bounds(span))


def _fall_cell(fall: Fall | None) -> Cell:
    if fall is None:
        return Cell("not met")
    strict, content, form = (negated(span) for span in (fall.lost.strict, fall.lost.content, fall.lost.format))
    text = f"{wording.percent(fall.peak)} → {wording.percent(fall.peak + strict.point)}"
    parts = f"content {wording.signed(content.point)}, form {wording.signed(form.point)}"
    return Cell(text, f"{wording.signed(strict.point)} {wording.signed_bounds(strict)}\n{parts}\nn = {fall.tasks}")
