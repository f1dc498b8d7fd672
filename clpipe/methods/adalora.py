"""AdaLoRA: each target matrix W becomes W + s P diag(e) Q, and small e are cut (Zhang et al. 2023, arXiv 2303.10512).

All matrices share one budget of ranks. It is full for the first steps, then falls with the third power of the steps
left, and is fixed for the last ones; a triplet's importance is smoothed |weight * gradient|, times its uncertainty.
Layers and allocator are peft's `tuners/adalora`: Q is `lora_A`, e `lora_E`, P `lora_B`, and s = alpha / init_r.

- A cut triplet has e = 0 after each step and keeps its P and Q, as in the paper, so that it may come back.
- A checkpoint holds all `init_r` triplets, where peft leaves out the cut ones: same logits, ordinary PEFT folder.
- Steps are gradient steps: a strategy that takes more than one an episode reaches the final budget earlier, one that
  leaves some out (`reward_only`) later or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clpipe.models.adapted import Adapter
from clpipe.models.layers import linear_targets
from clpipe.models.low_rank import refuse_unfit
from clpipe.models.method import Method

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class AdaLora(Method):
    """Low-rank adaptation whose ranks go where they matter."""

    identity_at_start: ClassVar[bool] = True

    init_r: int = 12
    """Rank of each matrix at the start."""
    target_r: int = 8
    """Mean rank at the end."""
    tinit: float = 0.1
    """Share of the episodes before the budget begins to fall."""
    tfinal: float = 0.2
    """Share of the episodes at the end for which it is fixed."""
    alpha: float = 32
    """Scale: the update is multiplied by alpha / init_r."""
    dropout: float = 0.0
    """Share of the adapter's inputs dropped in a learning step."""
    orthogonality: float = 0.1
    """Weight of the mean of ||Q Qᵀ - I|| and ||Pᵀ P - I|| (Frobenius) in every loss; the paper takes 0.1 to 0.5."""
    target_modules: tuple[str, ...] = ("q_proj", "v_proj")
    """Names of the linear layers that get an adapter."""

    def __post_init__(self) -> None:
        refuse_unfit(self.alpha, self.dropout, self.target_modules)
        if self.target_r < 1:
            raise ValueError(f"target_r: must be 1 or more, not {self.target_r}")
        if self.init_r <= self.target_r:
            raise ValueError(f"init_r: must be more than target_r ({self.target_r}), not {self.init_r}; or use lora")
        if self.tinit < 0 or self.tfinal < 0 or self.tinit + self.tfinal >= 1:
            raise ValueError(f"tinit and tfinal are shares that leave some of 1, not {self.tinit} and {self.tfinal}")
        if self.orthogonality < 0:
            raise ValueError(f"orthogonality: must be 0 or more, not {self.orthogonality}")

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with adapters on it, whose budget falls over `episodes` steps.

        Raises ValueError when a target is not in the network.
        """
        del folder
        from peft import AdaLoraConfig, TaskType, get_peft_model

        steps = max(episodes, 2)  # an importance must have been seen before the final budget can be set
        final = min(int(self.tfinal * steps), steps - 2)
        config = AdaLoraConfig(
            task_type=TaskType.CAUSAL_LM,
            init_r=self.init_r,
            target_r=self.target_r,
            tinit=min(int(self.tinit * steps), steps - final - 1),
            tfinal=final,
            deltaT=1,
            total_step=steps,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=linear_targets(network, self.target_modules, "methods.adalora.target_modules"),
        )
        return Allocated(network, get_peft_model(network, config), self.orthogonality)


MEMORIES = ("ipt", "exp_avg_ipt", "exp_avg_unc")
"""What peft's allocator remembers of each parameter: its importance, the smoothed one, the smoothed uncertainty."""


class Allocated(Adapter):
    """AdaLoRA's layers with the allocator of their ranks."""

    def __init__(self, network: Any, part: Any, orthogonality: float) -> None:
        super().__init__(network, {"adalora": part})
        self.part = part
        self.orthogonality = orthogonality
        self.steps = 0
        """Steps taken."""

    def penalty(self) -> Tensor | None:
        """How far P and Q are from orthonormal, weighted."""
        import torch

        if not self.orthogonality:
            return None
        products = [
            p @ p.T if ".lora_A." in name else p.T @ p for name, p in self.trainable().items() if ".lora_E." not in name
        ]
        away = [torch.linalg.norm(one - torch.eye(len(one), device=one.device)) for one in products]
        return self.orthogonality * torch.stack(away).mean()

    def stepped(self) -> None:
        """Let the allocator see the gradients, and cut what is over the budget."""
        self.steps += 1
        self.part.base_model.update_and_allocate(self.steps)

    def state(self) -> dict[str, Tensor]:
        """Adapters, the steps taken, what the allocator remembers, and which triplets are cut."""
        import torch

        found = {"allocator/steps": torch.tensor(self.steps)}
        for memory in MEMORIES:
            for name, value in getattr(self.part.base_model.rankallocator, memory).items():
                found[f"allocator/{memory}/{name}"] = value.detach().clone()
        for name, mask in (self.part.active_peft_config.rank_pattern or {}).items():
            found[f"allocator/kept/{name}"] = torch.tensor(mask)
        return super().state() | found

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Put back what `state` gave."""
        super().restore(state)
        self.steps = int(state["allocator/steps"])
        for memory in MEMORIES:
            values = _under(f"allocator/{memory}/", state)
            own = {name: value.to(self.network.device) for name, value in values.items()}
            setattr(self.part.base_model.rankallocator, memory, own)
        kept = {name: mask.tolist() for name, mask in _under("allocator/kept/", state).items()}
        self.part.active_peft_config.rank_pattern = kept or None

    def save(self, folder: Path) -> None:
        """Write a PEFT folder with all triplets, the cut ones with e = 0."""
        config = self.part.active_peft_config
        kept, config.rank_pattern = config.rank_pattern, None
        try:
            super().save(folder)
        finally:
            config.rank_pattern = kept

    def load(self, folder: Path) -> None:
        """Take the values that `save` wrote; the budget begins anew."""
        self.part.active_peft_config.rank_pattern = None
        self.part.base_model.rankallocator.reset_ipt()
        self.steps = 0
        super().load(folder)


def _under(start: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {path.removeprefix(start): value for path, value in state.items() if path.startswith(start)}


METHOD = AdaLora
