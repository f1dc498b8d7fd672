"""Asking and reading: against plain transformers and peft on every architecture of the seed document."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from clpipe.methods.lora import Lora
from clpipe.methods.soft_prompt import SoftPrompt
from clpipe.models import adapter, decoding, row
from clpipe.models.chat import TODAY
from clpipe.models.language_model import LanguageModel
from clpipe.records import Question
from tests.conftest import KINDS, Load
from tests.drawn import drawn

PROMPTS = [task.prompt for task in drawn(3, {"sequence": 12, "comparison": 12})]


def question(prompt: str) -> Question:
    return Question(id="", family="", prompt=prompt)


@torch.no_grad()
def generate_alone(model: LanguageModel, prompt: str, count: int) -> str:
    """The peer: `generate` of transformers, one question at a time, nothing shared."""
    ids = torch.tensor([model.chat.question(prompt)])
    out = model.network.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=count,
        eos_token_id=sorted(model.chat.stops),
    )
    text = model.chat.decode(out[0, ids.shape[1] :].tolist())
    return text.split("\n")[0] if text.lstrip() == text else text


@pytest.mark.parametrize("kind", KINDS)
def test_replies_are_those_of_generate(kind: str, load: Load) -> None:
    model = load(kind)
    ours = model.replies(PROMPTS, 6, 8)
    theirs = [generate_alone(model, prompt, 6) for prompt in PROMPTS]
    assert [r.text.split("\n")[0] for r in ours if r.text.strip()] == [
        t for r, t in zip(ours, theirs, strict=True) if r.text.strip()
    ]
    assert len({r.text for r in ours}) > 5


@pytest.mark.parametrize("kind", KINDS)
def test_replies_do_not_depend_on_batch_size_or_order(kind: str, load: Load) -> None:
    model = load(kind)
    reference = {p: r.text for p, r in zip(PROMPTS, model.replies(PROMPTS, 6, 32), strict=True)}
    shuffled = list(PROMPTS)
    random.Random(5).shuffle(shuffled)
    for size in (1, 3, 7):
        for prompts in (PROMPTS, shuffled, PROMPTS[:5]):
            replies = model.replies(prompts, 6, size)
            assert [r.text for r in replies] == [reference[p] for p in prompts]


def test_near_ties_are_decided_alone(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load("llama")
    alone = [model.replies([p], 6, 1)[0] for p in PROMPTS]
    monkeypatch.setattr(decoding, "NEAR_TIE", dict.fromkeys(row.NEAR_TIE, float("inf")))
    assert model.replies(PROMPTS, 6, 32) == alone


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [Lora(), SoftPrompt(tokens=3)])
def test_an_attempt_is_the_greedy_reply(kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]) -> None:
    model = load(kind)
    adapter.attach(model, method, tiny_weights[kind], seed=1)
    drafts = ["12", "Charlie", model.replies(PROMPTS[:1], 6, 1)[0].text.strip() or "x", "a longer answer than allowed"]
    for prompt in PROMPTS[:6]:
        for draft in drafts:
            lesson = model.read(question(prompt), draft)
            assert model.attempt(lesson, 6).text == model.replies([prompt], 6, 1)[0].text


@pytest.mark.parametrize("kind", KINDS)
def test_loss_on_the_answer_is_that_of_all_logits(kind: str, load: Load) -> None:
    model = load(kind)
    lesson = model.read(question(PROMPTS[0]), "42")
    ids = torch.tensor([lesson.question_ids + lesson.answer_ids])
    logits = model.network(input_ids=ids).logits[0, len(lesson.question_ids) - 1 : -1]
    torch.testing.assert_close(lesson.loss, cross_entropy(logits, torch.tensor(lesson.answer_ids)))
    assert lesson.tokens == len(lesson.answer_ids)
    assert lesson.answer_ids[-1] == model.chat.end


def test_loss_on_the_sequence_is_that_of_labels_equal_to_ids(load: Load) -> None:
    """The seed document's `model(input_ids=ids, labels=ids).loss`."""
    model = load("qwen2")
    model.whole_sequence = True
    lesson = model.read(question(PROMPTS[0]), "42")
    ids = torch.tensor([lesson.question_ids + lesson.answer_ids])
    torch.testing.assert_close(lesson.loss, model.network(input_ids=ids, labels=ids).loss)
    assert lesson.tokens == ids.shape[1] - 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_soft_prompt_reads_as_peft_does(kind: str, load: Load, tiny_weights: dict[str, Path]) -> None:
    model = load(kind)
    adapter.attach(model, SoftPrompt(tokens=4), tiny_weights[kind], seed=2)
    ids = torch.tensor([model.chat.question(PROMPTS[0])])
    assert model.adapter is not None
    theirs = model.adapter.module(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -1]
    ours = model.forward(ids, rows=1).logits[0, -1]
    torch.testing.assert_close(ours, theirs)


def test_question_and_answer_are_tokenised_as_one_text(load: Load) -> None:
    chat = load("llama").chat
    ids, answer = chat.example(PROMPTS[0], "17")
    joint = chat.tokenizer(chat.text(PROMPTS[0]) + "17", add_special_tokens=False).input_ids
    assert ids + answer == [*joint, chat.end]
    assert chat.question(PROMPTS[1])[: len(chat.prefix)] == list(chat.prefix)


def test_a_model_without_chat_template_is_asked_plainly(load: Load) -> None:
    model = load("llama")
    model.chat.tokenizer.chat_template = None
    assert model.chat.text("2 + 2?") == "Answer.\n2 + 2?\nAnswer:"
    assert model.replies(["2 + 2?"], 3, 1)[0].text == generate_alone(model, "2 + 2?", 3)


def test_a_template_that_tells_the_date_tells_the_same_one_every_day(tiny_weights: dict[str, Path]) -> None:
    chat = LanguageModel.load(tiny_weights["llama"], instruction="", device="cpu").chat
    chat.tokenizer.chat_template = TODAY + "{{ strftime_now('%d %B %Y') }} {{ messages[0]['content'] }}"
    assert chat.text("2 + 2?") == "1 January 2026 2 + 2?"


@pytest.mark.parametrize("text", ["12<|im_end|>", "<|im_start|>assistant\n12"])
def test_control_tokens_in_a_task_are_refused(text: str, load: Load) -> None:
    with pytest.raises(ValueError, match="a control token of this model"):
        load("llama").chat.refuse_control_tokens("2 + 2?", text)


def test_an_answer_that_could_not_be_a_reply_is_no_draft(load: Load) -> None:
    """A reply ends at the line's end, so a shown answer of two lines says nothing about it beyond the first."""
    model = load("qwen2")
    for prompt in PROMPTS[:4]:
        first = model.replies([prompt], 6, 1)[0].text
        lesson = model.read(question(prompt), f"{first}\nmore")
        assert model.attempt(lesson, 6).text == first


def test_missing_weights_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="dvc repro model"):
        LanguageModel.load(tmp_path / "nothing", instruction="")
