"""The least arithmetic that learning and asking need, from a model's `config.json` alone.

A matrix product of (m, k) and (k, n) counts 2 m k n floating-point operations. Norms, activations and softmaxes are
left out: they are below 2 % at the sizes here. A frozen matrix needs no gradient of its own, the first layer's q, k and
v need none into their input, and the head is needed at the answer's tokens only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LORA_TARGETS = ("q_proj", "v_proj")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """A transformer of attention and gated feed-forward layers, all alike; sizes in elements."""

    layers: int
    hidden: int
    inner: int
    """Width of the feed-forward layers."""
    queries: int
    """Heads times their size."""
    keys: int
    """Key heads times their size."""
    vocabulary: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Sizes:
        """The sizes in a `config.json`; raises ValueError for layers other than full attention."""
        if set(config.get("layer_types") or ["full_attention"]) != {"full_attention"}:
            raise ValueError(
                f"the floor is known for full attention only, not for {sorted(set(config['layer_types']))}"
            )
        heads = config["num_attention_heads"]
        size = config.get("head_dim") or config["hidden_size"] // heads
        return cls(
            layers=config["num_hidden_layers"],
            hidden=config["hidden_size"],
            inner=config["intermediate_size"],
            queries=heads * size,
            keys=(config.get("num_key_value_heads") or heads) * size,
            vocabulary=config["vocab_size"],
        )

    def matrices(self) -> dict[str, tuple[int, int]]:
        """(inputs, outputs) of the linear layers in one block."""
        return {
            "q_proj": (self.hidden, self.queries),
            "k_proj": (self.hidden, self.keys),
            "v_proj": (self.hidden, self.keys),
            "o_proj": (self.queries, self.hidden),
            "gate_proj": (self.hidden, self.inner),
            "up_proj": (self.hidden, self.inner),
            "down_proj": (self.inner, self.hidden),
        }

    @property
    def body(self) -> int:
        """Weights of all linear layers, without embedding and head."""
        return self.layers * sum(i * o for i, o in self.matrices().values())

    @property
    def head(self) -> int:
        """Weights of the head."""
        return self.hidden * self.vocabulary

    def lora(self, rank: int, targets: Sequence[str] = LORA_TARGETS) -> int:
        """Parameters of LoRA on the layers named."""
        return self.layers * sum(rank * sum(self.matrices()[t]) for t in targets)

    def attention(self, tokens: int) -> int:
        """Operations of scores and weighted sums of one forward pass over `tokens`."""
        return 4 * tokens * tokens * self.queries * self.layers


def lora_step(sizes: Sizes, tokens: int, answer: int, rank: int, targets: Sequence[str] = LORA_TARGETS) -> int:
    """Operations of one step of LoRA over `tokens`, the last `answer` of them scored."""
    first = sum(i * o for name, (i, o) in sizes.matrices().items() if name in ("q_proj", "k_proj", "v_proj"))
    added = sizes.lora(rank, targets)
    body = 4 * sizes.body * tokens - 2 * tokens * first
    adapter = 6 * tokens * added - 2 * tokens * added // sizes.layers
    return body + 3 * sizes.attention(tokens) + adapter + 4 * answer * sizes.head


def soft_prompt_step(sizes: Sizes, tokens: int, answer: int, vectors: int) -> int:
    """Operations of one step of a soft prompt of `vectors`."""
    length = tokens + vectors
    return 4 * sizes.body * length + 3 * sizes.attention(length) + 4 * answer * sizes.head


def asking(sizes: Sizes, prompt: int, written: int) -> int:
    """Operations of one greedy reply of `written` tokens after a prompt, nothing shared with other prompts."""
    read = 2 * sizes.body * prompt + sizes.attention(prompt) + 2 * sizes.head
    return read + written * 2 * (sizes.body + sizes.head)
