"""Several adapters of one shape on one frozen base: row k of a batch goes through adapter k.

The base's matrices are multiplied once for all rows, what the adapters add in batched products (as in mLoRA, Ye et al.
2023, arXiv 2312.02515, and Punica, Chen et al. 2023, arXiv 2310.18547, but all rows at once and with gradients). The
plain adapter, one at a time, stays at hand: it is the reference, and what is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor, nn

from clpipe.models.adapted import Adapter
from clpipe.models.agreement import takes_ragged_rows
from clpipe.models.language_model import LanguageModel

PROMPT = "prompt_encoder.default.embedding.weight"


class Chosen:
    """Which adapters the rows of the next pass go through; `None`: row k through adapter k."""

    def __init__(self) -> None:
        self.adapters: Tensor | None = None

    def of(self, stacked: Tensor) -> Tensor:
        """The chosen of (adapters, ...)."""
        return stacked if self.adapters is None else stacked[self.adapters]


class StackedLora(nn.Module):
    """A linear layer with a LoRA for each row of the batch."""

    def __init__(self, plain: Any, a: Tensor, b: Tensor, chosen: Chosen) -> None:
        super().__init__()
        self.base_layer = plain.base_layer
        self.scaling = float(plain.scaling["default"])
        self.pair = (a, b)
        self.chosen = chosen

    def forward(self, x: Tensor) -> Tensor:
        """`x` (rows, length, in) to (rows, length, out)."""
        a, b = (self.chosen.of(one) for one in self.pair)
        result: Tensor = self.base_layer(x)
        change = torch.bmm(torch.bmm(x.to(a.dtype), a.transpose(1, 2)), b.transpose(1, 2))
        return (result + change * self.scaling).to(result.dtype)


class Stack:
    """The adapters: `parameters[name]` (adapters, ...) for each trainable parameter of the plain adapter."""

    def __init__(self, model: LanguageModel, starts: Sequence[Mapping[str, Tensor]]) -> None:
        """Stack `starts`, states of the plain adapter that is on `model`; see `obstacle` for what cannot be stacked."""
        if reason := obstacle(model):
            raise ValueError(f"these adapters cannot be stacked: {reason}")
        self.model = model
        self.module = cast(Any, model.adapter).module
        self.chosen = Chosen()
        self.parameters = {
            name: nn.Parameter(torch.stack([start[name] for start in starts])) for name in model.trainable()
        }
        self._plain = {name: m for name, m in self.module.named_modules() if _is_lora(m)}
        self._stacked = {
            name: StackedLora(
                plain,
                self.parameters[f"{name}.lora_A.default.weight"],
                self.parameters[f"{name}.lora_B.default.weight"],
                self.chosen,
            )
            for name, plain in self._plain.items()
        }
        self._put(self._stacked)

    @property
    def soft_prompts(self) -> Tensor | None:
        """The learned vectors (adapters, tokens, hidden), where there are any."""
        found = self.parameters.get(PROMPT)
        return None if found is None else self.chosen.of(found)

    def state(self, k: int) -> dict[str, Tensor]:
        """A copy of adapter k, by the names of the plain adapter's parameters."""
        return {name: stacked[k].detach().clone() for name, stacked in self.parameters.items()}

    def restore(self, k: int, state: Mapping[str, Tensor]) -> None:
        """Put back what `state` gave for adapter k."""
        with torch.no_grad():
            for name, stacked in self.parameters.items():
                stacked[k].copy_(state[name])

    @contextmanager
    def alone(self, k: int) -> Iterator[LanguageModel]:
        """Inside the block the model has the plain adapter with the values of adapter k, to ask or to save."""
        self._put(self._plain)
        self.model.restore_adapter(self.state(k))
        try:
            yield self.model
        finally:
            self._put(self._stacked)

    def forward(self, ids: Tensor, *, keep: Tensor) -> Any:
        """One pass over `ids` (adapters, length), each row through its adapter; logits at the positions `keep`."""
        network = self.model.network
        inputs: dict[str, Tensor] = {"input_ids": ids}
        if (soft := self.soft_prompts) is not None:
            words = network.get_input_embeddings()(ids)
            inputs = {"inputs_embeds": torch.cat([soft.to(words.dtype), words], dim=1)}
            keep = keep + soft.shape[1]
        return network(**inputs, use_cache=True, logits_to_keep=keep)

    def _put(self, modules: Mapping[str, nn.Module]) -> None:
        for name, module in modules.items():
            self.module.set_submodule(name, module)


def obstacle(model: LanguageModel) -> str | None:
    """Why the adapter on `model` cannot be stacked; `None` when it can."""
    if not model.attends_only:
        return "the network has memory other than attention over all tokens"
    if model.drops():
        return "dropout is drawn for each learner by itself"
    if not takes_ragged_rows(model):
        return "the network does not take rows of different lengths"
    if model.adapter is None or type(model.adapter) is not Adapter:
        return "the method has ways of its own"
    return _strange(model, model.adapter)


def _strange(model: LanguageModel, adapter: Adapter) -> str | None:
    known = {PROMPT}
    for name, module in adapter.module.named_modules():
        if _is_lora(module):
            if module.lora_variant or module.lora_bias["default"] or type(module.base_layer) is not nn.Linear:
                return f"{name} is not a plain LoRA of a linear layer"
            known |= {f"{name}.lora_A.default.weight", f"{name}.lora_B.default.weight"}
    if strange := sorted(set(model.trainable()) - known):
        return f"{strange[0]} is neither a LoRA nor a soft prompt"
    return None


def _is_lora(module: nn.Module) -> bool:
    from peft.tuners.lora import Linear

    return isinstance(module, Linear)
