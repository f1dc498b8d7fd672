"""Streams whose phase changes: how soon the learner is back, and how well a detector finds the changes.

A detector that fires all the time scores better the more changes there are: "an alarm every 100 steps" has an F1 of
0.05 with 5 changes in 20,000 episodes and 0.4 with 50, where a real detector may have 0 (river, pull request 1963).
A detector's score is therefore never shown alone: `Comparison` cannot be made without that of always and of never
raising an alarm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import prequential
from clpipe.evaluation.matrix import in_order
from clpipe.records import Episode

ROUNDING = 1e-9
"""0.9 times a mean and the same mean counted afresh may differ in the last digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How one seed came back after one change."""

    change: int
    """First episode of the new phase."""
    before: float
    """Accuracy over the last w episodes before it."""
    episodes: int | None
    """Episodes learned in the new phase until the accuracy was back; w at the least, `None` if it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """An alarm at t may belong to a change at c if c - before <= t <= c + after, and t is before the next change."""

    before: int = 0
    after: int

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            raise ValueError(f"tolerance: {self.before} before and {self.after} after; neither may be below 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Alarms against changes."""

    changes: tuple[int, ...]
    tolerance: Tolerance
    alarms: int
    """How many were raised."""
    delays: tuple[int, ...]
    """Episodes from each detected change to its alarm, in order; below 0 where the alarm came first."""
    missed: tuple[int, ...]
    """Changes without an alarm."""
    false_alarms: tuple[int, ...]
    """Alarms without a change, a second alarm for the same change among them."""

    @property
    def precision(self) -> float | None:
        """Detected / alarms; `None` without alarms."""
        return len(self.delays) / self.alarms if self.alarms else None

    @property
    def recall(self) -> float | None:
        """Detected / changes; `None` without changes."""
        return len(self.delays) / len(self.changes) if self.changes else None

    @property
    def f1(self) -> float | None:
        """2 detected / (alarms + changes), the harmonic mean of precision and recall; `None` if there is neither."""
        both = self.alarms + len(self.changes)
        return 2 * len(self.delays) / both if both else None

    @property
    def delay(self) -> float | None:
        """Mean delay of the detected changes alone, in episodes; `None` if none was detected."""
        return sum(self.delays) / len(self.delays) if self.delays else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A detector beside the two baselines that know nothing; all three are needed."""

    detector: Score
    always_alarm: Score
    """An alarm every n-th episode."""
    never_alarm: Score

    def __post_init__(self) -> None:
        others = (self.always_alarm, self.never_alarm)
        if any((s.changes, s.tolerance) != (self.detector.changes, self.detector.tolerance) for s in others):
            raise ValueError("a detector and its baselines must be scored on the same changes at the same tolerance")
        if self.never_alarm.alarms or not self.always_alarm.alarms:
            raise ValueError(
                f"always_alarm has {self.always_alarm.alarms} alarms and never_alarm {self.never_alarm.alarms}; "
                "the one must have some and the other none; use `compare`"
            )

    @property
    def above_baselines(self) -> bool:
        """Whether the F1 is above that of both baselines."""
        own, others = self.detector.f1, (self.always_alarm.f1, self.never_alarm.f1)
        return own is not None and all(other is None or own > other for other in others)


def change_points(episodes: Sequence[Episode]) -> dict[int, tuple[int, ...]]:
    """Episodes whose `phase` is not that of the episode before, by seed: the changes of an abrupt drift.

    In a gradual drift the phases alternate for a while, and each alternation would be counted: there the caller has to
    name the changes, for example the middle of each transition.

    Raises:
        ValueError: Where a seed lacks an episode or has one twice.
    """
    return {
        seed: tuple(after.t for before, after in pairwise(own) if before.phase != after.phase)
        for seed, own in in_order(episodes).items()
    }


def recovery(
    correct: NDArray[np.float64], changes: Sequence[int], window: int, share: float = 0.9
) -> tuple[Recovery, ...]:
    """How many episodes after each change the windowed accuracy is back at `share` of what it was before.

    Level = share times the accuracy over the last w episodes before the change (fewer if there are fewer). Recovered
    after d episodes of the new phase, the smallest d >= w for which the last w of them reach the level: windows that
    still hold answers from before the change would show a recovery at once. `None` where that does not happen before
    the next change or the end, and where the accuracy before was 0, which is nothing to come back to.

    Args:
        correct: 0 or 1 for each episode of one seed, `(episodes,)`.
        changes: First episode of each new phase, counted from 1.
        window: w, in episodes.
        share: In (0, 1].

    Raises:
        ValueError: If the changes do not rise within 2 to the last episode, or the window or the share is out of range.
    """
    if window < 1 or not 0 < share <= 1:
        raise ValueError(f"window {window} and share {share}: at least 1 episode and a share in (0, 1] are needed")
    _check_places("changes", changes, 2, len(correct))
    found = []
    for start, stop in pairwise([*changes, len(correct) + 1]):
        before = float(correct[max(0, start - 1 - window) : start - 1].mean())
        after = prequential.windowed(correct[None, start - 1 : stop - 1], window)[0]
        back = np.flatnonzero(after[window - 1 :] >= share * before - ROUNDING)
        episodes = window + int(back[0]) if before > 0 and len(back) else None
        found.append(Recovery(change=start, before=before, episodes=episodes))
    return tuple(found)


def score(alarms: Sequence[int], changes: Sequence[int], tolerance: Tolerance) -> Score:
    """Match alarms to changes one to one: each change, in order, takes the first alarm left within its tolerance.

    All other alarms are false, also a second one for a detected change (as van den Burg & Williams 2020, arXiv
    2003.06222, whose margin is the same on both sides): a detector that keeps firing must not be paid for it.

    Raises:
        ValueError: If alarms or changes do not rise strictly.
    """
    _check_places("alarms", alarms, 1, None)
    _check_places("changes", changes, 1, None)
    free, delays, missed = list(alarms), list[int](), list[int]()
    for change, following in zip(changes, [*changes, math.inf][1:], strict=True):
        near = [t for t in free if change - tolerance.before <= t <= change + tolerance.after and t < following]
        if near:
            free.remove(near[0])
            delays.append(near[0] - change)
        else:
            missed.append(change)
    return Score(
        changes=tuple(changes),
        tolerance=tolerance,
        alarms=len(alarms),
        delays=tuple(delays),
        missed=tuple(missed),
        false_alarms=tuple(free),
    )


def compare(
    alarms: Sequence[int], changes: Sequence[int], tolerance: Tolerance, *, episodes: int, every: int
) -> Comparison:
    """A detector's score beside those of an alarm at every `every`-th of the `episodes` and of none at all.

    Raises:
        ValueError: If alarms or changes do not rise within 1 to `episodes`, or `every` is not in that range.
    """
    _check_places("alarms", alarms, 1, episodes)
    _check_places("changes", changes, 1, episodes)
    if not 1 <= every <= episodes:
        raise ValueError(f"every: {every} is not in 1 to {episodes} episodes; always_alarm would never fire")
    return Comparison(
        detector=score(alarms, changes, tolerance),
        always_alarm=score(range(every, episodes + 1, every), changes, tolerance),
        never_alarm=score((), changes, tolerance),
    )


def _check_places(key: str, places: Sequence[int], first: int, last: int | None) -> None:
    rising = all(one < two for one, two in pairwise(places))
    inside = all(first <= t and (last is None or t <= last) for t in places)
    if not (rising and inside):
        upper = "the last episode" if last is None else last
        raise ValueError(f"{key}: {list(places)} must rise strictly within episodes {first} to {upper}")
