"""Laws that every adaptation method passes, on every architecture of the seed document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel

from clpipe import named
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.records import Question
from tests.conftest import KINDS, Load

METHODS = named.names("clpipe.methods")
PROMPTS = ["What comes next: 2, 4, 8, ?", "Who is older, Ann or Bob?", "3 + 4?"]


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Any:
    return named.load("clpipe.methods", request.param)()


def taught(model: LanguageModel, steps: int = 3) -> LanguageModel:
    model.start_learning(lr=0.01, weight_decay=0.01, clip=1.0)
    for _ in range(steps):
        model.step(model.read(Question(id="", family="", prompt=PROMPTS[0]), "16").loss)
    return model


def weights(model: LanguageModel) -> dict[str, torch.Tensor]:
    return {n: p.detach().clone() for n, p in model.adapter.named_parameters()}


@pytest.mark.parametrize("kind", KINDS)
def test_only_declared_parameters_move(kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]) -> None:
    model = load(kind)
    adapter.attach(model, method, tiny_weights[kind], seed=0)
    before = weights(model)
    taught(model)
    moved = {n for n, p in weights(model).items() if not torch.equal(p, before[n])}
    assert moved
    assert moved <= set(model.trainable())


@pytest.mark.parametrize("kind", KINDS)
def test_identity_at_the_start_where_promised(
    kind: str, method: Any, load: Load, tiny_weights: dict[str, Path]
) -> None:
    bare, model = load(kind), load(kind)
    adapter.attach(model, method, tiny_weights[kind], seed=0)
    ids = bare.chat.question(PROMPTS[0])
    same = torch.equal(bare.forward(ids, rows=1).logits, model.forward(ids, rows=1).logits)
    assert same == method.identity_at_start


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded_equals_unsaved(
    kind: str, method: Any, load: Load, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    model = load(kind)
    adapter.attach(model, method, tiny_weights[kind], seed=0)
    taught(model)
    adapter.save(model, "tiny", tmp_path / "saved")
    again = load(kind)
    adapter.load(again, tmp_path / "saved")
    assert again.replies(PROMPTS, 5, 4) == model.replies(PROMPTS, 5, 4)
    ids = model.chat.question(PROMPTS[1])
    model.network.eval()
    assert torch.equal(again.forward(ids, rows=1).logits, model.forward(ids, rows=1).logits)


def test_the_folder_is_an_ordinary_peft_folder(
    method: Any, load: Load, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    model = load("qwen2")
    adapter.attach(model, method, tiny_weights["qwen2"], seed=0)
    taught(model)
    adapter.save(model, "tiny", tmp_path / "saved")
    base = load("qwen2").network
    peer = PeftModel.from_pretrained(base, str(tmp_path / "saved")).eval()
    ids = torch.tensor([model.chat.question(PROMPTS[2])])
    model.network.eval()
    torch.testing.assert_close(
        peer(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1], model.forward(ids, rows=1).logits[:, -1]
    )
    assert json.loads((tmp_path / "saved" / "adapter_config.json").read_text())["base_model_name_or_path"] == "tiny"


def test_a_second_adapter_takes_the_place_of_the_first(
    method: Any, load: Load, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    model = load("llama")
    adapter.attach(model, method, tiny_weights["llama"], seed=0)
    adapter.save(model, "tiny", tmp_path / "first")
    adapter.save(taught(model), "tiny", tmp_path / "second")
    one = load("llama")
    adapter.load(one, tmp_path / "second")
    both = load("llama")
    adapter.load(both, tmp_path / "first")
    adapter.load(both, tmp_path / "second")
    ids = one.chat.question(PROMPTS[0])
    assert torch.equal(one.forward(ids, rows=1).logits, both.forward(ids, rows=1).logits)


SAVE = """
import sys
from pathlib import Path
from clpipe import named
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
weights, name, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
model = LanguageModel.load(weights, instruction="", device="cpu")
adapter.attach(model, named.load("clpipe.methods", name)(), weights, seed=4)
adapter.save(model, "tiny", out)
"""


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_bytes_in_every_process(
    name: str, tiny_weights: dict[str, Path], tmp_path: Path
) -> None:
    contents = []
    for hashing in ("0", "1"):
        out = tmp_path / hashing
        command = [sys.executable, "-c", SAVE, str(tiny_weights["llama"]), name, str(out)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": hashing, "HF_HUB_OFFLINE": "1", "PATH": ""})
        contents.append({p.name: p.read_bytes() for p in sorted(out.iterdir())})
    assert contents[0] == contents[1]
    assert set(contents[0]) == {"adapter_config.json", "adapter_model.safetensors"}


def test_another_seed_starts_elsewhere(method: Any, load: Load, tiny_weights: dict[str, Path]) -> None:
    starts = []
    for seed in (0, 1):
        model = load("llama")
        adapter.attach(model, method, tiny_weights["llama"], seed=seed)
        starts.append(model.adapter_state())
    assert any(not torch.equal(starts[0][n], starts[1][n]) for n in starts[0])


def test_a_target_that_is_not_there_is_named(load: Load, tiny_weights: dict[str, Path]) -> None:
    lora = named.load("clpipe.methods", "lora")(target_modules=("w_pack",))
    with pytest.raises(ValueError, match=r"no linear layer 'w_pack'; it has .*q_proj"):
        adapter.attach(load("llama"), lora, tiny_weights["llama"], seed=0)


@pytest.mark.parametrize("init", ["vocabulary", "text"])
def test_soft_prompts_may_start_from_real_tokens(init: str, load: Load, tiny_weights: dict[str, Path]) -> None:
    soft = named.load("clpipe.methods", "soft_prompt")(tokens=5, init=init, init_text="Answer")
    model = load("llama")
    adapter.attach(model, soft, tiny_weights["llama"], seed=0)
    table = model.network.get_input_embeddings().weight
    for vector in next(iter(model.trainable().values())):
        assert any(torch.equal(vector, known) for known in table)
