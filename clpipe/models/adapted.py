"""What a method has put on a network, and all that is asked of it while it learns, answers and is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS = "adapter_model.safetensors"


class Adapter:
    """PEFT models around one network, the outermost last; a method with ways of its own subclasses it in its file."""

    def __init__(self, network: Any, parts: Mapping[str, Any]) -> None:
        """`parts`: PEFT models by name; the name is the folder of a part where there are several."""
        self.network = network
        self.parts = dict(parts)
        self.off = False
        """Whether the base alone answers now."""

    @property
    def module(self) -> nn.Module:
        """The network with everything that is on it."""
        found: nn.Module = list(self.parts.values())[-1] if self.parts else self.network
        return found

    def trainable(self) -> dict[str, Tensor]:
        """The parameters that learn, by name."""
        return {n: p for n, p in self.module.named_parameters() if p.requires_grad}

    def soft_prompt(self) -> Tensor | None:
        """Learned vectors (1, tokens, hidden) that stand before the embedded input."""
        for part in self.parts.values():
            if not self.off and part.active_peft_config.peft_type == "PROMPT_TUNING":
                vectors: Tensor = part.get_prompt(batch_size=1)
                return vectors
        return None

    def prefix(self, rows: int) -> Any:
        """A new cache of `rows` rows with learned keys and values in it; `None` where the method has none."""
        del rows

    def penalty(self) -> Tensor | None:
        """What the method adds to every loss that a step is taken on."""
        return None

    def stepped(self) -> None:
        """Called after each step, the gradients still there."""

    def meet(self, prompt: str, family: str) -> None:
        """A question of the stream comes; only a router of the upper bound may look at the family."""

    def route(self, prompt: str, family: str | None) -> str:
        """The name of what answers this question; questions with the same name can be answered together."""
        del prompt, family
        return ""

    def turn_to(self, name: str) -> None:
        """Let what `route` named answer, and learn, from here on."""

    @contextmanager
    def disabled(self) -> Iterator[None]:
        """Inside the block the base alone answers."""
        with ExitStack() as stack:
            for part in self.parts.values():
                if not part.active_peft_config.is_prompt_learning:
                    stack.enter_context(part.disable_adapter())
            before, self.off = self.off, True
            try:
                yield
            finally:
                self.off = before

    def state(self) -> dict[str, Tensor]:
        """A copy of all that learning has changed, for a run that goes on."""
        return {name: p.detach().clone() for name, p in self.trainable().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Put back what `state` gave; a loss that was computed before can still be learned from."""
        for name, parameter in self.trainable().items():
            # new memory, since the old values may be part of a graph whose gradient is still to come
            parameter.data = state[name].to(parameter.device, copy=True)

    def save(self, folder: Path) -> None:
        """Write every part as a PEFT folder: `folder` itself for a single one, else a folder of its name in it."""
        for name, part in self.parts.items():
            part.save_pretrained(folder / name if len(self.parts) > 1 else folder, save_embedding_layers=False)

    def load(self, folder: Path) -> None:
        """Take the values that `save` wrote; raises FileNotFoundError where they are no safetensors."""
        import torch
        from peft import load_peft_weights, set_peft_model_state_dict

        for name, part in self.parts.items():
            place = folder / name if len(self.parts) > 1 else folder
            refuse_pickle(place)
            with torch.no_grad():
                set_peft_model_state_dict(part, load_peft_weights(str(place), device=str(self.network.device)))

    def remove(self) -> Any:
        """The bare network again."""
        network = self.network
        for part in reversed(self.parts.values()):
            if not part.active_peft_config.is_prompt_learning:
                network = part.unload()
        return network


def refuse_pickle(folder: Path) -> None:
    """Raise FileNotFoundError unless the folder has its weights as safetensors; peft would open a pickle instead."""
    if not (folder / WEIGHTS).is_file():
        raise FileNotFoundError(
            f"{folder}: no {WEIGHTS} here; weights kept as a pickle (adapter_model.bin) could run any code when opened "
            "and are never loaded. Convert them to safetensors, or bring ours back with `dvc checkout --force`"
        )
