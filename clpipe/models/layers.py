"""Which layers a network has that a method can be put on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def linear_layers(network: PreTrainedModel) -> list[str]:
    """The last parts of the names of the network's linear layers, sorted."""
    import torch

    return sorted({n.rsplit(".", 1)[-1] for n, m in network.named_modules() if isinstance(m, torch.nn.Linear)})


def linear_targets(network: PreTrainedModel, wanted: Sequence[str], key: str) -> list[str]:
    """The names in `wanted`, each of which is a linear layer of the network.

    Raises ValueError that names `key`, the first that is none, and the linear layers found.
    """
    linear = linear_layers(network)
    if missing := [name for name in wanted if name not in linear]:
        raise ValueError(f"{key}: this network has no linear layer {missing[0]!r}; it has {', '.join(linear)}")
    return list(wanted)
