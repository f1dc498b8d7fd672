"""Tiny models with random weights, of the seed document's three architectures, for `{kind: path}` sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clpipe.models.fence import fence

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
WORDS = [
    "Anna has 3 apples and buys 4 more. How many apples does Anna have?",
    "Which is larger, 12 or 7? Reply with the answer only.",
]
VOCABULARY = 320


def build_tiny_model(folder: Path, kind: str = "llama") -> Path:
    """Write a Hugging Face folder into `folder`: 2 layers, 320 tokens, a ChatML template that ends with `<|im_end|>`.

    Args:
        folder: Made if missing.
        kind: `llama` (head of its own), `qwen2` (tied) or `lfm2` (tied; one convolution and one attention layer).
    """
    from transformers import AutoModelForCausalLM

    with fence(7, "tiny", kind):
        model = AutoModelForCausalLM.from_config(CONFIGS[kind]())
    model.save_pretrained(folder)
    build_tiny_tokenizer().save_pretrained(folder)
    return folder


def build_tiny_tokenizer() -> Any:
    """Byte-level BPE learned from two sentences, which are enough for 320 tokens: any text can be written in it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(WORDS * 4, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _llama() -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
    )


def _qwen2() -> Any:
    from transformers import Qwen2Config

    return Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=2,
    )


def _lfm2() -> Any:
    from transformers import Lfm2Config

    return Lfm2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        block_auto_adjust_ff_dim=False,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        full_attn_idxs=[1],
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )


CONFIGS: dict[str, Callable[[], Any]] = {"llama": _llama, "qwen2": _qwen2, "lfm2": _lfm2}
