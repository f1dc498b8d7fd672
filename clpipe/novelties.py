"""Whether what is called new is new: reserved templates, reserved words and higher difficulties against training."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from clpipe.arena.canonical import normalised
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Json, Task
from clpipe.split import Sides

_NUMBERS = re.compile(r"\d{1,15}", re.ASCII)
MATCHED = NOVELTIES[:3]
"""Sides whose tasks are as difficult as the training tasks."""


class Known:
    """What the training and validation tasks of one family show."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        seen = list(tasks)
        self.templates = {task.template for task in seen}
        self.names = {name for task in seen for name in task.entities}
        self.words = {word for task in seen for word in _words(task)}
        self.hardest = max((task.difficulty for task in seen), default=0)

    def problem(self, task: Task) -> str | None:
        """Why a held-out task of the family is not what it is called."""
        if task.novelty == "new_template" and task.template in self.templates:
            return f"template {task.template!r} is among the training tasks"
        if task.novelty == "harder" and task.difficulty <= self.hardest:
            return f"difficulty {task.difficulty} is among the training tasks"
        if task.novelty == "new_entities" and (names := sorted(self.names.intersection(task.entities))):
            return f"{names[0]!r} is among the training tasks: {task.prompt}"
        if task.novelty == "new_entities" and not self.has_new_words(task):
            return f"all of its words are among the training tasks: {task.prompt}"
        return None

    def has_new_words(self, task: Task) -> bool:
        """Whether there is a word (without names: a pair of words) that no training task has."""
        return bool(_words(task) - self.words)


def check_novelties(sides: Sides) -> tuple[dict[str, Json], list[Json]]:
    """What was checked, family by family, as counts; and a line for each task that is not on the side it says."""
    taught = [*sides.train, *sides.validation]
    families = sorted({task.family for task in (*taught, *sides.heldout)})
    known = {family: Known(task for task in taught if task.family == family) for family in families}
    wrong: list[Json] = [
        f"a {task.novelty} task among the training tasks: {task.id}: {task.prompt}"
        for task in taught
        if task.novelty != SAME_TEMPLATE
    ]
    for task in sides.heldout:
        if problem := known[task.family].problem(task):
            wrong.append(f"{task.novelty}: {task.id}: {problem}")
    by = {novelty: [task for task in sides.heldout if task.novelty == novelty] for novelty in NOVELTIES}
    return {
        "templates in training": sum(len(of.templates) for of in known.values()),
        "new templates": len({(task.family, task.template) for task in by["new_template"]}),
        "same_template tasks whose template no training task has": sum(
            task.template not in known[task.family].templates for task in by[SAME_TEMPLATE]
        ),
        "new_entities tasks with words not in training": sum(
            known[task.family].has_new_words(task) for task in by["new_entities"]
        ),
        "largest difficulty in training": {family: of.hardest for family, of in known.items()},
        "mean difficulty": {novelty: _mean_difficulty(tasks) for novelty, tasks in by.items()},
    }, wrong


def number_sizes(sides: Sides) -> dict[str, Json]:
    """Two-sample Kolmogorov-Smirnov p value of the prompts' median numbers, each matched side against training."""
    from scipy.stats import ks_2samp

    known = _numbers(sides.train)
    found: dict[str, Json] = {}
    for novelty in MATCHED:
        asked = _numbers([task for task in sides.heldout if task.novelty == novelty])
        found[novelty] = {
            family: round(float(ks_2samp(known[family], numbers).pvalue), 4)
            for family, numbers in sorted(asked.items())
            if family in known
        }
    return found


def _mean_difficulty(tasks: Iterable[Task]) -> dict[str, Json]:
    found: dict[str, list[int]] = defaultdict(list)
    for task in tasks:
        found[task.family].append(task.difficulty)
    return {family: round(sum(levels) / len(levels), 3) for family, levels in sorted(found.items())}


def _words(task: Task) -> set[str]:
    """The words of a prompt; of one without names the pairs of neighbours too, for its words may be phrases."""
    found: list[str] = re.findall(r"[^\W\d_]+", normalised(task.prompt))
    return {*found, *(map(" ".join, pairwise(found)) if not task.entities else ())}


def _numbers(tasks: Sequence[Task]) -> dict[str, list[int]]:
    """Family to the median number of each prompt."""
    found: dict[str, list[int]] = defaultdict(list)
    for task in tasks:
        if numbers := sorted(int(n) for n in _NUMBERS.findall(task.prompt)):
            found[task.family].append(numbers[len(numbers) // 2])
    return found
