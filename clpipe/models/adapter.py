"""Adapters on a model, and adapters as ordinary PEFT folders that `PeftModel.from_pretrained` loads."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch

from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.store import read_json, write_json


class Method(Protocol):
    """What a file in `clpipe/methods` provides."""

    def attach(self, network: Any, folder: Path) -> Any:
        """The network with the method's parameters on it, as a PeftModel."""


def attach(model: LanguageModel, method: Method, weights: Path, seed: int) -> None:
    """Put a new adapter on the model, its start drawn from `seed` alone."""
    with fence(seed, "attach"), _quiet():
        model.adapter = method.attach(model.network, weights)
    model.adapter.to(model.device)


def detach(model: LanguageModel) -> None:
    """Take the adapter off the model, which is the bare base after it."""
    if not model.adapter.active_peft_config.is_prompt_learning:
        model.network = model.adapter.unload()
    model.adapter = None


def save(model: LanguageModel, base: str, folder: Path) -> None:
    """Write the adapter as a PEFT folder with the same bytes for the same weights; `base` names the base model."""
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    model.adapter.save_pretrained(temporary, save_embedding_layers=False)
    (temporary / "README.md").unlink(missing_ok=True)
    config = read_json(temporary / "adapter_config.json")
    config["base_model_name_or_path"] = base
    config["inference_mode"] = True
    for key, value in config.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            config[key] = sorted(value)  # peft keeps these as sets, whose order is the process's
    write_json(temporary / "adapter_config.json", config)
    temporary.rename(folder)


def load(model: LanguageModel, folder: Path) -> None:
    """Put the adapter of a PEFT folder on the model; a second one takes the place of the first.

    Raises FileNotFoundError when the folder is no PEFT folder.
    """
    from peft import PeftModel, load_peft_weights, set_peft_model_state_dict

    if not (folder / "adapter_config.json").exists():
        raise FileNotFoundError(f"{folder}: no adapter here (adapter_config.json is missing)")
    if model.adapter is None:
        with _quiet():
            model.adapter = PeftModel.from_pretrained(model.network, str(folder))
        model.adapter.to(model.device).eval()
        return
    weights = load_peft_weights(str(folder), device=str(model.device))
    with torch.no_grad():
        set_peft_model_state_dict(model.adapter, weights)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)  # peft 0.21
        yield
