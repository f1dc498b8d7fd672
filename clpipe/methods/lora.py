"""LoRA: each target matrix W becomes W + (alpha / r) B A, with B = 0 at the start (Hu et al. 2021, arXiv 2106.09685).

Only A (r, in) and B (out, r) learn; the layers are peft's `tuners/lora`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Lora:
    """Low-rank adaptation of the named matrices."""

    identity_at_start: ClassVar[bool] = True

    r: int = 16
    """Rank."""
    alpha: float = 32
    """Scale: the update is multiplied by alpha / r."""
    dropout: float = 0.0
    """Share of the adapter's inputs dropped in a learning step."""
    target_modules: tuple[str, ...] = ("q_proj", "v_proj")
    """Names of the linear layers that get an adapter."""

    def __post_init__(self) -> None:
        if self.r < 1:
            raise ValueError(f"r: must be 1 or more, not {self.r}")
        if self.alpha <= 0:
            raise ValueError(f"alpha: must be more than 0, not {self.alpha}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout: must be from 0 to below 1, not {self.dropout}")
        if not self.target_modules:
            raise ValueError("target_modules: must name at least one linear layer, such as q_proj")

    def attach(self, network: PreTrainedModel, folder: Path) -> Any:
        """The network with adapters on it, as a PeftModel; ValueError when a target is not in the network."""
        del folder
        import torch
        from peft import LoraConfig, TaskType, get_peft_model

        linear = {n.rsplit(".", 1)[-1] for n, m in network.named_modules() if isinstance(m, torch.nn.Linear)}
        if missing := [t for t in self.target_modules if t not in linear]:
            raise ValueError(
                f"methods.lora.target_modules: this network has no linear layer {missing[0]!r}; "
                f"it has {', '.join(sorted(linear))}"
            )
        config = LoraConfig(
            task_type=TaskType.CAUSAL_LM,
            r=self.r,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=list(self.target_modules),
            bias="none",
        )
        return get_peft_model(network, config)


METHOD = Lora
