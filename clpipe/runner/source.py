"""What a worker elsewhere needs of this folder: the code as committed, the params, what stands before the arms.

A worker has a clone at this folder's commit; params.yaml and dvc.lock travel beside it, since a study may be edited
without a commit. Only what concerns the work travels: the params name the arms of the order and no other, and of
dvc.lock go the entries of what stands before them, so the cost of a worker does not grow with the study.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from clpipe import workspace
from clpipe.params_file import mapping
from clpipe.runner import dvc, lock_file

PACKAGES = ("dvc", "numpy", "peft", "torch", "transformers")
"""Those that a result may depend on: a worker must have the head's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """This folder as a worker must know it."""

    commit: str
    params: Mapping[str, Any]
    lock: str
    """The text of dvc.lock."""
    remote: tuple[str, str]
    """Name and address of the shared store."""
    versions: Mapping[str, str]


def here() -> Source:
    """The working directory; RuntimeError when code is not committed or nothing is shared."""
    _refuse_uncommitted()
    return Source(
        commit=git(Path(), "rev-parse", "HEAD"),
        params=mapping(Path("params.yaml")),
        lock=lock_file.PATH.read_text(encoding="utf-8") if lock_file.PATH.exists() else "",
        remote=_remote(),
        versions=versions(),
    )


def params_for(params: Mapping[str, Any], arms: Collection[str]) -> str:
    """The params, as YAML, with these arms, the arms that they are controls of, and the models of all these.

    Every value a stage of these arms depends on stays what it is; claims compare arms and go.
    """
    every = params["arms"]
    kept = {*arms, *(every[arm]["control_of"] for arm in arms if every[arm].get("control_of"))}
    chosen = {name: arm for name, arm in every.items() if name in kept}
    models = {arm["model"] for arm in chosen.values()}
    study = {**params["study"], "models": [name for name in params["study"]["models"] if name in models]}
    return yaml.safe_dump({**params, "study": study, "arms": chosen, "claims": {}}, sort_keys=False)


def versions() -> dict[str, str]:
    """The versions here of what a result may depend on."""
    return {name: version(name) for name in PACKAGES}


def bundle() -> bytes:
    """The repository in one file, for machines that cannot read this folder."""
    done = subprocess.run(["git", "bundle", "create", "-q", "-", "HEAD"], capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"`git bundle` failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def git(folder: Path, *words: str) -> str:
    """What `git WORDS` says in the folder; RuntimeError when it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise RuntimeError("git is not installed; a worker elsewhere has its code from a clone") from None
    if done.returncode != 0:
        raise RuntimeError(f"`git {' '.join(words)}` failed in {folder.resolve()}: {done.stderr.strip()}")
    return done.stdout.strip()


def _refuse_uncommitted() -> None:
    there = [part for part in workspace.PARTS if Path(part).exists()]
    changed = git(Path(), "status", "--porcelain", "--untracked-files=all", "--", *there).splitlines()
    if changed:
        raise RuntimeError(_told(changed))


def _told(changed: Sequence[str]) -> str:
    shown = "".join(f"\n  {line}" for line in changed[:10]) + ("\n  ..." if len(changed) > 10 else "")
    return f"what the stages read is not committed, and workers take the commit; commit it first:{shown}"


def _remote() -> tuple[str, str]:
    found = dvc.default_remote()
    if found is None:
        raise RuntimeError("no shared store: `dvc remote add --default store ADDRESS`, which every machine can reach")
    if found[1].startswith(("http://", "https://")):
        raise RuntimeError(
            f"the remote {found[0]!r} is read by HTTP, which carries no run cache; use S3, SSH or a folder"
        )
    return found
