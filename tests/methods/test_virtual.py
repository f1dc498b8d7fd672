"""Soft prompts and prefixes: as peft reads them, and as the real tokens they start from are read."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from clpipe.models import adapter
from clpipe.models.prefix import attention_layers
from clpipe.records import Question
from tests.conftest import KINDS, Load
from tests.methods.learners import LESSONS, PROMPTS, logits, made, put, taught

VIRTUAL = ("lora_prefix", "lora_soft_prompt", "prefix", "soft_prompt")
PREFIXED = ("lora_prefix", "prefix")
TEXT = "Answer with one word or number"


@pytest.mark.parametrize("name", VIRTUAL)
@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_positions_and_logits_are_those_of_pefts_own_forward_pass(name: str, kind: str, load: Load) -> None:
    model = taught(load(kind), made(name, tokens=5))
    seen: list[torch.Tensor] = []
    model.network.model.rotary_emb.register_forward_pre_hook(
        lambda _, args, others: seen.append(others.get("position_ids", args[-1])), with_kwargs=True
    )
    ids = torch.tensor([model.chat.question(PROMPTS[3])])
    assert model.adapter is not None
    theirs = model.adapter.module(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]
    torch.testing.assert_close(logits(model, PROMPTS[3])[:, -1], theirs)
    assert seen[0].tolist() == seen[1].tolist()
    assert seen[0].max() == 5 + ids.shape[1] - 1


@pytest.mark.parametrize("name", VIRTUAL)
@pytest.mark.parametrize("kind", KINDS)
def test_what_starts_from_a_text_reads_as_if_the_text_stood_there(name: str, kind: str, load: Load) -> None:
    bare, model = load(kind), load(kind)
    for one in (bare, model):
        if kind == "lfm2" and "prefix" in name:  # else its convolution sees the text, which a prefix does not give it
            one.network.model.layers[0].conv.conv.weight.data[..., :-1] = 0
    text = bare.chat.tokenizer(TEXT, add_special_tokens=False).input_ids
    put(model, made(name, tokens=len(text), init="text", init_text=TEXT))
    with torch.no_grad():
        expected = bare.forward([*text, *bare.chat.question(PROMPTS[1])], rows=1).logits
    torch.testing.assert_close(logits(model, PROMPTS[1]), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", VIRTUAL)
@pytest.mark.parametrize("kind", KINDS)
def test_token_by_token_is_at_once(name: str, kind: str, load: Load) -> None:
    """Positions and masks go on after the virtual tokens."""
    model = taught(load(kind), made(name))
    ids = model.chat.question(PROMPTS[1])
    with torch.no_grad():
        out = model.forward(ids[:1], rows=1)
        for one in ids[1:]:
            out = model.forward([one], rows=1, cache=out.cache, begins=False)
    torch.testing.assert_close(out.logits, logits(model, PROMPTS[1]), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", PREFIXED)
@pytest.mark.parametrize("kind", KINDS)
def test_a_prefix_is_a_new_cache_with_gradients_each_time(name: str, kind: str, load: Load) -> None:
    model = load(kind)
    on = put(model, made(name, tokens=3))
    places = attention_layers(model.network)
    first, second = on.prefix(2), on.prefix(4)
    assert first is not second
    for place in range(len(first.layers)):
        if place in places:
            assert first.layers[place].keys.shape == (2, 2, 3, 8)  # rows, heads, tokens, size of a head
            assert torch.equal(first.layers[place].keys[1], second.layers[place].keys[3])
    assert first.get_seq_length() == 3
    torch.autograd.backward(model.read(Question(id="", family="", prompt=PROMPTS[0]), "16").loss)
    [weight] = [p for n, p in model.trainable().items() if "prompt_encoder" in n]
    assert weight.grad is not None
    assert weight.shape == (3, len(places) * 2 * 16)
    assert weight.grad.reshape(3, len(places), 2, 16).abs().sum(dim=-1).min() > 0
    assert second.get_seq_length() == 3


@pytest.mark.parametrize("init", ["vocabulary", "text"])
@pytest.mark.parametrize("name", ["soft_prompt", "lora_soft_prompt"])
def test_soft_prompts_may_start_from_real_tokens(name: str, init: str, load: Load) -> None:
    model = load("llama")
    put(model, made(name, tokens=5, init=init, init_text="Answer"))
    table = model.network.get_input_embeddings().weight
    [vectors] = [p for n, p in model.trainable().items() if "prompt_encoder" in n]
    for vector in vectors:
        assert any(torch.equal(vector, known) for known in table)


@pytest.mark.parametrize("name", VIRTUAL)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokens": 0}, "tokens: must be 1 or more, not 0"),
        ({"init": "text", "init_text": " "}, "init_text: must not be empty when init is text"),
    ],
)
def test_values_out_of_range_are_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(name, **options)


@pytest.mark.parametrize("name", PREFIXED)
def test_a_network_that_does_not_attend_to_all_tokens_is_refused_with_its_layers(name: str, load: Load) -> None:
    model = load("llama")
    model.network.config.layer_types = ["full_attention", "sliding_attention"]
    with pytest.raises(ValueError, match="this network has full_attention, sliding_attention; use lora"):
        adapter.attach(model, made(name), model.weights, seed=0)
    model.network.config.layer_types = None
    model.network.config.sliding_window = 16
    with pytest.raises(ValueError, match="this network has sliding_attention; use lora"):
        adapter.attach(model, made(name), model.weights, seed=0)


@pytest.mark.parametrize("name", ["lora_prefix", "lora_soft_prompt"])
def test_both_parts_of_a_hybrid_learn_and_have_folders(name: str, load: Load, tmp_path: Any) -> None:
    model = load("qwen2")
    put(model, made(name))
    before = {n: p.detach().clone() for n, p in model.trainable().items()}
    model.start_learning(lr=0.01, weight_decay=0.0, clip=1.0)
    for _ in range(2):  # A moves once B is no longer zero
        family, prompt, answer = LESSONS[0]
        model.step(model.read(Question(id="", family=family, prompt=prompt), answer).loss)
    moved = {n for n, p in model.trainable().items() if not torch.equal(p, before[n])}
    assert moved == set(before)
    adapter.save(model, "tiny", tmp_path / "saved")
    folders = sorted(p.name for p in (tmp_path / "saved").iterdir() if p.is_dir())
    assert folders == ["lora", name.removeprefix("lora_")]
