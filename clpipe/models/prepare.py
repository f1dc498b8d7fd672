"""From an entry of `params.yaml` to a folder that every later stage loads: fetched, verified, plain safetensors.

    prepare(name, params.models[name], Path("models") / name)

The same entry gives the same bytes. The folder appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clpipe.models import checks, conversion, disk
from clpipe.models.provenance import provenance
from clpipe.models.sources import Found, described, find
from clpipe.models.staging import staged
from clpipe.models.weights import ModelError, Weights
from clpipe.params import Model
from clpipe.store import write_json

CACHE = Path(".clpipe/downloads")
FP32 = 4
"""Bytes a parameter."""
UNPACKED = 8
"""At most so many times the size of a GGUF file does it have in fp32; the common 4-bit kinds have about 7."""


def prepare(name: str, spec: Model, out: Path, cache: Path = CACHE) -> None:
    """Write the model `name` to the folder `out`, replacing what stood there.

    Args:
        name: The model's name, for messages and the record.
        spec: Its entry in `params.yaml`.
        out: Folder with `model.safetensors`, `config.json`, `generation_config.json`, the tokenizer with its chat
            template where it has one, and `provenance.json`.
        cache: Folder of finished downloads.

    Raises:
        ModelError: With the model's name, what was tried, and what the person can do.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with _said_of(f"model {name}"), staged(out) as folder:
        found = find(name, spec, cache)
        size = _size(spec, found.weights)
        disk.need(out.parent, size)
        with _said_of(f"from {described(found.source)}"), disk.told_when_full(out.parent, size):
            _write(name, spec, found, folder)


def _write(name: str, spec: Model, found: Found, folder: Path) -> None:
    model, tokenizer = conversion.load(found.weights)
    facts = checks.examine(model, tokenizer, spec)
    conversion.save(model, tokenizer, facts.end_of_turn_id, folder)
    checks.same_tokens(tokenizer, folder)
    write_json(folder / "provenance.json", provenance(name, spec, found, facts))


def _size(spec: Model, weights: Weights) -> int:
    if not weights.is_gguf:
        return weights.size
    return FP32 * spec.parameters if spec.parameters else UNPACKED * weights.size


@contextmanager
def _said_of(what: str) -> Iterator[None]:
    try:
        yield
    except ModelError as error:
        raise ModelError(f"{what}: {error}") from error
