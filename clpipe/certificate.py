"""The certificate of a split: what is on each side, what the sides share, and at which level.

| level | two tasks share it when | |
|---|---|---|
| L0 | prompt and answer are the same | refused |
| L1 | the prompts are the same up to Unicode form, case and spaces | refused |
| L2 | … and up to the names in them, the answer too: a renamed duplicate | refused |
| L3 | … and up to their numbers: the same template | counted |
| L4 | after renaming, the Jaccard index of their character 5-grams is 0.8 or more | counted |
| L5 | they were made from the same latent parameters | refused |

The held-out tasks that meet a training task at a counted level are named, so that accuracy can also be given without
them. Beyond the pairs the certificate says whether what is called new is new: no reserved template, no reserved
word and no higher difficulty in training; and whether the sizes of numbers are alike on the matched sides.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import cast

from clpipe import store
from clpipe.arena.canonical import latent, normalised, renamed, renamed_whole, signature
from clpipe.arena.likeness import nearest
from clpipe.novelties import check_novelties, number_sizes
from clpipe.records import NOVELTIES, Json, Task
from clpipe.split import Sides

Form = Callable[[Task], str | None]
REFUSED: dict[str, Form] = {
    "L0 same prompt and answer": lambda task: f"{task.prompt}\0{task.answer}",
    "L1 same but for case and spaces": lambda task: normalised(task.prompt),
    "L2 same but for names": renamed_whole,
    "L5 same latent parameters": lambda task: latent(task) if task.facts else None,
}
L3 = "L3 same but for names and numbers"
L4 = "L4 nearly the same words"
SHOWN = 10
"""Pairs named for each level and pair of sides."""


def certify(sides: Sides) -> dict[str, Json]:
    """Counts and leaks as JSON: tasks, forms, shared, near, leaks, novelty, numbers, answers, hash of the held-out."""
    shared: dict[str, Json] = {}
    leaks: list[Json] = []
    for level, form in REFUSED.items():
        counts: dict[str, Json] = {}
        for (a, first), (b, second) in combinations(sides.items(), 2):
            pairs = _meeting(first, second, form)
            counts[f"{a} and {b}"] = len(pairs)
            leaks += [f"{level}: {a} {x.id} and {b} {y.id}: {y.prompt}" for x, y in pairs[:SHOWN]]
        shared[level] = counts
    novelty, wrong = check_novelties(sides)
    lines = "".join(store.line(task) + "\n" for task in sides.heldout)
    return {
        "tasks": {name: _counts(tasks) for name, tasks in sides.items()},
        "heldout_sides": _by_novelty(sides.heldout),
        "forms": {name: len({renamed(task) for task in tasks}) for name, tasks in sides.items()},
        "shared": shared,
        "near": _near(sides.train, sides.heldout),
        "novelty": novelty,
        "numbers": number_sizes(sides),
        "leaks": [*leaks, *wrong],
        "answers": {name: _answers(tasks) for name, tasks in sides.items()},
        "heldout_sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def refuse_leaks(certificate: Mapping[str, Json]) -> None:
    """Raise ValueError that names the tasks where two sides share a question at a level that is refused."""
    if leaks := cast(list[str], certificate["leaks"]):
        told = "\n".join(f"  {leak}" for leak in leaks)
        raise ValueError(f"the sides of the split share what they must not:\n{told}")


def _near(train: Sequence[Task], heldout: Sequence[Task]) -> dict[str, Json]:
    """Ids of the held-out tasks that meet a training task at the counted levels."""
    known, asked = ({task.id: renamed(task) for task in tasks} for tasks in (train, heldout))
    forms = {signature(text) for text in known.values()}
    same_form = sorted(task for task, text in asked.items() if signature(text) in forms)
    return {L3: [*same_form], L4: [*sorted(nearest(known, asked))]}


def _meeting(first: Sequence[Task], second: Sequence[Task], form: Form) -> list[tuple[Task, Task]]:
    """Every task of `second` that has the form of one of `first`, with that one."""
    known = {shape: task for task in first if (shape := form(task)) is not None}
    return [(known[shape], task) for task in second if (shape := form(task)) is not None and shape in known]


def _counts(tasks: Sequence[Task]) -> dict[str, Json]:
    """Family to difficulty to number of tasks, and the total."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for task in tasks:
        counts[task.family][f"difficulty {task.difficulty}"] += 1
    return {"total": len(tasks), **{family: dict(sorted(found.items())) for family, found in sorted(counts.items())}}


def _by_novelty(tasks: Sequence[Task]) -> dict[str, Json]:
    """Side of the held-out tasks to family to number of tasks."""
    counts: dict[str, dict[str, Json]] = {novelty: {} for novelty in NOVELTIES}
    for (novelty, family), count in sorted(Counter((task.novelty, task.family) for task in tasks).items()):
        counts[novelty][family] = count
    return {**counts}


def _answers(tasks: Sequence[Task]) -> dict[str, Json]:
    """Family to the number of different answers and the share of the commonest: what guessing it would score."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for task in tasks:
        answers[task.family][task.answer] += 1
    return {
        family: {"different": len(found), "share of the commonest": round(max(found.values()) / found.total(), 4)}
        for family, found in sorted(answers.items())
    }
