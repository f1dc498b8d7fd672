from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from clpipe.evaluation import intervals

SCORES = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40)


@given(n=st.integers(1, 400), share=st.floats(0, 1), confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_wilson_is_that_of_statsmodels_and_holds_its_point(n: int, share: float, confidence: float) -> None:
    count = round(share * n)
    found = intervals.wilson(count / n, n, confidence)
    low, high = proportion_confint(count, n, alpha=1 - confidence, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)
    assert 0 <= found.low <= found.point <= found.high <= 1


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(11, 30, 21.9, 54.5), (22, 30, 55.6, 85.8), (4, 25, 6.4, 34.7), (7, 25, 14.3, 47.6), (4, 20, 8.1, 41.6)],
)
def test_wilson_gives_the_reference_values_of_the_seed_document(k: int, n: int, low: float, high: float) -> None:
    found = intervals.wilson(k / n, n, 0.95)
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


@pytest.mark.parametrize(("proportion", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10)])
def test_wilson_refuses_what_is_no_proportion(proportion: float, n: int) -> None:
    with pytest.raises(ValueError, match="a proportion in \\[0, 1\\] of at least 1 task"):
        intervals.wilson(proportion, n, 0.95)


def test_student_by_hand() -> None:
    # mean 2, standard deviation 1, standard error 1/sqrt(3), t(2, .975) = 4.3027
    found = intervals.student([1.0, 2.0, 3.0], 0.95)
    assert found.point == 2
    assert found.high - 2 == pytest.approx(4.302653 / 3**0.5, abs=1e-5)
    assert 2 - found.low == pytest.approx(found.high - 2)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=10).filter(lambda v: np.std(v) > 1e-6))
def test_student_is_that_of_scipy(values: list[float]) -> None:
    found = intervals.student(values, 0.9)
    low, high = stats.t.interval(0.9, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert [found.low, found.high] == pytest.approx([low, high])


def test_student_needs_two_seeds() -> None:
    with pytest.raises(ValueError, match="at least 2 seeds, not 1"):
        intervals.student([0.5], 0.95)


@pytest.mark.parametrize(
    ("before", "after", "n", "low", "high"),
    [(11, 22, 30, 11.5, 56.0), (4, 7, 25, -11.2, 33.8), (4, 8, 20, -8.2, 44.5)],
)
def test_difference_without_pairing_gives_the_reference_values(
    before: int, after: int, n: int, low: float, high: float
) -> None:
    one, two = intervals.wilson(before / n, n, 0.95), intervals.wilson(after / n, n, 0.95)
    found = intervals.difference(one, two)
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)
    assert (found.low, found.high) == pytest.approx(
        confint_proportions_2indep(after, n, before, n, method="newcomb"), abs=1e-9
    )


def test_newcombe_by_hand() -> None:
    # 20 tasks: 8 right both times, 7 gained, 1 lost, 4 wrong both times. phi = (8*4 - 7*1 - 10) / sqrt(9*11*15*5).
    before, after = [1.0] * 9 + [0.0] * 11, [1.0] * 8 + [0.0] + [1.0] * 7 + [0.0] * 4
    one, two, phi = intervals.wilson(9 / 20, 20, 0.95), intervals.wilson(15 / 20, 20, 0.95), 15 / 7425**0.5
    down, over = two.point - two.low, one.high - one.point
    found = intervals.newcombe(before, after, 0.95)
    assert found.point == pytest.approx(0.3)
    assert found.point - found.low == pytest.approx((down**2 - 2 * phi * down * over + over**2) ** 0.5)


@given(SCORES)
def test_newcombe_turns_round_and_keeps_its_point_inside(pairs: list[tuple[bool, bool]]) -> None:
    before, after = ([float(p[i]) for p in pairs] for i in (0, 1))
    there, back = intervals.newcombe(before, after, 0.95), intervals.newcombe(after, before, 0.95)
    assert -1 <= there.low <= there.point <= there.high <= 1
    assert (there.low, there.point, there.high) == pytest.approx((-back.high, -back.point, -back.low))


def test_newcombe_keeps_doubt_where_nothing_changed() -> None:
    found = intervals.newcombe([0.0] * 30, [0.0] * 30, 0.95)
    assert found.low < 0 < found.high


def test_newcombe_covers_a_known_change_about_as_often_as_it_says() -> None:
    random, covered = np.random.default_rng(5), 0
    for _ in range(400):
        before = random.random(40) < 0.4
        after = np.where(before, random.random(40) < 0.9, random.random(40) < 0.5)
        found = intervals.newcombe(before.astype(float), after.astype(float), 0.95)
        covered += found.low <= (0.4 * 0.9 + 0.6 * 0.5) - 0.4 <= found.high
    assert covered / 400 > 0.92


def test_newcombe_needs_the_same_tasks() -> None:
    with pytest.raises(ValueError, match="the same tasks: 2 before, 3 after"):
        intervals.newcombe([0.0, 1.0], [0.0, 1.0, 1.0], 0.95)
