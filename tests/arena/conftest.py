"""The pool that the laws are tried on: drawn once."""

from collections import defaultdict

import pytest

from clpipe import arena
from clpipe.arena.pool import draw_pool
from clpipe.records import Task


@pytest.fixture(scope="session")
def pools() -> dict[str, list[Task]]:
    found = defaultdict(list)
    for task in draw_pool(5, {name: {"tasks": 1200} for name in arena.names()}):
        found[task.family].append(task)
    return dict(found)
