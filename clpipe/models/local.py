"""Weights from a path of this machine."""

from __future__ import annotations

from pathlib import Path

from clpipe.models.weights import Weights, weights_at
from clpipe.params import PathSource


def fetch_path(source: PathSource) -> Weights:
    """The folder or GGUF file as it lies there; a relative path starts at the working directory.

    Raises SourceError when it is missing, or holds nothing that may be loaded.
    """
    return weights_at(Path(source.path).expanduser())
