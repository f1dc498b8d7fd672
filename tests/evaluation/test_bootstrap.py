from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from clpipe.evaluation import bootstrap, two_way

NAMES = [str(i % 12) for i in range(48)]
VALUES = st.lists(st.sampled_from([-1.0, -0.4, 0.0, 0.2, 1.0]), min_size=48, max_size=48)


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly_so() -> None:
    values = np.random.default_rng(1).normal(size=48)
    one, again, other = (bootstrap.mean(values, NAMES, 0.95, seed) for seed in (3, 3, 4))
    assert one == again
    assert one != other
    assert [one.low, one.high] == pytest.approx([other.low, other.high], abs=0.04)


def test_of_many_equal_templates_it_is_about_the_t_interval_over_their_means() -> None:
    values = np.random.default_rng(2).normal(size=400)
    found = bootstrap.mean(values, [str(i // 4) for i in range(400)], 0.95, 0)
    means = values.reshape(100, 4).mean(axis=1)
    low, high = stats.t.interval(0.95, 99, loc=means.mean(), scale=stats.sem(means))
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.015)


def test_its_percentiles_are_expanded_as_hesterberg_says() -> None:
    # 12 templates: Phi(-sqrt(12/11) t(11, .975)) = Phi(-2.2989), 1.08 % instead of 2.5 % on each side.
    values = np.random.default_rng(3).normal(size=48)
    tail = float(special.ndtr(-np.sqrt(12 / 11) * stats.t.ppf(0.975, 11)))
    assert tail == pytest.approx(0.0108, abs=0.0001)
    rng, by_template = np.random.default_rng(0), values.reshape(4, 12).mean(axis=0)
    means = by_template[rng.integers(0, 12, size=(40000, 12))].mean(axis=1)
    found = bootstrap.mean(values, NAMES, 0.95, 0)
    assert [found.low, found.high] == pytest.approx(list(np.quantile(means, [tail, 1 - tail])), abs=0.04)
    assert found.high - found.low > 1.1 * np.ptp(np.quantile(means, [0.025, 0.975]))


@given(VALUES)
def test_it_holds_its_point_and_turns_round_with_the_values(values: list[float]) -> None:
    there, back = (bootstrap.mean(sign * np.array(values), NAMES, 0.9, 1) for sign in (1, -1))
    assert there.low <= there.point <= there.high
    assert [there.low, there.high] == pytest.approx([-back.high, -back.low])
    assert min(values) - 1e-12 <= there.low
    assert there.high <= max(values) + 1e-12


def test_whole_templates_are_drawn_with_as_many_tasks_as_they_have() -> None:
    # One template holds half of the tasks, so drawing it twice or not at all moves the mean: wider than alone.
    values, names = np.r_[np.ones(12), np.zeros(12)], ["big"] * 12 + [str(i) for i in range(12)]
    together, alone = bootstrap.mean(values, names, 0.95, 0), bootstrap.mean(values, list(map(str, range(24))), 0.95, 0)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_with_too_few_templates_for_resampling_student_s_t_stands_in() -> None:
    values = np.array([1.0, 1, 0, 0, 0.5, 0.5])
    found = bootstrap.mean(values, list("aabbcc"), 0.95, 0)
    low, high = stats.t.interval(0.95, 2, loc=0.5, scale=stats.sem([1, 0, 0.5]))
    assert [found.low, found.high] == pytest.approx([low, high])


def test_one_template_is_resampled_by_task_and_one_task_is_refused() -> None:
    values = np.random.default_rng(4).normal(size=20)
    assert bootstrap.mean(values, ["a"] * 20, 0.95, 0) == bootstrap.mean(values, list("abcdefghijklmnopqrst"), 0.95, 0)
    with pytest.raises(ValueError, match="at least 2 tasks, not 1"):
        bootstrap.mean(np.ones(1), ["a"], 0.95, 0)


def test_many_tables_at_once_are_each_as_alone() -> None:
    values = np.random.default_rng(5).normal(size=(3, 48))
    low, high = bootstrap.bounds(values, two_way.layout(NAMES), 0.95, 7)
    alone = [bootstrap.mean(row, NAMES, 0.95, 7) for row in values]
    assert [one.low for one in alone] == pytest.approx(list(low))
    assert [one.high for one in alone] == pytest.approx(list(high))
