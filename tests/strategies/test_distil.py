"""Distillation: the divergence by hand, who teaches, what is read, and that the lesson's own gradient stays whole."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clpipe import named
from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.records import Example, Question, prompt_id
from clpipe.strategies.distil import Distil, added, divergence
from tests.conftest import Load
from tests.strategies.toy import at, moved_along, point, put

LOGITS = st.lists(st.floats(-5, 5, width=32), min_size=3, max_size=3)
OLD = Example(question=Question(id=prompt_id("1 + 1?"), family="sums", prompt="1 + 1?"), shown="2")
NEW = Question(id=prompt_id("2 + 3?"), family="sums", prompt="2 + 3?")


def test_the_divergence_of_two_coins() -> None:
    """Teacher (3/4, 1/4), student (1/2, 1/2): 3/4 ln(3/2) + 1/4 ln(1/2) = 0.1308; a second, equal token halves it."""
    teacher, student = torch.tensor([[math.log(3.0), 0.0]]), torch.tensor([[7.0, 7.0]])
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(divergence(teacher, student, 1.0)) == pytest.approx(expected)
    assert float(divergence(teacher.repeat(2, 1), torch.cat([student, teacher]), 1.0)) == pytest.approx(expected / 2)


def test_a_temperature_of_two_halves_the_logits_and_weighs_four_times() -> None:
    teacher, student = torch.tensor([[2 * math.log(3.0), 0.0]]), torch.tensor([[0.0, 0.0]])
    expected = 4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert float(divergence(teacher, student, 2.0)) == pytest.approx(expected)


@given(LOGITS, LOGITS)
def test_the_divergence_is_never_negative_and_nothing_from_oneself(one: list[float], other: list[float]) -> None:
    teacher, student = torch.tensor([one]), torch.tensor([other])
    assert float(divergence(teacher, student, 1.0)) >= -1e-6
    assert float(divergence(teacher, teacher, 1.0)) == 0.0


def test_a_gradient_that_is_missing_in_one_is_that_of_the_other() -> None:
    x, y, z = (torch.tensor([number]) for number in (1.0, 2.0, 4.0))
    assert added({"a": x, "b": y}, {"b": z, "c": z}) == {"a": x, "b": torch.tensor([6.0]), "c": z}


def test_the_step_is_the_lessons_gradient_and_the_pull_to_the_teacher() -> None:
    """x = (0, 0), its logits; the copy was taken at (ln 3, 0): teacher (3/4, 1/4), student (1/2, 1/2).

    The KL's gradient in the student's logits is student - teacher = (-1/4, 1/4); weight 2 makes (-1/2, 1/2).
    The lesson at c = (3, 5) adds x - c = (-3, -5).
    """
    model, distil = point(math.log(3.0), 0.0), Distil(weight=2.0)
    distil.begin(model, [], random.Random(0))
    distil.buffer.add(model.read(at(9.0, 9.0), "").example, random.Random(0))
    put(model, 0.0, 0.0)
    distil.learn(model, model.read(at(3.0, 5.0), ""), random.Random(0))
    torch.testing.assert_close(moved_along(model), torch.tensor([-3.5, -4.5]))


def test_copies_are_taken_every_so_many_episodes() -> None:
    model, distil = point(0.0, 0.0), Distil(every=2)
    distil.begin(model, [], random.Random(0))
    for episode in range(1, 6):
        distil.learn(model, model.read(at(1.0, 1.0), ""), random.Random(0))
        same = torch.equal(distil.previous["x"], model.trainable()["x"].detach())
        assert same == (episode % 2 == 0)
    now = model.trainable()["x"].detach().clone()
    distil.boundary(model, random.Random(0))
    assert torch.equal(distil.previous["x"], now)


def test_boundaries_are_needed_where_copies_have_no_interval() -> None:
    assert Distil(every=None).needs_boundaries
    assert not Distil(every=None, teacher="base").needs_boundaries
    assert not Distil().needs_boundaries


def test_for_the_base_no_copy_is_kept() -> None:
    model, distil = point(0.0, 0.0), Distil(teacher="base", every=1)
    distil.begin(model, [], random.Random(0))
    distil.learn(model, model.read(at(1.0, 1.0), ""), random.Random(0))
    assert set(distil.state()) == {"examples", "met", "learned"}


@pytest.mark.parametrize("teacher", ["base", "previous"])
@pytest.mark.parametrize("prompts", ["replayed", "generated"])
def test_a_large_weight_brings_the_learner_to_its_teacher(
    teacher: Any, prompts: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    """At the remembered question, while another one is learned; without dropout, since the teacher has none."""
    model = learner(load, tiny_weights)
    distil = Distil(weight=300.0, teacher=teacher, prompts=prompts, every=1000)
    distil.begin(model, [], random.Random(0))
    for t in range(6):
        model.step(model.read(NEW, str(t)).loss)
    distil.buffer.add(OLD, random.Random(0))
    with distil._teaching(model):
        text = model.replies([OLD.question.prompt], 10, 1)[0].text if prompts == "generated" else OLD.shown
        expected = model.read(OLD.question, text).logits
    before = apart(model, text, expected)
    model.optimizer.lr = 0.002  # type: ignore[union-attr]
    for t in range(20):
        distil.buffer.examples = [OLD]
        with fence(0, "episode", t):
            distil.learn(model, model.read(NEW, "5"), random.Random(t))
    assert apart(model, text, expected) < before / 2


@pytest.mark.parametrize("teacher", ["base", "previous"])
def test_the_teacher_does_not_drop_and_the_learner_drops_again(
    teacher: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    """A first step before the copy, so that B is not 0 and dropout tells."""
    model = learner(load, tiny_weights, dropout=0.5)
    model.network.train()
    model.step(model.read(NEW, "5").loss)
    distil = Distil(teacher=teacher)
    distil.begin(model, [], random.Random(0))
    model.step(model.read(NEW, "6").loss)
    answer, logits = distil._taught(model, OLD)
    assert answer == OLD.shown
    assert not logits.requires_grad
    assert torch.equal(distil._taught(model, OLD)[1], logits)
    lessons = [model.read(OLD.question, OLD.shown) for _ in range(2)]
    assert not torch.equal(lessons[0].logits, lessons[1].logits)
    assert lessons[0].loss.requires_grad


@pytest.mark.parametrize("method", [name for name in named.names("clpipe.methods") if name != "frozen"])
@pytest.mark.parametrize("teacher", ["base", "previous"])
def test_whatever_the_method_the_teacher_changes_nothing(
    method: str, teacher: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    """The untrained learner teaches what it knew, and the learner is as it was."""
    model = load("llama")
    adapter.attach(model, named.load("clpipe.methods", method)(), tiny_weights["llama"], seed=0, episodes=100)
    model.start_learning(lr=0.01, weight_decay=0.0, clip=None)
    distil = Distil(teacher=teacher)
    distil.begin(model, [], random.Random(0))
    with model.bare() if teacher == "base" else torch.no_grad():
        knew = model.read(OLD.question, OLD.shown).logits
    for question in (NEW, OLD.question):
        model.meet(question)
        model.step(model.read(question, "5").loss)
    before, logits = model.adapter_state(), model.read(OLD.question, OLD.shown).logits.detach()
    torch.testing.assert_close(distil._taught(model, OLD)[1], knew)
    assert all(torch.equal(before[name], value) for name, value in model.adapter_state().items())
    assert torch.equal(model.read(OLD.question, OLD.shown).logits.detach(), logits)
    assert not torch.allclose(knew, logits)


def test_a_teacher_that_is_no_different_changes_nothing_but_rounding(load: Load, tiny_weights: dict[str, Path]) -> None:
    """The gradient of KL is 0 where teacher and student agree, so the step is the lesson's."""
    models = [learner(load, tiny_weights) for _ in range(2)]
    distil = Distil(weight=1.0)
    distil.begin(models[0], [], random.Random(0))
    distil.buffer.add(OLD, random.Random(0))
    own = models[0].gradients(models[0].read(NEW, "5").loss)
    distil.learn(models[0], models[0].read(NEW, "5"), random.Random(0))
    for name, parameter in models[0].trainable().items():
        assert parameter.grad is not None
        torch.testing.assert_close(parameter.grad, own[name], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"weight": -1.0}, "weight: must be 0 or more, not -1.0"),
        ({"temperature": 0.0}, "temperature: must be more than 0, not 0.0"),
        ({"every": 0}, "every: must be 1 or more, not 0"),
        ({"mix": 0}, "mix: must be 1 or more, not 0"),
        ({"max_new_tokens": 0}, "max_new_tokens: must be 1 or more, not 0"),
        ({"mix": 4, "capacity": 3}, "mix: 4 lessons in a step, but only 3 are remembered"),
    ],
)
def test_a_value_that_is_not_allowed_is_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Distil(**options)


def test_what_does_not_suit_the_stream_is_told() -> None:
    assert list(Distil(capacity=10, every=9).problems([], [], 10)) == []
    assert list(Distil(capacity=10, every=99, teacher="base").problems([], [], 10)) == []
    lines = list(Distil(capacity=11, every=10).problems([], [], 10))
    assert [line.split(":")[0] for line in lines] == ["capacity", "every"]


def learner(load: Load, weights: dict[str, Path], dropout: float = 0.0) -> LanguageModel:
    model = load("llama")
    adapter.attach(model, Lora(dropout=dropout), weights["llama"], seed=0)
    model.start_learning(lr=0.01, weight_decay=0.0, clip=None)
    return model


def apart(model: LanguageModel, answer: str, expected: torch.Tensor) -> float:
    """How far the learner is from what the teacher expected at the remembered question."""
    return float(divergence(expected, model.read(OLD.question, answer).logits.detach(), 1.0))
