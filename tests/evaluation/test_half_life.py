from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clpipe.evaluation import half_life
from clpipe.evaluation.half_life import Retention
from clpipe.evaluation.matrix import AccuracyMatrix
from clpipe.records import Episode

NAN = float("nan")
CURVES = arrays(np.float64, (2, 4, 2), elements=st.integers(0, 10).map(lambda k: k / 10))


def matrix(values: object, steps: tuple[int, ...]) -> AccuracyMatrix:
    """Of families x, y, ... (columns) at checkpoints `steps` (rows)."""
    table = np.array(values, dtype=np.float64)
    seeds, _, families = table.shape
    return AccuracyMatrix(
        seeds=tuple(range(seeds)), checkpoints=steps, families=tuple("xyz"[:families]), values=table,
        tasks=(10,) * families,
    )  # fmt: skip


def episodes(orders: dict[int, str]) -> list[Episode]:
    """From a seed to the families of its episodes, one character each."""
    return [
        Episode(
            arm="a", seed=seed, t=t, phase="p", task_id=f"{t}", family=family, shown="", reply="", correct=False,
            loss=1.0, tokens=1,
        )
        for seed, order in orders.items()
        for t, family in enumerate(order, start=1)
    ]  # fmt: skip


def cells(lags: object, retained: object, curves: int = 1) -> Retention:
    """The same course for `curves` seeds of one family."""
    lag, left = np.tile(np.array(lags, dtype=float), curves), np.tile(np.array(retained, dtype=float), curves)
    return Retention(
        seeds=np.repeat(np.arange(curves), len(lag) // curves), checkpoints=np.arange(len(lag)),
        families=("x",) * len(lag), lags=lag, retained=left, unlearned=0,
    )  # fmt: skip


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_lags_by_hand() -> None:
    # x at 1, 2 and 5, y at 3 and 4.
    found = half_life.lags(matrix(np.zeros((1, 4, 2)), (0, 2, 4, 6)), episodes({0: "xxyyxz"}))
    assert found[0] == pytest.approx(np.array([[NAN, NAN], [0, NAN], [2, 0], [1, 2]]), nan_ok=True)


def test_retention_by_hand() -> None:
    # x: base 0.2, peak 1.0 at 2; at 4 (lag 2) 0.6, so (0.6 - 0.2) / 0.8 = 0.5 is left; at 6 (lag 4) 0.2, so 0.
    # y is met from 3 on: at 4 still at its base 0.5, nothing learned; at 6 below it, again nothing: two left out.
    # y at 2 had not been met, so it is neither a cell nor left out.
    table = matrix([[[0.2, 0.5], [1.0, 0.5], [0.6, 0.5], [0.2, 0.4]]], (0, 2, 4, 6))
    found = half_life.retention(table, episodes({0: "xxyyyy"}))
    assert (found.seeds.tolist(), found.checkpoints.tolist(), found.families) == ([0] * 3, [2, 4, 6], ("x",) * 3)
    assert found.lags.tolist() == [0, 2, 4]
    assert found.retained.tolist() == [1, pytest.approx(0.5), 0]
    assert found.unlearned == 2


def test_the_peak_is_the_largest_so_far_and_not_that_of_later_checkpoints() -> None:
    # Base 0; 0.4 at 2 is all there had been, 0.8 at 4 again; 0.6 at 6 is three quarters of it.
    found = half_life.retention(matrix([[[0.0], [0.4], [0.8], [0.6]]], (0, 2, 4, 6)), episodes({0: "xxyxyy"}))
    assert found.lags.tolist() == [0, 0, 2]
    assert found.retained.tolist() == [1, 1, pytest.approx(0.75)]


def test_the_fit_of_two_points_by_hand() -> None:
    # With one lag alone the least squares are met exactly: a quarter left after 20 episodes is a half-life of 10.
    found = half_life.half_life(cells([0, 20], [1, 0.25]), rng())
    assert found.episodes == pytest.approx(10, rel=1e-6)
    assert (found.rates, found.low, found.high, found.longest, found.cells) == (None, None, None, 20, 2)
    assert found.said == "half-life 10 episodes"


@given(st.floats(5, 100))
def test_a_known_half_life_is_found(wanted: float) -> None:
    lags = np.arange(0, 121, 8)
    rate = half_life.decay_rate(lags.astype(float), 0.5 ** (lags / wanted))
    assert rate is not None
    assert half_life.LN2 / rate == pytest.approx(wanted, rel=1e-5)


def test_a_known_half_life_is_found_through_matrix_and_episodes() -> None:
    # x for 8 episodes, then y for 32: x decays from 0.9 to its base 0.1 with a half-life of 12 episodes.
    steps = tuple(range(0, 41, 4))
    x = [0.1] + [0.9 if step <= 8 else 0.1 + 0.8 * 0.5 ** ((step - 8) / 12) for step in steps[1:]]
    table = matrix([[[value, 0.0] for value in x]] * 2, steps)
    found = half_life.half_life(half_life.retention(table, episodes({s: "x" * 8 + "y" * 32 for s in (0, 1)})), rng())
    assert found.episodes == pytest.approx(12, rel=1e-5)
    assert (found.longest, found.unlearned) == (32, 16)  # y, met at 8 checkpoints of 2 seeds, was never learned


def test_noisy_curves_give_an_interval_that_holds_the_half_life_they_were_drawn_with() -> None:
    noise, lags = np.random.default_rng(8), np.arange(0, 80, 10)
    left = np.concatenate([0.5 ** (lags / noise.uniform(15, 25)) + noise.normal(0, 0.05, 8) for _ in range(20)])
    drawn = cells(lags, np.zeros(8), curves=20)
    noisy = Retention(
        seeds=drawn.seeds, checkpoints=drawn.checkpoints, families=drawn.families, lags=drawn.lags, retained=left,
        unlearned=0,
    )  # fmt: skip
    found = half_life.half_life(noisy, rng(), resamples=200)
    assert found.low is not None
    assert found.episodes is not None
    assert found.high is not None
    assert 15 < found.low < found.episodes < found.high < 25
    assert found.low < 20 < found.high
    assert found.said.startswith("half-life ")
    assert half_life.half_life(noisy, rng(), resamples=200) == found


def test_without_decay_there_is_no_half_life() -> None:
    for left in ([1.0, 1.0, 1.0], [1.0, 1.2, 1.4]):
        found = half_life.half_life(cells([0, 10, 40], left, curves=3), rng(), resamples=20)
        assert (found.rate, found.rates, found.episodes, found.low, found.high) == (0, (0, 0), None, None, None)
        assert found.said == "no half-life within 40 episodes"


def test_a_half_life_beyond_the_longest_lag_is_not_claimed_though_its_rate_is_kept() -> None:
    found = half_life.half_life(cells([0, 40], [1, 0.9]), rng())
    assert found.rate == pytest.approx(-np.log(0.9) / 40, rel=1e-5)
    assert (found.episodes, found.said) == (None, "no half-life within 40 episodes")


def test_an_interval_open_at_the_top_is_said_so() -> None:
    # One curve with a half-life of 10, one that keeps everything: resamples of the second alone do not decay.
    two = cells([0, 40], [1, 0.0625], curves=2)
    mixed = Retention(
        seeds=two.seeds, checkpoints=two.checkpoints, families=two.families, lags=two.lags,
        retained=np.array([1, 0.0625, 1, 1.0]), unlearned=0,
    )  # fmt: skip
    found = half_life.half_life(mixed, rng(), resamples=100)
    assert found.low == pytest.approx(10, rel=1e-4)
    assert found.high is None
    assert found.said.endswith("(10 to more than 40)")


def test_what_is_lost_at_once_has_the_shortest_half_life_that_can_be_told() -> None:
    found = half_life.half_life(cells([0, 10, 20], [1, 0, 0]), rng())
    assert found.episodes == pytest.approx(half_life.SHORTEST * 10, rel=0.05)


@pytest.mark.parametrize(("lags", "left"), [([], []), ([0, 0], [1, 0.5])])
def test_without_a_lag_nothing_is_said(lags: list[float], left: list[float]) -> None:
    found = half_life.half_life(cells(lags, left), rng())
    assert (found.rate, found.rates, found.episodes) == (None, None, None)
    assert found.said == "no half-life: nothing was learned that was then left alone"


def test_a_curve_without_a_lag_does_not_count_towards_the_interval() -> None:
    two = cells([0, 0], [1, 1], curves=2)
    one_lag = Retention(
        seeds=two.seeds, checkpoints=two.checkpoints, families=two.families, lags=np.array([0, 10.0, 0, 0]),
        retained=np.array([1, 0.5, 1, 1]), unlearned=0,
    )  # fmt: skip
    found = half_life.half_life(one_lag, rng())
    assert found.episodes == pytest.approx(10)
    assert found.rates is None


@given(CURVES)
def test_retention_is_at_most_1_and_every_cell_met_is_kept_or_counted(values: np.ndarray) -> None:
    table, order = matrix(values, (0, 2, 4, 6)), {0: "xyxyxy", 1: "yyyxxx"}
    found = half_life.retention(table, episodes(order))
    assert (found.retained <= 1 + 1e-12).all()
    assert len(found.lags) + found.unlearned == 6 + 5  # seed 1 has not met x at checkpoint 2
    turned = half_life.retention(matrix(values[::-1], (0, 2, 4, 6)), episodes({0: order[1], 1: order[0]}))
    assert sorted(zip(found.lags, found.retained, strict=True)) == sorted(
        zip(turned.lags, turned.retained, strict=True)
    )


def test_a_matrix_without_a_start_or_a_seed_without_episodes_is_refused() -> None:
    with pytest.raises(LookupError, match="checkpoint 0 is needed"):
        half_life.retention(matrix([[[0.5]]], (2,)), episodes({0: "xx"}))
    with pytest.raises(LookupError, match=r"seeds \[0\] have no episodes"):
        half_life.retention(matrix([[[0.5], [1.0]]], (0, 2)), episodes({1: "xx"}))


@pytest.mark.parametrize(("confidence", "resamples"), [(0.0, 10), (1.0, 10), (0.95, 0)])
def test_other_confidences_and_no_resamples_are_refused(confidence: float, resamples: int) -> None:
    with pytest.raises(ValueError, match="confidence"):
        half_life.half_life(cells([0, 10], [1, 0.5]), rng(), confidence, resamples)
