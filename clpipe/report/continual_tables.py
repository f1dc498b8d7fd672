"""The tables of continual learning: arms of one stream beside each other, by every definition, and under each rule."""

from __future__ import annotations

from collections.abc import Sequence

from clpipe.evaluation.drift import Recovery
from clpipe.evaluation.half_life import HalfLife
from clpipe.report import wording
from clpipe.report.blocks import Cell, Row, Table, row
from clpipe.report.continual import Stream
from clpipe.report.course import KEPT, Course
from clpipe.report.spread import Values, mean, spread

SHARE, CHANGE = (0.0, 1.0), (-1.0, 1.0)
NONE = Cell("—")
DEFINITIONS = {
    "final_accuracy": "final accuracy: mean over families at the end (GEM; OP of TRACE)",
    "learning_accuracy": "learning accuracy: each family when just learned",
    "accuracy_row_means": "average incremental accuracy: families so far, mean over the stages",
    "accuracy_diaz_rodriguez": "accuracy: mean of the lower triangle (Díaz-Rodríguez)",
    "bwt_gem": "backward transfer: end minus just learned, all but the last family (GEM)",
    "bwt_sapt": "backward transfer, the last family counted as well (SAPT)",
    "bwt_diaz_rodriguez": "backward transfer over all pairs (Díaz-Rodríguez)",
    "forgetting_avalanche": "forgetting: just learned minus end (Avalanche)",
    "forgetting_chaudhry": "forgetting: best before the end minus end (Chaudhry)",
    "forgetting_mammoth": "forgetting: best, the end too, minus end; never negative (Mammoth)",
    "fwt_gem": "forward transfer: before its block minus the base (GEM)",
}


def comparison(stream: Stream, confidence: float) -> Table:
    """How far each arm came: at the end, beside the naive one, and on the way."""
    drifts = stream.drifts
    columns = ("Final accuracy", "Final minus naive, points", "Anytime accuracy",
               *(() if drifts else ("Worst-case accuracy", "Learning accuracy")),
               "Right first attempts", "Seconds an episode")  # fmt: skip
    return Table(
        caption=(
            "Final: all held-out tasks of the stream's families, with intervals over tasks and seeds. "
            + ("By the rule that holds at the end. " if drifts else "")
            + "Minus naive: paired by task and seed. The "
            + f"others are on {curve_tasks(stream)} tasks asked at every checkpoint, with t intervals over seeds. "
            + ("Anytime: mean over checkpoints, by the rule that held. " if drifts else WAY)
            + "Right first attempts: share over the whole stream."
        ),
        columns=("Arm", *columns),
        rows=tuple(_compared(stream, course, confidence) for course in stream.courses),
    )


WAY = (
    "Anytime: mean over checkpoints of the families met so far. Worst case: mean over families of the lowest "
    "accuracy since learned. Learning: each family when just learned. "
)


def kept(stream: Stream, confidence: float) -> Table:
    """What was kept of earlier families and passed on to later ones."""
    rows = []
    for course in stream.courses:
        if course.families:
            found = course.families.crosswalk
            cells = [_change(found[name], confidence) if name in found else NONE for name in KEPT]
            rows.append(row(_arm(course, stream.seeds), *cells, _half_life(course.families.half_life)))
    return Table(
        caption=(
            "Points; t intervals over seeds. Backward transfer: end minus just learned, below 0 where families were "
            "lost. Forgetting: best since learned minus end, above 0 where they were lost. Forward transfer: just "
            "before its block minus the base, only where a stream has blocks. Half-life: episodes since a family was "
            "last met after which half of what was learned of it is left; its interval is a bootstrap over seeds and "
            "families, and it comes out short where there are few tasks."
        ),
        columns=("Arm", "Backward transfer", "Forgetting", "Forward transfer", "Half-life, episodes"),
        rows=tuple(rows),
    )


def crosswalk(stream: Stream, confidence: float) -> Table:
    """The same matrices by every published definition; a column an arm."""
    shown = [(course.name, course.families.crosswalk) for course in stream.courses if course.families]
    rows: list[Row] = []
    for name, words in DEFINITIONS.items():
        cells = [_share(found[name], confidence, name) if name in found else NONE for _, found in shown]
        rows.append(row(Cell(name, words.replace(": ", ":\n", 1)), *cells))
    return Table(
        caption=(
            f"One accuracy matrix an arm and seed, {curve_tasks(stream)} tasks; per cent and points, mean over "
            f"{wording.seeds(stream.seeds)}. “Backward transfer” and “forgetting” of two papers are the same number "
            "only where this table says so."
        ),
        columns=("Definition", *(name for name, _ in shown)),
        rows=tuple(rows),
    )


def rules(stream: Stream) -> Table:
    """Accuracy by each rule at each checkpoint."""
    rows: list[Row] = []
    steps = next(course.rules.checkpoints for course in stream.courses if course.rules)
    for course in stream.courses:
        if course.rules:
            for i, (rule, spans) in enumerate(course.rules.curves.items()):
                cells = [Cell(wording.percent(span.point), wording.bounds(span)) for span in spans]
                name = Cell(f"↳ by rule “{rule}”" if i else course.name, "" if i else f"by rule “{rule}”")
                rows.append(row(name, *cells, beside=i > 0))
    return Table(
        caption=(
            f"The stored replies judged by each rule, on {curve_tasks(stream)} tasks to which all rules apply, "
            f"{wording.seeds(stream.seeds)}; intervals over tasks and seeds. No reply is right by two."
        ),
        columns=("Arm", *(f"after {step}" for step in steps)),
        rows=tuple(rows),
    )


def recovery(stream: Stream, window: int) -> Table:
    """How soon each arm was back after each change of the rule."""
    rows = []
    for course in stream.courses:
        if course.rules and course.rules.recoveries:
            by_change = zip(*course.rules.recoveries.values(), strict=True)
            cells = [NONE, NONE] * len(stream.changes) if course.foresees else [c for r in by_change for c in _back(r)]
            rows.append(row(_arm(course, stream.seeds), *cells))
    columns = [(f"Before episode {start}", "Episodes until back") for start in stream.changes]
    return Table(
        caption=(
            f"Share of right first attempts in the {window} episodes before the change, and episodes of the new rule "
            f"until {window} in a row are at nine tenths of it, mean over the seeds that came back; {window} is the "
            "least there can be. Where some did not come back, the mean is too short for all of them. Seeds that were "
            "never right before have nothing to come back to."
        ),
        columns=("Arm", *(name for pair in columns for name in pair)),
        rows=tuple(rows),
    )


def _compared(stream: Stream, course: Course, confidence: float) -> Row:
    gap, cells = stream.over_naive.get(course.name), []
    if not stream.drifts and course.families:
        cells = [_share(course.by_seed["worst_case_accuracy"], confidence),
                 _share(course.families.crosswalk["learning_accuracy"], confidence)]  # fmt: skip
    attempts = _share(course.by_seed["prequential_accuracy"], confidence)
    speed = course.files.learn_timing.seeds.values()
    return row(
        _arm(course, stream.seeds),
        Cell(wording.percent(course.final.point), f"{wording.bounds(course.final)}\nn = {len(course.last.tasks)}"),
        Cell(wording.signed(gap.point), wording.signed_bounds(gap)) if gap else NONE,
        _share(course.by_seed["anytime_accuracy"], confidence),
        *cells,
        Cell(attempts.text, "not comparable:\nsaw the stream") if course.foresees else attempts,
        _seconds([timing.seconds / timing.episodes for timing in speed], confidence),
    )


def _arm(course: Course, seeds: int) -> Cell:
    """Its name, with what it is told that others are not."""
    summary = course.files.summary
    seen = {"stream": "sees the stream beforehand", "spare": "sees spare tasks beforehand"}
    notes = [
        wording.seeds(seeds),
        "told where phases end" if summary.needs_boundaries else "",
        "goes by the family's name" if summary.sees_family else "",
        seen.get(summary.sees_beforehand, ""),
        "told right or wrong alone" if summary.feedback == "reward" else "",
    ]
    return Cell(course.name, "\n".join(note for note in notes if note))


def _share(values: Values, confidence: float, name: str = "") -> Cell:
    """An accuracy in per cent, or by a definition of change in points."""
    if name.startswith(("bwt", "forgetting", "fwt")):
        return _change(values, confidence)
    span = spread(values, confidence, SHARE)
    return Cell(wording.percent(mean(values)), wording.bounds(span) if span else "no interval")


def _change(values: Values, confidence: float) -> Cell:
    span = spread(values, confidence, CHANGE)
    return Cell(wording.signed(mean(values)), wording.signed_bounds(span) if span else "no interval")


def _seconds(values: Values, confidence: float) -> Cell:
    span = spread(values, confidence, (0.0, float("inf")))
    return Cell(f"{mean(values):.2f}", f"[{span.low:.2f}, {span.high:.2f}]" if span else "no interval")


def _half_life(found: HalfLife) -> Cell:
    if found.rate is None:
        return Cell("—", "nothing learned,\nthen left alone")
    within = f"more than {found.longest}"
    text = within if found.episodes is None else f"{found.episodes:.0f}"
    if found.low is None:
        return Cell(text, "no interval" if found.rates is None else "")
    return Cell(text, f"[{found.low:.0f}, {within if found.high is None else f'{found.high:.0f}'}]")


def _back(found: Sequence[Recovery]) -> tuple[Cell, Cell]:
    """One change over the seeds: how right it had been, and how soon it was so again."""
    before = wording.percent(mean([r.before for r in found]))
    episodes = [r.episodes for r in found if r.episodes is not None]
    note = f"{len(episodes)} of {len(found)} came back"
    each = f"\nseeds: {', '.join(map(str, sorted(episodes)))}" if len(episodes) > 1 else ""
    return Cell(before, f"n = {len(found)}"), Cell(f"{mean(episodes):.0f}" if episodes else "not back", note + each)


def curve_tasks(stream: Stream) -> str:
    """How many held-out tasks of the stream's families every checkpoint was asked."""
    numbers = {c.families.tasks for c in stream.courses if c.families} | {
        c.rules.tasks for c in stream.courses if c.rules
    }
    return " or ".join(map(str, sorted(numbers)))
