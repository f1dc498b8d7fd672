"""Asking many questions at once gives what asking each alone gives: with drafts, on every architecture, at any size."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from clpipe.methods.lora import Lora
from clpipe.methods.soft_prompt import SoftPrompt
from clpipe.models import adapter, even, ragged
from clpipe.models.language_model import LanguageModel
from clpipe.models.row import Row
from clpipe.records import Question
from tests.conftest import KINDS, Load
from tests.drawn import drawn

PROMPTS = [task.prompt for task in drawn(4, {"logic_grid": 8, "comparison": 8})]
TOKENS = 7


def alone(model: LanguageModel, prompts: list[str]) -> list[str]:
    return [model.replies([prompt], TOKENS, 1)[0].text for prompt in prompts]


def wandering(model: LanguageModel, method: Any, weights: Path) -> LanguageModel:
    """An adapter that is not the identity, so that a wrong cache would show."""
    adapter.attach(model, method, weights, seed=3)
    with torch.no_grad():
        for i, parameter in enumerate(model.trainable().values()):
            parameter += 0.3 * torch.sin(torch.arange(parameter.numel()) + i).reshape(parameter.shape)
    return model


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [Lora(), SoftPrompt(tokens=3)])
def test_right_answers_change_no_reply(kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]) -> None:
    model = wandering(load(kind), method, tiny_weights[kind])
    expected = alone(model, PROMPTS)
    assert len(set(expected)) > 4
    right_then_wrong = [text[: len(text) // 2] + "zz" for text in expected]
    for golds in (
        expected,
        expected[::-1],
        right_then_wrong,
        [""] * len(PROMPTS),
        ["far longer than allowed " * 9] * 16,
    ):
        assert [r.text for r in model.replies(PROMPTS, TOKENS, 5, golds=golds)] == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [Lora(), SoftPrompt(tokens=3)])
def test_the_loss_of_a_right_answer_is_that_of_reading_it(
    kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    """However many are asked at once, and also where the answer is longer than a reply may be."""
    model = wandering(load(kind), method, tiny_weights[kind])
    golds = [f"{i} apples and {'pears ' * (i % 5)}" for i in range(len(PROMPTS))]
    with torch.no_grad():
        questions = [Question(id="", family="", prompt=prompt) for prompt in PROMPTS]
        expected = [float(model.read(q, gold).loss) for q, gold in zip(questions, golds, strict=True)]
    for size in (1, 5, 16):
        found = [reply.gold_loss for reply in model.replies(PROMPTS, TOKENS, size, golds=golds)]
        assert found == pytest.approx(expected, abs=2e-3, rel=1e-4)
    assert {reply.gold_loss for reply in model.replies(PROMPTS, TOKENS, 5)} == {None}


def test_a_right_draft_saves_every_pass_but_the_reading(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load("llama")
    questions = [model.chat.question(prompt) for prompt in PROMPTS]
    first = [Row(i, ids) for i, ids in enumerate(questions)]
    ragged.decode(model, first, None, TOKENS, 16)
    assert any(len(row.written) > 1 for row in first)

    def no_step(*_: Any) -> Any:
        raise AssertionError("a pass for one more token")

    monkeypatch.setattr(ragged, "step", no_step)
    second = [Row(row.index, questions[row.index], row.written[: TOKENS - 1]) for row in first]
    ragged.decode(model, second, None, TOKENS, 16)
    assert [row.written for row in second] == [row.written for row in first]


@pytest.mark.parametrize("pool", [1, 2, 5, 16])
@pytest.mark.parametrize("tokens", [1, 40, 200])
def test_rows_of_all_lengths_take_each_others_places(
    pool: int, tokens: int, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load("qwen2")
    monkeypatch.setitem(ragged.BLOCK, "cpu", tokens)
    expected = alone(model, PROMPTS)
    rows = [Row(i, model.chat.question(prompt)) for i, prompt in enumerate(PROMPTS)]
    ragged.decode(model, rows, None, TOKENS, pool)
    assert [row.reply(model.chat).text for row in rows] == expected


def test_a_network_that_disagrees_is_asked_in_rows_of_one_length(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some networks place tokens by other means than the positions they are given."""
    model = load("llama")
    expected = alone(model, PROMPTS)
    forward = type(model.network).forward

    def deaf(self: Any, *args: Any, **others: Any) -> Any:
        others.pop("position_ids", None)
        return forward(self, *args, **others)

    monkeypatch.setattr(type(model.network), "forward", deaf)
    assert [r.text for r in model.replies(PROMPTS, TOKENS, 8)] == expected
    assert model.takes_ragged_rows is False


def test_a_network_that_refuses_a_mask_is_asked_in_rows_of_one_length(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load("llama")
    forward = type(model.network).forward

    def refusing(self: Any, *args: Any, attention_mask: Any = None, **others: Any) -> Any:
        if attention_mask is not None:
            raise ValueError("no mask of four dimensions")
        return forward(self, *args, **others)

    monkeypatch.setattr(type(model.network), "forward", refusing)
    assert [r.text for r in model.replies(PROMPTS, TOKENS, 8)] == alone(model, PROMPTS)
    assert model.takes_ragged_rows is False


def test_a_network_that_adds_the_mask_is_asked_in_rows_of_one_length(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GPT-Neo's attention adds what it is given: `True` becomes 1, and nothing is hidden."""
    model = load("llama")
    expected = alone(model, PROMPTS)
    forward = type(model.network).forward

    def adding(self: Any, *args: Any, attention_mask: Any = None, **others: Any) -> Any:
        mask = attention_mask.float() if attention_mask is not None else None
        return forward(self, *args, attention_mask=mask, **others)

    monkeypatch.setattr(type(model.network), "forward", adding)
    assert [r.text for r in model.replies(PROMPTS, TOKENS, 8)] == expected
    assert model.takes_ragged_rows is False


def test_margins_are_those_of_asking_alone(load: Load) -> None:
    model = load("llama")
    for prompt, reply in zip(PROMPTS, model.replies(PROMPTS, TOKENS, 8), strict=True):
        row = Row(0, model.chat.question(prompt))
        even.decode(model, [row], TOKENS)
        assert reply.margin == pytest.approx(row.margin, abs=2e-4)


def test_a_reply_of_all_lines_goes_on_after_the_first(load: Load) -> None:
    chat = dataclasses.replace(load("llama").chat, tokenizer=Letters())
    for lines, expected in (("one", "a\n"), ("all", "a\nb")):
        row = Row(0, [])
        for token in map(ord, "a\nb"):
            if not row.write(dataclasses.replace(chat, lines=lines), token, 1.0, 3):
                break
        assert row.reply(chat).text == expected


class Letters:
    """A tokenizer of single letters."""

    def decode(self, ids: list[int], **_: object) -> str:
        return "".join(map(chr, ids))
