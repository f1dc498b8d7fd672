"""The step size follows the alarms of a detector, and is the usual one as long as there are none."""

from __future__ import annotations

import random
from typing import Literal

import pytest
import torch

from clpipe.strategies.adaptive_lr import AdaptiveLr, alarms
from tests.strategies import toy

RNG = random.Random(0)
Detector = Literal["adwin", "page_hinkley"]
DETECTORS: list[Detector] = ["adwin", "page_hinkley"]


def noisy(*parts: tuple[int, float]) -> list[float]:
    """So many losses about each level, a tenth of a nat up or down."""
    return [level + RNG.uniform(-0.1, 0.1) for length, level in parts for _ in range(length)]


def fed(model: toy.Toy, strategy: AdaptiveLr, losses: list[float]) -> list[float]:
    """The step size of each episode with these losses."""
    sizes = []
    for loss in losses:
        x = model.trainable()["x"]
        strategy.learn(model, toy.lesson((x * 0).sum() + loss, toy.at(0.0)), RNG)
        assert model.optimizer is not None
        sizes.append(model.optimizer.lr)
    return sizes


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_rise_raises_an_alarm_soon_and_a_fall_does_not(detector: Detector) -> None:
    rise = alarms(noisy((100, 0.5), (60, 3.0)), detector, 0.002, 20.0)
    assert len(rise) == 1
    assert 100 < rise[0] <= 120
    assert alarms(noisy((100, 3.0), (60, 0.5)), detector, 0.002, 20.0) == []
    assert alarms(noisy((160, 0.5)), detector, 0.002, 20.0) == []


def test_page_hinkley_adds_up_what_is_above_the_mean() -> None:
    """30 losses of 0, then of 4. With x the number of fours the mean is 4x / (30 + x), and what is above it, less
    delta = 0.005: 3.871 + 3.750 + 3.636 + 3.529 + 3.429 - 0.025 = 18.19 after five, 21.52 after six (> 20).
    """
    assert alarms([0.0] * 30 + [4.0] * 5, "page_hinkley", 0.5, 20.0) == []
    assert alarms([0.0] * 30 + [4.0] * 6, "page_hinkley", 0.5, 20.0) == [36]


def test_the_step_size_is_boosted_by_an_alarm_and_halves_its_way_back() -> None:
    strategy = AdaptiveLr(detector="page_hinkley", boost=5.0, half_life=2.0)
    sizes = fed(toy.point(1.0), strategy, [0.0] * 30 + [4.0] * 6 + [1.0] * 4)
    assert strategy.alarms == [36]
    assert sizes[:35] == [toy.LR] * 35
    # 1 + 4 * 2^(-n/2) times the usual one, n = 0, 1, 2, 3, 4 episodes after it
    assert sizes[35:] == pytest.approx([toy.LR * f for f in (5, 1 + 4 / 2**0.5, 3, 1 + 4 / 2**1.5, 2)])


def test_without_an_alarm_it_is_naive_to_the_last_bit() -> None:
    ours, peer = toy.point(5.0, -3.0), toy.point(5.0, -3.0)
    strategy = AdaptiveLr()
    for _ in range(20):
        strategy.learn(ours, ours.read(toy.at(1.0, 1.0), ""), RNG)
        peer.step(peer.read(toy.at(1.0, 1.0), "").loss)
    assert torch.equal(ours.trainable()["x"], peer.trainable()["x"])
    assert strategy.alarms == []


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("breaks", [0, 30, 110, 125, 160])
def test_restored_it_goes_on_with_the_same_step_sizes(detector: Detector, breaks: int) -> None:
    losses = noisy((100, 0.5), (40, 3.0), (30, 0.2))
    whole, broken, restored = (AdaptiveLr(detector=detector, boost=3.0, half_life=20.0) for _ in range(3))
    expected = fed(toy.point(1.0), whole, losses)
    assert max(expected) > toy.LR
    fed(toy.point(1.0), broken, losses[:breaks])
    model = toy.point(1.0)
    restored.restore(model, broken.state())
    assert fed(model, restored, losses[breaks:]) == expected[breaks:]
    assert restored.alarms == whole.alarms


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_alarms_can_be_found_again_from_the_losses_that_are_written_down(detector: Detector) -> None:
    losses = noisy((100, 0.5), (40, 3.0))
    strategy = AdaptiveLr(detector=detector)
    fed(toy.point(1.0), strategy, losses)
    written = [round(float(torch.tensor(loss)), 6) for loss in losses]
    assert alarms(written, detector, strategy.delta, strategy.threshold) == strategy.alarms != []


def test_options_out_of_range_are_told() -> None:
    with pytest.raises(ValueError, match="delta: must be between 0 and 1, not 1"):
        AdaptiveLr(delta=1.0)
    with pytest.raises(ValueError, match="threshold: must be more than 0, not 0"):
        AdaptiveLr(threshold=0.0)
    with pytest.raises(ValueError, match="half_life: must be more than 0, not -1"):
        AdaptiveLr(half_life=-1.0)
    with pytest.raises(ValueError, match=r"boost: must be 1 or more, not 0\.5"):
        AdaptiveLr(boost=0.5)
