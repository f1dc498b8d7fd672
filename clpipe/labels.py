"""Which answer a learner is shown: the task's own, or, for the control, another task's of the same family.

Shuffling within the family keeps the format and the frequency of the answers and takes away the link to the question:
what is still learned is the format (the control task of Hewitt & Liang 2019, arXiv 1909.03368).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from clpipe import seeds
from clpipe.records import Task


def shown_answers(tasks: Sequence[Task], labels: str, seed: int) -> dict[str, str]:
    """The answer shown for each task, by task id; `labels` is `given` or `shuffled`."""
    if labels == "given":
        return {task.id: task.answer for task in tasks}
    families: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        families[task.family].append(task)
    shown = {}
    for family, members in families.items():
        answers = [task.answer for task in members]
        seeds.rng(seed, "labels", family).shuffle(answers)
        shown.update({task.id: answer for task, answer in zip(members, answers, strict=True)})
    return shown
