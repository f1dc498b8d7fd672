"""What `dvc.lock` holds: the content of every arm's results by hash, without opening them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from clpipe.store import md5

Outs = Mapping[str, str]
"""MD5 by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The results of one arm, as `dvc.lock` knows them."""

    arm: str
    key: str
    """Same content, same key: adapters, episodes and outcomes; clock times are left out."""
    md5s: Outs
    """By what it is: adapters, episodes, outcomes."""


def lock(root: Path) -> dict[str, dict[str, Outs]]:
    """`deps` and `outs` of each stage in `dvc.lock`; raises ValueError if the file is not what DVC writes."""
    path = root / "dvc.lock"
    if not path.exists():
        return {}
    try:
        stages = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("stages", {})
        return {
            name: {kind: {o["path"]: o["md5"] for o in stage.get(kind, [])} for kind in ("deps", "outs")}
            for name, stage in stages.items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a lock file of DVC 3 ({error}); git has the last good one") from None


def arms(stages: Mapping[str, Outs], names: Iterable[str]) -> dict[str, Held]:
    """The arms of `names` whose results are in `dvc.lock`, in the order given."""
    found = {}
    for name in names:
        learned, asked = stages.get(f"learn@{name}", {}), stages.get(f"evaluate@{name}", {})
        md5s = {
            "adapters": learned.get(f"runs/learn/{name}/adapters"),
            "episodes": learned.get(f"runs/learn/{name}/episodes.jsonl"),
            "outcomes": asked.get(f"runs/evaluate/{name}/outcomes.jsonl"),
        }
        whole = {what: value for what, value in md5s.items() if value is not None}
        if len(whole) == len(md5s):
            found[name] = Held(arm=name, key=digest(*whole.values()), md5s=whole)
    return found


def report(folder: Path) -> str:
    """What identifies the report: the hash of its files; the page carries the figures."""
    files = [folder / name for name in ("metrics.json", "report.html", "report.md", "claims.json")]
    return digest(*(md5(file) if file.exists() else "-" for file in files))


def folder_md5(folder: Path) -> str:
    """The hash under which DVC files a folder: of the list of its files with theirs, by name."""
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    listed = [{"md5": md5(file), "relpath": name} for name, file in sorted(files.items()) if not _ignored(file.name)]
    return hashlib.md5(json.dumps(listed, sort_keys=True).encode(), usedforsecurity=False).hexdigest() + ".dir"


def _ignored(name: str) -> bool:
    """Whether .dvcignore leaves a file out: what a killed process was writing."""
    return name.startswith(".") and name.endswith((".tmp", ".partial"))


def digest(*parts: str) -> str:
    """One SHA-256 for several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
