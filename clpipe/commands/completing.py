"""Words for the shell's completion; quick and silent, because a key is waiting."""

from __future__ import annotations

from pathlib import Path

from clpipe import studies
from clpipe.params_file import mapping


def arms(incomplete: str) -> list[str]:
    """Arms of params.yaml that begin so; none where there is no usable file."""
    try:
        found = mapping(Path("params.yaml")).get("arms")
    except (ValueError, OSError):
        return []
    return [name for name in found if str(name).startswith(incomplete)] if isinstance(found, dict) else []


def kept_studies(incomplete: str) -> list[str]:
    """Studies that begin so."""
    return [name for name in studies.names(Path()) if name.startswith(incomplete)]
