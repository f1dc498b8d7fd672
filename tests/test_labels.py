from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from clpipe.arena.family import Draft
from clpipe.labels import Labels, shown_answers
from clpipe.records import Task

FREQUENT = ["yes", "yes", "yes", "no"]


def tasks(family: str, answers: list[str]) -> list[Task]:
    return [
        Draft(prompt=f"{family} {i}?", answer=answer, template="t").task(family, 1, "same_template")
        for i, answer in enumerate(answers)
    ]


TASKS = tasks("choice", FREQUENT * 50) + tasks("number", [str(i) for i in range(200)])


def by_family(shown: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for task in TASKS:
        found.setdefault(task.family, []).append(shown[task.id])
    return found


@pytest.mark.parametrize("labels", get_args(Labels))
def test_every_task_has_a_label_and_the_seed_alone_decides_it(labels: Labels) -> None:
    first = shown_answers(TASKS, labels, 3)
    assert first.keys() == {task.id for task in TASKS}
    assert first == shown_answers(TASKS, labels, 3)
    assert labels == "given" or first != shown_answers(TASKS, labels, 4)


def test_given_labels_are_the_answers() -> None:
    assert shown_answers(TASKS, "given", 0) == {task.id: task.answer for task in TASKS}


def test_shuffled_labels_keep_the_frequency_of_each_answer_of_a_family() -> None:
    shown = by_family(shown_answers(TASKS, "shuffled", 0))
    assert Counter(shown["choice"]) == {"yes": 150, "no": 50}
    assert sorted(shown["number"], key=int) == [str(i) for i in range(200)]
    assert shown["number"] != [str(i) for i in range(200)]


def test_random_labels_keep_the_answers_and_not_their_frequency() -> None:
    shown = by_family(shown_answers(TASKS, "random", 0))
    counts = Counter(shown["choice"])
    assert counts.keys() == {"yes", "no"}
    assert 70 <= counts["no"] <= 130  # 100 expected of 200, standard deviation 7; shuffled ones would be 50
    assert set(shown["number"]) <= {str(i) for i in range(200)}


def test_unrelated_labels_are_right_answers_of_other_families() -> None:
    shown = by_family(shown_answers(TASKS, "unrelated", 0))
    assert set(shown["number"]) == {"yes", "no"}
    assert set(shown["choice"]) <= {str(i) for i in range(200)}


def test_unrelated_labels_need_another_family() -> None:
    with pytest.raises(ValueError, match="'unrelated' takes answers of other families, and there is only choice"):
        shown_answers(tasks("choice", FREQUENT), "unrelated", 0)
