"""The held-out set is frozen: `dvc.lock` carries its hash, and evaluation refuses any other file."""

from __future__ import annotations

from pathlib import Path

import yaml

from clpipe.store import md5


def refuse_another(heldout: Path, lock: Path = Path("dvc.lock")) -> None:
    """Raise ValueError unless `heldout` is, byte for byte, the file whose hash stands in `dvc.lock`."""
    if not heldout.exists():
        raise FileNotFoundError(f"{heldout}: no held-out tasks here; run `dvc repro split`")
    entries = yaml.safe_load(lock.read_text(encoding="utf-8")) if lock.exists() else {}
    outs = ((entries or {}).get("stages") or {}).get("split", {}).get("outs", [])
    frozen = {out["path"]: out["md5"] for out in outs}.get(heldout.as_posix())
    if frozen is None:
        raise ValueError(f"{lock} has no hash of {heldout}: run `dvc repro split` first, it freezes the set")
    found = md5(heldout)
    if found != frozen:
        raise ValueError(
            f"{heldout} is not the frozen held-out set: its md5 is {found}, {lock} says {frozen}. "
            "Bring the frozen file back with `dvc checkout split --force`; to measure on your own tasks, make them "
            "a task set of their own instead of editing this one"
        )
