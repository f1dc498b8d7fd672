"""Prefix tuning: learned keys and values stand before the input in every attention layer (Li & Liang 2021, 2101.00190).

The parameters are peft's `PREFIX_TUNING` without the paper's reparameterisation by a second network (its §4.3), as in
P-Tuning v2 (Liu et al. 2022, arXiv 2110.07602). Real tokens begin at the position after the prefix. Starting from
real tokens' keys and values (`vocabulary`, `text`; the paper's §7.4) is far better than starting at `random`, peft's.
Convolution layers (LFM2) get no prefix; such a folder is read here alone, peft's own forward pass does not take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clpipe.models.adapted import Adapter
from clpipe.models.prefix import PREFIX, PrefixAdapter, prefix_part
from clpipe.models.virtual import VirtualTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Prefix(VirtualTokens):
    """Learned keys and values before the input."""

    init: Literal["random", "vocabulary", "text"] = "vocabulary"
    """What they start as: unit normal numbers, keys and values of tokens drawn at random, or of a text."""

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with the prefix; ValueError, naming the layers found, where it has too few of attention."""
        del episodes
        return PrefixAdapter(network, {PREFIX: prefix_part(network, self.tokens, self.start_ids(network, folder))})


METHOD = Prefix
