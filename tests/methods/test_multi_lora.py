"""One LoRA a kind of task: who answers, who learns, and that the others stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import Method
from clpipe.records import Question
from tests.conftest import Load
from tests.methods.learners import LESSONS, PROMPTS, begin, logits, made, put, teach

FAMILY = made("multi_lora", route="family", adapters=3)
NUMBERS, PEOPLE = 0, 1
"""Lessons of two families, met in this order."""


def of(model: LanguageModel, name: str) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in model.trainable().items() if f".{name}." in n}


def asked(model: LanguageModel, prompt: str, family: str) -> torch.Tensor:
    assert model.adapter is not None
    with torch.no_grad():
        model.adapter.turn_to(model.adapter.route(prompt, family))
        return model.forward(model.chat.question(prompt), rows=1).logits


def test_only_the_one_that_is_turned_to_learns(load: Load) -> None:
    model = load("llama")
    on = put(model, FAMILY)
    begin(model)
    others = of(model, "kind_01") | of(model, "kind_02")
    teach(model, [NUMBERS] * 3)
    assert all(torch.equal(p, model.trainable()[n]) for n, p in others.items())
    assert model.optimizer is not None
    assert all(".kind_00." in name for name in model.optimizer.state())
    first = of(model, "kind_00")
    teach(model, [PEOPLE])
    assert all(torch.equal(p, model.trainable()[n]) for n, p in first.items())
    assert on.route("whatever", "numbers") == "kind_00"
    assert any(p.any() for n, p in of(model, "kind_01").items() if "lora_B" in n)


def test_a_step_on_lessons_of_two_kinds_is_a_step_of_both(load: Load) -> None:
    """As in replay: gradients go to the one that read the lesson, whoever was turned to after it."""
    apart, together = load("llama"), load("llama")
    for model in (apart, together):
        put(model, FAMILY)
        model.start_learning(lr=0.01, weight_decay=0.01, clip=None)
    teach(apart, [NUMBERS, PEOPLE])
    losses = [
        together.read(Question(id="", family=family, prompt=prompt), answer).loss
        for family, prompt, answer in (LESSONS[NUMBERS], LESSONS[PEOPLE])
    ]
    together.step(torch.stack(losses).sum())
    for name, p in apart.trainable().items():
        torch.testing.assert_close(p, together.trainable()[name])


def test_a_family_that_was_never_met_is_answered_by_the_base(load: Load) -> None:
    bare, model = load("llama"), load("llama")
    put(model, FAMILY)
    begin(model)
    teach(model, range(4))
    assert torch.equal(asked(model, PROMPTS[2], "poems"), logits(bare, PROMPTS[2]))
    assert not torch.equal(asked(model, PROMPTS[2], "people"), logits(bare, PROMPTS[2]))
    assert set(model.trainable()) == set(of(model, "kind_00") | of(model, "kind_01") | of(model, "kind_02"))


def test_questions_of_all_families_may_be_asked_together(load: Load) -> None:
    model = load("llama")
    put(model, FAMILY)
    begin(model)
    teach(model, range(4))
    families = ["numbers", "people", "poems", "numbers", "people", "poems", "numbers"]
    alone = [
        model.replies([prompt], 5, 1, families=[family])[0].text
        for prompt, family in zip(PROMPTS, families, strict=True)
    ]
    assert [reply.text for reply in model.replies(PROMPTS, 5, 7, families=families)] == alone
    with pytest.raises(ValueError, match=r"methods\.multi_lora\.route: the router 'family' needs the family"):
        model.replies(PROMPTS, 5, 7)


def test_the_one_route_by_likeness_takes_no_notice_of_the_family(load: Load) -> None:
    model = load("llama")
    on = put(model, made("multi_lora"))
    assert all(on.route(prompt, "numbers") == on.route(prompt, None) for prompt in PROMPTS)


@pytest.mark.parametrize("method", [FAMILY, made("multi_lora", adapters=3, threshold=0.99)])
def test_the_router_is_saved_and_comes_back(method: Method, load: Load, tmp_path: Path) -> None:
    model = load("llama")
    on = put(model, method)
    begin(model)
    teach(model, range(4))
    assert len({on.route(prompt, family) for family, prompt, _ in LESSONS}) > 1
    adapter.save(model, "tiny", tmp_path / "saved")
    again = load("llama")
    adapter.load(again, tmp_path / "saved")
    for family, prompt, _ in LESSONS:
        assert torch.equal(asked(again, prompt, family), asked(model, prompt, family))
    folders = {p.name for p in (tmp_path / "saved").iterdir()}
    assert folders == {"kind_00", "kind_01", "kind_02", "method.json", "router.safetensors"}


def test_nothing_is_turned_while_the_base_answers(load: Load) -> None:
    model = load("llama")
    put(model, FAMILY)
    begin(model)
    teach(model, [NUMBERS, PEOPLE])
    before = asked(model, PROMPTS[0], "people")
    with model.bare():
        model.replies(PROMPTS[:2], 3, 2)
    with torch.no_grad():
        assert torch.equal(model.forward(model.chat.question(PROMPTS[0]), rows=1).logits, before)


def test_a_stream_of_one_family_needs_no_router() -> None:
    assert list(made("multi_lora").problems(["sums"])) == [
        "adapters: a router needs at least two families, the stream has only sums; use lora"
    ]
    assert list(made("multi_lora").problems(["sums", "logic"])) == []
    assert list(made("multi_lora", adapters=2).problems(["a", "b", "c"])) == []
    assert list(made("multi_lora", adapters=2, route="family").problems(["a", "b", "c"])) == [
        "adapters: route family needs one for each of the 3 families, not 2"
    ]


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="adapters: must be from 2 to 99, not 1; for one use lora"):
        made("multi_lora", adapters=1)
    with pytest.raises(ValueError, match="threshold: is a cosine, from -1 to 1, not 2"):
        made("multi_lora", threshold=2.0)
