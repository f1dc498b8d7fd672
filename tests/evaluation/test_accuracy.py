from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import accuracy, intervals
from clpipe.records import Outcome


def outcome(seed: int, episode: int, task: str, correct: bool) -> Outcome:
    return Outcome(
        arm="a", seed=seed, episode=episode, task_id=task, family=task[0], template="t", difficulty=1,
        reply="", correct=correct, margin=None,
    )  # fmt: skip


def outcomes(table: dict[tuple[int, int], str], tasks: tuple[str, ...] = ("x1", "x2", "y1", "y2")) -> list[Outcome]:
    """From (seed, episode) to one character a task: 1 right, 0 wrong, space not asked."""
    return [
        outcome(seed, episode, task, mark == "1")
        for (seed, episode), marks in table.items()
        for task, mark in zip(tasks, marks, strict=True)
        if mark != " "
    ]


TWO_SEEDS = outcomes({(0, 0): "0010", (0, 2): "1 1 ", (0, 4): "1110", (1, 0): "0000", (1, 2): "0 1 ", (1, 4): "1100"})


def test_scores_by_seed_task_and_family() -> None:
    last = accuracy.scores(TWO_SEEDS, 4)
    assert last.tasks == ("x1", "x2", "y1", "y2")
    assert last.by_seed.tolist() == [0.75, 0.5]
    assert last.by_task.tolist() == [1, 1, 0.5, 0]
    assert accuracy.of_family(last, "y").correct.tolist() == [[1, 0], [0, 0]]


def test_accuracy_is_the_hull_of_tasks_and_seeds() -> None:
    found = accuracy.accuracy(accuracy.scores(TWO_SEEDS, 4), 0.95)
    tasks = intervals.wilson(0.625, 4, 0.95)
    assert found.point == 0.625
    assert (found.low, found.high) == (0.0, 1.0)  # two seeds 0.25 apart: t(1) makes it as wide as can be
    assert tasks.low > 0


def test_accuracy_with_one_seed_is_wilson_alone() -> None:
    one = accuracy.scores(outcomes({(3, 0): "1110"}), 0)
    assert accuracy.accuracy(one, 0.95) == intervals.wilson(0.75, 4, 0.95)


def test_accuracy_of_equal_seeds_is_wilson() -> None:
    same = accuracy.scores(outcomes({(0, 0): "1110", (1, 0): "1110", (2, 0): "1110"}), 0)
    assert accuracy.accuracy(same, 0.95) == intervals.wilson(0.75, 4, 0.95)


def test_change_is_paired() -> None:
    first, last = accuracy.scores(TWO_SEEDS, 0), accuracy.scores(TWO_SEEDS, 4)
    found = accuracy.change(first, last, 0.95)
    tasks = intervals.newcombe([0, 0, 0.5, 0], [1, 1, 0.5, 0], 0.95)
    # Each seed gained exactly two tasks, so the seeds add nothing to the doubt over tasks.
    assert found.point == pytest.approx(0.5)
    assert [found.low, found.high] == pytest.approx([tasks.low, tasks.high])


def test_change_refuses_other_tasks_or_seeds() -> None:
    first = accuracy.scores(TWO_SEEDS, 0)
    with pytest.raises(ValueError, match=r"4 and 2 tasks, 2 of them shared"):
        accuracy.change(first, accuracy.scores(TWO_SEEDS, 2), 0.95)
    with pytest.raises(ValueError, match=r"seeds \(0, 1\) and \(3,\)"):
        accuracy.change(first, accuracy.scores(outcomes({(3, 0): "1110"}), 0), 0.95)


def test_curve_is_on_the_tasks_of_every_checkpoint() -> None:
    assert accuracy.curve_tasks(TWO_SEEDS) == {"x1", "y1"}
    points = accuracy.curve(TWO_SEEDS, 0.95)
    assert [(p.episode, p.by_seed) for p in points] == [(0, (0.5, 0.0)), (2, (1.0, 0.5)), (4, (1.0, 0.5))]


def test_scores_refuse_a_hole_a_double_and_nothing() -> None:
    hole = outcomes({(0, 0): "1110", (1, 0): "11 0"})
    for bad in (hole, hole + hole[:1], []):
        with pytest.raises(ValueError, match="every seed needs every task exactly once"):
            accuracy.scores(bad, 0)


def test_a_baseline_is_repeated_for_each_seed() -> None:
    one = accuracy.scores(outcomes({(0, 0): "1110"}), 0)
    assert accuracy.repeated(one, (4, 5)).correct.tolist() == [[1, 1, 1, 0]] * 2
    with pytest.raises(ValueError, match="one row can be repeated, not 2"):
        accuracy.repeated(accuracy.scores(TWO_SEEDS, 0), (4, 5))


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=2, max_size=5), st.randoms())
def test_order_of_outcomes_changes_nothing(rows: list[list[bool]], shuffle: random.Random) -> None:
    found = [outcome(s, 0, f"x{i}", value) for s, row in enumerate(rows) for i, value in enumerate(row)]
    mixed = found.copy()
    shuffle.shuffle(mixed)
    one, two = accuracy.scores(found, 0), accuracy.scores(mixed, 0)
    assert np.array_equal(one.correct, two.correct)
    interval = accuracy.accuracy(one, 0.95)
    assert 0 <= interval.low <= interval.point <= interval.high <= 1
