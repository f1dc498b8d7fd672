"""When the word "learned" may be written: every condition with what was found (statistics page, §7.6)."""

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
    """Final accuracy minus that of the control with shuffled labels; `None` without a control."""
    over_majority: Interval
    """Final accuracy minus that of the majority answer."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition."""

    wanted: str
    met: bool


def conditions(evidence: Evidence) -> list[Condition]:
    """Each condition for the word "learned" and whether the evidence meets it."""
    control = evidence.over_control
    return [
        Condition(f"at least {TASKS} held-out tasks", evidence.tasks >= TASKS),
        Condition(f"at least {TEMPLATES} wordings", evidence.templates >= TEMPLATES),
        Condition(f"at least {SEEDS} seeds", evidence.seeds >= SEEDS),
        Condition("above its shuffled-label control", control is not None and control.low > 0),
        Condition("above the majority answer", evidence.over_majority.low > 0),
    ]
