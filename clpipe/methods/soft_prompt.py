"""Soft prompt: learned vectors (tokens, hidden) stand before the embedded input (Lester et al. 2021, arXiv 2104.08691).

The vectors are peft's `PromptEmbedding`. Three starts: `random` is peft's, unit normal, far larger than the
embeddings of real tokens; `vocabulary` copies the embeddings of tokens drawn at random (Lester et al., §3.2);
`text` those of `init_text`, repeated or cut to length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clpipe.models.adapted import Adapter
from clpipe.models.virtual import VirtualTokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class SoftPrompt(VirtualTokens):
    """Learned vectors before the input."""

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with the soft prompt before its input."""
        del episodes
        return Adapter(network, {"soft_prompt": self.soft_prompt(network, folder)})


METHOD = SoftPrompt
