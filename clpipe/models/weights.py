"""Weights on this machine: a GGUF file or a Hugging Face folder, and the hash that is their identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from clpipe.store import read_json, sha256

MAGIC = b"GGUF"
INDEX = "model.safetensors.index.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


class ModelError(RuntimeError):
    """What keeps a model from being prepared, in words for the person who wants it."""


class SourceError(ModelError):
    """Why one source gave no weights; the next source may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a source gave."""

    path: Path
    """A GGUF file, or a folder with `config.json` and safetensors."""
    sha256: str
    """Of the weights file; of sharded weights, of the shards' hashes in hex, joined in the order of their names."""
    size: int
    """Bytes of the weights."""
    revision: str | None = None
    """Commit of the hub's repository."""

    @property
    def is_gguf(self) -> bool:
        """Whether it is one GGUF file."""
        return self.path.is_file()


def weights_at(path: Path, revision: str | None = None) -> Weights:
    """The weights at `path`, hashed; raises SourceError when there are none that may be loaded."""
    if not path.exists():
        raise SourceError(f"{path} does not exist")
    files = _shards(path) if path.is_dir() else [_gguf(path)]
    hashes = [sha256(file) for file in files]
    identity = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Weights(path=path, sha256=identity, size=sum(f.stat().st_size for f in files), revision=revision)


def _gguf(path: Path) -> Path:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise SourceError(f"{path} is not a GGUF file; name a GGUF file, or a folder with safetensors")
    return path


def _shards(folder: Path) -> list[Path]:
    files = _listed(folder) or sorted(folder.glob("*.safetensors"))
    if len(files) > 1 and not (folder / INDEX).exists():
        raise SourceError(f"{folder} has {len(files)} safetensors files and no {INDEX} that says which belong together")
    if not files:
        raise SourceError(f"{folder} {_instead(folder)}")
    if missing := [f.name for f in [folder / "config.json", *files] if not f.is_file()]:
        raise SourceError(f"{folder} lacks {', '.join(missing)}")
    return files


def _listed(folder: Path) -> list[Path]:
    if (single := folder / "model.safetensors").exists():
        return [single]
    if not (folder / INDEX).exists():
        return []
    try:
        names = sorted(set(read_json(folder / INDEX)["weight_map"].values()))
        if outside := [name for name in names if Path(name).name != name]:
            raise SourceError(f"{folder / INDEX} leads out of its folder: {outside[0]!r}; shards lie beside the index")
        return [folder / name for name in names]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SourceError(f"{folder / INDEX} is not a list of shards (`weight_map`)") from None


def _instead(folder: Path) -> str:
    if pickles := sorted(f.name for pattern in PICKLES for f in folder.glob(pattern)):
        return (
            f"has its weights only as a pickle ({pickles[0]}), which could run any code when opened and is never "
            "loaded; convert it to safetensors first"
        )
    if files := sorted(f.name for f in folder.glob("*.gguf")):
        return f"has no safetensors; if {files[0]} is meant, name the file itself"
    return "has no weights (*.safetensors)"
