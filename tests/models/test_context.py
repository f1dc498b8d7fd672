"""Solved tasks in the prompt: which they are, how they stand there, that they are saved, and that batches read them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

import pytest

from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.context import FILE, Context, Shown
from clpipe.models.language_model import LanguageModel
from clpipe.records import Example, Question, prompt_id
from tests.conftest import KINDS, Load
from tests.drawn import drawn

TASKS = drawn(5, {"comparison": 6, "sequence": 6})
EXAMPLES = [Example(question=task.question, shown=task.answer) for task in TASKS[::2]]
PROMPTS = [task.prompt for task in TASKS[1::2]]


def solved(prompt: str, answer: str) -> Example:
    return Example(question=Question(id=prompt_id(prompt), family="f", prompt=prompt), shown=answer)


SUMS = [solved("3 plus 4", "7"), solved("Who is older?", "Ann"), solved("3 plus 5", "8")]


def test_fixed_ones_are_the_first_in_their_order_whatever_is_asked() -> None:
    context = Context(2, "fixed", SUMS)
    expected = (Shown("3 plus 4", "7"), Shown("Who is older?", "Ann"))
    assert context.shown("3 plus 5") == context.shown("anything") == expected


def test_similar_ones_stand_with_the_nearest_last() -> None:
    assert Context(2, "similar", SUMS).shown("3 plus 51") == (Shown("3 plus 4", "7"), Shown("3 plus 5", "8"))
    assert Context(9, "similar", SUMS).shown("older?")[-1] == Shown("Who is older?", "Ann")
    assert len(Context(9, "similar", SUMS).shown("older?")) == 3


@pytest.mark.parametrize("choose", ["fixed", "similar"])
def test_one_by_one_is_as_good_as_all_at_once(choose: Literal["fixed", "similar"]) -> None:
    context = Context(2, choose)
    assert context.shown("3 plus 51") == ()
    for example in SUMS:
        context.add(example)
    assert context.shown("3 plus 51") == Context(2, choose, SUMS).shown("3 plus 51")


@pytest.mark.parametrize("choose", ["fixed", "similar"])
def test_what_is_loaded_is_what_was_saved(choose: Literal["fixed", "similar"], tmp_path: Path) -> None:
    context = Context(2, choose, EXAMPLES)
    context.save(tmp_path)
    again = Context.load(tmp_path)
    assert again is not None
    assert (again.k, again.choose, again.examples) == (2, choose, EXAMPLES)
    assert [again.shown(prompt) for prompt in PROMPTS] == [context.shown(prompt) for prompt in PROMPTS]
    assert Context.load(tmp_path / "nothing") is None


def test_they_are_earlier_turns_of_the_conversation(load: Load) -> None:
    chat = load("llama").chat
    turns = [
        "<|im_start|>user\nAnswer.\n3 plus 4<|im_end|>\n<|im_start|>assistant\n7<|im_end|>\n",
        "<|im_start|>user\nAnswer.\n3 plus 5<|im_end|>\n<|im_start|>assistant\n",
    ]
    assert chat.text("3 plus 5", (Shown("3 plus 4", "7"),)) == "".join(turns)


def test_without_a_template_they_stand_above(load: Load) -> None:
    chat = load("llama").chat
    chat.tokenizer.chat_template = None
    assert chat.text("3 plus 5", (Shown("3 plus 4", "7"),)) == (
        "Answer.\n3 plus 4\nAnswer: 7\n\nAnswer.\n3 plus 5\nAnswer:"
    )
    assert dataclasses.replace(chat, instruction="").text("b", (Shown("a", "1"),)) == "a\nAnswer: 1\n\nb\nAnswer:"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choose", ["fixed", "similar"])
def test_many_questions_are_answered_as_each_alone(kind: str, choose: Literal["fixed", "similar"], load: Load) -> None:
    model = load(kind)
    plain = [reply.text for reply in model.replies(PROMPTS, 5, 4)]
    model.context = Context(2, choose, EXAMPLES)
    alone = [model.replies([prompt], 5, 1)[0].text for prompt in PROMPTS]
    assert [reply.text for reply in model.replies(PROMPTS, 5, 4)] == alone != plain


@pytest.mark.parametrize("kind", KINDS)
def test_a_lesson_its_attempt_and_the_loss_of_gold_read_them_too(kind: str, load: Load) -> None:
    model = load(kind)
    model.context = Context(2, "similar", EXAMPLES)
    golds = [task.answer for task in TASKS[1::2]]
    replies = model.replies(PROMPTS, 5, 4, golds=golds)
    for prompt, gold, reply in zip(PROMPTS, golds, replies, strict=True):
        lesson = model.read(Question(id="", family="", prompt=prompt), gold)
        assert lesson.question_ids == model.chat.question(prompt, model.context.shown(prompt))
        assert reply.gold_loss == pytest.approx(lesson.loss.item(), abs=2e-3)
        assert model.attempt(lesson, 5).text == reply.text


def test_the_bare_base_reads_none_of_them_and_gets_them_back(load: Load) -> None:
    model = load("llama")
    plain = model.replies(PROMPTS, 5, 4)
    model.context = context = Context(2, "similar", EXAMPLES)
    with model.bare():
        assert model.replies(PROMPTS, 5, 4) == plain
    assert model.context is context


def test_a_checkpoint_holds_them_and_one_without_takes_them_away(
    load: Load, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    model = load("llama")
    adapter.attach(model, Lora(), tiny_weights["llama"], seed=0)
    adapter.save(model, "tiny", tmp_path / "without")
    model.context = Context(2, "similar", EXAMPLES)
    adapter.save(model, "tiny", tmp_path / "with")
    assert (tmp_path / "with" / FILE).exists()
    again = LanguageModel.load(tiny_weights["llama"], instruction="Answer.", device="cpu")
    adapter.load(again, tmp_path / "with")
    assert again.context is not None
    assert again.context.shown(PROMPTS[0]) == model.context.shown(PROMPTS[0])
    adapter.load(again, tmp_path / "without")
    assert again.context is None
