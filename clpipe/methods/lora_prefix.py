"""LoRA on the network and a prefix of keys and values before its input, learned together.

Either as it is alone (`lora`, `prefix`); kept as two PEFT folders of those names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clpipe.models.adapted import Adapter
from clpipe.models.low_rank import LowRank
from clpipe.models.prefix import PREFIX, PrefixAdapter, prefix_part
from clpipe.models.virtual import VirtualTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class LoraPrefix(LowRank, VirtualTokens):
    """Low-rank adaptation and learned keys and values before the input."""

    init: Literal["random", "vocabulary", "text"] = "vocabulary"
    """What the prefix starts as: unit normal numbers, keys and values of tokens drawn at random, or of a text."""

    def __post_init__(self) -> None:
        LowRank.__post_init__(self)
        VirtualTokens.__post_init__(self)

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with both on it; ValueError when a target is not there, or its layers take no prefix."""
        del episodes
        from peft import get_peft_model

        config = self.config(network, "lora_prefix")
        start = self.start_ids(network, folder)
        prefix = prefix_part(network, self.tokens, start)  # first, since peft freezes whatever else it finds
        return PrefixAdapter(network, {"lora": get_peft_model(network, config), PREFIX: prefix})


METHOD = LoraPrefix
