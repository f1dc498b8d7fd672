"""Streams taken to their end, as a learner would take them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from itertools import count

from clpipe.records import Encounter, Task
from clpipe.streams import Stream

FIVE = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")


def always(t: int, task: Task) -> bool:
    del t, task
    return True


def never(t: int, task: Task) -> bool:
    del t, task
    return False


def alternately(t: int, task: Task) -> bool:
    del task
    return t % 2 == 0


def taken(
    stream: Stream, tasks: Iterable[Task], episodes: int, seed: int = 1, right: Callable[[int, Task], bool] = always
) -> list[Encounter]:
    """All that comes when attempt `t`, from 1, at a task is as right as `right` says."""
    course = stream.encounters(tasks, episodes, random.Random(seed))
    met = [next(course)]
    for t in count(1):
        try:
            met.append(course.send(right(t, met[-1].task)))
        except StopIteration:
            break
    return met
