"""Whether the tasks of one's own files are enough for the split and the episodes; told before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clpipe.arena import pool
from clpipe.arena.family import Given
from clpipe.params import Split
from clpipe.records import Task
from clpipe.split import divide


def given_problems(
    families: Mapping[str, Mapping[str, Any]], split: Split, episodes: Mapping[str, int]
) -> Iterator[str]:
    """A line for each side that gets too few tasks, and for each arm with more episodes than there are tasks."""
    tasks: list[Task] = []
    drawn = 0
    for name, options in families.items():
        try:
            family = pool.build(name, options)
            if isinstance(family, Given):
                tasks += family.tasks(name)
            else:
                drawn += 1
        except (LookupError, ValueError):
            return  # told where the family is checked
    if not tasks:
        return
    try:
        available = len(divide(tasks, split).train) + drawn * split.train
    except ValueError as error:
        yield from str(error).splitlines()
        return
    for arm, number in episodes.items():
        if number > available:
            yield (
                f"arms.{arm}.episodes: {number} episodes, but the split leaves {available} training tasks "
                "(of one's own files about half of the tasks, and never more than split.train of a family)"
            )
