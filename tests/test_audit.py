"""What `make check` and `make audit` make of the answers that pip-audit gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CLEAN = {"name": "a", "version": "1", "vulns": []}
HOLE = {"name": "b", "version": "2", "vulns": [{"id": "GHSA-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found on PyPI"}


def audit(folder: Path, answer: str, *words: str) -> tuple[int, str]:
    """Run the script with a pip-audit that gives this answer."""
    (folder / "answer").write_text(answer)
    (folder / "pip-audit").write_text(f"#!/bin/sh\ncat {folder}/answer\n")
    (folder / "pip-audit").chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, ".ci/audit.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("found", "strict", "said"),
    [
        ([CLEAN], 0, "1 of 1 packages audited, 0 known holes\n"),
        ([CLEAN, HOLE], 1, "audit: b 2: GHSA-1: NOT EXPLAINED; fixed in 3\n"),
        ([CLEAN, UNKNOWN], 1, "1 of 2 packages audited, 0 known holes; of the others no advisories"),
    ],
)
def test_holes_are_told_and_fail_where_it_is_strict(
    tmp_path: Path, found: list[dict[str, Any]], strict: int, said: str
) -> None:
    answer = json.dumps({"dependencies": found})
    code, told = audit(tmp_path, answer)
    assert code == 0
    assert said in told
    assert audit(tmp_path, answer, "--strict") == (strict, told)


def test_what_could_not_be_asked_is_never_called_clean(tmp_path: Path) -> None:
    assert audit(tmp_path, "") == (0, "audit: the advisories cannot be reached from here; nothing was audited\n")
    assert audit(tmp_path, "", "--strict")[0] == 1
