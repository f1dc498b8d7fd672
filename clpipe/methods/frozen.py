"""Nothing learns: the base alone, the floor of every comparison and the method of learners that work by context."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clpipe.models.adapted import Adapter
from clpipe.models.method import FROZEN, Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Frozen(Method):
    """The network as it is."""

    identity_at_start: ClassVar[bool] = True
    traits: ClassVar[frozenset[str]] = frozenset({FROZEN})

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with nothing on it."""
        del folder, episodes
        return Nothing(network, {})


class Nothing(Adapter):
    """No part at all, and none that could be stacked."""


METHOD = Frozen
