"""DoRA: matrices are split into lengths and directions, LoRA learns the directions (Liu et al. 2024, arXiv 2402.09353).

W becomes m (W + (alpha / r) B A) / ||W + (alpha / r) B A||, a norm for each output, with m a learned vector (out,) that
starts as the norms of W. The layers are peft's; as there and in the paper (§4.3) no gradient goes through the norm.
The untrained adapter is the identity in fp32, but only up to rounding in half precision, so none is promised.

O-LoRA and its like do not apply (no trait LOW_RANK): the change of W is no longer B A alone, since lengths learn
beside it and the norm scales what W itself gives, so that orthogonal B A are not orthogonal changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clpipe.models.adapted import Adapter
from clpipe.models.low_rank import LowRank

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Dora(LowRank):
    """Low-rank adaptation of directions, with lengths of their own."""

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with adapters on it; ValueError when a target is not in the network."""
        del folder, episodes
        from peft import get_peft_model

        return Adapter(network, {"dora": get_peft_model(network, self.config(network, "dora", dora=True))})


METHOD = Dora
