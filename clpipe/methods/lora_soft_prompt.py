"""LoRA on the network and a soft prompt before its input, learned together.

Either as it is alone (`lora`, `soft_prompt`); kept as two PEFT folders of those names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clpipe.models.adapted import Adapter
from clpipe.models.low_rank import LowRank
from clpipe.models.virtual import VirtualTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class LoraSoftPrompt(LowRank, VirtualTokens):
    """Low-rank adaptation and learned vectors before the input."""

    init: Literal["random", "vocabulary", "text"] = "vocabulary"
    """What the vectors start as: unit normal numbers, tokens of the vocabulary drawn at random, or those of a text."""

    def __post_init__(self) -> None:
        LowRank.__post_init__(self)
        VirtualTokens.__post_init__(self)

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with both on it; ValueError when a target is not in the network."""
        del episodes
        from peft import get_peft_model

        config = self.config(network, "lora_soft_prompt")
        prompt = self.soft_prompt(network, folder)  # first, since peft freezes whatever else it finds on the network
        return Adapter(network, {"lora": get_peft_model(network, config), "soft_prompt": prompt})


METHOD = LoraSoftPrompt
