"""Adapters on a model, and checkpoints: PEFT folders that `PeftModel.from_pretrained` loads, with the method's name."""

from __future__ import annotations

import dataclasses
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clpipe import named
from clpipe.models.adapted import Adapter, refuse_pickle
from clpipe.models.context import Context
from clpipe.models.fence import fence
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import Method
from clpipe.models.prefix import PREFIX, PrefixAdapter
from clpipe.store import read_json, write_json

METHOD = "method.json"


def attach(model: LanguageModel, method: Method, weights: Path, seed: int, episodes: int = 1) -> Adapter:
    """Put a new adapter on the model, its start drawn from `seed` alone; `episodes` steps are to come."""
    with fence(seed, "attach"), _quiet():
        adapter = method.attach(model.network, weights, episodes)
    adapter.module.to(model.device)
    model.adapter, model.method = adapter, method
    return adapter


def detach(model: LanguageModel) -> None:
    """Take the adapter off the model, which is the bare base after it."""
    if model.adapter is not None:
        model.network = model.adapter.remove()
    model.adapter = None


def save(model: LanguageModel, base: str, folder: Path) -> None:
    """Write the adapter with the same bytes for the same weights; `base` names the base model.

    Raises ValueError when nothing that a method of ours put there is on the model.
    """
    if model.adapter is None or model.method is None:
        raise ValueError(f"{folder}: nothing to save, the model has no adapter of a method in clpipe/methods")
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    model.adapter.save(temporary)
    for readme in temporary.rglob("README.md"):
        readme.unlink()
    for path in temporary.rglob("adapter_config.json"):
        config = read_json(path)
        config["base_model_name_or_path"] = base
        config["inference_mode"] = True
        for key, value in config.items():
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                config[key] = sorted(value)  # peft keeps these as sets, whose order is the process's
        write_json(path, config)
    name = type(model.method).__module__.rsplit(".", 1)[-1]
    write_json(temporary / METHOD, {"method": name, "options": dataclasses.asdict(model.method)})
    if model.context is not None:
        model.context.save(temporary)
    temporary.rename(folder)


def load(model: LanguageModel, folder: Path) -> None:
    """Put a checkpoint on the model; a second one of the same method takes the place of the first.

    Raises FileNotFoundError when the folder is no checkpoint of ours and no PEFT folder.
    """
    model.context = Context.load(folder)
    if not (folder / METHOD).exists():
        _load_foreign(model, folder)
        return
    told = read_json(folder / METHOD)
    method = named.build(named.load("clpipe.methods", told["method"]), told["options"], METHOD)
    adapter = model.adapter
    if adapter is None or model.method != method:
        detach(model)
        adapter = attach(model, method, model.weights, seed=0)
        adapter.module.eval()
    adapter.load(folder)


def _load_foreign(model: LanguageModel, folder: Path) -> None:
    from peft import PeftModel

    if not (folder / "adapter_config.json").exists():
        raise FileNotFoundError(f"{folder}: no adapter here (neither {METHOD} nor adapter_config.json)")
    refuse_pickle(folder)
    detach(model)
    with _quiet():
        peft = PeftModel.from_pretrained(model.network, str(folder))
    peft.to(model.device).eval()
    if peft.active_peft_config.peft_type == "PREFIX_TUNING":
        model.adapter = PrefixAdapter(model.network, {PREFIX: peft})
    else:
        model.adapter = Adapter(model.network, {"adapter": peft})
    model.method = None


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)  # peft 0.21
        yield
