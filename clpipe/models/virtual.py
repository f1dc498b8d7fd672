"""The options that all methods with virtual tokens share: how many stand before the input, and where they start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clpipe.models.method import Method

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class VirtualTokens(Method):
    """A method that puts learned tokens before the input."""

    tokens: int = 8
    """Number of virtual tokens."""
    init: Literal["random", "vocabulary", "text"] = "random"
    """What they start as: unit normal numbers, tokens of the vocabulary drawn at random, or those of a text."""
    init_text: str = ""
    """The text that `init: text` starts from, repeated or cut to length."""

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ValueError(f"tokens: must be 1 or more, not {self.tokens}")
        if self.init == "text" and not self.init_text.strip():
            raise ValueError("init_text: must not be empty when init is text")

    def start_ids(self, network: PreTrainedModel, folder: Path) -> list[int] | None:
        """The real tokens they start as; `None` where they start as random numbers."""
        import torch

        if self.init == "vocabulary":
            drawn: list[int] = torch.randint(len(network.get_input_embeddings().weight), (self.tokens,)).tolist()
            return drawn
        if self.init == "text":
            from transformers import AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            ids = tokenizer(self.init_text, add_special_tokens=False).input_ids
            return [ids[i % len(ids)] for i in range(self.tokens)]
        return None

    def soft_prompt(self, network: PreTrainedModel, folder: Path) -> Any:
        """PEFT's model with the virtual tokens as vectors (tokens, hidden) before the embedded input."""
        import torch
        from peft import PromptTuningConfig, TaskType, get_peft_model

        config = PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=self.tokens)
        model = get_peft_model(network, config)
        start = self.start_ids(network, folder)
        if start is not None:
            table = network.get_input_embeddings().weight.detach()
            with torch.no_grad():
                model.prompt_encoder["default"].embedding.weight.copy_(table[torch.tensor(start)])
        return model
