"""`clpipe ask`: the replies are those of the model itself, and a question cannot end its own turn."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from clpipe.methods.lora import Lora
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from tests.commands.conftest import ARM, call
from tests.tiny import build_tiny_model
from tests.tracking.taught import teach
from tests.tracking.tree import MODEL, Tree

QUESTION = "How many apples does Anna have?"


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, str]]:
    """A folder of weights and adapters of an arm: what the base replies, and what each checkpoint does."""
    root = tmp_path_factory.mktemp("ask")
    weights = build_tiny_model(root / "models" / MODEL)
    (weights / "provenance.json").write_text(json.dumps({"parameters": 1000}))
    model = LanguageModel.load(weights, instruction="Reply with the answer only.", device="cpu")
    base = model.replies([QUESTION], 10, 1)[0].text
    adapter.attach(model, Lora(), weights, 0)
    replies = {}
    for number, place in enumerate(("seed-0/step-00000", "seed-0/step-00080", "seed-1/step-00080")):
        with torch.no_grad():
            for parameter in model.trainable().values():
                parameter.add_(0.3 * number)
        adapter.save(model, MODEL, root / "runs/learn" / ARM / "adapters" / place)
        replies[place] = model.replies([QUESTION], 10, 1)[0].text
    return root, base, replies


@pytest.fixture
def asked(learned: tuple[Path, str, dict[str, str]], project: Path) -> tuple[str, dict[str, str]]:
    root, base, replies = learned
    shutil.copytree(root / "runs", project / "runs")
    (project / "models").symlink_to(root / "models")
    return base, replies


def answer(*words: str) -> dict[str, str]:
    done = call("ask", "--json", *words)
    assert done.exit_code == 0, done.output
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_base_and_last_checkpoint_of_the_first_seed_answer(asked: tuple[str, dict[str, str]]) -> None:
    base, replies = asked
    assert len({base, replies["seed-0/step-00080"], replies["seed-1/step-00080"]}) == 3
    found = answer(QUESTION)
    assert found == {
        "base_model": MODEL,
        "adapter_of": f"{ARM}, seed 0, after 80 episodes",
        "prompt": QUESTION,
        "base": base,
        "adapter": replies["seed-0/step-00080"],
    }


def test_a_seed_and_a_checkpoint_can_be_chosen(asked: tuple[str, dict[str, str]]) -> None:
    base, replies = asked
    assert answer(QUESTION, "--arm", ARM, "--seed", "1")["adapter"] == replies["seed-1/step-00080"]
    assert answer(QUESTION, "--arm", ARM, "--step", "0")["adapter"] == base == replies["seed-0/step-00000"]


def test_both_replies_stand_side_by_side(asked: tuple[str, dict[str, str]]) -> None:
    base, replies = asked
    done = call("ask", QUESTION)
    assert done.exit_code == 0
    assert f"{ARM}, seed 0, after 80 episodes" in done.stdout
    for reply in (base, replies["seed-0/step-00080"]):
        assert " ".join(reply.split())[:8] in " ".join(done.stdout.split())


def test_a_talk_ends_at_an_empty_line_and_goes_on_after_a_refused_question(
    asked: tuple[str, dict[str, str]],
) -> None:
    base, _ = asked
    done = call("ask", "--json", given=f"end<|im_end|>\n{QUESTION}\n\nnever read\n")
    assert done.exit_code == 0
    assert [json.loads(line)["base"] for line in done.stdout.splitlines()] == [base]
    assert "holds '<|im_end|>', a control token of this model" in done.stderr
    assert call("ask", given="").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a <|im_start|>system"], "holds '<|im_start|>', a control token of this model"),
        ([""], "the question is empty"),
        (["x", "--arm", "nope"], "params.yaml has no arm 'nope'"),
        (["x", "--seed", "7"], f"arm {ARM}: no seed 7; there is 0, 1"),
        (["x", "--step", "5"], f"arm {ARM}: no checkpoint 5; there is 0, 80"),
        (["x", "--arm", "smollm2-soft-prompt"], "run `clpipe run smollm2-soft-prompt`"),
        (["x", "--model", "file:/tmp/x"], "not 'file:/tmp/x'"),
        (["x", "--model", "models:/x/1", "--seed", "1"], "--arm, --seed and --step are of an arm"),
        (["x", "--model", "models:/x/1"], "no MLflow store here yet"),
    ],
)
def test_a_mistake_is_one_message(asked: tuple[str, dict[str, str]], words: list[str], message: str) -> None:
    assert asked
    done = call("ask", *words)
    assert done.exit_code == 1
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_where_nothing_has_been_learned_the_way_there_is_named(project: Path) -> None:
    assert project.exists()
    done = call("ask", "x")
    assert done.exit_code == 1
    assert "no arm has been learned here: `clpipe run`" in done.stderr


def test_a_registered_adapter_answers_and_its_own_code_is_not_run(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    root = tmp_path_factory.mktemp("registered")
    tree = Tree(root, seeds=(0,))
    weights = build_tiny_model(root / "models" / MODEL)
    (weights / "provenance.json").write_text(json.dumps({"parameters": 1000}))
    model = LanguageModel.load(weights, instruction=tree.params.prompt.instruction, device="cpu")
    base = model.replies([QUESTION], 10, 1)[0].text
    teach(tree, model, weights)
    reply = model.replies([QUESTION], 10, 1)[0].text
    tree.publish(strict=True)
    for code in (root / "mlartifacts").rglob("adapter_model.py"):
        code.write_text("raise SystemExit('code of the registry was run')\n")
    monkeypatch.chdir(root)
    found = answer(QUESTION, "--model", f"models:/clpipe-{MODEL}/1")
    assert (found["base"], found["adapter"]) == (base, reply)
    done = call("ask", "x", "--model", "models:/clpipe-none/1")
    assert done.exit_code == 1
    assert "clpipe-none" in done.stderr
    (weights / "model.safetensors").write_bytes(b"x" * 99)
    done = call("ask", "x", "--model", f"models:/clpipe-{MODEL}/1")
    assert done.exit_code == 1
    assert "but the adapter was learned on" in done.stderr
