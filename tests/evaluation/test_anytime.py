from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clpipe.evaluation import anytime
from clpipe.evaluation.matrix import AccuracyMatrix, Anchors
from clpipe.records import Episode

NAN = float("nan")
STEPS = (0, 2, 4, 6)
VALUES = arrays(np.float64, (2, 4, 2), elements=st.floats(0, 1))
LEARNED = Anchors(rule="block", by_seed={0: {"x": 2, "y": 4}, 1: {"y": 2, "x": 6}})


def matrix(values: object) -> AccuracyMatrix:
    """Of families x and y (columns) at checkpoints STEPS (rows)."""
    table = np.array(values, dtype=np.float64)
    return AccuracyMatrix(
        seeds=tuple(range(len(table))), checkpoints=STEPS, families=("x", "y"), values=table, tasks=(10, 10)
    )


def episodes(orders: dict[int, str], loss: dict[int, list[float]] | None = None) -> list[Episode]:
    """From a seed to the families of its episodes, one character each, and to their losses."""
    return [
        Episode(
            arm="a", seed=seed, t=t, phase="p", task_id=f"{t}", family=family, shown="", reply="", correct=False,
            loss=loss[seed][t - 1] if loss else 1.0, tokens=1,
        )
        for seed, order in orders.items()
        for t, family in enumerate(order, start=1)
    ]  # fmt: skip


ONE = matrix([[[0.0, 0.1], [0.8, 0.2], [0.4, 0.6], [0.6, 0.4]]])
BLOCKS = episodes({0: "xxyyyy", 1: "yyyyxx"})


def test_anytime_accuracy_over_families_seen_and_over_all() -> None:
    # Seen: x alone at 2, then both: (0.8 + 0.5 + 0.5) / 3. All: (0.5 + 0.5 + 0.5) / 3. Checkpoint 0 does not count.
    assert anytime.anytime_seen(ONE, BLOCKS).tolist() == [pytest.approx(0.6)]
    assert anytime.anytime_all(ONE).tolist() == [pytest.approx(0.5)]


@given(VALUES)
def test_once_all_families_are_met_both_are_the_same_and_follow_their_seed(values: np.ndarray) -> None:
    mixed, whole = episodes({0: "xyxyxy", 1: "yxyxyx"}), anytime.anytime_all(matrix(values))
    assert anytime.anytime_seen(matrix(values), mixed) == pytest.approx(whole)
    assert anytime.anytime_all(matrix(values[::-1])).tolist() == whole[::-1].tolist()
    assert whole.min() >= values[:, 1:].min() - 1e-12
    assert whole.max() <= values[:, 1:].max() + 1e-12


def test_anytime_accuracy_needs_episodes_checkpoints_and_a_family_met() -> None:
    with pytest.raises(LookupError, match=r"seeds \[0\] have no episodes"):
        anytime.anytime_seen(ONE, episodes({1: "xx"}))
    with pytest.raises(ValueError, match=r"none of \('x', 'y'\) was met"):
        anytime.anytime_seen(ONE, episodes({0: "zzzxyx"}))
    start = AccuracyMatrix(seeds=(0,), checkpoints=(0,), families=("x",), values=np.ones((1, 1, 1)), tasks=(1,))
    with pytest.raises(ValueError, match="at least one after episode 0"):
        anytime.anytime_all(start)


def test_min_accuracy_and_worst_case_by_hand() -> None:
    lowest = anytime.min_accuracy(ONE, LEARNED)[0]
    assert lowest == pytest.approx(np.array([[NAN, NAN], [0.8, NAN], [0.4, 0.6], [0.4, 0.4]]), nan_ok=True)
    # k = 1 at checkpoint 2: 0.8. k = 2 at 4: 0.6 / 2 + 0.4 / 2; at 6: now 0.4 / 2 and the worst of x 0.4 / 2.
    assert anytime.worst_case(ONE, LEARNED)[0] == pytest.approx(np.array([NAN, 0.8, 0.5, 0.4]), nan_ok=True)


def test_the_worst_case_takes_the_present_accuracy_of_the_family_learned_last() -> None:
    # Both learned at 2, y last: x counts with its worst (0.1), y with what it is (0.9, though it was 0.2).
    table = matrix([[[0, 0], [0.5, 0.2], [0.1, 0.4], [0.7, 0.9]]])
    found = anytime.worst_case(table, Anchors(rule="half", by_seed={0: {"x": 2, "y": 2}}))
    assert found[0, -1] == pytest.approx((0.9 + 0.1) / 2)


@given(VALUES)
def test_the_worst_case_is_never_above_the_accuracy_of_what_was_learned(values: np.ndarray) -> None:
    table = matrix(values)
    lowest, worst = anytime.min_accuracy(table, LEARNED), anytime.worst_case(table, LEARNED)
    assert not (lowest > values).any()
    assert not (np.diff(lowest, axis=1) > 0).any()
    assert (worst[:, -1] <= values[:, -1].mean(axis=1) + 1e-12).all()
    assert np.isnan(worst[:, 0]).all()


def test_a_family_without_an_anchor_has_no_minimum_and_strangers_are_refused() -> None:
    only = Anchors(rule="block", by_seed={0: {"x": 2}})
    assert np.isnan(anytime.min_accuracy(ONE, only)[0, :, 1]).all()
    assert anytime.worst_case(ONE, only)[0, -1] == 0.6
    with pytest.raises(LookupError, match="seed 0 has no anchors"):
        anytime.min_accuracy(ONE, Anchors(rule="block", by_seed={}))
    with pytest.raises(LookupError, match=r"families \['z'\] were learned"):
        anytime.worst_case(ONE, Anchors(rule="block", by_seed={0: {"z": 2}}))


def test_the_area_under_uneven_checkpoints_by_hand() -> None:
    # 2 episodes at a mean of 0.25 and 6 at 0.75: (0.5 + 4.5) / 8.
    assert anytime.area(np.array([[0.0, 0.5, 1.0]]), (0, 2, 8)).tolist() == [0.625]


@given(arrays(np.float64, (3, 4), elements=st.floats(0, 1)))
def test_the_area_lies_within_the_curve(curve: np.ndarray) -> None:
    found = anytime.area(curve, STEPS)
    assert (curve.min(axis=1) - 1e-12 <= found).all()
    assert (found <= curve.max(axis=1) + 1e-12).all()


@pytest.mark.parametrize(("points", "steps"), [(1, (4,)), (2, (4, 2)), (2, (0, 2, 4)), (2, (2, 2))])
def test_an_area_needs_two_rising_checkpoints(points: int, steps: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="checkpoints"):
        anytime.area(np.ones((1, points)), steps)


def test_the_first_checkpoint_at_a_level_and_the_first_that_stays_there() -> None:
    curve = np.array([[0.0, 0.5, 0.4, 0.6], [0.0, 0.1, 0.2, 0.3], [0.5, 0.5, 0.5, 0.5]])
    assert anytime.episodes_to_reach(curve, STEPS, 0.5) == (2, None, 0)
    assert anytime.episodes_to_reach(curve, STEPS, 0.5, stay=True) == (6, None, 0)


@given(arrays(np.float64, (3, 4), elements=st.floats(0, 1)), st.floats(0, 1))
def test_staying_is_never_sooner_than_reaching(curve: np.ndarray, level: float) -> None:
    first = anytime.episodes_to_reach(curve, STEPS, level)
    stays = anytime.episodes_to_reach(curve, STEPS, level, stay=True)
    for row, reached, kept in zip(curve, first, stays, strict=True):
        assert (reached is None) == (row.max() < level)
        assert (kept is None) == (row[-1] < level)
        assert kept is None or (reached is not None and kept >= reached)


def test_the_loss_drop_of_each_family_by_hand() -> None:
    # Seed 0: x 5 4 2 1 with window 2 drops 4.5 - 1.5; y has 2 episodes, so one on each side: 3 - 4.
    # Seed 1: x 2 2 2 2 2, the window of 2 drops nothing; y once, which says nothing.
    records = episodes({0: "xxyyxx", 1: "xxxxxy"}, {0: [5, 4, 3, 4, 2, 1], 1: [2, 2, 2, 2, 2, 9]})
    found = anytime.loss_drop(records, 2)
    assert (found.seeds, found.families) == ((0, 1), ("x", "y"))
    assert found.values == pytest.approx(np.array([[3, -1], [0, NAN]]), nan_ok=True)
    assert found.by_seed.tolist() == [1, 0]


def test_the_loss_drop_of_a_seed_without_a_value_is_unknown() -> None:
    assert np.isnan(anytime.loss_drop(episodes({0: "xy"}), 3).by_seed).all()
    with pytest.raises(ValueError, match="window: 0 episodes"):
        anytime.loss_drop(episodes({0: "xy"}), 0)


def test_the_learning_slope_by_hand_and_its_sign() -> None:
    # Gains 0.5, 0.4, 0.0: slope = (0.0 - 0.5) / 2.
    matrix = np.diag([0.6, 0.5, 0.3])
    assert anytime.learning_slope(matrix, np.array([0.1, 0.1, 0.3])) == pytest.approx(-0.25)
    assert anytime.learning_slope(np.ones((1, 1)), np.zeros(1)) is None


@given(st.integers(2, 6), st.floats(-1, 1), st.floats(-1, 1))
def test_the_learning_slope_is_that_of_a_straight_line(families: int, slope: float, start: float) -> None:
    matrix = np.diag(start + slope * np.arange(families))
    assert anytime.learning_slope(matrix, np.zeros(families)) == pytest.approx(slope, abs=1e-9)
