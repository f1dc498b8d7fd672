"""A second, small workspace inside this one: the same pipeline and the same cache, other params, nothing mixed up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from clpipe import studies
from clpipe.store import write_text

MARK = ".clpipe-workspace"
"""Lies in every folder that `make` laid out; what else a folder holds is somebody's."""
PARTS = (
    "clpipe",
    "stages",
    "data/commonsense",
    "data/own",
    "data/retention",
    "data/releases.json",
    "data/seed_document.json",
    "dvc.yaml",
    ".dvcignore",
    ".dvc/plots",
)


def make(root: Path, folder: Path, study: str) -> None:
    """Lay out `folder` with a copy of the pipeline, `study` as its params, and the cache of `root`.

    Raises:
        ValueError: If the folder holds something that was not laid out here; nothing in it is touched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = (folder / MARK).exists() or folder.is_relative_to(root / ".clpipe")
    if any(folder.iterdir()) and not ours:
        raise ValueError(f"{folder} is not empty and no workspace of clpipe's; name a new folder")
    write_text(folder / MARK, "laid out by clpipe; it may be deleted\n")
    if not (folder / ".dvc" / "config").exists():
        _dvc(folder, "init", "--no-scm", "--force", "--quiet")  # which empties .dvc
        _dvc(folder, "config", "core.analytics", "false")
        _dvc(folder, "cache", "dir", str(root / ".dvc" / "cache"))
    for part in PARTS:
        _copy(root / part, folder / part)
    write_text(folder / "params.yaml", studies.text(root, study))


def repro(folder: Path) -> None:
    """`dvc repro` in the workspace; RuntimeError when it fails."""
    _dvc(folder, "repro")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _dvc(folder: Path, *words: str) -> None:
    scripts = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": scripts + os.pathsep + os.environ.get("PATH", ""),
        "DVC_NO_ANALYTICS": "1",
        "PYTHONPATH": str(folder),
    }
    command = [sys.executable, "-m", "dvc", *words]
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
        raise RuntimeError(f"`dvc {' '.join(words)}` failed in {folder}; its own message stands above")
