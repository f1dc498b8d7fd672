"""LoRA: each target matrix W becomes W + (alpha / r) B A, with B = 0 at the start (Hu et al. 2021, arXiv 2106.09685).

Only A (r, in) and B (out, r) learn; the layers are peft's `tuners/lora`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clpipe.models.adapted import Adapter
from clpipe.models.low_rank import LowRank
from clpipe.models.method import LOW_RANK, WEIGHTS

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Lora(LowRank):
    """Low-rank adaptation of the named matrices."""

    identity_at_start: ClassVar[bool] = True
    traits: ClassVar[frozenset[str]] = frozenset({WEIGHTS, LOW_RANK})

    rslora: bool = False
    """Scale by alpha / sqrt(r) in place of alpha / r (rank-stabilised; Kalajdzievski 2023, arXiv 2312.03732)."""

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with adapters on it; ValueError when a target is not in the network."""
        del folder, episodes
        from peft import get_peft_model

        return Adapter(network, {"lora": get_peft_model(network, self.config(network, "lora", rslora=self.rslora))})


METHOD = Lora
