"""A DVC remote on S3: a push that breaks loses nothing, says so, and the next one makes up for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.backends.conftest import Backends
from tests.backends.servers import BUCKET

pytestmark = [pytest.mark.backends, pytest.mark.timeout(600)]
MAKE = "import pathlib, random; r = random.Random(7); p = pathlib.Path('results'); p.mkdir()"
FILL = "[(p / str(i)).write_bytes(r.randbytes(300_000)) for i in range(10)]"


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest, backends: Backends) -> Path:
    """A pipeline of one stage with 3 MB of results, run once; its remote is behind the wire."""
    folder = tmp_path / "project"
    folder.mkdir()
    prefix = request.node.name.replace("[", "-").strip("]")
    stage = {"cmd": f'python -c "{MAKE}; {FILL}"', "deps": ["seed"], "outs": ["results"]}
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"learn": stage}}))
    (folder / "seed").write_text("7")
    dvc(folder, backends, "init", "--no-scm", "--quiet")
    dvc(folder, backends, "remote", "add", "--default", "store", f"s3://{BUCKET}/{prefix}")
    dvc(folder, backends, "remote", "modify", "store", "endpointurl", f"http://127.0.0.1:{backends.to_s3.port}")
    dvc(folder, backends, "repro")
    return folder


def dvc(folder: Path, backends: Backends, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A DVC command; its output shows no secret."""
    own = {"PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"], "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, **own, **backends.s3.environment(), **environment},
    )  # fmt: skip
    assert not backends.shown(done.stdout + done.stderr)
    return done


def files(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir())}


def pulled(project: Path, backends: Backends, elsewhere: Path) -> dict[str, bytes]:
    """The results as another machine gets them, from the lock file and the remote alone."""
    elsewhere.mkdir()
    (elsewhere / ".dvc").mkdir()
    shutil.copy(project / ".dvc/config", elsewhere / ".dvc")
    for name in ("dvc.yaml", "dvc.lock", "seed"):
        shutil.copy(project / name, elsewhere)
    assert dvc(elsewhere, backends, "pull").returncode == 0
    return files(elsewhere / "results")


@pytest.mark.parametrize("fault", ["away", "cut in the middle", "wrong key", "unknown key"])
def test_push_that_breaks_loses_nothing_and_the_next_one_heals(
    project: Path, backends: Backends, tmp_path: Path, fault: str
) -> None:
    before = files(project / "results")
    environment = {
        "wrong key": {"AWS_SECRET_ACCESS_KEY": "aws-wrong-one"}, "unknown key": {"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"}
    }.get(fault, {})  # fmt: skip
    if fault in ("away", "cut in the middle"):
        backends.to_s3.cut_after(0 if fault == "away" else 1_000_000)
    broken = dvc(project, backends, "push", "--run-cache", **environment)
    assert broken.returncode != 0
    assert "ERROR" in broken.stderr
    assert "aws-wrong-one" not in broken.stdout + broken.stderr
    again = dvc(project, backends, "repro")  # the study does not need its remote
    assert again.returncode == 0
    assert "Running stage" not in again.stdout
    assert files(project / "results") == before
    backends.to_s3.mend()
    assert dvc(project, backends, "push", "--run-cache").returncode == 0
    assert pulled(project, backends, tmp_path / "elsewhere") == before


def test_wrong_key_is_said_in_words(project: Path, backends: Backends) -> None:
    broken = dvc(project, backends, "push", AWS_SECRET_ACCESS_KEY="aws-wrong-one")
    assert broken.returncode != 0
    assert any(word in broken.stderr for word in ("SignatureDoesNotMatch", "Forbidden", "signature")), broken.stderr


def test_no_secret_is_in_any_file_of_the_project(project: Path, backends: Backends) -> None:
    assert dvc(project, backends, "push", "--run-cache").returncode == 0
    for file in project.rglob("*"):
        if file.is_file():
            assert not backends.shown(file.read_bytes().decode("latin-1")), file
