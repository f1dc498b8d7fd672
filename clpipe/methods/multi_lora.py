"""One LoRA for each kind of task, and a router that chooses among them: kinds do not overwrite each other.

After the expert gate of Aljundi et al. 2017 (arXiv 1611.06194), with LoRA as the expert: theirs has an autoencoder for
each task and is told when a task begins; ours goes by likeness of prompts and is told nothing (`cluster`,
`clpipe.models.router`), or by the family's label (`family`), the upper bound of any router.

Exactly one LoRA answers and learns; the others have no gradient, so AdamW leaves them and their moments alone. All of
them are there from the start, the identity until they are met; `cluster` lets the nearest answer, however far it is,
`family` the bare base for a family it has never met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from clpipe.models.adapted import Adapter, refuse_pickle
from clpipe.models.low_rank import LowRank
from clpipe.models.router import Clusters, Families, Router, mean_embedding

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

FILE = "router.safetensors"
BASE = ""
"""Name of what answers where no LoRA does."""


@dataclass(frozen=True, kw_only=True)
class MultiLora(LowRank):
    """Low-rank adaptations, one for each kind of task."""

    identity_at_start: ClassVar[bool] = True

    adapters: int = 5
    """Most LoRAs there may be."""
    route: Literal["cluster", "family"] = "cluster"
    """How the LoRA is chosen: by likeness of the prompt, or by the family's label."""
    threshold: float = 0.8
    """`cluster`: a prompt whose cosine to every centre is smaller opens a new LoRA while there is room."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= self.adapters <= 99:
            raise ValueError(f"adapters: must be from 2 to 99, not {self.adapters}; for one use lora")
        if not -1 <= self.threshold <= 1:
            raise ValueError(f"threshold: is a cosine, from -1 to 1, not {self.threshold}")

    @property
    def sees_family(self) -> bool:
        """The upper bound's router does."""
        return self.route == "family"

    def problems(self, families: Sequence[str]) -> Iterator[str]:
        """One family needs no router; families that would share a LoRA are no upper bound."""
        if len(families) == 1:
            yield f"adapters: a router needs at least two families, the stream has only {families[0]}; use lora"
        if self.route == "family" and self.adapters < len(families):
            yield f"adapters: route family needs one for each of the {len(families)} families, not {self.adapters}"

    def attach(self, network: PreTrainedModel, folder: Path, episodes: int) -> Adapter:
        """The network with all LoRAs on it; ValueError when a target is not in the network."""
        del episodes
        from peft import get_peft_model

        names = [f"kind_{i:02d}" for i in range(self.adapters)]
        configs = [self.config(network, "multi_lora") for _ in names]
        part = get_peft_model(network, configs[0], adapter_name=names[0])
        for name, config in zip(names[1:], configs[1:], strict=True):
            part.add_adapter(name, config)
        if self.route == "family":
            return Routed(network, part, Families(self.adapters))
        return Routed(network, part, Clusters(self.adapters, self.threshold, mean_embedding(network, folder)))


class Routed(Adapter):
    """Several LoRAs in one PEFT model, of which one is turned to."""

    def __init__(self, network: Any, part: Any, router: Router) -> None:
        from peft.tuners.lora import LoraLayer

        super().__init__(network, {"multi_lora": part})
        self.part = part
        self.router = router
        self.names = list(part.peft_config)
        self.layers = [module for module in network.modules() if isinstance(module, LoraLayer)]
        self._all = [p for name, p in network.named_parameters() if ".lora_" in name]
        self._wake()

    def meet(self, prompt: str, family: str) -> None:
        """The router sees a question of the stream."""
        self.router.meet(prompt, family)

    def route(self, prompt: str, family: str | None) -> str:
        """The LoRA that answers this question; the bare base where none does, or all are disabled."""
        place = None if self.off else self.router.place(prompt, family)
        return BASE if place is None else self.names[place]

    def turn_to(self, name: str) -> None:
        """Let this LoRA answer, and learn; while all are disabled nothing is turned."""
        if self.off:
            return
        for layer in self.layers:
            layer.set_adapter([] if name == BASE else [name])
        self._wake()

    @contextmanager
    def disabled(self) -> Iterator[None]:
        """Inside the block the base alone answers."""
        try:
            with super().disabled():
                yield
        finally:
            self._wake()

    def state(self) -> dict[str, Tensor]:
        """All LoRAs and what the router remembers."""
        return super().state() | {f"router/{key}": value for key, value in self.router.state().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Put back what `state` gave."""
        super().restore(state)
        self.router.restore({key.removeprefix("router/"): v for key, v in state.items() if key.startswith("router/")})

    def save(self, folder: Path) -> None:
        """Write a PEFT folder for each LoRA, and the router."""
        from safetensors.torch import save_file

        self.part.save_pretrained(folder, selected_adapters=self.names, save_embedding_layers=False)
        save_file(self.router.state(), folder / FILE)

    def load(self, folder: Path) -> None:
        """Take the values that `save` wrote."""
        import torch
        from peft import load_peft_weights, set_peft_model_state_dict
        from safetensors.torch import load_file

        for name in self.names:
            refuse_pickle(folder / name)
            values = load_peft_weights(str(folder / name), device=str(self.network.device))
            with torch.no_grad():
                set_peft_model_state_dict(self.part, values, adapter_name=name)
        self.router.restore(load_file(folder / FILE))

    def _wake(self) -> None:
        for parameter in self._all:
            parameter.requires_grad_(True)  # peft freezes whatever it turns away from


METHOD = MultiLora
