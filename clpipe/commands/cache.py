"""Which entries of DVC's cache nothing needs any more.

`dvc gc` counts what the stages of dvc.yaml name, and those follow the active study: it would take what dvc.lock has of
another one. Here an entry is needed when its hash stands anywhere in a `dvc.lock` or `.dvc` file: in the working tree,
in the index, in any commit that a branch, a tag, a stash, an experiment or the reflog reaches, or in a workspace below
`.clpipe` or `.dvc/tmp`, which share the cache. That errs on the side of keeping.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(".dvc/cache/files/md5")
PATHS = ("dvc.lock", "*.dvc")
_HASH = re.compile(r"\bmd5: *['\"]?([0-9a-f]{32}(?:\.dir)?)\b")
_ELSEWHERE = re.compile(r"^\s*(?:dir|url)\s*=", re.MULTILINE)


def unneeded(root: Path) -> list[Path]:
    """The files of the cache that nothing needs, sorted.

    Raises:
        ValueError: If the cache lies elsewhere, where other projects may use it, or if a list of a folder's files in
            it is broken, so that nobody can say what it needs.
    """
    _refuse_shared(root)
    wanted = needed(root)
    return sorted(path for path in (root / CACHE).glob("??/*") if path.is_file() and name(path) not in wanted)


def needed(root: Path) -> frozenset[str]:
    """The hashes that something needs, those of the files of needed folders too."""
    named = frozenset(h for text in _texts(root) for h in _HASH.findall(text))
    return named | {inner for h in named if h.endswith(".dir") for inner in _inside(root, h)}


def name(path: Path) -> str:
    """The hash that a file of the cache is named by.

    >>> name(Path(".dvc/cache/files/md5/0a/1b.dir"))
    '0a1b.dir'
    """
    return path.parent.name + path.name


def _texts(root: Path) -> Iterator[str]:
    places = list(_working_tree(root))
    places += [path for folder in (".clpipe", ".dvc/tmp") for path in (root / folder).rglob("dvc.lock")]
    for path in places:
        if path.is_file():
            yield path.read_text(encoding="utf-8")
    yield _history(root)


def _working_tree(root: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner[:] = [one for one in inner if not one.startswith(".")]
        yield from (Path(folder, one) for one in files if one == "dvc.lock" or one.endswith(".dvc"))


def _history(root: Path) -> str:
    """Every version of the files that name hashes, in one text; empty without git."""
    if not (root / ".git").exists():
        return ""
    reach = ("--all", "--reflog", "--indexed-objects", "--objects", "--full-history")
    listed = _git(root, ["rev-list", *reach, "--", *(f":(glob)**/{path}" for path in PATHS)])
    blobs = {row[:40] for row in listed.splitlines() if row.endswith(("dvc.lock", ".dvc"))}
    return _git(root, ["cat-file", "--batch"], "\n".join(sorted(blobs)) + "\n") if blobs else ""


def _git(root: Path, words: list[str], asked: str = "") -> str:
    done = subprocess.run(["git", "-C", str(root), *words], input=asked.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"`git {words[0]}` failed, so what the commits need is not known: {done.stderr.decode()}")
    return done.stdout.decode(errors="replace")


def _inside(root: Path, folder: str) -> list[str]:
    path = root / CACHE / folder[:2] / folder[2:]
    if not path.exists():
        return []
    try:
        return [entry["md5"] for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is broken ({error}); `dvc fetch` or `dvc repro` mends it, then prune again") from None


def _refuse_shared(root: Path) -> None:
    for config in (root / ".dvc/config", root / ".dvc/config.local"):
        text = config.read_text(encoding="utf-8") if config.exists() else ""
        sections = re.split(r"^\[", text, flags=re.MULTILINE)
        if any(part.startswith(("cache]", '"cache')) and _ELSEWHERE.search(part) for part in sections):
            raise ValueError(
                f"{config} puts the cache elsewhere, where other projects may use it: prune where it lies, or with "
                "`dvc gc --workspace --all-commits --projects ...`"
            )
    if (root / ".git").exists() and _git(root, ["rev-parse", "--show-toplevel"]).strip() != str(root.resolve()):
        raise ValueError(f"{root.resolve()} is not the top of its git repository; prune there")
