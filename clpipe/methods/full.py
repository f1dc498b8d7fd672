"""Full fine-tuning: every weight of the network learns, tied ones once.

It takes AdamW's two moments and a copy of the start beside the weights, five times the base's memory, and fp32, since
small steps on half precision are lost in rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clpipe.models.adapted import Adapter
from clpipe.models.method import Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FILE = "weights.safetensors"


@dataclass(frozen=True, kw_only=True)
class Full(Method):
    """All weights learn."""

    identity_at_start: ClassVar[bool] = True

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network, no longer frozen; ValueError when its weights are not fp32."""
        del folder, episodes
        import torch

        if network.dtype != torch.float32:
            raise ValueError(f"methods.full: weights learn in fp32 alone, not in {network.dtype}; set precision: fp32")
        return Whole(network)


class Whole(Adapter):
    """The network's own weights, and a copy of those it came with."""

    def __init__(self, network: Any) -> None:
        super().__init__(network, {})
        self.start = {name: p.detach().clone() for name, p in network.named_parameters()}
        network.requires_grad_(True)

    @contextmanager
    def disabled(self) -> Iterator[None]:
        """Inside the block the weights are those of the base."""
        if self.off:
            yield
            return
        learned = {name: p.data for name, p in self.network.named_parameters()}
        self._put(self.start)
        self.off = True
        try:
            yield
        finally:
            self._put(learned)
            self.off = False

    def save(self, folder: Path) -> None:
        """Write all weights into one file, tied ones once."""
        from safetensors.torch import save_file

        save_file({name: p.detach().contiguous() for name, p in self.trainable().items()}, folder / FILE)

    def load(self, folder: Path) -> None:
        """Take the values that `save` wrote."""
        from safetensors.torch import load_file

        self.restore(load_file(folder / FILE))

    def remove(self) -> Any:
        """The network with the weights it came with, frozen."""
        self._put(self.start)
        return self.network.requires_grad_(False)

    def _put(self, values: dict[str, Any]) -> None:
        for name, parameter in self.network.named_parameters():
            parameter.data = values[name]


METHOD = Full
