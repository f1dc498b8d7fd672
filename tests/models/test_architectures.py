"""The seed document's models at full size on the meta device: their parameters, and those that adapters train."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import AutoModelForCausalLM, Lfm2Config, LlamaConfig, Qwen2Config


def qwen25_05b() -> Any:
    return Qwen2Config(
        vocab_size=151_936,
        hidden_size=896,
        intermediate_size=4_864,
        num_hidden_layers=24,
        num_attention_heads=14,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )


def lfm2_350m() -> Any:
    return Lfm2Config(
        vocab_size=65_536,
        hidden_size=1_024,
        intermediate_size=6_656,
        num_hidden_layers=16,
        num_attention_heads=16,
        num_key_value_heads=8,
        block_auto_adjust_ff_dim=True,
        block_multiple_of=256,
        full_attn_idxs=[2, 5, 8, 10, 12, 14],
    )


def tinyllama_11b() -> Any:
    return LlamaConfig(
        vocab_size=32_000,
        hidden_size=2_048,
        intermediate_size=5_632,
        num_hidden_layers=22,
        num_attention_heads=32,
        num_key_value_heads=4,
        tie_word_embeddings=False,
    )


def smollm2_135m() -> Any:
    return LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1_536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
    )


def lora() -> Any:
    from peft import LoraConfig

    return LoraConfig(r=16, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")


def soft_prompt() -> Any:
    from peft import PromptTuningConfig

    return PromptTuningConfig(num_virtual_tokens=8, task_type="CAUSAL_LM")


@pytest.mark.parametrize(
    ("config", "parameters", "adapter", "trainable"),
    [
        (qwen25_05b, 494_032_768, lora, 1_081_344),
        (lfm2_350m, 354_483_968, lora, 344_064),
        (tinyllama_11b, 1_100_048_384, soft_prompt, 16_384),
        (smollm2_135m, 134_515_008, lora, 921_600),
        (smollm2_135m, 134_515_008, soft_prompt, 4_608),
    ],
)
def test_parameters_are_the_seed_documents_to_the_unit(
    config: Any, parameters: int, adapter: Any, trainable: int
) -> None:
    import torch
    from peft import get_peft_model

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config())
        assert sum(p.numel() for p in model.parameters()) == parameters
        adapted = get_peft_model(model, adapter())
    assert sum(p.numel() for p in adapted.parameters() if p.requires_grad) == trainable
