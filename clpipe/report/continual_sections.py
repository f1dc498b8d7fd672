"""What is said of forgetting and of continual learning: the sections and their figures, most asked for first."""

from __future__ import annotations

from clpipe.report import continual_tables, detectors, heat, lost_tables, wording
from clpipe.report.background import shown
from clpipe.report.blocks import Picture, Section
from clpipe.report.continual import Stream
from clpipe.report.measures import Measures


def lost(measures: Measures) -> list[Section]:
    """What learning took away, for every study."""
    drifts = any(stream.drifts for stream in measures.streams)
    own = " Where the rule of a stream changes, right is here what the tasks' own answers say." if drifts else ""
    left = any(found.untouched for found in measures.lost.values())
    return [
        Section(
            title="Beside the tasks",
            text=(
                "A falling score may mean three things: the answer is no longer known (content), it is known but no "
                "longer given in the form asked for (form), or the reply is as it was but less sure (the right "
                "answer's loss, which no reply shows). And what the base could do beside the tasks may go: general "
                f"texts and questions, from which nothing is learned, show that.{own}",
            ),
            table=lost_tables.lost(measures),
            picture=Picture(
                name="retention",
                alt="KL from the base and rise of the loss on general texts and questions after learning, a bar an arm",
                caption=(
                    "After the last episode, on texts and questions that have nothing to do with the families; 0 is "
                    f"the base. Bars: means; whiskers: {wording.level(measures.confidence)} intervals over items and "
                    "seeds. "
                    "KL is never below 0; the loss may fall."
                ),
            ),
        ),
        *(
            [
                Section(
                    title="The families that no stream showed",
                    text=("Held-out tasks of families of which the arm met none: a change here came "
                          "without any practice.",),
                    table=lost_tables.untouched(measures),
                )
            ]
            if left
            else []
        ),
    ]  # fmt: skip


def continual(measures: Measures) -> list[Section]:
    """The streams one after the other; none in a study of naive arms on mixed streams."""
    parts = [part for stream in measures.streams for part in _stream(measures, stream)]
    return [*parts, _prequential(measures)] if parts else []


def _stream(measures: Measures, stream: Stream) -> list[Section]:
    first = Section(
        title=f"Continual learning: stream {stream.name}",
        text=(_what(stream), _against_naive(stream)),
        table=continual_tables.comparison(stream, measures.confidence),
    )
    own = _drift(measures, stream) if stream.drifts else _families(measures, stream)
    watched = detectors.table(stream, measures.results.params.report.loss_window)
    title = f"Detectors of change: stream {stream.name}"
    return [first, *own, *([Section(title=title, table=watched)] if watched else [])]


def _families(measures: Measures, stream: Stream) -> list[Section]:
    blocks = any(course.families.rule == "block" for course in stream.courses if course.families)
    definitions = Section(
        title=f"By every definition: stream {stream.name}",
        table=continual_tables.crosswalk(stream, measures.confidence),
    )
    return [
        Section(
            title=f"Kept and passed on: stream {stream.name}",
            text=(_anchors(blocks),),
            table=continual_tables.kept(stream, measures.confidence),
        ),
        *_maps(stream),
        Section(title=f"What was lost, family by family: stream {stream.name}", table=lost_tables.falls(stream)),
        *([definitions] if blocks else []),
    ]


def _maps(stream: Stream) -> list[Section]:
    rows = next(course.families.heat.rows for course in stream.courses if course.families)
    size = f"{continual_tables.curve_tasks(stream)} tasks of all its families, mean over {wording.seeds(stream.seeds)}"
    order = "Family 1 is the first that a seed learned, whichever that was. " if rows[0] == heat.FIRST else ""
    rest = f"“{heat.REST}”: mean of the families that the stream leaves out" if heat.REST in rows else ""
    return [
        Section(
            title=f"Accuracy as families are learned: stream {stream.name}",
            picture=Picture(
                name=f"matrix-{stream.name}",
                alt="Accuracy by family and checkpoint as numbers in coloured cells, a panel an arm",
                caption=f"Per cent, on {size}, without intervals. {order}{rest}{'. ' if rest else ''}"
                "Framed: when the family counts as learned.",
            ),
        ),
        Section(
            title=f"Forgetting: stream {stream.name}",
            picture=Picture(
                name=f"forgetting-{stream.name}",
                alt="Points lost since a family was learned, by family and later checkpoint, a panel an arm",
                caption=f"Points, on {size}, without intervals. {order}{rest}{', against the base. ' if rest else ''}"
                "Accuracy when learned minus accuracy later: + and red is lost, − and blue is gained, grey is not "
                "learned before.",
            ),
        ),
    ]


def _drift(measures: Measures, stream: Stream) -> list[Section]:
    window = measures.results.params.report.loss_window
    abrupt = any(course.rules.recoveries for course in stream.courses if course.rules)
    said = "The hand-over is gradual: there is no moment from which a recovery time could be counted."
    return [
        Section(
            title=f"The old rule and the new: stream {stream.name}",
            text=("The questions stay, the rule by which they are answered changes. Who follows the new rule gives "
                  "answers that the old one calls wrong, so a fall by the old rule is no mistake by itself; by both "
                  "rules near 0, the skill is gone.",),
            table=continual_tables.rules(stream),
            picture=Picture(
                name=f"rules-{stream.name}",
                alt="Accuracy on held-out tasks by the old and by the new rule against episodes, a panel an arm",
                caption="Bands: intervals over tasks and seeds, pointwise. Dotted: the rule changes.",
            ),
        ),
        Section(
            title=f"Back after the change: stream {stream.name}",
            text=() if abrupt else (said,),
            table=continual_tables.recovery(stream, window) if abrupt else None,
        ),
    ]  # fmt: skip


def _what(stream: Stream) -> str:
    options = ", ".join(f"{key}: {shown(value)}" for key, value in stream.options.items() if value)
    others = "" if stream.drifts else " The held-out tasks are judged by their own answers throughout."
    return (
        f"{stream.model} meets {stream.episodes} tasks of {len(stream.families)} families "
        f"({', '.join(wording.spaced(f) for f in stream.families)}) in the order of stream “{stream.name}”"
        f"{f' ({options})' if options else ''}, {wording.seeds(stream.seeds)}; each seed is one order, the same for "
        f"all arms.{others}"
    )


def _against_naive(stream: Stream) -> str:
    if stream.naive is None:
        return "No arm learns naively on this stream, so there is nothing to set the others against."
    return f"“Final minus naive” is the final accuracy minus that of {stream.naive}; verdicts are in the ledger alone."


def _anchors(blocks: bool) -> str:
    if blocks:
        return "A family counts as learned at the first checkpoint at or after the end of its first block."
    return (
        "This stream has no blocks: a family counts as learned at the first checkpoint after half of its episodes, so "
        "it may go on being learned, and there is no forward transfer to be measured."
    )


def _prequential(measures: Measures) -> Section:
    window = measures.results.params.report.loss_window
    seers = [course.name for stream in measures.streams for course in stream.courses if course.foresees]
    out = f" Left out, because they saw the stream beforehand: {', '.join(seers)}." if seers else ""
    return Section(
        title="First attempts of all arms",
        picture=Picture(
            name="prequential",
            alt="Share of right first attempts in the latest episodes, a panel a stream, a line an arm",
            caption=(
                f"Share of right first attempts among the last {window} episodes, mean over "
                f"{wording.seeds(measures.streams[0].seeds)}, without intervals: small differences mean nothing. "
                f"Dotted: a phase begins, where that is the same episode for all seeds.{out}"
            ),
        ),
    )
