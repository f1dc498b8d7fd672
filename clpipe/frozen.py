"""The held-out set is frozen: `dvc.lock` carries its hash, and evaluation refuses any other file."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from clpipe.store import md5

PATIENCE_SECONDS = 3.0
"""DVC writes its lock file in place, so an arm beside may find it half-written."""


def refuse_another(heldout: Path, lock: Path = Path("dvc.lock")) -> None:
    """Raise ValueError unless `heldout` is, byte for byte, the file whose hash stands in `dvc.lock`."""
    if not heldout.exists():
        raise FileNotFoundError(f"{heldout}: no held-out tasks here; run `dvc repro split`")
    until = time.monotonic() + PATIENCE_SECONDS
    while (frozen := _recorded(heldout, lock)) is None and lock.exists() and time.monotonic() < until:
        time.sleep(0.05)
    if frozen is None:
        raise ValueError(f"{lock} has no hash of {heldout}: run `dvc repro split` first, it freezes the set")
    found = md5(heldout)
    if found != frozen:
        raise ValueError(
            f"{heldout} is not the frozen held-out set: its md5 is {found}, {lock} says {frozen}. "
            "Bring the frozen file back with `dvc checkout split --force`; to measure on your own tasks, make them "
            "a task set of their own instead of editing this one"
        )


def _recorded(heldout: Path, lock: Path) -> str | None:
    """The hash in `lock`; `None` where there is none, or where another arm's `dvc` is just writing the file."""
    try:
        entries = yaml.safe_load(lock.read_text(encoding="utf-8")) if lock.exists() else {}
    except (yaml.scanner.ScannerError, yaml.parser.ParserError):
        return None
    outs = ((entries or {}).get("stages") or {}).get("split", {}).get("outs", [])
    return {out["path"]: str(out["md5"]) for out in outs}.get(heldout.as_posix())
