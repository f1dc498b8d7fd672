"""The first two tasks of each family and difficulty, to the letter. `make golden` records them anew.

A change here needs a new VERSION of the family: whoever compares numbers must see that the tasks are others.
"""

import os
from pathlib import Path

from clpipe import arena, seeds, store
from clpipe.arena.family import DIFFICULTIES
from clpipe.records import Task

GOLDEN = Path(__file__).with_name("golden.jsonl")


def test_golden_tasks() -> None:
    tasks = [
        arena.load(name)().draw(seeds.rng(0, "golden", name, difficulty, i), difficulty)
        for name in arena.names()
        for difficulty in DIFFICULTIES
        for i in range(2)
    ]
    if os.environ.get("CLPIPE_GOLDEN") == "record":
        store.write_records(GOLDEN, tasks)
    assert store.read_records(GOLDEN, Task) == tasks
