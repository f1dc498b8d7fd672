"""Tiny models, made once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clpipe.models.prepare import prepare
from clpipe.params import Model
from tests.models.gguf_file import write_gguf
from tests.tiny import build_tiny_model

Prepare = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama as a Hugging Face folder."""
    return build_tiny_model(tmp_path_factory.mktemp("tiny") / "llama")


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Qwen2 as a Hugging Face folder."""
    return build_tiny_model(tmp_path_factory.mktemp("tiny") / "qwen2", "qwen2")


@pytest.fixture(scope="session")
def tiny_gguf(tiny_qwen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny Qwen2 as GGUF, with a slightly different second copy of the embedding as its head."""
    return write_gguf(tiny_qwen, tmp_path_factory.mktemp("gguf") / "tiny.gguf", head_noise=0.02)


@pytest.fixture
def prepared(tmp_path: Path) -> Prepare:
    """Prepare a model called `tiny` from sources and other keys of its entry; gives the folder."""

    def run(*sources: dict[str, Any] | Path, out: str = "models/tiny", **entry: Any) -> Path:
        listed = [{"kind": "path", "path": str(s)} if isinstance(s, Path) else s for s in sources]
        spec = Model.model_validate({"sources": listed, **entry})
        prepare("tiny", spec, tmp_path / out, tmp_path / "downloads")
        return tmp_path / out

    return run
