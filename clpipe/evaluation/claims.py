"""When the word "learned" may be written: every condition with what was found (statistics page, §7.3 and §7.6)."""

from __future__ import annotations

from dataclasses import dataclass

from clpipe.records import Interval

TASKS, TEMPLATES, SEEDS = 300, 30, 5
"""Least numbers of held-out tasks, of wordings among them, and of seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an arm has to show."""

    tasks: int
    templates: int
    seeds: int
    over_control: Interval | None
    """Final accuracy minus that of the control with shuffled labels, over seeds and templates together
    (`accuracy.change`); `None` without a control."""
    over_control_seeds: Interval | None
    """The same over seeds alone (`intervals.student`); `None` without a control or with one seed."""
    over_control_templates: Interval | None
    """The same over templates alone (`bootstrap.mean`); `None` without a control."""
    over_start: Interval
    """Final accuracy minus that before the first episode. Beyond the statistics page: wrong labels can harm a control
    so much that an arm which learned nothing stands above it."""
    over_majority: Interval
    """Final accuracy minus that of the majority answer."""
    over_nearest: Interval | None
    """Final accuracy minus that of the nearest neighbour's answer; `None` where that was not measured."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition."""

    wanted: str
    met: bool
    found: int | Interval | None = None
    """What was found instead or in favour; `None` where nothing was measured."""


def conditions(evidence: Evidence) -> list[Condition]:
    """Each condition for the word "learned" and whether the evidence meets it."""
    return [
        Condition(f"at least {TASKS} held-out tasks", evidence.tasks >= TASKS, evidence.tasks),
        Condition(f"at least {TEMPLATES} wordings", evidence.templates >= TEMPLATES, evidence.templates),
        Condition(f"at least {SEEDS} seeds", evidence.seeds >= SEEDS, evidence.seeds),
        _above("above its shuffled-label control", evidence.over_control),
        *both_ways(evidence.over_control_seeds, evidence.over_control_templates),
        _above("above its own start", evidence.over_start),
        _above("above the majority answer", evidence.over_majority),
        _above("above its nearest neighbour", evidence.over_nearest),
    ]


def both_ways(over_seeds: Interval | None, over_templates: Interval | None) -> tuple[Condition, Condition]:
    """A difference has to be above 0 over seeds and over wordings, each alone (statistics page, §7.3)."""
    return (
        _above("the difference is above 0 over seeds alone", over_seeds),
        _above("the difference is above 0 over wordings alone", over_templates),
    )


def _above(wanted: str, found: Interval | None) -> Condition:
    return Condition(wanted, found is not None and found.low > 0, found)
