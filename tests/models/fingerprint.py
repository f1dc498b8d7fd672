"""Whether a model prepared by an earlier test run is what this code would prepare."""

from __future__ import annotations

import hashlib
from pathlib import Path

import clpipe.models
from clpipe.params import Model
from clpipe.store import sha256

CODE = ("checks", "conversion", "gguf", "prepare", "provenance", "pypi", "weights")


def fingerprint(spec: Model, folder: Path) -> str:
    """Of the entry, of the code that prepares it, and of every byte in the folder."""
    code = Path(clpipe.models.__file__).parent
    parts = [spec.model_dump_json(), *(sha256(code / f"{name}.py") for name in CODE)]
    parts += [f"{f.name} {sha256(f)}" for f in (sorted(folder.iterdir()) if folder.exists() else [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
