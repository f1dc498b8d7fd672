"""Forgetting taken apart: what was lost between two checkpoints in content, in format and in calibration.

Two checkpoints answer the same tasks with the same seeds: the base and the last, or an earlier one and the last. A fall
of the strict score mixes two things ("content survives, format dies", Soup issue #314); the loss on the right answers
shows a third, which no greedy reply shows. For each seed and task let s be the judge's verdict, l the lenient one
(`clpipe.arena.lenient`, never below s) and g `Outcome.gold_loss`. "Lost" is positive where it got worse:

- strict lost: mean of s before - s after;
- content lost: mean of l before - l after;
- format lost: mean of (l - s) after - (l - s) before, the rise of replies with the right answer in the wrong form.
  Strict lost = content lost + format lost, whatever the replies;
- calibration lost: mean of g after - g before, in nats a token.

Beside it stands what is kept of the base: the loss on general texts and questions (`clpipe.retention`), after the
method comparison of PEFT, and the KL divergence from the base.

Intervals are over other seeds and other templates together (`two_way`), those of losses over items where the items are
texts. They are pointwise. A checkpoint that was chosen because it was best was lucky too: the loss
since such a peak is biased upwards, the loss since a checkpoint named beforehand is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, intervals, two_way
from clpipe.evaluation.accuracy import Scores
from clpipe.records import Interval, Outcome, Retained

Array = NDArray[np.float64]
RISE = 0.01
"""Nats a token: by less than this, a hundredth of the right answer's probability a token, a loss has not risen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The loss on the right answers, in nats a token; an interval is `None` where one seed has one task alone."""

    lost: Interval | None
    """Mean change; the sum of the next two."""
    same_reply: Interval | None
    """The part of `lost` from replies that stayed the same to the letter: their sum of changes over all replies."""
    other_reply: Interval | None
    """The part from replies that changed."""
    silent: Interval
    """Share of all replies that stayed the same while the loss rose by more than RISE: seen by no score of replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What was lost from one checkpoint to another; positive is worse."""

    strict: Interval
    content: Interval
    format: Interval
    calibration: Calibration | None
    """`None` where an outcome has no `gold_loss`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one checkpoint has made of the base's general texts or questions; each item counts the same."""

    episode: int
    kind: str
    """`text` or `prompt`."""
    items: int
    base: float
    """Mean cross-entropy of the base, nats a token."""
    loss: Interval | None
    """Mean change of the cross-entropy against the base; `None` where one seed has one item alone."""
    kl: Interval | None
    """Mean KL(base || checkpoint), nats a token."""


def lost(before: Sequence[Outcome], after: Sequence[Outcome], confidence: float) -> Lost:
    """What was lost from `before` to `after`, paired by seed and task.

    The outcomes of one checkpoint each; the checkpoint may be another one for each seed.

    Raises:
        ValueError: If the two have not the same seeds and tasks, each once, or an outcome has no lenient verdict or is
            right but not leniently so.
    """
    strict = [_marked(checkpoint, [o.correct for o in checkpoint]) for checkpoint in (before, after)]
    content = [_marked(checkpoint, _contents(checkpoint)) for checkpoint in (before, after)]
    off_form = [replace(c, correct=c.correct - s.correct) for c, s in zip(content, strict, strict=True)]
    return Lost(
        strict=accuracy.change(strict[1], strict[0], confidence),
        content=accuracy.change(content[1], content[0], confidence),
        format=accuracy.change(off_form[0], off_form[1], confidence),
        calibration=_calibration(before, after, confidence),
    )


def lost_by_family(before: Sequence[Outcome], after: Sequence[Outcome], confidence: float) -> dict[str, Lost]:
    """`lost` of each family's tasks alone, families in order; raises as `lost`."""
    return {
        family: lost([o for o in before if o.family == family], [o for o in after if o.family == family], confidence)
        for family in sorted({o.family for o in (*before, *after)})
    }


def kept(rows: Sequence[Retained], base: Sequence[Retained], confidence: float) -> list[Kept]:
    """What each checkpoint of an arm has kept, by episode and kind; `base` has one row an item.

    Raises:
        ValueError: If a checkpoint's seeds have not each item of the base once, with as many tokens.
    """
    by_item = {row.item: row for row in base}
    if len(by_item) != len(base):
        raise ValueError(f"the base has {len(base)} rows for {len(by_item)} items; it needs one row an item")
    found = []
    for episode, kind in sorted({(row.episode, row.kind) for row in rows}):
        of_kind = {item: row for item, row in by_item.items() if row.kind == kind}
        here = [row for row in rows if (row.episode, row.kind) == (episode, kind)]
        found.append(_kept(here, of_kind, confidence))
    return found


def _kept(rows: Sequence[Retained], base: dict[str, Retained], confidence: float) -> Kept:
    seeds, items = sorted({row.seed for row in rows}), sorted(base)
    cells = {(row.seed, row.item): row for row in rows}
    first = rows[0]
    if len(cells) != len(rows) or cells.keys() != {(seed, item) for seed in seeds for item in items}:
        raise ValueError(
            f"episode {first.episode}, {first.kind}: {len(rows)} rows for {len(seeds)} seeds and the base's "
            f"{len(items)} items; every seed needs every item of the base exactly once"
        )
    if other := [row for row in rows if row.tokens != base[row.item].tokens]:
        raise ValueError(
            f"episode {first.episode}, {other[0].item}: {other[0].tokens} tokens, but {base[other[0].item].tokens} in "
            "the base; losses are compared for the same tokenizer and the same version of data/retention alone"
        )
    table = [[cells[seed, item] for item in items] for seed in seeds]
    change = np.array([[row.loss - base[row.item].loss for row in line] for line in table])
    kl = np.array([[row.kl for row in line] for line in table])
    return Kept(
        episode=first.episode,
        kind=first.kind,
        items=len(items),
        base=float(np.mean([base[item].loss for item in items])),
        loss=_mean(change, items, confidence),
        kl=_mean(kl, items, confidence),
    )


def _contents(outcomes: Sequence[Outcome]) -> list[bool]:
    for o in outcomes:
        if o.lenient is None or (o.correct and not o.lenient):
            raise ValueError(
                f"task {o.task_id}, seed {o.seed}, episode {o.episode}: correct is {o.correct} but lenient is "
                f"{o.lenient}; what is right is leniently right too: evaluate it again"
            )
    return [bool(o.lenient) for o in outcomes]


def _marked(outcomes: Sequence[Outcome], marks: Sequence[bool]) -> Scores:
    """The score table of a checkpoint by other marks than the judge's."""
    episode = max((o.episode for o in outcomes), default=0)
    marked = [replace(o, correct=mark, episode=episode) for o, mark in zip(outcomes, marks, strict=True)]
    return accuracy.scores(marked, episode)


def _calibration(before: Sequence[Outcome], after: Sequence[Outcome], confidence: float) -> Calibration | None:
    """Both hold the same seeds and tasks, each once."""
    old, new = (
        {(o.seed, o.task_id): o.gold_loss for o in checkpoint if o.gold_loss is not None}
        for checkpoint in (before, after)
    )
    if len(old) < len(before) or len(new) < len(after):
        return None
    replies = {(o.seed, o.task_id): o.reply for o in before}
    same = _marked(after, [o.reply == replies[o.seed, o.task_id] for o in after])
    cells = [[(seed, task) for task in same.tasks] for seed in same.seeds]
    rise = np.array([[new[cell] - old[cell] for cell in row] for row in cells])
    silent = replace(same, correct=same.correct * (rise > RISE))
    return Calibration(
        lost=_mean(rise, same.templates, confidence),
        same_reply=_mean(rise * same.correct, same.templates, confidence),
        other_reply=_mean(rise * (1 - same.correct), same.templates, confidence),
        silent=accuracy.accuracy(silent, confidence),
    )


def _mean(values: Array, templates: Sequence[str], confidence: float) -> Interval | None:
    """Mean of a table `(seeds, tasks)`, over both; over seeds alone where there is one task."""
    seeds, tasks = values.shape
    if tasks == 1:
        return intervals.student(values[:, 0], confidence) if seeds > 1 else None
    return two_way.interval(two_way.estimate(values, templates), confidence)
