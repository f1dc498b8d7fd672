"""Weights from the Hugging Face hub, or from its cache on this machine when the hub does not answer.

One request without retries asks for the revision; only when that is answered are files fetched. Asking for the files
at once would retry for 23 s on a machine without a network.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from clpipe.models.disk import is_full, told_when_full
from clpipe.models.weights import SourceError, Weights, weights_at
from clpipe.params import HubSource

TIMEOUT = 10.0
"""Seconds for the hub's first answer."""
FILES = ["model*.safetensors", "*.json", "*.jinja", "merges.txt", "vocab.txt", "tokenizer.model", "*.tiktoken"]
"""No pickle and no Python file among them."""


def fetch_hub(source: HubSource) -> Weights:
    """The safetensors, or the one GGUF file, of a repository at a revision.

    Raises SourceError when the hub refuses or is out of reach, or holds no weights; ModelError at a full disk.
    """
    from huggingface_hub import constants

    with told_when_full(Path(constants.HF_HUB_CACHE)):
        folder = _snapshot(source)
    path = folder / source.file if source.file else folder
    if not path.exists():
        raise SourceError(f"{source.repo} at {source.revision} has no file {source.file!r}")
    return weights_at(path, revision=folder.name)


def _snapshot(source: HubSource) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    patterns = [source.file] if source.file else FILES
    below = None if source.file else "*/*"
    fetch = partial(
        snapshot_download, source.repo, revision=source.revision, allow_patterns=patterns, ignore_patterns=below
    )
    try:
        HfApi().model_info(source.repo, revision=source.revision, timeout=TIMEOUT)
        return Path(fetch())
    except Exception as error:  # the hub's client passes on what its HTTP library raises, which has changed before
        if is_full(error):
            raise
        if _refused(error):
            raise SourceError(_first_line(error)) from error
        try:
            return Path(fetch(local_files_only=True))
        except LocalEntryNotFoundError:
            raise SourceError(_unreachable(error)) from error


def _refused(error: Exception) -> bool:
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return isinstance(error, ValueError) or 400 <= status < 500


def _unreachable(error: Exception) -> str:
    from huggingface_hub import constants

    offline = constants.is_offline_mode()
    why = "HF_HUB_OFFLINE is set" if offline else f"{constants.ENDPOINT} does not answer ({_first_line(error)})"
    return f"{why}, and {constants.HF_HUB_CACHE} holds no copy"


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return f"{type(error).__name__}: {text.splitlines()[0]}"
