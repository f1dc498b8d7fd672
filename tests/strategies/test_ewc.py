"""Online EWC: which Fisher, which anchor, and the pull, all by hand on a quadratic of two parameters."""

from __future__ import annotations

import random

import pytest
import torch

from clpipe.strategies.ewc import Ewc
from tests.strategies.toy import Toy, at, lesson, moved_along, point, put

RNG = random.Random(0)


def learn(ewc: Ewc, model: Toy, *numbers: float) -> torch.Tensor:
    """Learn at a point; the gradient that the step was taken on."""
    ewc.learn(model, model.read(at(*numbers), ""), RNG)
    return moved_along(model).clone()


def test_the_fisher_is_the_decayed_sum_of_squared_gradients_of_single_lessons() -> None:
    """At x = (1, 2), loss 1/2 |x - c|²: gradient (3, -1) at c = (-2, 3), then (-1, 2) at c = (2, 0) from the same x.

    F = 1/2 (9, 1) + (1, 4) = (5.5, 4.5); the mean of the two gradients, squared, would be (1, 1/4).
    """
    model, ewc = point(1.0, 2.0), Ewc(gamma=0.5, every=2)
    learn(ewc, model, -2.0, 3.0)
    assert ewc.fisher == {}
    put(model, 1.0, 2.0)
    learn(ewc, model, 2.0, 0.0)
    torch.testing.assert_close(ewc.fisher["x"], torch.tensor([5.5, 4.5]))
    torch.testing.assert_close(ewc.anchor["x"], model.trainable()["x"].detach())


def test_the_pull_is_strength_times_fisher_times_the_way_from_the_anchor() -> None:
    """F = (9, 1) and anchor (1, 2); at x = (1.5, 0), c = (1.5, 1), strength 10.

    The lesson's gradient is (0, -1), the pull 10 * (9 * 0.5, 1 * -2) = (45, -20), together (45, -21).
    """
    model, ewc = point(1.0, 2.0), Ewc(strength=10.0, every=1)
    learn(ewc, model, -2.0, 3.0)
    ewc.anchor = {"x": torch.tensor([1.0, 2.0])}
    put(model, 1.5, 0.0)
    torch.testing.assert_close(learn(ewc, model, 1.5, 1.0), torch.tensor([45.0, -21.0]))


def test_the_pull_is_the_gradient_of_the_penalty() -> None:
    model, ewc = point(1.0, -2.0), Ewc(strength=3.0, every=1)
    ewc.fisher, ewc.anchor = {"x": torch.tensor([4.0, 0.5])}, {"x": torch.tensor([2.0, 1.0])}
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    penalised = 0.5 * (x**2).sum() + 3.0 / 2 * (ewc.fisher["x"] * (x - ewc.anchor["x"]) ** 2).sum()
    [expected] = torch.autograd.grad(penalised, x)
    torch.testing.assert_close(learn(ewc, model, 0.0, 0.0), expected)


def test_the_penalty_does_not_enter_the_fisher() -> None:
    """gamma 1: F = (9, 1) + (0, 1) after a lesson whose own gradient is (0, -1); the step was along (45, -21)."""
    model, ewc = point(1.0, 2.0), Ewc(strength=10.0, gamma=1.0, every=1)
    learn(ewc, model, -2.0, 3.0)
    ewc.anchor = {"x": torch.tensor([1.0, 2.0])}
    put(model, 1.5, 0.0)
    learn(ewc, model, 1.5, 1.0)
    torch.testing.assert_close(ewc.fisher["x"], torch.tensor([9.0, 2.0]))


def test_nothing_is_held_before_the_first_consolidation() -> None:
    model, ewc = point(1.0, 2.0), Ewc(strength=1e6, every=None)
    learn(ewc, model, -2.0, 3.0)
    put(model, 0.0, 0.0)
    torch.testing.assert_close(learn(ewc, model, 1.0, 1.0), torch.tensor([-1.0, -1.0]))
    put(model, 5.0, 5.0)
    ewc.boundary(model, RNG)
    torch.testing.assert_close(ewc.anchor["x"], torch.tensor([5.0, 5.0]))
    put(model, 6.0, 5.0)
    assert learn(ewc, model, 0.0, 0.0)[0] > 1e6


def test_what_a_lesson_does_not_depend_on_is_left_alone() -> None:
    """AdamW moves whatever has a gradient, be it zero: the adapters that a router did not turn to must have none."""
    model = Toy({"x": torch.tensor([1.0]), "y": torch.tensor([3.0])})
    ewc = Ewc(strength=2.0, every=1)
    y = model.trainable()["y"]
    ewc.learn(model, lesson(2 * y.sum(), at(0.0)), RNG)
    with torch.no_grad():
        y.copy_(ewc.anchor["y"] + 0.5)
    before = y.detach().clone()
    ewc.learn(model, model.read(at(0.0), ""), RNG)
    assert y.grad is None
    assert torch.equal(y, before)


def test_boundaries_are_needed_where_no_interval_is_given() -> None:
    assert Ewc(every=None).needs_boundaries
    assert not Ewc(every=1).needs_boundaries
    assert not Ewc().needs_boundaries


def test_an_interval_that_the_stream_does_not_reach_is_told() -> None:
    assert list(Ewc(every=9).problems([], [], 10)) == []
    assert list(Ewc(every=None).problems([], [], 1)) == []
    [line] = Ewc(every=10).problems([], [], 10)
    assert line == "every: consolidation after 10 episodes holds nothing in a stream of 10 episodes"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"strength": -1.0}, "strength: must be 0 or more, not -1.0"),
        ({"gamma": 0.0}, "gamma: must be above 0 and at most 1, not 0.0"),
        ({"gamma": 1.1}, "gamma: must be above 0 and at most 1, not 1.1"),
        ({"every": 0}, "every: must be 1 or more, or null, not 0"),
    ],
)
def test_a_value_that_is_not_allowed_is_told(options: dict[str, float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Ewc(**options)  # type: ignore[arg-type]
