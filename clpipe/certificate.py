"""The certificate of a split: what is on each side, and that no two sides share a question.

Shared questions are counted at three levels: L0 the same prompt, L1 the same up to case, spaces and Unicode form,
L2 the same up to the names of the people in it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import cast

from clpipe import store
from clpipe.arena.canonical import normalised, renamed
from clpipe.records import Json, Task
from clpipe.split import Sides

LEVELS: dict[str, Callable[[Task], str]] = {
    "L0 same prompt": lambda task: task.prompt,
    "L1 same but for case and spaces": lambda task: normalised(task.prompt),
    "L2 same but for names": renamed,
}
SHOWN = 10
"""Pairs named for each level and pair of sides."""


def certify(sides: Sides) -> dict[str, Json]:
    """Counts and leaks as JSON: tasks, forms, shared, leaks, answers, SHA-256 of the held-out tasks as written."""
    shared: dict[str, Json] = {}
    leaks: list[Json] = []
    for level, form in LEVELS.items():
        counts: dict[str, Json] = {}
        for (a, first), (b, second) in combinations(sides.items(), 2):
            pairs = _meeting(first, second, form)
            counts[f"{a} and {b}"] = len({form(x) for x, _ in pairs})
            leaks += [f"{level}: {a} {x.id} and {b} {y.id}: {y.prompt}" for x, y in pairs[:SHOWN]]
        shared[level] = counts
    lines = "".join(store.line(task) + "\n" for task in sides.heldout)
    return {
        "tasks": {name: _counts(tasks) for name, tasks in sides.items()},
        "forms": {name: len({renamed(task) for task in tasks}) for name, tasks in sides.items()},
        "shared": shared,
        "leaks": leaks,
        "answers": {name: _answers(tasks) for name, tasks in sides.items()},
        "heldout_sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def refuse_leaks(certificate: Mapping[str, Json]) -> None:
    """Raise ValueError that names the tasks where any two sides share a question at any level."""
    shared = cast(dict[str, dict[str, int]], certificate["shared"])
    total = sum(count for level in shared.values() for count in level.values())
    if total:
        leaks = cast(list[str], certificate["leaks"])
        raise ValueError("the sides of the split share questions:\n" + "\n".join(f"  {leak}" for leak in leaks))


def _meeting(first: Sequence[Task], second: Sequence[Task], form: Callable[[Task], str]) -> list[tuple[Task, Task]]:
    """Every task of `second` that has the form of one of `first`, with that one."""
    known = {form(task): task for task in first}
    return [(known[form(task)], task) for task in second if form(task) in known]


def _counts(tasks: Sequence[Task]) -> dict[str, Json]:
    """Family to difficulty to number of tasks, and the total."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for task in tasks:
        counts[task.family][f"difficulty {task.difficulty}"] += 1
    return {"total": len(tasks), **{family: dict(sorted(found.items())) for family, found in sorted(counts.items())}}


def _answers(tasks: Sequence[Task]) -> dict[str, Json]:
    """Family to the number of different answers and the share of the commonest: what guessing it would score."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for task in tasks:
        answers[task.family][task.answer] += 1
    return {
        family: {"different": len(found), "share of the commonest": round(max(found.values()) / found.total(), 4)}
        for family, found in sorted(answers.items())
    }
