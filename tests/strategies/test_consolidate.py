"""Selective consolidation: what is kept, when it is rehearsed, what forgetting does, who leaves: all by hand."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clpipe.records import Question
from clpipe.strategies.consolidate import Consolidate
from tests.strategies.toy import Toy, at, lesson, moved_along, point, put

RNG = random.Random(0)


def meet(consolidate: Consolidate, *losses: float) -> list[float]:
    """Learn lessons of these losses; the losses of those that are kept, in the order they came."""
    model = point(0.0)
    for loss in losses:
        x = model.trainable()["x"]
        consolidate.learn(model, lesson(0.0 * x.sum() + loss, at(loss)), RNG)
    return [float(one.example.question.prompt) for one in consolidate.memories]


class Scripted(Toy):
    """The loss of each remembered question is what the test says; the questions read are written down."""

    def __init__(self) -> None:
        super().__init__({"x": torch.tensor([1.0])})
        self.losses: dict[str, float] = {}
        self.asked: list[str] = []

    def read(self, question: Question, answer: str):  # type: ignore[no-untyped-def]
        self.asked.append(question.prompt)
        x = self.trainable()["x"]
        return lesson(self.losses[question.prompt] + 0.0 * x.sum(), question, answer)


def rehearsed(consolidate: Consolidate, model: Scripted, episodes: int) -> list[int]:
    """The episodes, of so many more in which nothing surprises, in which something is read again."""
    found = []
    for _ in range(episodes):
        model.asked.clear()
        dull = lesson(model.trainable()["x"].sum() * 0.0, at(0.0))
        consolidate.learn(model, dull, RNG)
        found += [consolidate.learned] * len(model.asked)
    return found


def surprised(model: Scripted, **options: float) -> Consolidate:
    """A strategy that has kept the question `7.0`, of loss 7, in episode 1 and will keep nothing of loss 0."""
    consolidate = Consolidate(**{"share": 0.01, "window": 1000, **options})  # type: ignore[arg-type]
    consolidate.learn(model, lesson(model.trainable()["x"].sum() * 0.0 + 7.0, at(7.0)), RNG)
    return consolidate


def test_what_is_among_the_largest_losses_is_kept() -> None:
    """Share 1/2: the first always; larger than 2 are 0 of 1, than 0.9 2 of 2, than 1.5 1 of 3, than 1.2 2 of 4."""
    assert meet(Consolidate(share=0.5), 0.5, 2.0, 0.1) == [0.5, 2.0]
    assert meet(Consolidate(share=0.5), 1.0, 2.0, 0.9, 1.5, 1.2) == [1.0, 2.0, 1.5]


def test_only_the_last_window_is_compared_with() -> None:
    """0.5 after 9 and 0.1: in a window of 1 nothing is larger, in a window of 2 one of two is."""
    assert meet(Consolidate(share=0.5, window=1), 9.0, 0.1, 0.5) == [9.0, 0.5]
    assert meet(Consolidate(share=0.5, window=2), 9.0, 0.1, 0.5) == [9.0]


@given(st.lists(st.floats(0.0, 10.0, width=16), max_size=12))
def test_with_the_whole_share_everything_is_kept(losses: list[float]) -> None:
    distinct = list(dict.fromkeys(losses))
    increasing = [loss for i, loss in enumerate(distinct) if not i or loss > max(distinct[:i])]
    assert meet(Consolidate(share=1.0), *increasing) == increasing


def test_it_is_rehearsed_after_1_2_4_and_8_episodes() -> None:
    """Kept in episode 1: due in 1 + 1, 2 + 2, 4 + 4, 8 + 8 and 16 + 16."""
    model = Scripted()
    consolidate = surprised(model)
    model.losses["7.0"] = 1.0
    assert rehearsed(consolidate, model, 33) == [2, 4, 8, 16, 32]


def test_what_is_forgotten_begins_again() -> None:
    """Its loss grows before episode 8, so the next are 8 + 1 and, the loss having stayed, 9 + 2 and 11 + 4."""
    model = Scripted()
    consolidate = surprised(model)
    model.losses["7.0"] = 1.0
    assert rehearsed(consolidate, model, 6) == [2, 4]
    model.losses["7.0"] = 1.5
    assert rehearsed(consolidate, model, 8) == [8, 9, 11, 15]


def test_no_more_is_rehearsed_than_mix_and_the_rest_waits() -> None:
    """Three are kept in episodes 1 to 3, none rehearsed until mix allows; then the longest waiting first."""
    model, consolidate = Scripted(), Consolidate(share=0.01, window=1000, mix=0, capacity=3)
    for loss in (7.0, 8.0, 9.0):
        consolidate.learn(model, lesson(model.trainable()["x"].sum() * 0.0 + loss, at(loss)), RNG)
        model.losses[str(loss)] = 1.0
    consolidate.mix = 2
    model.asked.clear()
    rehearsed_then = []
    for _ in range(2):
        rehearsed(consolidate, model, 1)
        rehearsed_then.append(list(model.asked))
    assert rehearsed_then == [["7.0", "8.0"], ["9.0"]]


def test_the_best_consolidated_gives_way() -> None:
    """Boxes 2, 2 and 0, losses 1, 0.5 and 9: of the two highest, the one of the smaller loss leaves."""
    consolidate = Consolidate(capacity=3, share=1.0, mix=0)
    meet(consolidate, 1.0, 2.0, 3.0)
    for one, (box, loss) in zip(consolidate.memories, [(2, 1.0), (2, 0.5), (0, 9.0)], strict=True):
        one.box, one.loss = box, loss
    assert meet(consolidate, 4.0) == [1.0, 3.0, 4.0]


def test_the_step_is_on_the_mean_of_lesson_and_rehearsal() -> None:
    """x = 0, lesson at c = 4, remembered at c = -2: the mean of the gradients -4 and 2 is -1."""
    model, consolidate = point(0.0), Consolidate(share=0.01, window=1000)
    consolidate.learn(model, model.read(at(-2.0), ""), RNG)
    put(model, 0.0)
    consolidate.learn(model, model.read(at(4.0), ""), RNG)
    torch.testing.assert_close(moved_along(model), torch.tensor([-1.0]))


def test_a_restored_one_goes_on_alike() -> None:
    models = [Scripted(), Scripted()]
    for model in models:
        model.losses["7.0"] = 1.0
    whole, first, second = surprised(models[0]), surprised(models[1]), Consolidate(share=0.01, window=1000)
    assert rehearsed(first, models[1], 4) == [2, 4]
    second.restore(models[1], first.state())
    assert second.memories == first.memories
    assert rehearsed(whole, models[0], 20) == [2, 4, *rehearsed(second, models[1], 16)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"share": 0.0}, "share: must be above 0 and at most 1, not 0.0"),
        ({"share": 1.5}, "share: must be above 0 and at most 1, not 1.5"),
        ({"capacity": 0}, "capacity: must be 1 or more, not 0"),
        ({"window": 0}, "window: must be 1 or more, not 0"),
        ({"mix": -1}, "mix: must be 0 or more, not -1"),
        ({"mix": 4, "capacity": 3}, "mix: 4 lessons in a step, but only 3 are remembered"),
    ],
)
def test_a_value_that_is_not_allowed_is_told(options: dict[str, float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Consolidate(**options)  # type: ignore[arg-type]


def test_a_memory_larger_than_the_stream_is_told() -> None:
    [line] = Consolidate(capacity=11).problems([], [], 10)
    assert line == "capacity: 11 lessons remembered, but the stream has only 10 episodes"
