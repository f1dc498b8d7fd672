"""(IA)³: learned factors scale keys, values and the inside of feed-forward layers (Liu et al. 2022, arXiv 2205.05638).

The layers are peft's `tuners/ia3`. As there the keys are scaled before the rotation by position, which T5 of the
paper does not have. The vectors start as ones, so the untrained adapter is the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clpipe.models.adapted import Adapter
from clpipe.models.layers import linear_layers, linear_targets
from clpipe.models.method import Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel

KNOWN = ("down_proj", "w2", "fc2", "dense_4h_to_h")
"""The last matrix of a feed-forward layer in different architectures."""


@dataclass(frozen=True, kw_only=True)
class Ia3(Method):
    """Factors on what the named layers give, or on what the feed-forward layers take."""

    identity_at_start: ClassVar[bool] = True

    target_modules: tuple[str, ...] = ("k_proj", "v_proj")
    """Names of the linear layers whose outputs are scaled."""
    feedforward_modules: tuple[str, ...] | None = None
    """Names of the linear layers whose inputs are scaled; `None`: the last matrix of the feed-forward layers."""

    def __post_init__(self) -> None:
        if not self.target_modules and self.feedforward_modules == ():
            raise ValueError("target_modules: must name at least one linear layer where feedforward_modules has none")
        if twice := sorted(set(self.target_modules) & set(self.feedforward_modules or ())):
            raise ValueError(f"feedforward_modules: {twice[0]!r} is in target_modules already")

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with factors in it; ValueError when a target is not in the network."""
        del folder, episodes
        from peft import IA3Config, TaskType, get_peft_model

        outputs = linear_targets(network, self.target_modules, "methods.ia3.target_modules")
        inputs = self._feedforward(network)
        config = IA3Config(task_type=TaskType.CAUSAL_LM, target_modules=[*outputs, *inputs], feedforward_modules=inputs)
        return Adapter(network, {"ia3": get_peft_model(network, config)})

    def _feedforward(self, network: PreTrainedModel) -> list[str]:
        key = "methods.ia3.feedforward_modules"
        if self.feedforward_modules is not None:
            return linear_targets(network, self.feedforward_modules, key)
        there = linear_layers(network)
        if found := [name for name in KNOWN if name in there][:1]:
            return found
        raise ValueError(
            f"{key}: this network has none of {', '.join(KNOWN)}; name the last matrix of its feed-forward layers; "
            f"it has {', '.join(there)}"
        )


METHOD = Ia3
