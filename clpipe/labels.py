"""Which answer a learner is shown: the task's own, or, in a control, one that is not to be learned from.

A control keeps some of what the right answers bring and takes away the rest (the control tasks of Hewitt & Liang 2019,
arXiv 1909.03368). What it still gains is that part:

* `shuffled`, another task's answer of the same family: keeps format and frequency of the answers, not the link to the
  question;
* `random`, any of the family's different answers: keeps the format, not the frequency;
* `unrelated`, right answers under questions of another family: keeps that there are short answers, not which family's.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from clpipe import seeds
from clpipe.records import Task

Labels = Literal["given", "shuffled", "random", "unrelated"]


def shown_answers(tasks: Sequence[Task], labels: Labels, seed: int) -> dict[str, str]:
    """The answer shown for each task, by task id.

    Raises:
        ValueError: At `unrelated` with tasks of a single family.
    """
    if labels == "given":
        return {task.id: task.answer for task in tasks}
    families: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        families[task.family].append(task)
    if labels == "unrelated":
        return _unrelated(families, seed)
    shown = {}
    for family, members in families.items():
        rng, answers = seeds.rng(seed, "labels", family), [task.answer for task in members]
        drawn = _shuffled(answers, rng) if labels == "shuffled" else _drawn(answers, rng)
        shown.update({task.id: answer for task, answer in zip(members, drawn, strict=True)})
    return shown


def _shuffled(answers: list[str], rng: random.Random) -> list[str]:
    rng.shuffle(answers)
    return answers


def _drawn(answers: list[str], rng: random.Random) -> list[str]:
    different = sorted(set(answers))
    return [rng.choice(different) for _ in answers]


def _unrelated(families: dict[str, list[Task]], seed: int) -> dict[str, str]:
    """Each question with the right answer to one of another family, drawn over the other families evenly."""
    if len(families) < 2:
        raise ValueError(
            f"labels: 'unrelated' takes answers of other families, and there is only {', '.join(families)}"
        )
    shown = {}
    for family, members in families.items():
        rng, others = seeds.rng(seed, "labels", "unrelated", family), sorted(families.keys() - {family})
        shown.update({task.id: rng.choice(families[rng.choice(others)]).answer for task in members})
    return shown
