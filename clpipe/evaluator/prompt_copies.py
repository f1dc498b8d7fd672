"""Answers that stand in the question: what a learner would get that only learned where to copy from.

A rule that scores well betrays a shortcut in the tasks (McCoy et al. 2019 call them heuristics), and an arm that does
no better than it need not have learned anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from clpipe.records import Task

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CHOICES = re.compile(r"(?:[\w'-]+, )*[\w'-]+,? or [\w'-]+")
WORD = re.compile(r"[^\W\d_][\w'-]*")


def first_number(task: Task) -> str:
    """The first number of the question; nothing where it has none."""
    return next(iter(NUMBER.findall(task.prompt)), "")


def last_number(task: Task) -> str:
    """The last number."""
    return next(reversed(NUMBER.findall(task.prompt)), "")


def largest_number(task: Task) -> str:
    """The largest number, as it is written."""
    return max(NUMBER.findall(task.prompt), key=float, default="")


def last_entity(task: Task) -> str:
    """The name (person, thing) that is mentioned last; where no names are known the last word."""
    places = {name: task.prompt.rfind(name) for name in task.entities}
    if places:
        return max(places, key=lambda name: (places[name], name))
    return next(reversed(WORD.findall(task.prompt)), "")


def first_option(task: Task) -> str:
    """The first of the choices that the question offers last (`A, B or C`), a name if there is one among them."""
    offered = CHOICES.findall(task.prompt)
    if not offered:
        return ""
    words = re.split(r",? or |, ", offered[-1])
    return next((word for word in words if word in task.entities), words[0])


RULES: Mapping[str, Callable[[Task], str]] = {
    "first-number": first_number,
    "last-number": last_number,
    "largest-number": largest_number,
    "last-entity": last_entity,
    "first-option": first_option,
}
"""Every rule by the name of its row."""


def copies(tasks: Sequence[Task]) -> dict[str, list[tuple[Task, str]]]:
    """Each rule's reply to each task."""
    return {name: [(task, rule(task)) for task in tasks] for name, rule in RULES.items()}
