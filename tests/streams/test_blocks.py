"""Mixed, blocked, recurring and gradual: what comes when."""

import random
from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe import phases
from clpipe.records import Encounter, Task
from clpipe.streams.blocked import Blocked
from clpipe.streams.gradual import Gradual
from clpipe.streams.mixed import Mixed
from clpipe.streams.recurring import Recurring
from tests.drawn import drawn
from tests.streams import FIVE, taken


def blocks(met: list[Encounter]) -> list[tuple[str, int]]:
    return [(phase, len(list(group))) for phase, group in groupby(met, key=lambda encounter: encounter.phase)]


def test_mixed_samples_the_list_as_it_stands(tasks: list[Task]) -> None:
    met = taken(Mixed(), tasks, 100, seed=5)
    assert [encounter.task for encounter in met] == random.Random(5).sample(tasks, 100)
    assert blocks(met) == [("mixed", 100)]
    assert max(Counter(encounter.task.family for encounter in met[:50]).values()) < 20


def test_blocks_follow_the_given_order_and_the_first_take_the_remainder(tasks: list[Task]) -> None:
    met = taken(Blocked(order=FIVE[::-1]), tasks, 48)  # 48 = 5 · 9 + 3
    assert blocks(met) == list(zip(FIVE[::-1], (10, 10, 10, 9, 9), strict=True))
    assert all(encounter.phase == encounter.task.family for encounter in met)


def test_without_an_order_each_seed_has_its_own_whatever_the_order_of_the_file(tasks: list[Task]) -> None:
    orders = [tuple(family for family, _ in blocks(taken(Blocked(), tasks, 50, seed))) for seed in range(20)]
    assert len(set(orders)) > 10
    assert all(sorted(order) == sorted(FIVE) for order in orders)
    backwards = [tuple(family for family, _ in blocks(taken(Blocked(), tasks[::-1], 50, seed))) for seed in range(20)]
    assert backwards == orders


def test_families_come_back_in_the_same_order_with_other_tasks(tasks: list[Task]) -> None:
    met = taken(Recurring(order=FIVE, rounds=3), tasks, 47)  # 47 = 15 · 3 + 2
    assert blocks(met) == list(zip(FIVE * 3, (4, 4, *[3] * 13), strict=True))
    assert all(encounter.phase == encounter.task.family for encounter in met)


def test_a_family_with_too_few_tasks_is_named() -> None:
    few = drawn(1, {"comparison": 10, "sequence": 4})
    with pytest.raises(ValueError, match=r"6 episodes of family 'sequence', but it has 4 .*families.sequence.tasks"):
        taken(Blocked(), few, 12)
    with pytest.raises(ValueError, match=r"6 episodes of family 'sequence', but it has 4 .* 'recurring'"):
        taken(Recurring(), few, 12)
    with pytest.raises(ValueError, match=r"6 episodes of family 'sequence', but it has 4 .* 'gradual'"):
        taken(Gradual(width=1), few, 12)


def test_an_order_that_leaves_out_a_family_of_the_tasks_is_refused(tasks: list[Task]) -> None:
    with pytest.raises(ValueError, match=r"^order: leaves out sequence"):
        taken(Blocked(order=FIVE[:4]), tasks, 20)


def test_neighbours_alone_overlap_and_only_around_their_boundary() -> None:
    three = ("comparison", "logic_grid", "sequence")
    stream, tasks = Gradual(order=three, width=8), drawn(1, dict.fromkeys(three, 60))
    early: Counter[str] = Counter()
    for seed in range(30):
        phases_ = [encounter.phase for encounter in taken(stream, tasks, 120, seed)]
        assert phases_ != sorted(phases_)  # alphabetical is the order of the blocks
        assert set(phases_[:40]) <= {"comparison", "logic_grid"}
        assert set(phases_[80:]) <= {"logic_grid", "sequence"}
        early.update(phases_[:20])
    # 20 episodes before the boundary the chance of the next is 1 / (1 + e^10) = 0.00005.
    assert early["comparison"] > 0.98 * early.total()


def test_gradual_counts_are_even_on_average_and_short_families_leave_their_turn() -> None:
    tasks = drawn(1, {"comparison": 20, "sequence": 20})
    for seed in range(20):
        met = taken(Gradual(width=20), tasks, 40, seed)
        assert Counter(encounter.phase for encounter in met) == {"comparison": 20, "sequence": 20}


@given(st.integers(0, 500), st.integers(1, 40))
def test_shares_sum_up_differ_by_one_at_most_and_never_rise(episodes: int, count: int) -> None:
    lengths = phases.shares(episodes, count)
    assert sum(lengths) == episodes
    assert len(lengths) == count
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] - lengths[-1] <= 1


def test_a_hand_over_of_no_width_is_sharp_and_draws_nothing() -> None:
    rng = random.Random(1)
    state = rng.getstate()
    assert phases.handover([2, 1, 3], 0, rng) == [0, 0, 1, 2, 2, 2]
    assert rng.getstate() == state


def test_the_chance_of_the_later_block_is_the_sigmoid() -> None:
    assert phases.later(0, 10) == 0.5
    assert phases.later(5, 10) == pytest.approx(0.8808, abs=1e-4)  # 1 / (1 + e^-2)
    assert phases.later(-5, 10) == pytest.approx(0.1192, abs=1e-4)
    assert phases.later(10**9, 1) == pytest.approx(1)
    assert phases.later(-(10**9), 1) == pytest.approx(0)


def test_a_hand_over_is_as_often_later_as_the_sigmoid_says() -> None:
    rng, rounds = random.Random(3), 4000
    plans = [phases.handover([10, 10], 10, rng) for _ in range(rounds)]
    for t in (2, 7, 9, 10, 12, 17):
        share = sum(plan[t] for plan in plans) / rounds
        assert share == pytest.approx(phases.later(t + 0.5 - 10, 10), abs=0.035)  # 4 standard errors and more
