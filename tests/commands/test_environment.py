"""`clpipe env`: what a bug report needs, and nothing that must not leave the machine."""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from clpipe.commands import environment
from clpipe.runner import dvc
from tests.commands.conftest import call

SECRET = "hunter2-not-to-be-seen"


@pytest.fixture
def quiet(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project at home, with a secret in every place where one may stand."""

    def changed() -> set[str]:
        return {"learn@b", "learn@a"}

    monkeypatch.setattr(dvc, "changed", changed)
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"https://me:{SECRET}@host/mlflow?token={SECRET}")
    monkeypatch.setenv("DVC_STUDIO_TOKEN", SECRET)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    (project / ".dvc").mkdir()
    remote = f"['remote \"team\"']\n    url = s3://{SECRET}/x\n    secret_access_key = {SECRET}\n"
    (project / ".dvc/config").write_text("[core]\n    analytics = false\n    no_scm = true\n" + remote)
    (project / "dvc.lock").write_text("schema: '2.0'\nstages:\n  split:\n    cmd: true\n")
    return project


@pytest.mark.parametrize("words", [("env",), ("env", "--json")])
def test_no_secret_no_value_and_no_home(quiet: Path, words: tuple[str, ...]) -> None:
    done = call(*words)
    assert done.exit_code == 0, done.output
    assert SECRET not in done.output
    assert str(quiet) not in done.output
    for name in ("MLFLOW_TRACKING_URI", "DVC_STUDIO_TOKEN", "HF_TOKEN", "team (s3)", "https (MLFLOW_TRACKING_URI)"):
        assert name in done.output


def test_it_says_versions_study_and_state(quiet: Path) -> None:
    found = json.loads(call("env", "--json").stdout)
    assert found["versions"]["torch"] == version("torch")
    assert found["study"]["name"] == "default"
    assert found["study"]["params.yaml"] == "as kept in studies"
    assert found["study"]["models here"] == []
    assert found["dvc"]["stages in dvc.lock"] == 1
    assert found["dvc"]["stages to run"] == ["learn@a", "learn@b"]
    assert found["git"] == {"commit": None}
    assert found["folder"] == "~"
    assert quiet.exists()


def test_the_commit_and_what_differs_from_it_are_told(quiet: Path) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "params.yaml"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *identity, *words], cwd=quiet, check=True)
    (quiet / "params.yaml").write_text("study: [")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=quiet, check=True, capture_output=True, text=True)
    found = environment.git(quiet)
    assert found["commit"] == commit.stdout.strip()
    assert found["changed files"] == 4  # params.yaml, and .dvc, dvc.lock, studies that git does not know


def test_what_is_broken_is_told_and_stops_nothing(quiet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> set[str]:
        raise RuntimeError(f"no answer from https://me:{SECRET}@host")

    monkeypatch.setattr(dvc, "changed", broken)
    (quiet / "params.yaml").write_text("study: [")
    found = json.loads(call("env", "--json").stdout)
    assert (
        found["study"]["problem"].startswith("~/params.yaml: 1 mistake") or "params.yaml" in found["study"]["problem"]
    )
    assert found["dvc"]["problem"] == "no answer from https://***@host"


def test_outside_of_a_project_it_still_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("env")
    assert done.exit_code == 0, done.output
    assert "no .dvc here" in done.stdout
    assert "params.yaml: no such file" in done.stdout
