"""The hub: out of reach, switched off, refusing, and a real client against a small server on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clpipe.store import read_json

COMMIT = "c0ffee" * 6 + "c0ff"
PREPARE = """
import sys
from pathlib import Path
from clpipe.failure import reported
from clpipe.models.prepare import prepare
from clpipe.params import Model
with reported("stage model"):
    spec = Model.model_validate({"sources": [{"kind": "hub", "repo": "owner/tiny"}]})
    prepare("tiny", spec, Path(sys.argv[1]) / "tiny", Path(sys.argv[1]) / "downloads")
"""


def ask(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # the hub's client reads its environment when it is imported
    known = {k: v for k, v in os.environ.items() if not k.startswith("HF_") and not k.lower().endswith("_proxy")}
    settings = {**known, "HF_HOME": str(folder / "hf"), "PYTHONPATH": str(Path.cwd()), **environment}
    return subprocess.run(
        [sys.executable, "-c", PREPARE, str(folder)], env=settings, capture_output=True, text=True, check=False
    )


class Hub(ThreadingHTTPServer):
    """What the client asks of a hub for one repository with the files of `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {f.name: f.read_bytes() for f in folder.iterdir()}
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        files = self.server.files
        name = path.rpartition("/")[2]
        if path.startswith(("/api/models/owner/tiny/revision/", "/api/models/owner/tiny/tree/")):
            tree = [{"type": "file", "path": n, "size": len(c), "oid": "0" * 40} for n, c in files.items()]
            info = {"_id": "1", "id": "owner/tiny", "sha": COMMIT, "siblings": []}
            self.send(json.dumps(tree if "/tree/" in path else info).encode(), with_body)
        elif path.startswith(f"/owner/tiny/resolve/{COMMIT}/") and name in files:
            self.server.asked.append(name)
            self.send(files[name], with_body)
        else:
            self.send_error(404)

    def send(self, body: bytes, with_body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def hub(tiny_model: Path, tmp_path: Path) -> Iterator[Hub]:
    folder = tmp_path / "repository"
    folder.mkdir()
    for file in tiny_model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling_tiny.py").write_text("raise SystemExit")
    server = Hub(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_no_network_is_told_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    done = ask(tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert time.monotonic() - started < 15
    assert done.returncode == 1
    assert "hub owner/tiny, main: http://127.0.0.1:9 does not answer (ConnectError" in done.stderr
    assert "put {kind: path, path: FOLDER_OR_GGUF_FILE} first under models.tiny.sources" in done.stderr
    assert not (tmp_path / "tiny").exists()


def test_offline_is_respected(tmp_path: Path, hub: Hub) -> None:
    done = ask(tmp_path, HF_HUB_OFFLINE="1", HF_ENDPOINT=f"http://127.0.0.1:{hub.server_port}")
    assert (done.returncode, hub.asked) == (1, [])
    assert "HF_HUB_OFFLINE is set, and" in done.stderr


def test_a_repository_comes_without_pickles_and_code_and_stays_for_offline_days(tmp_path: Path, hub: Hub) -> None:
    endpoint = f"http://127.0.0.1:{hub.server_port}"
    done = ask(tmp_path, HF_ENDPOINT=endpoint)
    assert done.returncode == 0, done.stderr
    record = read_json(tmp_path / "tiny" / "provenance.json")
    assert (record["revision"], record["source"]["repo"]) == (COMMIT, "owner/tiny")
    assert "model.safetensors" in hub.asked
    assert not {"pytorch_model.bin", "modeling_tiny.py"} & set(hub.asked)
    first = (tmp_path / "tiny" / "model.safetensors").read_bytes()
    done = ask(tmp_path, HF_ENDPOINT=endpoint, HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tiny" / "model.safetensors").read_bytes() == first
    assert read_json(tmp_path / "tiny" / "provenance.json") == record


def test_an_unknown_repository_is_told(tmp_path: Path, hub: Hub) -> None:
    done = ask(tmp_path, HF_ENDPOINT=f"http://127.0.0.1:{hub.server_port}/elsewhere")
    assert done.returncode == 1
    assert "404" in done.stderr
    assert "Traceback" not in done.stderr
