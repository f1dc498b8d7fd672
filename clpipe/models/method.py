"""What every adaptation method is: how it puts parameters on a network, and what may be done with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from clpipe.models.adapted import Adapter

WEIGHTS = "weights"
"""It has parameters that learn by gradient steps."""
LOW_RANK = "low_rank"
"""They are pairs A (r, in), B (out, r), B = 0 at the start, named `lora_A.default` and `lora_B.default` as in peft."""
FROZEN = "frozen"
"""It changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Method(ABC):
    """An adaptation method at given options: a file in `clpipe/methods`, a frozen dataclass."""

    identity_at_start: ClassVar[bool] = False
    """Whether the untrained adapter leaves every logit as it is, to the last bit."""
    traits: ClassVar[frozenset[str]] = frozenset({WEIGHTS})
    """What a strategy may rely on: WEIGHTS, LOW_RANK, FROZEN."""

    @property
    def sees_family(self) -> bool:
        """Whether it goes by the family's name; the report shows it."""
        return False

    def problems(self, families: Sequence[str]) -> Iterator[str]:
        """A line `OPTION: what is wrong` for each option that does not suit a stream of these families."""
        del families
        yield from ()

    @abstractmethod
    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """Put the method's parameters on the network; called inside a fence, so torch's generator may be used.

        Args:
            network: The frozen base.
            folder: Where it was loaded from, with its tokenizer.
            episodes: Steps that there will be.

        Raises ValueError when the architecture does not take the method; the message names the layers it has.
        """
