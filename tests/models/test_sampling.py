"""Sampled replies: tokens come as often as they should, and replies end where greedy ones do."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from scipy.stats import chisquare

from clpipe.methods.lora import Lora
from clpipe.methods.soft_prompt import SoftPrompt
from clpipe.models import adapter
from clpipe.models.context import Context
from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.models.sampling import log_probability, sample
from clpipe.records import Example, Question
from tests.conftest import KINDS, Load

QUESTION = Question(id="", family="sums", prompt="3 + 4?")


@pytest.fixture
def flat(tiny_weights: dict[str, Path]) -> LanguageModel:
    """A tiny model as it was drawn, all tokens nearly equally likely."""
    return LanguageModel.load(tiny_weights["llama"], instruction="Answer.", device="cpu")


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_the_model_expects(temperature: float, flat: LanguageModel) -> None:
    number = 4000
    with fence(0, "sampling"):
        drawn = sample(flat, QUESTION, number, temperature, 1)
    with torch.no_grad():
        logits = flat.forward(flat.chat.question(QUESTION.prompt), rows=1).logits[0, -1].double() * 20
    counts = torch.bincount(torch.tensor([reply.ids[0] for reply in drawn]), minlength=len(logits))
    expected = torch.softmax(logits / 20 / temperature, dim=-1) * number
    assert chisquare(counts.numpy(), expected.numpy()).pvalue > 0.01


def test_a_second_token_is_drawn_after_the_first(flat: LanguageModel) -> None:
    """Of replies that begin alike, the second tokens come as often as they should after that beginning."""
    with torch.no_grad():
        flat.network.lm_head.weight.mul_(60)
    with fence(1, "sampling"):
        drawn = [reply.ids for reply in sample(flat, QUESTION, 3000, 1.0, 2)]
    first = max({ids[0] for ids in drawn if len(ids) > 1}, key=[ids[0] for ids in drawn].count)
    seconds = [ids[1] for ids in drawn if ids[0] == first and len(ids) > 1]
    assert len(seconds) > 150
    with torch.no_grad():
        logits = flat.forward([*flat.chat.question(QUESTION.prompt), first], rows=1).logits[0, -1].double()
    likely = torch.softmax(logits, dim=-1).topk(3)
    for chance, token in zip(likely.values.tolist(), likely.indices.tolist(), strict=True):
        deviation = math.sqrt(chance * (1 - chance) / len(seconds))
        assert seconds.count(token) / len(seconds) == pytest.approx(chance, abs=4 * deviation)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [None, Lora(), SoftPrompt(tokens=3)])
def test_the_log_probability_is_the_loss_of_a_lesson(
    kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    model = load(kind)
    if method is not None:
        adapter.attach(model, method, tiny_weights[kind], seed=3)
    lesson = model.read(QUESTION, "Charlie")
    found = log_probability(model, QUESTION, lesson.answer_ids)
    assert found.item() == pytest.approx(-lesson.loss.item() * lesson.tokens, rel=1e-5)


def test_temperature_divides_the_logits(flat: LanguageModel) -> None:
    """Two tokens: log softmax(z / 2) of the first, and of the second after it."""
    asked = flat.chat.question(QUESTION.prompt)
    with torch.no_grad():
        logits = flat.forward([*asked, 40], rows=1, keep=2).logits[0]
    by_hand = sum(float(z[t] / 2 - torch.logsumexp(z / 2, 0)) for z, t in zip(logits, (40, 41), strict=True))
    assert log_probability(flat, QUESTION, [40, 41], 2.0).item() == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [Lora(), SoftPrompt(tokens=3)])
def test_nearly_without_temperature_every_reply_is_the_greedy_one(
    kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    model = load(kind)
    adapter.attach(model, method, tiny_weights[kind], seed=3)
    greedy = model.replies([QUESTION.prompt], 6, 1)[0].text
    with fence(0, "sampling"):
        assert {reply.text for reply in sample(model, QUESTION, 4, 1e-4, 6)} == {greedy}


@pytest.mark.parametrize("kind", KINDS)
def test_replies_end_where_greedy_ones_do_each_by_itself(kind: str, tiny_weights: dict[str, Path]) -> None:
    model = LanguageModel.load(tiny_weights[kind], instruction="Answer.", device="cpu")
    some = frozenset(range(2, 60))  # so many stops that replies of all lengths come
    model.chat = dataclasses.replace(model.chat, stops=some)
    with fence(0, "sampling"):
        drawn = sample(model, QUESTION, 60, 1.0, 5)
    for reply in drawn:
        assert not some & set(reply.ids[:-1])
        assert len(reply.ids) <= 5
        ended = reply.ids[-1] in some or "\n" in reply.text
        assert ended or len(reply.ids) == 5
        assert reply.text == model.chat.decode([i for i in reply.ids if i not in some])
    assert {len(reply.ids) for reply in drawn} == {1, 2, 3, 4, 5}
    assert any(reply.ids[-1] not in some for reply in drawn)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reply_goes_on_from_its_own_beginning_when_others_have_ended(
    kind: str, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each token was drawn from is what a pass over question and beginning alone expects there."""
    model = load(kind)
    model.chat = dataclasses.replace(model.chat, stops=frozenset(range(2, 100)), lines="all")
    offered: list[torch.Tensor] = []
    multinomial = torch.multinomial

    def watched(chances: torch.Tensor, number: int) -> torch.Tensor:
        offered.append(chances)
        return multinomial(chances, number)

    monkeypatch.setattr(torch, "multinomial", watched)
    with fence(0, "sampling"):
        drawn = [reply.ids for reply in sample(model, QUESTION, 12, 20.0, 5)]
    asked = model.chat.question(QUESTION.prompt)
    assert {len(chances) for chances in offered} > {12}  # some have ended before others
    for step, chances in enumerate(offered):
        going = [ids for ids in drawn if len(ids) > step]
        for ids, found in zip(going, chances, strict=True):
            with torch.no_grad():
                logits = model.forward(asked + ids[:step], rows=1).logits[0, -1].float()
            torch.testing.assert_close(found, torch.softmax(logits / 20.0, dim=-1), atol=1e-4, rtol=1e-2)


def test_a_reply_of_one_line_ends_with_it(flat: LanguageModel) -> None:
    [newline] = flat.chat.tokenizer("\n", add_special_tokens=False).input_ids
    letter = flat.chat.tokenizer("a", add_special_tokens=False).input_ids[0]
    with torch.no_grad():
        flat.network.lm_head.weight.mul_(0)  # all tokens equally likely
        flat.network.lm_head = Only(flat.network.lm_head, (letter, newline))
    with fence(0, "sampling"):
        one = sample(flat, QUESTION, 30, 1.0, 6)
        flat.chat = dataclasses.replace(flat.chat, lines="all")
        every = sample(flat, QUESTION, 30, 1.0, 6)
    assert all("\n" not in reply.text.lstrip()[:-1] for reply in one)
    assert any(len(reply.ids) < 6 for reply in one)
    assert {len(reply.ids) for reply in every} == {6}


class Only(torch.nn.Module):
    """A head for which two tokens are all there is."""

    def __init__(self, head: torch.nn.Module, tokens: tuple[int, int]) -> None:
        super().__init__()
        self.head, self.tokens = head, tokens

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(hidden)
        logits[..., list(self.tokens)] += 50
        return logits


def test_what_is_drawn_depends_on_the_fence_alone_and_dropout_stays_out(tiny_weights: dict[str, Path]) -> None:
    model = LanguageModel.load(tiny_weights["llama"], instruction="Answer.", device="cpu")
    adapter.attach(model, Lora(dropout=0.5), tiny_weights["llama"], seed=0)
    found = []
    for training, seed in [(True, 1), (False, 1), (True, 2)]:
        model.network.train(training)
        with fence(seed, "sampling"):
            found.append([reply.ids for reply in sample(model, QUESTION, 5, 1.0, 4)])
        assert model.network.training is training
    assert found[0] == found[1] != found[2]


def test_solved_tasks_in_the_prompt_are_read_too(load: Load) -> None:
    model = load("llama")
    plain = log_probability(model, QUESTION, [40]).item()
    model.context = Context(1, "fixed", [Example(question=QUESTION, shown="7")])
    assert log_probability(model, QUESTION, [40]).item() != pytest.approx(plain, abs=1e-3)
    assert log_probability(model, QUESTION, model.read(QUESTION, "7").answer_ids).item() == pytest.approx(
        -model.read(QUESTION, "7").loss.item() * model.read(QUESTION, "7").tokens, rel=1e-5
    )


@pytest.mark.parametrize(("number", "temperature", "tokens"), [(0, 1.0, 4), (1, 0.0, 4), (1, 1.0, 0)])
def test_what_cannot_be_drawn_is_refused(number: int, temperature: float, tokens: int, flat: LanguageModel) -> None:
    with pytest.raises(ValueError, match=f"not {number}, {tokens} and {temperature}"):
        sample(flat, QUESTION, number, temperature, tokens)
