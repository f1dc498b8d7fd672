from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import matrix
from clpipe.evaluation.matrix import AccuracyMatrix, Anchors
from clpipe.records import Episode, Outcome

TASKS = ("x1", "x2", "y1", "y2")


def outcomes(table: dict[tuple[int, int], str], arm: str = "a") -> list[Outcome]:
    """From (seed, checkpoint) to one character a task of TASKS: 1 right, 0 wrong, space not asked."""
    return [
        Outcome(
            arm=arm, seed=seed, episode=episode, task_id=task, family=task[0], template="t", difficulty=1, reply="",
            correct=mark == "1", margin=None,
        )
        for (seed, episode), marks in table.items()
        for task, mark in zip(TASKS, marks, strict=True)
        if mark != " "
    ]  # fmt: skip


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


FULL = {(0, 0): "0010", (0, 2): "1100", (0, 4): "1011", (1, 0): "0000", (1, 2): "0011", (1, 4): "1111"}


def test_the_matrix_by_seed_checkpoint_and_family() -> None:
    found = matrix.accuracy_matrix(outcomes(FULL))
    assert (found.seeds, found.checkpoints, found.families, found.tasks) == ((0, 1), (0, 2, 4), ("x", "y"), (2, 2))
    assert found.values.tolist() == [[[0, 0.5], [1, 0], [0.5, 1]], [[0, 0], [0, 1], [1, 1]]]


def test_only_the_tasks_that_every_checkpoint_was_asked_count() -> None:
    # Episode 2 asks x1 and y2 alone, so the right x2 and the wrong y1 of the others are left out.
    found = matrix.accuracy_matrix(outcomes({(0, 0): "0100", (0, 2): "1  1", (0, 4): "1001"}))
    assert found.tasks == (1, 1)
    assert found.values.tolist() == [[[0, 0], [1, 1], [1, 1]]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "one arm, not of 0"),
        ({(0, 0): "0000", (1, 0): "0000", (1, 2): "0000"}, r"episode 2: seeds \(1,\) of \(0, 1\)"),
        ({(0, 0): "0000", (1, 0): "00 0"}, "every seed needs every task exactly once"),
        ({(0, 0): "0000", (0, 2): "00  "}, r"families \['y'\]: no task was asked at every checkpoint"),
    ],
)
def test_a_hole_is_refused(table: dict[tuple[int, int], str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        matrix.accuracy_matrix(outcomes(table))


def test_two_arms_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one arm, not of 2: \['a', 'b'\]"):
        matrix.accuracy_matrix(outcomes({(0, 0): "0000"}) + outcomes({(1, 0): "0000"}, arm="b"))


@given(st.permutations(outcomes(FULL)))
def test_the_order_of_outcomes_changes_nothing(mixed: list[Outcome]) -> None:
    one, two = matrix.accuracy_matrix(outcomes(FULL)), matrix.accuracy_matrix(mixed)
    assert (one.seeds, one.families) == (two.seeds, two.families)
    assert np.array_equal(one.values, two.values)


def test_in_blocks_a_family_is_learned_at_the_checkpoint_after_its_first_block() -> None:
    # Seed 0: x ends at 3, so checkpoint 4; y ends at 6. The second block of x moves nothing. Seed 1 has another order.
    found = matrix.anchors(episodes({0: "xxxyyyxx", 1: "yyyyxxxx"}), (0, 2, 4, 6, 8))
    assert found.rule == "block"
    assert {seed: list(at.items()) for seed, at in found.by_seed.items()} == {
        0: [("x", 4), ("y", 6)],
        1: [("y", 4), ("x", 8)],
    }


def test_without_blocks_a_family_is_learned_after_half_of_its_episodes() -> None:
    # x at 1, 3, 4, 8, 9: the third of five is episode 4. y at 2, 5, 6, 7: the second of four is episode 5.
    found = matrix.anchors(episodes({0: "xyxxyyyxx"}), (0, 3, 6, 9))
    assert (found.rule, dict(found.by_seed[0])) == ("half", {"x": 6, "y": 6})
    assert list(found.by_seed[0]) == ["x", "y"]


def test_an_episode_that_stands_alone_makes_a_stream_without_blocks_save_at_its_end() -> None:
    steps = (0, 4, 8)
    assert matrix.anchors(episodes({0: "xxyyzzz", 1: "xxyyzzx"}), steps).rule == "block"
    assert matrix.anchors(episodes({0: "xxyyzzz", 1: "xxyzzzz"}), steps).rule == "half"
    assert matrix.anchors(episodes({0: "xxyzzzz"}), steps, rule="block").rule == "block"


def test_a_family_never_met_has_no_anchor_and_no_row() -> None:
    found = matrix.anchors(episodes({0: "xx", 1: "xx"}), (0, 2, 4))
    assert found.by_seed == {0: {"x": 2}, 1: {"x": 2}}
    first = matrix.phase_matrix(matrix.accuracy_matrix(outcomes(FULL)), found)[0]
    assert (first.families, first.values.tolist(), first.base.tolist()) == (("x",), [[1]], [0])


def test_a_family_learned_after_the_last_checkpoint_is_refused() -> None:
    with pytest.raises(ValueError, match="'y' is learned at episode 4, the last checkpoint is 2"):
        matrix.anchors(episodes({0: "xxyy"}), (0, 2))


def test_holes_in_the_episodes_and_other_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="seed 0: 2 episodes up to 3"):
        matrix.anchors([e for e in episodes({0: "xxx"}) if e.t != 2], (0, 3))
    with pytest.raises(ValueError, match="rule: 'phase' is not one of"):
        matrix.anchors(episodes({0: "xxx"}), (0, 3), rule="phase")  # type: ignore[arg-type]


def test_the_phase_matrix_is_in_the_order_learned_of_each_seed() -> None:
    full = matrix.accuracy_matrix(outcomes(FULL))
    one, two = matrix.phase_matrix(full, matrix.anchors(episodes({0: "xxyy", 1: "yyxx"}), full.checkpoints))
    assert (one.seed, one.rule, one.families, one.anchors) == (0, "block", ("x", "y"), (2, 4))
    assert (one.values.tolist(), one.base.tolist(), one.last.tolist()) == ([[1, 0], [0.5, 1]], [0, 0.5], [0.5, 1])
    assert (two.families, two.values.tolist()) == (("y", "x"), [[1, 0], [1, 1]])


def test_the_last_row_may_be_taken_at_the_end_of_the_stream() -> None:
    full = matrix.accuracy_matrix(outcomes(FULL))
    early = Anchors(rule="half", by_seed={0: {"y": 0, "x": 2}, 1: {"y": 0, "x": 2}})
    one = matrix.phase_matrix(full, early)[0]
    assert one.values.tolist() == [[0.5, 0], [0, 1]]
    assert one.to_the_end.tolist() == [[0.5, 0], [1, 0.5]]


def test_families_with_one_anchor_have_equal_rows() -> None:
    full = matrix.accuracy_matrix(outcomes(FULL))
    one = matrix.phase_matrix(full, matrix.anchors(episodes({0: "xyxy", 1: "xyxy"}), (0, 2, 4)))[0]
    assert one.anchors == (2, 2)
    assert one.values[0].tolist() == one.values[1].tolist()


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({1: {"x": 2}}, "seed 0 has no anchors"),
        ({0: {"z": 2}, 1: {"x": 2}}, r"families \['z'\] were learned"),
        ({0: {"x": 3}, 1: {"x": 2}}, r"checkpoints \[3\] are needed"),
    ],
)
def test_anchors_of_something_else_are_refused(at: dict[int, dict[str, int]], message: str) -> None:
    with pytest.raises(LookupError, match=message):
        matrix.phase_matrix(matrix.accuracy_matrix(outcomes(FULL)), Anchors(rule="block", by_seed=at))


@given(st.text("xyz", min_size=1, max_size=30), st.sampled_from(["block", "half"]), st.randoms())
def test_every_family_met_has_one_anchor_within_the_stream(
    order: str, rule: matrix.Rule, shuffle: random.Random
) -> None:
    mixed = episodes({0: order})
    shuffle.shuffle(mixed)
    at = matrix.anchors(mixed, range(0, len(order) + 1), rule).by_seed[0]
    assert {*at} == {*order}
    assert all(order[step - 1] == family for family, step in at.items())  # with a checkpoint after each episode
    assert list(at.values()) == sorted(at.values())


def test_checkpoint_0_is_needed_for_the_base() -> None:
    bare = AccuracyMatrix(seeds=(0,), checkpoints=(2,), families=("x",), values=np.ones((1, 1, 1)), tasks=(1,))
    with pytest.raises(LookupError, match=r"checkpoints \[0\] are needed"):
        matrix.phase_matrix(bare, Anchors(rule="block", by_seed={0: {"x": 2}}))
