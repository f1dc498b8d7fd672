"""The tasks that the laws are tried on: drawn once."""

from itertools import islice

import pytest

from clpipe import arena
from clpipe.arena.drawing import draws
from clpipe.arena.family import DIFFICULTIES
from clpipe.records import NOVELTIES, Task

EACH = 160


@pytest.fixture(scope="session")
def pools() -> dict[str, list[Task]]:
    """Family to draws of each difficulty on each side; repeats are kept."""
    return {
        name: [
            task
            for difficulty in DIFFICULTIES
            for novelty in NOVELTIES[:3]
            for task in islice(draws(5, name, arena.load(name)(), difficulty, novelty), EACH)
        ]
        for name in arena.drawn()
    }
