"""Virtual tokens as keys and values of every attention layer, put into a cache before the first real token.

The parameters and their layout are peft's `PrefixEncoder` without its projection: one row (layers * 2 * key size) a
virtual token, keys before values. The cache is the network's own, filled at its attention layers alone: a layer of
another kind (the convolutions of LFM2) has nothing before the first real token, as in a sequence that begins there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clpipe.models.adapted import Adapter

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PREFIX = "prefix"
"""Name of the part that holds the prefix."""
ATTENTION, CONVOLUTION = "full_attention", "conv"


class PrefixAdapter(Adapter):
    """Parts of which the one named `prefix` is peft's prefix tuning."""

    def __init__(self, network: Any, parts: Mapping[str, Any]) -> None:
        super().__init__(network, parts)
        self.places = attention_layers(network)

    def prefix(self, rows: int) -> Any:
        """A new cache of `rows` rows with the learned keys and values, through which gradients flow."""
        if self.off:
            return None
        from transformers import DynamicCache

        part = self.parts[PREFIX]
        config = part.active_peft_config
        weight = part.prompt_encoder["default"].embedding.weight.to(self.network.dtype)
        shaped = weight.view(config.num_virtual_tokens, config.num_layers, 2, config.num_attention_heads, -1)
        cache = DynamicCache(config=self.network.config)
        for pair, place in zip(shaped.permute(1, 2, 3, 0, 4), self.places, strict=True):
            keys, values = pair[:, None].expand(-1, rows, -1, -1, -1)
            cache.update(keys, values, place)
        return cache


def prefix_part(network: PreTrainedModel, tokens: int, start: list[int] | None) -> Any:
    """PEFT's model with `tokens` virtual tokens.

    `start`: real tokens whose keys and values, as the network computes them alone, are the first values; without them
    peft's unit normal ones are.

    Raises ValueError where the network has other than attention over all tokens and convolutions.
    """
    import torch
    from peft import PrefixTuningConfig, TaskType, get_peft_model

    places = attention_layers(network)
    config = PrefixTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=tokens, num_layers=len(places))
    model = get_peft_model(network, config)
    if start is not None:
        with torch.no_grad():
            cache = network(input_ids=torch.tensor([start], device=network.device), use_cache=True).past_key_values
            pairs = [cache.layers[place] for place in places]
            stacked = torch.stack([half[0] for pair in pairs for half in (pair.keys, pair.values)])
            model.prompt_encoder["default"].embedding.weight.copy_(stacked.permute(2, 0, 1, 3).reshape(tokens, -1))
    return model


def attention_layers(network: PreTrainedModel) -> list[int]:
    """Places of the attention layers; raises ValueError, naming all kinds found, where a prefix cannot be put."""
    config = network.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    usual = ATTENTION if not window else "sliding_attention"
    types = list(getattr(config, "layer_types", None) or [usual] * config.num_hidden_layers)
    if ATTENTION not in types or set(types) - {ATTENTION, CONVOLUTION}:
        raise ValueError(
            f"a prefix needs layers of attention over all tokens ({ATTENTION}), beside them at most convolutions "
            f"({CONVOLUTION}); this network has {', '.join(sorted(set(types)))}; use lora or soft_prompt"
        )
    return [place for place, kind in enumerate(types) if kind == ATTENTION]
