"""A-GEM's projection, by hand in two dimensions and as a law in many."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clpipe.strategies.agem import Agem, projected
from tests.strategies.toy import at, moved_along, point

NUMBERS = st.lists(st.floats(-10, 10, width=32), min_size=6, max_size=6)


def test_what_conflicts_is_taken_away() -> None:
    """x = 0: the first lesson, c = (1, 0), is remembered; the second, c = (-2, 3), pulls the other way.

    g = (2, -3) and r = (-1, 0): g.r = -2, r.r = 1, so the step goes along (2, -3) + 2 (-1, 0) = (0, -3).
    """
    model, agem = point(0.0, 0.0), Agem(mix=1)
    agem.buffer.add(model.read(at(1.0, 0.0), "").example, random.Random(0))
    agem.learn(model, model.read(at(-2.0, 3.0), ""), random.Random(0))
    torch.testing.assert_close(moved_along(model), torch.tensor([0.0, -3.0]))


def test_what_agrees_stays_as_it_is() -> None:
    """g = (-2, 3) agrees with r = (-1, 0): 2 > 0."""
    model, agem = point(0.0, 0.0), Agem(mix=1)
    agem.buffer.add(model.read(at(1.0, 0.0), "").example, random.Random(0))
    agem.learn(model, model.read(at(2.0, -3.0), ""), random.Random(0))
    torch.testing.assert_close(moved_along(model), torch.tensor([-2.0, 3.0]))


def test_the_reference_is_the_mean_over_the_remembered() -> None:
    """r = mean of (-1, 0) and (0, -3) = (-0.5, -1.5), r.r = 2.5; g = (1, 1): g.r = -2, so g + 0.8 r = (0.6, -0.2)."""
    model, agem = point(0.0, 0.0), Agem(mix=2)
    for c in ((1.0, 0.0), (0.0, 3.0)):
        agem.buffer.add(model.read(at(*c), "").example, random.Random(0))
    agem.learn(model, model.read(at(-1.0, -1.0), ""), random.Random(0))
    torch.testing.assert_close(moved_along(model), torch.tensor([0.6, -0.2]))


def test_with_nothing_remembered_the_step_is_the_lessons() -> None:
    model, agem = point(0.0, 0.0), Agem()
    agem.learn(model, model.read(at(-2.0, 3.0), ""), random.Random(0))
    torch.testing.assert_close(moved_along(model), torch.tensor([2.0, -3.0]))
    assert [one.question for one in agem.buffer.examples] == [at(-2.0, 3.0)]


@given(NUMBERS, NUMBERS)
def test_the_step_never_goes_against_the_remembered(g: list[float], r: list[float]) -> None:
    gradient, reference = torch.tensor(g), torch.tensor(r)
    step = projected({"x": gradient[:3], "y": gradient[3:]}, {"x": reference[:3], "y": reference[3:]})
    found = torch.cat([step["x"], step["y"]])
    assert float(found @ reference) >= -1e-4 * (1 + float(reference.norm() * gradient.norm()))
    assert float(found.norm()) <= float(gradient.norm()) * (1 + 1e-5)
    if float(gradient @ reference) > 1e-3:
        assert torch.equal(found, gradient)


def test_a_parameter_that_is_missing_in_one_counts_as_zero() -> None:
    """g = (2) in x, r = (-1) in x and (1) in y: g.r = -2, r.r = 2, so x: 2 - 1 and y: 0 + 1."""
    x, y = torch.tensor([-1.0]), torch.tensor([1.0])
    assert projected({"x": torch.tensor([2.0])}, {"x": x, "y": y}) == {"x": torch.tensor([1.0]), "y": y}
    assert projected({"x": x}, {"y": y}) == {"x": x}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"capacity": 0}, "capacity: must be 1 or more, not 0"),
        ({"mix": 0}, "mix: must be 1 or more, not 0"),
        ({"mix": 9, "capacity": 3}, "mix: 9 lessons in a step, but only 3 are remembered"),
    ],
)
def test_a_value_that_is_not_allowed_is_told(options: dict[str, int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Agem(**options)  # type: ignore[arg-type]


def test_a_memory_larger_than_the_stream_is_told() -> None:
    [line] = Agem(capacity=11).problems([], [], 10)
    assert line == "capacity: 11 lessons remembered, but the stream has only 10 episodes"
