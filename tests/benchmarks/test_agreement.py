import math

import pytest
import torch

from benchmarks.agreement import LARGEST, NEAR, agreement, first_line

START = {"a": torch.zeros(2), "b": torch.ones(2)}
PLAIN = {"a": torch.tensor([3.0, 0.0]), "b": torch.tensor([1.0, 5.0])}


def test_the_distance_is_relative_to_what_was_learned() -> None:
    own = {"a": PLAIN["a"] + torch.tensor([0.0, 0.05]), "b": PLAIN["b"]}
    found = agreement(own, PLAIN, START, [[1.0, 2.0], [1.0, 2.002]])
    assert found.adapter == pytest.approx(0.05 / 5)
    assert found.losses == pytest.approx(0.001, rel=0.01)
    assert "adapter" in (found.reason() or "")
    assert found.reason(2 * NEAR) is None


def test_equal_work_has_no_reason_against_it() -> None:
    assert agreement(PLAIN, PLAIN, START, [[1.0], [1.0]]).reason(LARGEST) is None


def test_a_loss_that_is_no_number_is_a_reason() -> None:
    assert agreement(PLAIN, PLAIN, START, [[math.nan], [1.0]]).reason() is not None


def test_where_nothing_was_learned_nothing_agrees() -> None:
    assert agreement(START, START, START, [[1.0], [1.0]]).reason() is not None


def test_other_tensors_or_steps_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="tensors"):
        agreement({"a": START["a"]}, PLAIN, START, [[], []])
    with pytest.raises(ValueError, match="losses"):
        agreement(PLAIN, PLAIN, START, [[1.0], []])


@pytest.mark.parametrize(
    ("reply", "line"), [("Yes", "Yes"), ("\n\n Yes \nNo", "Yes"), ("", ""), ("12 \n", "12"), (" \n", "")]
)
def test_first_line(reply: str, line: str) -> None:
    assert first_line(reply) == line
