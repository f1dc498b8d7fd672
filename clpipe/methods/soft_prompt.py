"""Soft prompt: learned vectors (tokens, hidden) stand before the embedded input (Lester et al. 2021, arXiv 2104.08691).

The vectors are peft's `PromptEmbedding`. Three starts: `random` is peft's, unit normal, far larger than the
embeddings of real tokens; `vocabulary` copies the embeddings of tokens drawn at random (Lester et al., §3.2);
`text` those of `init_text`, repeated or cut to length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class SoftPrompt:
    """Learned vectors before the input."""

    identity_at_start: ClassVar[bool] = False

    tokens: int = 8
    """Number of vectors."""
    init: Literal["random", "vocabulary", "text"] = "random"
    """Where the vectors start."""
    init_text: str = ""
    """The text that `init: text` starts from."""

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ValueError(f"tokens: must be 1 or more, not {self.tokens}")
        if self.init == "text" and not self.init_text.strip():
            raise ValueError("init_text: must not be empty when init is text")

    def attach(self, network: PreTrainedModel, folder: Path) -> Any:
        """The network with the soft prompt before its input, as a PeftModel."""
        import torch
        from peft import PromptTuningConfig, TaskType, get_peft_model

        config = PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=self.tokens)
        model = get_peft_model(network, config)
        start = self._start(network, folder)
        if start is not None:
            with torch.no_grad():
                model.prompt_encoder["default"].embedding.weight.copy_(start)
        return model

    def _start(self, network: PreTrainedModel, folder: Path) -> Tensor | None:
        import torch

        table = network.get_input_embeddings().weight.detach()
        if self.init == "vocabulary":
            chosen: Tensor = table[torch.randint(len(table), (self.tokens,)).to(table.device)]
            return chosen
        if self.init == "text":
            from transformers import AutoTokenizer

            ids = AutoTokenizer.from_pretrained(folder)(self.init_text, add_special_tokens=False).input_ids
            repeated: Tensor = table[torch.tensor([ids[i % len(ids)] for i in range(self.tokens)])]
            return repeated
        return None


METHOD = SoftPrompt
