"""A mirror that cannot be written costs one clear line, never the pipeline."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from clpipe.tracking import place, stamp, state, ui
from tests.tracking.tree import MODEL, Tree, Ui


def test_server_away_is_a_quick_warning_and_strict_is_an_error(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:1")
    start = time.monotonic()
    done = tree.publish()
    assert time.monotonic() - start < 20
    assert done.warning is not None
    assert "MLflow at http://***@127.0.0.1:1 could not be written" in done.warning
    assert "secret" not in done.warning
    assert "\n" not in done.warning
    with pytest.raises(RuntimeError, match="could not be written"):
        tree.publish(strict=True)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert "12 runs new" in tree.publish(strict=True).message


def test_what_a_server_has_is_never_taken_for_granted(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been set up anew since it was last written; a mark on this side says nothing of it."""
    away = "http://127.0.0.1:1"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", away)
    stamp.put(tree.root, state.read(tree.params, tree.root).digest(away))
    with pytest.raises(RuntimeError, match="could not be written"):
        tree.publish(strict=True)


def test_wrong_credentials_are_a_warning(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(401, "who are you?")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Closed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:secret@127.0.0.1:{server.server_port}")
        warning = tree.publish().warning
        server.shutdown()
    assert warning is not None
    assert "401" in warning
    assert "secret" not in warning


def test_missing_driver_is_a_warning_that_says_what_to_install(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://me:secret@127.0.0.1:1/runs")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    warning = tree.publish().warning
    assert warning is not None
    assert "psycopg" in warning
    assert "pip install 'clpipe[backends]'" in warning
    assert "secret" not in warning


def test_database_that_does_not_open_is_a_quick_warning(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.root / "folder").mkdir()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///folder")
    start = time.monotonic()
    warning = tree.publish().warning
    assert time.monotonic() - start < 20
    assert warning is not None
    assert "unable to open database file" in warning


def test_stamp_that_cannot_be_written_fails_nothing(tree: Tree) -> None:
    (tree.root / ".clpipe").write_text("a file where the folder would be")
    done = tree.publish(strict=True)
    assert "12 runs new" in done.message
    assert tree.publish().message == "publish: nothing new"


def test_base_that_is_not_here_leaves_its_adapter_unregistered(tree: Tree) -> None:
    (tree.root / f"models/{MODEL}/model.safetensors").unlink()
    done = tree.publish()
    assert done.warning is not None
    assert f"models/{MODEL}/model.safetensors is not here" in done.warning
    assert "12 runs new" in done.message
    assert Ui(tree).client.search_model_versions(f"name = 'clpipe-{MODEL}'") == []
    (tree.root / f"models/{MODEL}/model.safetensors").write_text("weights")
    assert f"registered clpipe-{MODEL} version 1" in tree.publish(strict=True).message


def test_artifacts_of_a_database_lie_where_one_says(tree: Tree) -> None:
    def artifacts(**environ: str) -> str | None:
        return place.find(tree.root, environ).artifacts

    here = (tree.root.resolve() / "mlartifacts").as_uri()
    assert artifacts() == here
    assert artifacts(MLFLOW_TRACKING_URI="postgresql://host/runs") == here
    bucket = {"MLFLOW_DEFAULT_ARTIFACT_ROOT": "s3://bucket/runs"}
    assert artifacts(MLFLOW_TRACKING_URI="postgresql://host/runs", **bucket) == "s3://bucket/runs"
    assert artifacts(MLFLOW_TRACKING_URI="https://host", **bucket) is None


def test_missing_data_is_named_and_made_up_for(tree: Tree) -> None:
    shutil.move(tree.root / "runs/learn/soft", tree.root / "away")
    del tree.lock["stages"]["evaluate@lora-shuffled"]
    tree.learn("lora")  # writes the lock
    done = tree.publish()
    assert done.warning is not None
    assert "lora-shuffled (no results in dvc.lock)" in done.warning
    assert "soft (runs/learn/soft/summary.json is not here)" in done.warning
    assert Ui(tree).current() == ["lora"]
    with pytest.raises(RuntimeError, match="not mirrored"):
        tree.publish(strict=True)
    shutil.move(tree.root / "away", tree.root / "runs/learn/soft")
    tree.learn("lora-shuffled")
    assert "8 runs new" in tree.publish(strict=True).message


def test_files_other_than_the_lock_names_are_not_shown(tree: Tree) -> None:
    (tree.root / "runs/evaluate/soft/outcomes.jsonl").write_text("")
    warning = tree.publish().warning
    assert warning is not None
    assert "soft (runs/evaluate/soft/outcomes.jsonl is not the one that dvc.lock names)" in warning


def test_broken_lock_is_an_error(tree: Tree) -> None:
    (tree.root / "dvc.lock").write_text("<<<<<<< HEAD\nstages: [}\n")
    with pytest.raises(ValueError, match=r"dvc\.lock: not a lock file"):
        tree.publish()


def test_port_in_use_names_the_way_out(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=rf"port {port} on 127\.0\.0\.1 is in use.*make ui PORT={port + 1}"):
            ui.serve(tree.root, port)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:secret@mlflow.example")
    with pytest.raises(ValueError, match=r"open https://\*\*\*@mlflow\.example in a browser"):
        ui.serve(tree.root, 5000)


def test_relative_address_is_of_the_main_tree(tree: Tree) -> None:
    copy = tree.root / ".dvc/tmp/exps/standalone/tmpabc"
    for root in (tree.root, copy):
        where = place.find(root, {"MLFLOW_TRACKING_URI": "sqlite:///other.db"})
        assert where.uri == f"sqlite:///{tree.root.resolve()}/other.db"
    assert place.find(copy, {}).experiment_copy
