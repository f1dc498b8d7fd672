from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import accuracy, intervals, two_way
from clpipe.records import Outcome


def outcome(seed: int, episode: int, task: str, correct: bool, template: str | None = None) -> Outcome:
    return Outcome(
        arm="a", seed=seed, episode=episode, task_id=task, family=task[0], template=template or task, difficulty=1,
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


def test_templates_go_with_their_tasks_and_are_named_with_their_family() -> None:
    rows = [outcome(0, 0, task, True, "same") for task in ("x1", "x2", "y1")]
    table = accuracy.scores(rows, 0)
    assert table.templates == ("x/same", "x/same", "y/same")
    assert accuracy.of_family(table, "y").templates == ("y/same",)
    assert accuracy.of_tasks(table, {"x1", "y1"}).templates == ("x/same", "y/same")
    assert accuracy.repeated(table, (3, 4)).templates == table.templates


def test_accuracy_over_tasks_and_seeds_is_as_wide_as_can_be_where_two_seeds_are_far_apart() -> None:
    found = accuracy.accuracy(accuracy.scores(outcomes({(0, 4): "1111", (1, 4): "0000"}), 4), 0.95)
    assert found.point == 0.5
    assert found.low < 0.01
    assert found.high > 0.99


def test_accuracy_with_one_seed_and_no_shared_template_is_wilson_alone() -> None:
    one = accuracy.scores(outcomes({(3, 0): "1110"}), 0)
    assert accuracy.accuracy(one, 0.95) == intervals.wilson(0.75, 4, 0.95)


def test_accuracy_of_equal_seeds_is_that_of_one() -> None:
    same = accuracy.scores(outcomes({(0, 0): "1110", (1, 0): "1110", (2, 0): "1110"}), 0)
    assert accuracy.accuracy(same, 0.95) == intervals.wilson(0.75, 4, 0.95)


def test_accuracy_on_one_task_is_wilson_and_on_none_is_refused() -> None:
    one = accuracy.scores(outcomes({(0, 0): "1", (1, 0): "0"}, ("x1",)), 0)
    assert accuracy.accuracy(one, 0.95) == intervals.wilson(0.5, 1, 0.95)
    with pytest.raises(ValueError, match="at least 1 task"):
        accuracy.accuracy(accuracy.of_tasks(one, ()), 0.95)
    with pytest.raises(ValueError, match="0 and 0 tasks"):
        accuracy.change(accuracy.of_tasks(one, ()), accuracy.of_tasks(one, ()), 0.95)


@pytest.mark.parametrize("seeds", [1, 3])
def test_shared_templates_widen_accuracy_and_change(seeds: int) -> None:
    def widths(shared: bool) -> list[float]:
        rows = [
            outcome(s, e, f"x{i:02}", e == 1 and i % 8 < 5, f"t{i % 8}" if shared else None)
            for s in range(seeds) for e in (0, 1) for i in range(40)
        ]  # fmt: skip
        first, last = (accuracy.scores(rows, e) for e in (0, 1))
        return [i.high - i.low for i in (accuracy.accuracy(last, 0.95), accuracy.change(first, last, 0.95))]

    for alone, shared in zip(widths(False), widths(True), strict=True):
        assert shared > 1.5 * alone


def test_change_is_paired_and_by_hand_after_bonett_and_price() -> None:
    # Two of four tasks gained: 1 1 0 0. With one gained and one lost added: mean 2/6, sum of squares 4 - 6/9 = 10/3,
    # so V = (10/3) / 5 / 6 = 1/9. Degrees of freedom stay those of the four, t(3, .975) = 3.1824.
    first, last = (accuracy.scores(outcomes({(0, 0): "0010", (0, 4): "1110"}), e) for e in (0, 4))
    found = accuracy.difference(first, last)
    assert found.point == 0.5
    assert found.centre == pytest.approx(1 / 3)
    assert found.variance == pytest.approx(1 / 9)
    assert found.df == pytest.approx(3)
    interval = accuracy.change(first, last, 0.95)
    assert [interval.point, interval.low] == pytest.approx([0.5, 1 / 3 - 3.182446 / 3])
    assert interval.high == 1  # 1/3 + 1.06 is beyond what there is to gain
    assert two_way.p_value(found) > 0.05


def test_change_is_the_other_way_round_with_the_ends_exchanged() -> None:
    first, last = accuracy.scores(TWO_SEEDS, 0), accuracy.scores(TWO_SEEDS, 4)
    there, back = accuracy.change(first, last, 0.95), accuracy.change(last, first, 0.95)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


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
