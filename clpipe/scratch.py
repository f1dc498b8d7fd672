"""Where a run keeps what it has, under a name made from everything that decides it.

DVC deletes a stage's outputs before it runs the command, so what must outlive a crash is kept in `.clpipe/scratch`,
which neither git nor DVC looks at. The name is a hash of settings, data, weights, code and versions: with all of them
the same the bytes are the same, so finished pieces are taken as they are and broken ones go on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from clpipe.imports import closure
from clpipe.store import md5, sha256

ROOT = Path(".clpipe/scratch")
LOCK_SECONDS = 20
COMPUTES = ("torch", "transformers", "peft", "tokenizers", "numpy", "scipy", "scikit-learn", "river")


def fingerprint(modules: Iterable[str], parts: Mapping[str, Any]) -> str:
    """24 hex digits from the parts (JSON values), the source of the modules and the versions of what computes."""
    code = [sha256(path) for path in closure(modules)]
    versions = {p: version(p) for p in COMPUTES}
    text = json.dumps([code, versions, parts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def contents(folder: Path) -> dict[str, str]:
    """The MD5 of every file directly in a folder that does not change while this process runs."""
    return {path.name: md5(path) for path in sorted(folder.iterdir()) if path.is_file()}


def tree(folder: Path) -> dict[str, str]:
    """The MD5 of every file in a folder and below it."""
    return {path.relative_to(folder).as_posix(): md5(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def held(folder: Path, what: str) -> Iterator[Path]:
    """The folder, made if need be, for this process alone.

    Raises RuntimeError when another process keeps it for more than 20 s.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_suffix(".lock"))
    try:
        with lock.acquire(timeout=LOCK_SECONDS):
            yield folder
    except Timeout:
        raise RuntimeError(f"{what} is being worked on by another process; stop it or wait for its end") from None
