"""Weights and tokenizer read by transformers and written as one plain folder, the same bytes each time.

transformers never runs code that came with the weights here, and never asks the network.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from clpipe.models.disk import is_full
from clpipe.models.gguf import mend_split
from clpipe.models.weights import ModelError, Weights
from clpipe.store import read_json

ADAPTER = "adapter_config.json"


def load(weights: Weights) -> tuple[Any, Any]:
    """Model and tokenizer of a Hugging Face folder in its own dtype, or of a GGUF file in fp32.

    Raises ModelError when they cannot be read, are incomplete, or need code of their own.
    """
    if not weights.is_gguf:
        _refuse_foreign(weights.path)
        return _read(weights.path, {"dtype": "auto"})
    with tempfile.TemporaryDirectory() as folder:  # apart from whatever else lies beside the file
        (Path(folder) / "model.gguf").symlink_to(weights.path.resolve())
        return _read(Path(folder), {"dtype": "float32", "gguf_file": "model.gguf"})


def save(model: Any, tokenizer: Any, end: int, folder: Path) -> None:
    """Write model, tokenizer and a greedy generation config that stops at the token `end` into `folder`."""
    from transformers import GenerationConfig

    _forget_paths(model, tokenizer)
    eos = model.config.eos_token_id
    stops = {end, *(eos if isinstance(eos, list) else [eos])} - {None}
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else end
    model.generation_config = GenerationConfig(
        bos_token_id=model.config.bos_token_id, eos_token_id=sorted(stops), pad_token_id=pad
    )
    model.save_pretrained(folder, max_shard_size=1 << 50)
    tokenizer.save_pretrained(folder)
    # safetensors makes its file readable by its owner alone, whatever the umask
    (folder / "model.safetensors").chmod((folder / "config.json").stat().st_mode)


def _read(folder: Path, options: dict[str, Any]) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    gguf = {k: v for k, v in options.items() if k == "gguf_file"}
    # not packed: a plain fp32 model, which may be saved and taught
    unpacked = {"quantization_config": GgufConfig(dequantize=True)} if gguf else {"use_safetensors": True}
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            folder, **options, **unpacked, local_files_only=True, trust_remote_code=False, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, **gguf, local_files_only=True, trust_remote_code=False)
        if gguf:
            mend_split(tokenizer, folder / gguf["gguf_file"])
    except Exception as error:  # damaged bytes can fail anywhere in the readers
        if is_full(error):
            raise
        raise ModelError(f"transformers cannot read it: {type(error).__name__}: {error}") from error
    if missing := sorted(report["missing_keys"]):
        raise ModelError(f"the weights are incomplete: {len(missing)} tensors are missing, the first is {missing[0]}")
    return model, tokenizer


def _refuse_foreign(folder: Path) -> None:
    from transformers import __version__
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if (folder / ADAPTER).exists():  # transformers would load the base named there, not the weights that were hashed
        raise ModelError(f"{folder} has an {ADAPTER} beside its weights; a base model has none, so take that file away")
    try:
        config = read_json(folder / "config.json")
        kind = config["model_type"]
    except (ValueError, KeyError, TypeError):
        raise ModelError("config.json names no model_type; is this a Hugging Face folder?") from None
    if kind not in CONFIG_MAPPING_NAMES:
        code = " and comes with code of its own, which is never run" if "auto_map" in config else ""
        raise ModelError(f"transformers {__version__} does not know the architecture {kind!r}{code}")
    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise ModelError(f"{kind!r} is not a language model that writes from left to right (causal)")
    if "quantization_config" in config:
        raise ModelError("the weights are quantized; take the plain safetensors, or a GGUF file, which is unpacked")


def _forget_paths(model: Any, tokenizer: Any) -> None:
    model.config._name_or_path = model.name_or_path = ""
    tokenizer.name_or_path = ""
    for key in ("name_or_path", "is_local", "local_files_only"):
        tokenizer.init_kwargs.pop(key, None)
