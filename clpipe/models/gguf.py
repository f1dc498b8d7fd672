"""What transformers leaves open about a GGUF file: where the tokenizer splits before it merges.

transformers 5.23 knows the split of Qwen, Llama 3 and LFM2, and silently takes GPT-2's for any other. SmolLM's differs
from that in one thing: a digit always stands alone (llama.cpp, `LLAMA_VOCAB_PRE_TYPE_SMOLLM`), so that two line breaks
before a number are one token.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

LONE_DIGITS = ("smollm",)
"""Values of `tokenizer.ggml.pre`."""


def mend_split(tokenizer: Any, file: Path) -> None:
    """Let `tokenizer` split as the GGUF file says."""
    from gguf import GGUFReader
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    field = GGUFReader(file).fields.get("tokenizer.ggml.pre")
    if field is not None and field.contents() in LONE_DIGITS:
        plain = ByteLevel(add_prefix_space=False, use_regex=True)
        tokenizer.backend_tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), plain])
