"""MLflow on PostgreSQL and S3: what is there is whole, and whatever breaks costs one line and is made up for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from clpipe.tracking import place, ui
from clpipe.tracking.promotion import promote
from tests.backends.conftest import Backends
from tests.backends.proxy import Proxy
from tests.backends.servers import BUCKET
from tests.mounted import mounted
from tests.tracking.tree import MODEL, Tree

pytestmark = [pytest.mark.backends, pytest.mark.timeout(600)]
NAME = f"clpipe-{MODEL}"
RUNS = 12
"""Three arms and three seeds of each."""


@pytest.fixture
def tree(tmp_path: Path, request: pytest.FixtureRequest) -> Tree:
    """A study of its own experiment, with adapters of its own."""
    tree = Tree(tmp_path)
    name = "-".join(re.findall(r"[a-z0-9]+", request.node.name))
    tree.values["study"]["name"] = tree.values["tracking"]["experiment"] = name
    for arm in tree.values["arms"]:
        tree.learn(arm, version=sum(map(ord, request.node.name)))
    tree.report()
    return tree


def published(tree: Tree, backends: Backends, uri: str, **environment: str) -> tuple[str, str]:
    """What a publication says on stdout and on stderr; it never fails and never shows a secret."""
    done = tree.publish_elsewhere(MLFLOW_TRACKING_URI=uri, **environment)
    assert done.returncode == 0, done.stderr
    assert not backends.shown(done.stdout + done.stderr)
    return done.stdout, done.stderr


def runs(tree: Tree, uri: str) -> list[str]:
    """The keys of the complete runs, each once."""
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name(tree.values["tracking"]["experiment"])
    found = client.search_runs([experiment.experiment_id], "tags.`clpipe.complete` = 'true'", max_results=1000)
    keys = [run.data.tags["clpipe.key"] for run in found]
    assert len(keys) == len(set(keys))
    return keys


def test_everything_is_in_postgres_and_s3_and_comes_back(
    tree: Tree, backends: Backends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, warned = published(tree, backends, backends.uri)
    assert f"{RUNS} runs new" in said
    assert "http://***@127.0.0.1" in said
    assert warned == ""
    assert published(tree, backends, backends.uri)[0].startswith("publish: nothing new")
    assert len(runs(tree, backends.uri)) == RUNS
    adapter = tree.root / "runs/learn/lora/adapters/seed-2/step-00004/adapter_model.safetensors"
    assert adapter.read_bytes() in backends.s3.objects("mlflow/").values()
    assert tree.values["study"]["name"] in backends.postgres.dump()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", backends.uri)
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "false")  # moto refuses presigned addresses
    assert promote(tree.params, tree.root, reason="a test").over is None
    folder = Path(mlflow.artifacts.download_artifacts(f"models:/{NAME}@champion", dst_path=str(tmp_path / "got")))
    assert (folder / "artifacts/adapter/adapter_model.safetensors").read_bytes() == adapter.read_bytes()


@pytest.mark.parametrize("size", [3_000, 20_000, 60_000])
def test_connection_cut_in_the_middle_is_one_warning_and_healed(tree: Tree, backends: Backends, size: int) -> None:
    backends.to_mlflow.cut_after(size)
    said, warned = published(tree, backends, backends.uri)
    one_warning(said, warned)
    backends.to_mlflow.mend()
    said, warned = published(tree, backends, backends.uri)
    assert warned == ""
    assert len(runs(tree, backends.uri)) == RUNS
    assert published(tree, backends, backends.uri)[0].startswith("publish: nothing new")


@pytest.mark.parametrize("which", ["to_mlflow", "to_postgres", "to_s3"])
def test_server_away_is_one_warning_and_healed(tree: Tree, backends: Backends, which: str) -> None:
    wire: Proxy = getattr(backends, which)
    wire.cut_after(0)
    before = results(tree)
    one_warning(*published(tree, backends, backends.uri))
    assert results(tree) == before
    wire.mend()
    said, warned = published(tree, backends, backends.uri)
    assert (warned, "registered" in said) == ("", True)
    assert len(runs(tree, backends.uri)) == RUNS


def test_database_and_store_without_a_server_between(tree: Tree, backends: Backends) -> None:
    """PostgreSQL and S3 directly: wrong passwords, then a wrong key, then everything right."""
    root = {"MLFLOW_DEFAULT_ARTIFACT_ROOT": f"s3://{BUCKET}/direct"}
    uri, wrong = backends.postgres.uri(), backends.postgres.uri(password="pg-wrong-one")
    for bad in (wrong, backends.postgres.uri(port=1)):
        said, warned = published(tree, backends, bad, **root, **backends.s3.environment())
        one_warning(said, warned)
        assert "pg-wrong-one" not in warned
        assert "***@127.0.0.1" in warned
    bad_key = backends.s3.environment(secret="aws-wrong-one")
    said, warned = published(tree, backends, uri, **root, **bad_key)
    one_warning(said, warned)
    assert "aws-wrong-one" not in warned
    said, warned = published(tree, backends, uri, **root, **backends.s3.environment())
    assert (warned, "registered" in said) == ("", True)
    assert any("adapter_model" in key for key in backends.s3.objects("direct/"))
    assert len(runs(tree, uri)) == RUNS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for MLflow's tables and little else."""
    with mounted(tmp_path / "disk", "size=8m") as place:
        yield place


def test_full_disk_is_one_warning_and_healed(tree: Tree, backends: Backends, small_disk: Path) -> None:
    uri = f"sqlite:///{small_disk}/mlflow.db"
    ui.make_tables(place.find(tree.root, {"MLFLOW_TRACKING_URI": uri}))
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"0" * (shutil.disk_usage(small_disk).free - 100_000))
    before = results(tree)
    one_warning(*published(tree, backends, uri))
    assert results(tree) == before
    ballast.unlink()
    said, warned = published(tree, backends, uri)
    assert (warned, "registered" in said) == ("", True)
    assert len(runs(tree, uri)) == RUNS


def test_no_secret_is_in_any_log_file_or_run(tree: Tree, backends: Backends) -> None:
    """After all of the above, and a publication with everything in the environment."""
    published(tree, backends, backends.uri, **backends.s3.environment(), MLFLOW_TRACKING_PASSWORD="unused-one")
    places = {str(file): file.read_bytes() for folder in (backends.logs, tree.root) for file in _files(folder)}
    places |= {f"s3://{key}": value for key, value in backends.s3.objects().items()}
    places["the database"] = backends.postgres.dump().encode()
    assert len(places) > 50
    assert not {place: shown for place, value in places.items() if (shown := backends.shown(value.decode("latin-1")))}


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def results(tree: Tree) -> dict[str, bytes]:
    """What DVC holds."""
    return {str(f): f.read_bytes() for part in ("runs", "reports", "data") for f in _files(tree.root / part)}


def one_warning(said: str, warned: str) -> None:
    assert said.startswith("publish: not mirrored")
    assert len(warned.strip().splitlines()) == 1, warned
    assert "could not be written" in warned
    assert "Nothing is lost: the results are in DVC" in warned
