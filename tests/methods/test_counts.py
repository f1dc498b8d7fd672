"""How many parameters learn, by hand, on the tiny llama: 2 layers, hidden 32, q_proj 32 -> 32, v_proj 32 -> 16."""

from __future__ import annotations

import pytest

from clpipe.models import stack
from tests.conftest import Load
from tests.methods.learners import METHODS, made, put

Q_AND_V = 2 * (16 * (32 + 32) + 16 * (32 + 16))
"""LoRA of rank 16 on both in both layers."""
ALL = 320 * 32 * 2 + 32 + 2 * (32 * 32 * 2 + 32 * 16 * 2 + 3 * 32 * 64 + 2 * 32)
"""Embeddings and head, last norm; a layer: q and o, k and v, three of the feed-forward, two norms."""
BY_HAND = {
    "adalora": 2 * (12 * (32 + 1 + 32) + 12 * (32 + 1 + 16)),
    "dora": Q_AND_V + 2 * (32 + 16),  # a length for each output
    "frozen": 0,
    "full": ALL,
    "ia3": 2 * (16 + 16 + 64),  # what k_proj and v_proj give, what down_proj takes
    "lora": Q_AND_V,
    "lora_prefix": Q_AND_V + 8 * 2 * 2 * 16,
    "lora_soft_prompt": Q_AND_V + 8 * 32,
    "multi_lora": 5 * Q_AND_V,
    "prefix": 8 * 2 * 2 * 16,  # tokens, layers, keys and values, two heads of 8
    "soft_prompt": 8 * 32,
}
STACKED = ("lora", "lora_soft_prompt", "soft_prompt")
REASONS = {"dora": "not a plain LoRA", "ia3": "neither a LoRA nor a soft prompt"}


def test_every_method_is_counted() -> None:
    assert sorted(BY_HAND) == METHODS


@pytest.mark.parametrize("name", METHODS)
def test_as_many_parameters_learn_as_counted_by_hand(name: str, load: Load) -> None:
    model = load("llama")
    put(model, made(name))
    assert sum(p.numel() for p in model.trainable().values()) == BY_HAND[name]


@pytest.mark.parametrize("name", METHODS)
def test_what_cannot_be_stacked_says_why(name: str, load: Load) -> None:
    model = load("llama")
    put(model, made(name))
    reason = stack.obstacle(model)
    if name in STACKED:
        assert reason is None
    else:
        assert reason is not None
        assert REASONS.get(name, "ways of its own") in reason
