"""Joint training: every example of the stream once, in an order of its own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from clpipe import named
from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Example, Question, prompt_id
from clpipe.strategies.joint import Joint
from tests.conftest import Load

STREAM = [
    Example(question=Question(id=prompt_id(p), family="sums", prompt=p), shown=a)
    for p, a in [("1 + 1?", "2"), ("2 + 3?", "5"), ("4 + 4?", "8"), ("9 + 3?", "12"), ("7 + 2?", "9")]
]


@pytest.fixture
def model(load: Load, tiny_weights: dict[str, Path]) -> LanguageModel:
    return learner(load, tiny_weights)


def learner(load: Load, weights: dict[str, Path]) -> LanguageModel:
    model = load("llama")
    adapter.attach(model, Lora(), weights["llama"], seed=0)
    model.start_learning(lr=0.01, weight_decay=0.01, clip=1.0)
    return model


def begun(model: LanguageModel, seed: int = 0) -> Joint:
    joint = Joint()
    joint.begin(model, STREAM, random.Random(seed))
    return joint


def go(model: LanguageModel, joint: Joint, episodes: list[Example]) -> None:
    for t, example in enumerate(episodes):
        joint.learn(model, model.read(example.question, example.shown), random.Random(t))


def test_it_learns_what_naive_learns_in_another_order(
    load: Load, tiny_weights: dict[str, Path], model: LanguageModel
) -> None:
    joint = begun(model)
    order = joint.waiting[::-1]
    assert sorted(order, key=STREAM.index) == STREAM
    assert order != STREAM
    go(model, joint, STREAM)
    peer = learner(load, tiny_weights)
    for example in order:
        peer.step(peer.read(example.question, example.shown).loss)
    assert same(model, peer)


def test_the_lesson_at_hand_changes_nothing(load: Load, tiny_weights: dict[str, Path], model: LanguageModel) -> None:
    other = learner(load, tiny_weights)
    go(model, begun(model), STREAM)
    go(other, begun(other), [STREAM[0]] * len(STREAM))
    assert same(model, other)


def test_the_order_is_drawn_from_the_generator_alone(model: LanguageModel) -> None:
    assert begun(model, 1).waiting == begun(model, 1).waiting
    assert len({tuple(e.shown for e in begun(model, seed).waiting) for seed in range(10)}) > 5


def test_a_restored_run_goes_on_in_the_same_order(model: LanguageModel) -> None:
    joint, restored = begun(model), Joint()
    go(model, joint, STREAM[:2])
    restored.restore(model, joint.state())
    assert restored.waiting == joint.waiting
    assert len(restored.waiting) == 3


def test_more_episodes_than_examples_are_refused(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="every example of the stream has been learned"):
        go(model, begun(model), [*STREAM, STREAM[0]])


def test_it_says_that_it_sees_the_stream_beforehand() -> None:
    assert named.load("clpipe.strategies", "joint").beforehand == "stream"
    assert named.build(Joint, {}, "strategies.joint").beforehand == "stream"


def same(one: LanguageModel, other: LanguageModel) -> bool:
    ours, theirs = one.adapter_state(), other.adapter_state()
    return all(torch.equal(ours[name], theirs[name]) for name in theirs)
