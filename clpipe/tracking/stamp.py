"""The mark that a state of DVC is already in the store, readable in milliseconds and without mlflow."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from clpipe.store import write_text
from clpipe.tracking.place import Place


def tag(study: str) -> str:
    """Name of the experiment's tag that repeats the stamp inside the store."""
    return f"clpipe.published.{study}"


def holds(root: Path, place: Place, study: str, digest: str) -> bool:
    """Whether a local store has this very state. It is asked itself: it may be gone, or another clone's.

    Of a server nothing is known before it is asked, see `clpipe.tracking.publication`.
    """
    if place.database is None:
        return False
    try:
        if _path(root).read_text(encoding="utf-8").strip() != digest:
            return False
    except OSError:
        return False
    return _stored(place.database, study, digest)


def put(root: Path, digest: str) -> None:
    """Write the stamp."""
    write_text(_path(root), digest + "\n")


def _path(root: Path) -> Path:
    return root / ".clpipe" / "published"


def _stored(database: Path, study: str, digest: str) -> bool:
    query = "SELECT 1 FROM experiment_tags WHERE key = ? AND value = ?"
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query, (tag(study), digest)).fetchone() is not None
    except sqlite3.Error:
        return False
