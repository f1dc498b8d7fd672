"""A registered adapter is used by its name alone, as an MLflow model and as a PEFT folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest

from clpipe.models.language_model import LanguageModel
from clpipe.tracking.promotion import promote
from tests.tiny import build_tiny_model
from tests.tracking.taught import teach
from tests.tracking.tree import MODEL, Tree, claim

CHAMPION = f"models:/clpipe-{MODEL}@champion"
PROMPTS = ["How many apples does Anna have?", "Which is larger?"]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[tuple[Tree, list[str]]]:
    """A published tree whose champion really is an adapter on a tiny model, and that adapter's own replies."""
    root = tmp_path_factory.mktemp("learned")
    shutil.copy(tables, root)
    tree = Tree(root, seeds=(0,))
    weights = build_tiny_model(root / "models" / MODEL)
    model = LanguageModel.load(weights, instruction=tree.params.prompt.instruction, device="cpu")
    teach(tree, model, weights)
    replies = [reply.text for reply in model.replies(PROMPTS, tree.params.prompt.max_new_tokens, 2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        tree.judge(claim("lora"))
        tree.publish(strict=True)
        promote(tree.params, tree.root)
        mlflow.set_tracking_uri(f"sqlite:///{tree.database}")
        yield tree, replies
        mlflow.set_tracking_uri(None)


def test_predict_gives_the_adapters_replies(
    learned: tuple[Tree, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tree, replies = learned
    monkeypatch.setenv("CLPIPE_ROOT", str(tree.root))
    monkeypatch.chdir(tmp_path)
    got = mlflow.pyfunc.load_model(CHAMPION).predict(pd.DataFrame({"prompt": PROMPTS}))
    assert list(got["reply"]) == replies


def test_peft_loads_the_folder(learned: tuple[Tree, list[str]], tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    tree, _ = learned
    folder = Path(mlflow.artifacts.download_artifacts(CHAMPION, dst_path=str(tmp_path)))
    base = AutoModelForCausalLM.from_pretrained(tree.root / "models" / MODEL)
    model = PeftModel.from_pretrained(base, str(folder / "artifacts" / "adapter"))
    assert model.active_peft_config.r == 16


@pytest.mark.usefixtures("learned")
def test_base_that_is_not_here_or_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLPIPE_ROOT", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=rf"no models/{MODEL} in .*dvc repro model@{MODEL}"):
        mlflow.pyfunc.load_model(CHAMPION)
    build_tiny_model(tmp_path / "models" / MODEL, "qwen2")
    with pytest.raises(ValueError, match="the adapter was learned on"):
        mlflow.pyfunc.load_model(CHAMPION)


@pytest.mark.slow
def test_served_champion_answers_over_http(learned: tuple[Tree, list[str]], tmp_path: Path) -> None:
    tree, replies = learned
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{tree.database}", "CLPIPE_ROOT": str(tree.root),
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", ""),
    }  # fmt: skip
    words = ["models", "serve", "--model-uri", CHAMPION, "--env-manager", "local", "--host", "127.0.0.1"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *words, "--port", str(port), "--workers", "1"],
            env=environment, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        got = ask(f"http://127.0.0.1:{port}/invocations", server)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert [row["reply"] for row in got["predictions"]] == replies, (tmp_path / "log").read_text()


def ask(address: str, server: subprocess.Popen[bytes]) -> Any:
    """What the server replies to PROMPTS, as soon as it is there."""
    body = json.dumps({"dataframe_records": [{"prompt": prompt} for prompt in PROMPTS]}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    until = time.monotonic() + 180
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.URLError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < until, "no answer in 3 minutes"
            time.sleep(0.5)
