"""What tests of several folders share: tiny models of the seed document's three architectures, prepared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clpipe.models.language_model import LanguageModel
from clpipe.models.prepare import prepare
from clpipe.params import Model
from tests.tiny import build_tiny_model

KINDS = ("llama", "qwen2", "lfm2")
Load = Callable[[str], LanguageModel]


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Prepared tiny models by architecture."""
    root = tmp_path_factory.mktemp("prepared")
    found = {}
    for kind in KINDS:
        source = build_tiny_model(root / "source" / kind, kind)
        spec = Model.model_validate({"sources": [{"kind": "path", "path": str(source)}]})
        prepare(kind, spec, root / kind, root / "downloads")
        found[kind] = root / kind
    return found


@pytest.fixture
def load(tiny_weights: dict[str, Path]) -> Load:
    """Load a tiny model whose logits are far apart, as a trained model's are."""

    def of(kind: str) -> LanguageModel:
        model = LanguageModel.load(tiny_weights[kind], instruction="Answer.", device="cpu")
        for name, weight in model.network.named_parameters():
            if ".layers." in name and weight.ndim > 1:
                weight.data.mul_(10)  # else a tied model only says its input again
            elif name.endswith(("model.norm.weight", "embedding_norm.weight")):
                weight.data.mul_(40)
        return model

    return of
