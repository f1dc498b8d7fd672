"""`provenance.json`: what a prepared model is and which source gave it; no clock, no path of this machine."""

from __future__ import annotations

from pathlib import Path

from clpipe.models.checks import Facts
from clpipe.models.sources import Found
from clpipe.params import Model, PathSource


def provenance(name: str, spec: Model, found: Found, facts: Facts) -> dict[str, object]:
    """The record, for `store.write_json`.

    Args:
        name: The model's name in `params.yaml`.
        spec: Its entry there.
        found: The weights, and the source that gave them.
        facts: What was found in the model.
    """
    from transformers import __version__

    source = found.source.model_dump(exclude_none=True)
    if isinstance(found.source, PathSource):
        source["path"] = Path(found.source.path).name
    return {
        "chat_template": facts.chat_template,
        "end_of_turn": facts.end_of_turn,
        "end_of_turn_id": facts.end_of_turn_id,
        "format": "gguf" if found.weights.is_gguf else "safetensors",
        "licence": spec.licence,
        "name": name,
        "parameters": facts.parameters,
        "pinned": spec.sha256 is not None,
        "revision": found.weights.revision,
        "sha256": found.weights.sha256,
        "source": source,
        "transformers": __version__,
    }
