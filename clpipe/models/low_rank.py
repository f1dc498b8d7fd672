"""The options that all methods of low rank share: which matrices, how many dimensions, how strong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clpipe.models.layers import linear_targets
from clpipe.models.method import Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class LowRank(Method):
    """A method that adds a product B A of small matrices, scaled by alpha / r, to the named matrices."""

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
        refuse_unfit(self.alpha, self.dropout, self.target_modules)

    def config(self, network: PreTrainedModel, name: str, *, rslora: bool = False, dora: bool = False) -> Any:
        """PEFT's configuration of it for this network.

        Raises ValueError, naming the option of the method `name`, where a target is not in the network.
        """
        from peft import LoraConfig, TaskType

        return LoraConfig(
            task_type=TaskType.CAUSAL_LM,
            r=self.r,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=linear_targets(network, self.target_modules, f"methods.{name}.target_modules"),
            use_rslora=rslora,
            use_dora=dora,
            bias="none",
        )


def refuse_unfit(alpha: float, dropout: float, target_modules: tuple[str, ...]) -> None:
    """Raise ValueError for a value that no method of low rank can use."""
    if alpha <= 0:
        raise ValueError(f"alpha: must be more than 0, not {alpha}")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout: must be from 0 to below 1, not {dropout}")
    if not target_modules:
        raise ValueError("target_modules: must name at least one linear layer, such as q_proj")
