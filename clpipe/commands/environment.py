"""What a bug report needs: versions, machine, commit, study, state of DVC. No secret, no value of a variable.

Of the environment only the names of the variables that matter are told, of remotes and stores only the kind, and the
home folder is `~`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

import yaml

PACKAGES = (
    "clpipe", "dvc", "mlflow", "torch", "transformers", "peft", "tokenizers", "safetensors", "numpy", "scipy",
    "pydantic", "typer", "rich",
)  # fmt: skip
VARIABLES = ("CLPIPE_", "CUDA_", "DVC_", "HF_", "MLFLOW_", "OMP_", "TRANSFORMERS_")
"""How the names begin of the variables that change what clpipe does."""


def environment(root: Path) -> dict[str, Any]:
    """Everything, ready for JSON; what cannot be found out says why instead."""
    from clpipe.models.device import machine

    found = {
        "versions": {name: _version(name) for name in PACKAGES},
        "machine": {**machine("cpu"), "kernel": platform.release(), "executable": sys.executable},
        "git": git(root),
        "study": study(root),
        "dvc": dvc_state(root),
        "mlflow": store(root),
        "variables set": sorted(name for name in os.environ if name.startswith(VARIABLES)),
        "folder": str(root.resolve()),
    }
    return cast(dict[str, Any], _without_home(found))


def lines(found: Mapping[str, Any], indent: str = "") -> list[str]:
    """For a person, to be pasted into a report."""
    said: list[str] = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            said += [f"{indent}{name}:", *lines(value, indent + "  ")]
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else value
            said.append(f"{indent}{name}: {'none' if text in (None, '') else text}")
    return said


def git(root: Path) -> dict[str, Any]:
    """The commit and how many files differ from it; no remote, whose address may hold a password."""
    commit = _asked(root, "git", "rev-parse", "HEAD")
    if commit is None:
        return {"commit": None}
    changed = _asked(root, "git", "status", "--porcelain") or ""
    return {"commit": commit, "changed files": len(changed.splitlines())}


def study(root: Path) -> dict[str, Any]:
    """The active study and what is wrong with it."""
    from clpipe import studies
    from clpipe.validate import load

    try:
        params = load(root / studies.ACTIVE)
        kept = studies.active(root) if (root / studies.FOLDER).is_dir() else None
    except (ValueError, LookupError, OSError) as error:
        return {"problem": str(error)}
    models = sorted({arm.model for arm in params.arms.values()})
    return {
        "name": params.study.name,
        "params.yaml": "as kept in studies" if kept else "edited",
        "arms": len(params.arms),
        "seeds": len(params.seeds),
        "models": models,
        "models here": [name for name in models if (root / "models" / name / "provenance.json").exists()],
    }


def dvc_state(root: Path) -> dict[str, Any]:
    """What DVC would run, and the kinds of its remotes."""
    from clpipe.runner import dvc
    from clpipe.tracking import place

    if not (root / ".dvc").is_dir():
        return {"problem": "no .dvc here: not the folder of a project"}
    found: dict[str, Any] = {"remotes": _remotes(root)}
    try:
        locked = yaml.safe_load((root / "dvc.lock").read_text(encoding="utf-8")) if (root / "dvc.lock").exists() else {}
        found["stages in dvc.lock"] = len((locked or {}).get("stages", {}))
        found["stages to run"] = sorted(dvc.changed())
    except (RuntimeError, OSError, yaml.YAMLError, AttributeError) as error:
        found["problem"] = place.redacted(str(error))
    return found


def store(root: Path) -> dict[str, Any]:
    """What kind of store MLflow has."""
    from clpipe.tracking import place

    where = place.find(root)
    if where.database is not None:
        return {"store": "a local file", "there": where.database.exists()}
    return {"store": f"{where.uri.partition(':')[0]} (MLFLOW_TRACKING_URI)"}


def _remotes(root: Path) -> list[str]:
    listed = _asked(root, sys.executable, "-m", "dvc", "remote", "list") or ""
    words = [line.split(None, 1) for line in listed.splitlines() if line.strip()]
    return [f"{name} ({url[0].partition('://')[0] if '://' in url[0] else 'folder'})" for name, *url in words if url]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _asked(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _without_home(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_home(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_home(inner) for inner in value]
    try:
        home = str(Path.home())
    except RuntimeError:  # a user of a container that has neither HOME nor a line in passwd
        return value
    return value.replace(home, "~") if isinstance(value, str) and home != "/" else value
