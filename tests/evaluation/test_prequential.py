from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clpipe.evaluation import losses, prequential

ANSWERS = arrays(np.float64, (2, 12), elements=st.sampled_from([0.0, 1.0]))


def test_the_three_by_hand() -> None:
    answers = np.array([[1.0, 0, 1, 1]])
    assert prequential.cumulative(answers)[0].tolist() == [1, 0.5, pytest.approx(2 / 3), 0.75]
    assert prequential.windowed(answers, 2)[0].tolist() == [1, 0.5, 0.5, 1]
    # alpha 1/2: S = 1, 1/2, 5/4, 13/8 and B = 1, 3/2, 7/4, 15/8.
    assert prequential.fading(answers, 0.5)[0].tolist() == pytest.approx([1, 1 / 3, 5 / 7, 13 / 15])


@given(ANSWERS)
def test_without_forgetting_all_three_are_the_cumulative_one(answers: np.ndarray) -> None:
    whole = losses.prequential(answers)
    assert np.array_equal(prequential.cumulative(answers), whole)
    assert prequential.fading(answers, 1.0) == pytest.approx(whole)
    assert prequential.windowed(answers, 12) == pytest.approx(whole)


@given(ANSWERS, st.floats(0.01, 1), st.integers(1, 20))
def test_they_stay_between_0_and_1_and_permuting_seeds_permutes_them(
    answers: np.ndarray, alpha: float, window: int
) -> None:
    for found, turned in (
        (prequential.fading(answers, alpha), prequential.fading(answers[::-1], alpha)),
        (prequential.windowed(answers, window), prequential.windowed(answers[::-1], window)),
    ):
        assert found.min() >= 0
        assert found.max() <= 1 + 1e-12
        assert np.array_equal(found[::-1], turned)


@given(ANSWERS, st.floats(0.01, 1))
def test_fading_is_the_weighted_mean_it_stands_for(answers: np.ndarray, alpha: float) -> None:
    weights = alpha ** np.arange(11, -1, -1)
    assert prequential.fading(answers, alpha)[:, -1] == pytest.approx(answers @ weights / weights.sum())


@pytest.mark.parametrize("alpha", [0.0, -0.1, 1.1])
def test_other_fading_factors_are_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        prequential.fading(np.ones((1, 3)), alpha)


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="window: 0 episodes"):
        prequential.windowed(np.ones((1, 3)), 0)


def test_the_gap_at_each_checkpoint_after_the_start() -> None:
    # After 2 episodes 1 of 2 right against 0.2 held out, after 4 episodes 3 of 4 against 0.9.
    online = prequential.cumulative(np.array([[1.0, 0, 1, 1]]))
    found = prequential.gap(online, np.array([[0.0, 0.2, 0.9]]), (0, 2, 4))
    assert found.checkpoints == (2, 4)
    assert (found.online.tolist(), found.heldout.tolist()) == ([[0.5, 0.75]], [[0.2, 0.9]])
    assert found.values.tolist() == [pytest.approx([0.3, -0.15])]


def test_a_gap_needs_two_sides_that_fit() -> None:
    with pytest.raises(ValueError, match=r"heldout: shape \(1, 2\), wanted \(1, 3\)"):
        prequential.gap(np.ones((1, 4)), np.ones((1, 2)), (0, 2, 4))
    with pytest.raises(ValueError, match=r"checkpoints: \[5\] are not within the 4 episodes"):
        prequential.gap(np.ones((1, 4)), np.ones((1, 2)), (0, 5))
