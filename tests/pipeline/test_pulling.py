"""From another directory: task sets and adapters by version, whole results without running a thing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from clpipe import params
from clpipe.store import read_json
from clpipe.tracking.promotion import promote
from tests.pipeline.conftest import ROOT, command
from tests.pipeline.test_versions import HELDOUT, git

ADAPTERS = "runs/learn/lora/adapters"


@pytest.fixture(scope="module")
def released(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study as a git repository with a release of its tasks and of an adapter, pushed."""
    folder = tmp_path_factory.mktemp("released") / "repository"
    shutil.copytree(finished, folder, symlinks=True, ignore=shutil.ignore_patterns("mlartifacts", "tmp", "published"))
    for name in (".gitignore", "Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / ".dvc" / "config").write_text(
        f"[core]\n    analytics = false\n    remote = store\n['remote \"store\"']\n    url = {folder.parent}/store\n"
    )
    (folder / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
    dag = yaml.safe_load((folder / "dvc.yaml").read_text())
    dag["artifacts"]["lora"] = {"path": ADAPTERS, "type": "model"}
    (folder / "dvc.yaml").write_text(yaml.safe_dump(dag, sort_keys=False))
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "t")
    git(folder, "config", "user.email", "t@example.org")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "results")
    make(folder, "push")
    for artifact in ("heldout", "lora"):
        command(folder, "gto", "register", artifact, "--version", "v1.0.0")
    return folder


@pytest.fixture
def clone(released: Path, tmp_path: Path) -> Path:
    """A clone without a cache of its own."""
    git(tmp_path, "clone", "--quiet", str(released), "clone")
    return tmp_path / "clone"


def make(folder: Path, target: str, *words: str) -> str:
    """Run a target of the Makefile with the environment of these tests in the place of its own."""
    (folder / ".venv").unlink(missing_ok=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    alone = (
        "env",
        "-u",
        "MAKEFLAGS",
        "-u",
        "MAKEOVERRIDES",
        "-u",
        "ARGS",
    )  # these tests may be run by `make test ARGS=`
    done = command(folder, *alone, "make", "--old-file=.venv/ready", target, *words)
    (folder / ".venv").unlink()
    return done.stdout + done.stderr


def ran(said: str) -> set[str]:
    """The stages that DVC ran."""
    return set(re.findall(r"^Running stage '([^']+)'", said, re.MULTILINE))


def files(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_a_released_set_is_imported_and_pinned(released: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    command(tmp_path, "dvc", "init", "--quiet")
    command(tmp_path, "dvc", "import", str(released), HELDOUT, "--rev", "heldout@v1.0.0")
    assert (tmp_path / "heldout.jsonl").read_bytes() == (released / HELDOUT).read_bytes()
    pinned = yaml.safe_load((tmp_path / "heldout.jsonl.dvc").read_text())["deps"][0]["repo"]
    assert (pinned["rev"], pinned["rev_lock"]) == ("heldout@v1.0.0", git(released, "rev-parse", "HEAD"))


def test_artifacts_are_got_by_name_and_version(released: Path, tmp_path: Path) -> None:
    command(tmp_path, "dvc", "artifacts", "get", str(released), "heldout", "--rev", "v1.0.0")
    assert (tmp_path / "heldout.jsonl").read_bytes() == (released / HELDOUT).read_bytes()
    command(tmp_path, "dvc", "artifacts", "get", str(released), "lora")
    assert files(tmp_path / "adapters") == files(released / ADAPTERS)


def test_one_checkpoint_is_a_peft_folder(released: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    step = f"{ADAPTERS}/seed-1/step-00020"
    command(tmp_path, "dvc", "get", str(released), step, "--rev", "lora@v1.0.0", "--out", "adapter")
    command(tmp_path, "dvc", "get", str(released), "models/tiny", "--rev", "lora@v1.0.0", "--out", "base")
    model = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(tmp_path / "base"), str(tmp_path / "adapter")
    )
    assert model.active_peft_config.r == 16


def test_the_champion_is_got_by_its_name(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{released}/mlflow.db")
    monkeypatch.setenv("CLPIPE_ROOT", str(released))
    monkeypatch.chdir(tmp_path)
    done = promote(params.read(released / "params.yaml"), released, reason="a test of pulling")
    replies = mlflow.pyfunc.load_model("models:/clpipe-tiny@champion").predict({"prompt": ["How many?"]})
    assert list(replies.columns) == ["reply"]
    folder = Path(mlflow.artifacts.download_artifacts("models:/clpipe-tiny@champion", dst_path=str(tmp_path)))
    got = files(folder / "artifacts" / "adapter")
    assert got in [files(f) for f in (released / "runs/learn" / done.arm / "adapters").glob("seed-*/step-00020")]


def test_whole_results_are_pulled_and_nothing_runs(released: Path, clone: Path) -> None:
    said = make(clone, "repro", "ARGS=--pull")
    assert ran(said) == {"publish"}
    assert (clone / "reports/report.html").read_bytes() == (released / "reports/report.html").read_bytes()
    assert files(clone / "runs") == files(released / "runs")
    assert git(clone, "status", "--porcelain") == ""


def test_push_sends_the_run_cache_too(released: Path, clone: Path) -> None:
    """Without dvc.lock the runs themselves are looked up. Those that keep small files in git alone are run: seconds."""
    (clone / "dvc.lock").unlink()
    said = command(clone, "dvc", "repro", "--pull").stdout
    assert ran(said) <= {"verify", "split", "report", "publish"}
    assert files(clone / "runs") == files(released / "runs")
    assert read_json(clone / "reports/metrics.json") == read_json(released / "reports/metrics.json")
