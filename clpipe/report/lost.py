"""What learning took away: from the base to the end, from the best checkpoint to the end, and of the base's knowledge.

The measures are those of `clpipe.evaluation.forgetting`; "lost" is positive where it got worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clpipe.evaluation import accuracy, forgetting
from clpipe.evaluation.forgetting import Kept, Lost
from clpipe.records import Outcome, Retained
from clpipe.report.change import Change, part
from clpipe.report.results import ArmFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLost:
    """The losses of one arm."""

    tasks: int
    """Held-out tasks behind `end`."""
    end: Lost
    """From before the first to after the last episode, on all held-out tasks."""
    kept: Mapping[str, Kept]
    """What is left of the base after the last episode, by kind: `prompt`, `text`."""
    untouched: Mapping[str, Change]
    """Accuracy on each family of which no stream of the arm has a task; several have their mean as `all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """One family from its best checkpoint to the last."""

    tasks: int
    """Of the family, asked at every checkpoint."""
    peak: float
    """Accuracy at each seed's best checkpoint, mean over seeds."""
    lost: Lost


def arm_lost(files: ArmFiles, base: Sequence[Retained], confidence: float) -> ArmLost:
    """All losses of an arm; `base` is what the bare model makes of the general texts and prompts.

    Raises:
        ValueError: Where outcomes have no lenient verdict, or seeds have not the same tasks and items.
    """
    steps = accuracy.checkpoints(files.outcomes)
    first, last = ([o for o in files.outcomes if o.episode == step] for step in (steps[0], steps[-1]))
    end = forgetting.kept([r for r in files.retained if r.episode == steps[-1]], base, confidence)
    return ArmLost(
        tasks=len({o.task_id for o in last}),
        end=forgetting.lost(first, last, confidence),
        kept={found.kind: found for found in end},
        untouched=_untouched(files, confidence),
    )


def falls(files: ArmFiles, confidence: float) -> dict[str, Fall]:
    """Each family met, from the best checkpoint of each seed to the last, on the tasks of every checkpoint.

    The best of several noisy checkpoints was lucky too, so these falls are biased upwards.
    """
    tasks, last = accuracy.curve_tasks(files.outcomes), accuracy.checkpoints(files.outcomes)[-1]
    found = {}
    for family in sorted({e.family for e in files.episodes}):
        cells: dict[int, dict[int, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
        for o in files.outcomes:
            if o.family == family and o.task_id in tasks:
                cells[o.seed][o.episode].append(o)
        best = [row for steps in cells.values() for row in max(sorted(steps.items()), key=_share)[1]]
        ends = [row for steps in cells.values() for row in steps[last]]
        peak = sum(o.correct for o in best) / len(best)
        fall = forgetting.lost(best, ends, confidence)
        found[family] = Fall(tasks=len({o.task_id for o in ends}), peak=peak, lost=fall)
    return found


def _share(checkpoint: tuple[int, list[Outcome]]) -> float:
    """`max` takes the first of several best."""
    return sum(o.correct for o in checkpoint[1]) / len(checkpoint[1])


def _untouched(files: ArmFiles, confidence: float) -> dict[str, Change]:
    met, steps = {e.family for e in files.episodes}, accuracy.checkpoints(files.outcomes)
    first, last = (accuracy.scores(files.outcomes, step) for step in (steps[0], steps[-1]))
    left = {family: {i for i, f in zip(first.tasks, first.families, strict=True) if f == family}
            for family in sorted({*first.families} - met)}  # fmt: skip
    everything = {"all": set().union(*left.values())} if len(left) > 1 else {}
    return {name: part(first, last, ids, confidence) for name, ids in (left | everything).items()}
