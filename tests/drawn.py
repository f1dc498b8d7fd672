"""Tasks for tests that need some, of any kind."""

from __future__ import annotations

from itertools import islice

from clpipe import arena
from clpipe.arena.drawing import endless
from clpipe.records import Task


def drawn(seed: int, counts: dict[str, int]) -> list[Task]:
    """So many different tasks of each family, over the difficulties in turn."""
    return [task for name, n in counts.items() for task in islice(endless(seed, {name: arena.load(name)()}, 5), n)]
