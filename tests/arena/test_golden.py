"""The first two tasks of each family and difficulty, to the letter. `make golden` records them anew.

A change here needs a new VERSION of the family: whoever compares numbers must see that the tasks are others.
"""

import os
from itertools import islice
from pathlib import Path

from clpipe import arena, store
from clpipe.arena.drawing import draws
from clpipe.arena.family import DIFFICULTIES
from clpipe.records import Task

GOLDEN = Path(__file__).with_name("golden.jsonl")


def test_golden_tasks() -> None:
    tasks = [
        task
        for name in arena.drawn()
        for difficulty in DIFFICULTIES
        for task in islice(draws(0, name, arena.load(name)(), difficulty), 2)
    ]
    if os.environ.get("CLPIPE_GOLDEN") == "record":
        store.write_records(GOLDEN, tasks)
    assert store.read_records(GOLDEN, Task) == tasks
