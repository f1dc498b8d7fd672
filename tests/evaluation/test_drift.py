from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import drift
from clpipe.evaluation.drift import Comparison, Recovery, Tolerance
from clpipe.records import Episode

PLACES = st.lists(st.integers(2, 200), max_size=12, unique=True).map(sorted)
TOLERANCES = st.builds(Tolerance, before=st.integers(0, 10), after=st.integers(0, 60))


def episodes(phases: dict[int, str]) -> list[Episode]:
    """From a seed to the phases of its episodes, one character each."""
    return [
        Episode(
            arm="a", seed=seed, t=t, phase=phase, task_id=f"{t}", family="f", shown="", reply="", correct=False,
            loss=1.0, tokens=1,
        )
        for seed, order in phases.items()
        for t, phase in enumerate(order, start=1)
    ]  # fmt: skip


def answers(marks: str) -> np.ndarray:
    return np.array([float(mark) for mark in marks])


def test_change_points_are_the_first_episodes_of_new_phases() -> None:
    assert drift.change_points(episodes({1: "aabba", 0: "aaaa"})) == {0: (), 1: (3, 5)}
    with pytest.raises(ValueError, match="seed 0: 2 episodes up to 3"):
        drift.change_points([e for e in episodes({0: "aba"}) if e.t != 2])


def test_recovery_by_hand() -> None:
    # Before: 1 1. From episode 5 on: 0 0 1 1; windows of 2 of the new phase: 0, 0.5, 1, so back after 4 episodes.
    assert drift.recovery(answers("1111" + "0011"), [5], 2) == (Recovery(change=5, before=1.0, episodes=4),)
    # At half of the old accuracy the window 0 1 is enough: after 3 episodes.
    assert drift.recovery(answers("1111" + "0011"), [5], 2, share=0.5)[0].episodes == 3


def test_answers_from_before_the_change_do_not_count_as_recovery() -> None:
    # The window of 4 still holds 1 1 1 after the first wrong answer, a mean of 0.75 = 0.75 times 1.
    assert drift.recovery(answers("1111" + "0000"), [5], 4, share=0.75)[0].episodes is None
    assert drift.recovery(answers("1111" + "1111"), [5], 4)[0].episodes == 4  # the least that can be found


def test_recovery_ends_at_the_next_change_and_needs_something_to_come_back_to() -> None:
    found = drift.recovery(answers("11" + "00" + "11" + "1"), [3, 5, 7], 2)
    assert [(r.change, r.before, r.episodes) for r in found] == [(3, 1, None), (5, 0, None), (7, 1, None)]


def test_the_first_episode_of_the_next_phase_does_not_help() -> None:
    # 0 1 is not back; 1 1, with the first episode after the next change, would be.
    assert drift.recovery(answers("11" + "01" + "11"), [3, 5], 2)[0].episodes is None


def test_a_share_of_a_mean_is_met_by_the_mean_it_equals() -> None:
    # 0.9 * 0.8 is 0.7200000000000001 in floats; 18 of 25 must reach it.
    before, after = "1" * 20 + "0" * 5, "1" * 18 + "0" * 7
    assert drift.recovery(answers(before + after), [26], 25)[0].episodes == 25


def test_recovery_without_changes_is_nothing_and_bad_places_are_refused() -> None:
    assert drift.recovery(answers("1010"), [], 2) == ()
    for changes in ([1], [5], [3, 3], [4, 3]):
        with pytest.raises(ValueError, match="changes"):
            drift.recovery(answers("1010"), changes, 2)
    for window, share in ((0, 0.9), (2, 0.0), (2, 1.1)):
        with pytest.raises(ValueError, match="window"):
            drift.recovery(answers("1010"), [3], window, share)


def test_the_score_by_hand() -> None:
    # 100 is found at 103; its second alarm 105 and 250 are false; 200 is found early at 198; 300 is missed.
    found = drift.score([103, 105, 198, 250], [100, 200, 300], Tolerance(before=5, after=20))
    assert (found.delays, found.missed, found.false_alarms) == ((3, -2), (300,), (105, 250))
    assert (found.precision, found.delay) == (0.5, 0.5)
    assert found.recall == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(4 / 7)


def test_an_alarm_after_the_next_change_is_not_for_the_one_before() -> None:
    found = drift.score([155], [100, 150], Tolerance(after=100))
    assert (found.delays, found.missed) == ((5,), (100,))


def test_what_is_undefined_is_none() -> None:
    silent = drift.score([], [10], Tolerance(after=5))
    assert (silent.precision, silent.recall, silent.f1, silent.delay) == (None, 0, 0, None)
    nothing = drift.score([], [], Tolerance(after=5))
    assert (nothing.recall, nothing.f1) == (None, None)
    assert drift.score([4], [], Tolerance(after=5)).f1 == 0


@given(PLACES, PLACES, TOLERANCES)
def test_alarms_and_changes_are_matched_one_to_one(alarms: list[int], changes: list[int], tolerance: Tolerance) -> None:
    found = drift.score(alarms, changes, tolerance)
    assert len(found.delays) + len(found.false_alarms) == len(alarms)
    assert len(found.delays) + len(found.missed) == len(changes)
    assert all(-tolerance.before <= delay <= tolerance.after for delay in found.delays)
    if found.precision and found.recall:
        harmonic = 2 / (1 / found.precision + 1 / found.recall)
        assert found.f1 == pytest.approx(harmonic)


@given(PLACES, TOLERANCES)
def test_the_perfect_detector_scores_1(changes: list[int], tolerance: Tolerance) -> None:
    found = drift.score(changes, changes, tolerance)
    assert found.f1 == (1 if changes else None)
    assert all(delay == 0 for delay in found.delays)


def test_an_alarm_every_100_episodes_scores_better_the_more_changes_there_are_and_is_always_shown() -> None:
    """The trap of river's pull request 1963: 0.049 with 5 changes and about 0.4 with 50, from density alone."""
    few, many = range(2000, 20000, 3600), range(200, 20000, 400)
    assert (len(few), len(many)) == (5, 50)
    sparse = drift.compare([], few, Tolerance(after=100), episodes=20000, every=100)
    # 200 alarms: F1 = 2 * 5 / 205 and 2 * 50 / 250, though neither knows anything.
    assert sparse.always_alarm.f1 == pytest.approx(10 / 205)
    late = [change + 150 for change in many]  # a detector that always comes too late
    dense = drift.compare(late, many, Tolerance(after=100), episodes=20000, every=100)
    assert dense.always_alarm.f1 == pytest.approx(0.4)
    assert (dense.detector.f1, dense.never_alarm.f1) == (0, 0)
    assert not dense.above_baselines


def test_a_detector_of_modest_score_is_told_from_the_baseline_by_the_comparison() -> None:
    changes = range(200, 20000, 400)
    half = [change + 20 for change in changes][::3]  # 17 of 50 found, nothing false: F1 = 34 / 67
    found = drift.compare(half, changes, Tolerance(after=100), episodes=20000, every=100)
    assert found.detector.f1 == pytest.approx(34 / 67)
    assert found.above_baselines
    fewer = drift.compare(half[:10], changes, Tolerance(after=100), episodes=20000, every=100)
    assert fewer.detector.precision == 1  # F1 = 20 / 60 is below the 0.4 of the baseline
    assert not fewer.above_baselines


def test_a_detector_that_is_the_baseline_is_not_above_it() -> None:
    found = drift.compare([5, 10], [4], Tolerance(after=3), episodes=10, every=5)
    assert found.detector == found.always_alarm
    assert found.detector.recall == 1
    assert not found.above_baselines


def test_a_comparison_cannot_be_made_without_both_baselines() -> None:
    some, none = drift.score([12], [10], Tolerance(after=5)), drift.score([], [10], Tolerance(after=5))
    assert Comparison(detector=some, always_alarm=some, never_alarm=none).detector is some
    with pytest.raises(TypeError, match="never_alarm"):
        Comparison(detector=some, always_alarm=some)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="always_alarm"):
        Comparison(detector=some, never_alarm=none)  # type: ignore[call-arg]
    for always, never in ((none, none), (some, some)):
        with pytest.raises(ValueError, match="the one must have some and the other none"):
            Comparison(detector=some, always_alarm=always, never_alarm=never)
    elsewhere = drift.score([12], [10], Tolerance(after=6))
    with pytest.raises(ValueError, match="same changes at the same tolerance"):
        Comparison(detector=some, always_alarm=elsewhere, never_alarm=none)


def test_a_detector_is_not_above_baselines_where_no_score_is_defined() -> None:
    assert not drift.compare([], [], Tolerance(after=5), episodes=10, every=5).above_baselines


def test_places_outside_the_stream_and_empty_baselines_are_refused() -> None:
    with pytest.raises(ValueError, match=r"alarms: \[11\] must rise strictly within episodes 1 to 10"):
        drift.compare([11], [5], Tolerance(after=5), episodes=10, every=5)
    with pytest.raises(ValueError, match="every: 11 is not in 1 to 10"):
        drift.compare([], [5], Tolerance(after=5), episodes=10, every=11)
    with pytest.raises(ValueError, match="alarms"):
        drift.score([5, 5], [5], Tolerance(after=5))
    with pytest.raises(ValueError, match="tolerance"):
        Tolerance(after=-1)
