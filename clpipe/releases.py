"""Versions of the held-out set: `data/releases.json` says which bytes a version has, and no version has two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clpipe.store import read_json

TABLE = Path("data/releases.json")


def refuse_another(release: str | None, sha256: str, table: Path = TABLE) -> None:
    """Raise ValueError unless the held-out set with this SHA-256 is the `release`; nothing to check without one."""
    if release is None:
        return
    known: Mapping[str, str] = read_json(table) if table.exists() else {}
    if release not in known:
        raise ValueError(
            f"split.release: {release!r} is not in {table}, which has {', '.join(known) or 'no release'}. To release "
            f'this held-out set add "{release}": "{sha256}"; for a set of your own say `release: null`'
        )
    if known[release] != sha256:
        raise ValueError(
            f"split.release: the held-out set drawn here is not release {release!r}: its SHA-256 is {sha256}, {table} "
            f"says {known[release]}. A changed set needs a new version there; for one of your own say `release: null`"
        )
