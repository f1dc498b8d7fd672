"""The model of a try: one of the catalogue, or a folder or GGUF file on the disk, prepared once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from clpipe.mistakes import unknown
from clpipe.params import Params


def named(model: str, catalogue: Iterable[str]) -> tuple[str, Path | None]:
    """The name of a model, and its place where it is not in the catalogue.

    A name of the catalogue goes before a folder of the same name. The name of a place ends in a hash of what lies
    there (names, sizes, times of change), so that a model that was replaced is prepared anew.

    Raises:
        LookupError: If it is neither in the catalogue nor on the disk.
    """
    if model in catalogue:
        return model, None
    place = Path(model).expanduser()
    if not place.exists():
        raise LookupError(f"--model: {unknown('model', model, catalogue)}; or the path of a folder or of a GGUF file")
    place = place.resolve()
    files = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
    state = [(path.relative_to(place).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    digest = hashlib.sha256(repr((str(place), state)).encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", place.stem.lower()).strip("-") or "model"
    return f"{slug}-{digest}", place


def prepared(params: Params, name: str, source: Path | None, folder: Path) -> Path:
    """The folder of the prepared weights: the study's, the one that was given, or one made in `folder`."""
    if source is not None and ready(source):
        return source
    own = Path("models") / name
    if source is None and ready(own):
        return own
    target = folder / name
    if not ready(target):
        from clpipe.models.prepare import prepare

        prepare(name, params.models[name], target)
    return target


def ready(folder: Path) -> bool:
    """Whether a folder holds weights as the stage `model` leaves them."""
    return (folder / "provenance.json").exists() and (folder / "model.safetensors").exists()
