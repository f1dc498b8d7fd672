from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from clpipe.evaluation import e_process

STUDIES, CAP = 2000, 300
FLIPS = st.lists(st.sampled_from([-1, 0, 1]), max_size=60)


def stops(gain: float, loss: float, entropy: int) -> list[int | None]:
    """Where studies of up to CAP tasks stop: the share gain + loss is gained, the share loss is lost."""
    drawn = np.random.default_rng(entropy).random((STUDIES, CAP))
    flips = np.where(drawn < gain + loss, 1, np.where(drawn < gain + 2 * loss, -1, 0))
    return [e_process.stops_at(row.tolist()) for row in flips]


@pytest.mark.parametrize(
    ("gained", "lost", "e"), [(11, 0, 171), (19, 8, 2.2), (3, 0, 2.0), (7, 4, 0.5), (4, 0, 3.2), (8, 4, 0.6)]
)
def test_e_has_the_reference_values_of_the_seed_document(gained: int, lost: int, e: float) -> None:
    assert math.exp(e_process.log_e(gained, lost)) == pytest.approx(e, abs=0.5 if e > 100 else 0.05)


@given(st.integers(0, 12), st.integers(0, 12))
def test_e_is_the_mixture_that_it_stands_for(gained: int, lost: int) -> None:
    mixed = integrate.quad(lambda share: (2 * share) ** gained * (2 * (1 - share)) ** lost, 0, 1)[0]
    assert math.exp(e_process.log_e(gained, lost)) == pytest.approx(mixed)


@given(st.integers(0, 40), st.integers(0, 40))
def test_e_is_a_martingale_where_gains_and_losses_are_equally_likely(gained: int, lost: int) -> None:
    after = [math.exp(e_process.log_e(gained + 1, lost)), math.exp(e_process.log_e(gained, lost + 1))]
    assert sum(after) / 2 == pytest.approx(math.exp(e_process.log_e(gained, lost)))


@given(FLIPS)
def test_gains_and_losses_are_told_alike_and_equal_answers_say_nothing(flips: list[int]) -> None:
    found = e_process.path(flips)
    assert found == e_process.path([-flip for flip in flips])
    assert found == e_process.path([flip for flip in flips if flip])


def test_it_stops_by_hand() -> None:
    # All gained: E = 2^c / (c + 1): 1, 4/3, 2, 16/5, 32/6, 64/7, 128/8, 256/9 = 28: the first of 20 or more is c = 8.
    assert e_process.path([1] * 3) == pytest.approx([1, 4 / 3, 2])
    assert e_process.stops_at([1] * 20) == 8
    assert e_process.stops_at([0, 1] * 20) == 16
    assert e_process.stops_at([-1] * 20, threshold=2) == 3
    assert e_process.stops_at([1, -1] * 100) is None
    assert e_process.stops_at([]) is None


def test_a_long_run_does_not_overflow() -> None:
    assert e_process.path([1] * 2000)[-1] == math.inf
    assert e_process.stops_at([0] * 2000 + [1] * 2000) == 2008


def test_other_flips_and_thresholds_are_refused() -> None:
    with pytest.raises(ValueError, match="2 is none of 1"):
        e_process.path([1, 2])
    with pytest.raises(ValueError, match="threshold: 1"):
        e_process.stops_at([1], threshold=1)


def test_under_no_gain_it_stops_in_far_fewer_than_one_in_twenty() -> None:
    stopped = np.mean([stop is not None for stop in stops(0.0, 0.05, 1)])
    assert stopped == pytest.approx(0.016, abs=0.008)


@pytest.mark.parametrize(
    ("gain", "after", "power"),
    [(0.30, 37, 1.0), (0.20, 61, 1.0), (0.15, 92, 1.0), (0.10, 158, 0.87), (0.05, 259, 0.32)],
)
def test_it_stops_as_early_and_as_often_as_the_statistics_page_says(gain: float, after: int, power: float) -> None:
    found = stops(gain, 0.05, 2)
    assert np.mean([stop or CAP for stop in found]) == pytest.approx(after, rel=0.05)
    assert np.mean([stop is not None for stop in found]) == pytest.approx(power, abs=0.03)
