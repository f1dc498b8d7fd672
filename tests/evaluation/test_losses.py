from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clpipe.evaluation import losses
from clpipe.records import Episode


def episode(seed: int, t: int, loss: float, correct: bool = False) -> Episode:
    return Episode(
        arm="a", seed=seed, t=t, phase="p", task_id=f"{t}", family="f", shown="", reply="", correct=correct,
        loss=loss, tokens=1,
    )  # fmt: skip


def test_by_episode_sorts_seeds_and_episodes() -> None:
    loss, correct = losses.by_episode([episode(1, 2, 4), episode(0, 1, 1), episode(1, 1, 3, True), episode(0, 2, 2)])
    assert loss.tolist() == [[1, 2], [3, 4]]
    assert correct.tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize("bad", [[], [episode(0, 2, 1)], [episode(0, 1, 1), episode(0, 1, 1)]])
def test_by_episode_refuses_a_hole_and_a_double(bad: list[Episode]) -> None:
    with pytest.raises(ValueError, match="every seed needs each exactly once"):
        losses.by_episode(bad)


def test_ends_are_means_of_the_window() -> None:
    first, last = losses.ends(np.array([[4.0, 2, 1, 0], [8, 0, 0, 2]]), 2)
    assert (first.tolist(), last.tolist()) == ([3, 4], [0.5, 1])
    assert losses.ends(np.array([[4.0, 2]]), 10)[0].tolist() == [3]


def test_prequential_by_hand() -> None:
    assert losses.prequential(np.array([[0.0, 1, 1, 0]])).tolist() == [[0, 0.5, pytest.approx(2 / 3), 0.5]]


@given(arrays(np.float64, (2, 9), elements=st.floats(0, 10)), st.integers(1, 12))
def test_smoothing_is_the_mean_of_the_window(values: np.ndarray, window: int) -> None:
    expected = [[row[max(0, t + 1 - window) : t + 1].mean() for t in range(9)] for row in values]
    assert losses.smoothed(values, window) == pytest.approx(np.array(expected), abs=1e-9)
