"""Laws that every adaptation method passes, on every architecture of the seed document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
from clpipe.models.method import FROZEN, WEIGHTS, Method
from clpipe.records import Question
from tests.conftest import KINDS, Load
from tests.methods.learners import LESSONS, METHODS, PROMPTS, begin, everything, logits, made, put, taught, teach

WITHOUT_CHANCE = ("frozen", "full", "ia3")
"""Methods whose start is not drawn."""
ONE_PEFT_FOLDER = ("adalora", "dora", "ia3", "lora", "prefix", "soft_prompt")


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    return made(request.param)


@pytest.mark.parametrize("kind", KINDS)
def test_only_declared_parameters_move(kind: str, method: Method, load: Load) -> None:
    model = load(kind)
    put(model, method)
    before = everything(model)
    begin(model)
    teach(model, range(3))
    moved = {n for n, p in everything(model).items() if not torch.equal(p, before[n])}
    assert bool(moved) == (WEIGHTS in method.traits)
    assert moved <= set(model.trainable())


@pytest.mark.parametrize("kind", KINDS)
def test_identity_at_the_start_where_promised(
    kind: str, method: Method, load: Load, tiny_weights: dict[str, Path]
) -> None:
    """In every precision that the method takes, to the last bit."""
    bare, model = load(kind), load(kind)
    put(model, method)
    same = torch.equal(logits(bare), logits(model))
    if type(method).__name__ != "Full":
        half = [LanguageModel.load(tiny_weights[kind], instruction="", device="cpu", precision="bf16") for _ in "ab"]
        put(half[0], method)
        same = same and torch.equal(logits(half[0]), logits(half[1]))
    assert same == method.identity_at_start


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded_equals_unsaved(kind: str, method: Method, load: Load, tmp_path: Path) -> None:
    model = taught(load(kind), method)
    adapter.save(model, "tiny", tmp_path / "saved")
    again = load(kind)
    adapter.load(again, tmp_path / "saved")
    assert again.replies(PROMPTS, 5, 4, golds=PROMPTS) == model.replies(PROMPTS, 5, 4, golds=PROMPTS)
    for prompt in PROMPTS:
        assert torch.equal(logits(again, prompt), logits(model, prompt))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_many_lengths_are_answered_as_each_alone(kind: str, method: Method, load: Load) -> None:
    model = load(kind)
    put(model, method)
    with torch.no_grad():
        for i, parameter in enumerate(model.trainable().values()):  # far from the identity, so that a wrong row shows
            parameter += 0.1 * torch.sin(torch.arange(parameter.numel()) + i).reshape(parameter.shape)
    alone = [model.replies([prompt], 6, 1)[0].text for prompt in PROMPTS]
    for size in (2, len(PROMPTS)):
        assert [reply.text for reply in model.replies(PROMPTS, 6, size)] == alone


@pytest.mark.parametrize("kind", KINDS)
def test_an_attempt_is_the_greedy_reply(kind: str, method: Method, load: Load) -> None:
    model = taught(load(kind), method)
    for family, prompt, answer in LESSONS:
        lesson = model.read(Question(id="", family=family, prompt=prompt), answer)
        assert model.attempt(lesson, 5).text == model.replies([prompt], 5, 1)[0].text


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_goes_on_comes_to_the_same_end(kind: str, method: Method, load: Load) -> None:
    whole = load(kind)
    put(whole, method)
    begin(whole)
    teach(whole, range(3))
    assert whole.optimizer is not None
    broken = (whole.adapter_state(), whole.optimizer.state())
    teach(whole, range(3, 6))
    later = load(kind)
    adapter.attach(later, method, later.weights, 0, 6)
    begin(later)
    assert later.optimizer is not None
    later.restore_adapter(broken[0])
    later.optimizer.restore(broken[1])
    teach(later, range(3, 6))
    expected, found = whole.adapter_state(), later.adapter_state()
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_disabled_is_the_bare_base_and_learns_again_after_it(kind: str, method: Method, load: Load) -> None:
    bare, model = load(kind), taught(load(kind), method)
    learning = set(model.trainable())
    before = logits(model)
    with model.bare():
        assert torch.equal(logits(model), logits(bare))
        assert model.replies(PROMPTS[:3], 4, 3) == bare.replies(PROMPTS[:3], 4, 3)
    assert torch.equal(logits(model), before)
    assert set(model.trainable()) == learning
    assert torch.equal(before, logits(bare)) == (FROZEN in method.traits)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_off_leaves_the_bare_network(kind: str, method: Method, load: Load) -> None:
    bare, model = load(kind), taught(load(kind), method)
    adapter.detach(model)
    assert everything(model).keys() == everything(bare).keys()
    assert torch.equal(logits(model), logits(bare))
    assert not any(p.requires_grad for p in model.network.parameters())


@pytest.mark.parametrize("between", ["lent", "bare"])
def test_other_values_may_be_lent_between_reading_and_learning(between: str, method: Method, load: Load) -> None:
    """As in distillation, where the teacher is an earlier state."""
    if FROZEN in method.traits:
        return
    plain, model = load("llama"), load("llama")
    for one in (plain, model):
        put(one, method)
        begin(one)
    earlier = model.adapter_state()
    for one in (plain, model):
        teach(one, range(2))
    family, prompt, answer = LESSONS[0]
    question = Question(id="", family=family, prompt=prompt)
    plain.step(plain.read(question, answer).loss)
    lesson = model.read(question, answer)
    with model.lent(earlier) if between == "lent" else model.bare():
        assert not torch.equal(model.read(question, answer).logits, lesson.logits)
    model.step(lesson.loss)
    assert all(torch.equal(p, model.trainable()[name]) for name, p in plain.trainable().items())


@pytest.mark.parametrize("name", ONE_PEFT_FOLDER)
def test_a_method_of_one_part_is_kept_as_an_ordinary_peft_folder(name: str, load: Load, tmp_path: Path) -> None:
    model = taught(load("qwen2"), made(name))
    adapter.save(model, "tiny", tmp_path / "saved")
    peer = PeftModel.from_pretrained(load("qwen2").network, str(tmp_path / "saved")).eval()
    ids = torch.tensor([model.chat.question(PROMPTS[2])])
    theirs = peer(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]
    torch.testing.assert_close(theirs, logits(model, PROMPTS[2])[:, -1])
    assert json.loads((tmp_path / "saved" / "adapter_config.json").read_text())["base_model_name_or_path"] == "tiny"
    (tmp_path / "saved" / "method.json").unlink()
    foreign = load("qwen2")
    adapter.load(foreign, tmp_path / "saved")
    assert torch.equal(logits(foreign, PROMPTS[2]), logits(model, PROMPTS[2]))


def test_a_second_checkpoint_takes_the_place_of_the_first(method: Method, load: Load, tmp_path: Path) -> None:
    model = load("llama")
    put(model, method)
    adapter.save(model, "tiny", tmp_path / "first")
    adapter.save(taught(load("llama"), method), "tiny", tmp_path / "second")
    one, both = load("llama"), load("llama")
    adapter.load(one, tmp_path / "second")
    adapter.load(both, tmp_path / "first")
    adapter.load(both, tmp_path / "second")
    for prompt in PROMPTS:
        assert torch.equal(logits(one, prompt), logits(both, prompt))


def test_a_checkpoint_of_another_method_takes_the_place_of_the_first(load: Load, tmp_path: Path) -> None:
    for name in METHODS:
        adapter.save(taught(load("llama"), made(name)), "tiny", tmp_path / name)
    every = load("llama")
    for name in METHODS:
        one = load("llama")
        adapter.load(one, tmp_path / name)
        adapter.load(every, tmp_path / name)
        assert torch.equal(logits(one), logits(every)), name


SAVE = """
import sys
from pathlib import Path
from clpipe import named
from clpipe.models import adapter
from clpipe.models.language_model import LanguageModel
weights, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir()
for name in named.names("clpipe.methods"):
    model = LanguageModel.load(weights, instruction="", device="cpu")
    adapter.attach(model, named.load("clpipe.methods", name)(), weights, seed=4)
    adapter.save(model, "tiny", out / name)
"""


def test_the_same_seed_gives_the_same_bytes_in_every_process(tiny_weights: dict[str, Path], tmp_path: Path) -> None:
    contents = []
    for hashing in ("0", "1"):
        out = tmp_path / hashing
        command = [sys.executable, "-c", SAVE, str(tiny_weights["llama"]), str(out)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": hashing, "HF_HUB_OFFLINE": "1", "PATH": ""})
        contents.append({str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
    assert contents[0] == contents[1]
    assert {path.split("/")[0] for path in contents[0]} == set(METHODS)
    assert {path for path in contents[0] if path.startswith("lora/")} == {
        "lora/adapter_config.json",
        "lora/adapter_model.safetensors",
        "lora/method.json",
    }
    assert {path for path in contents[0] if path.startswith("frozen/")} == {"frozen/method.json"}


@pytest.mark.parametrize("name", [name for name in METHODS if name not in WITHOUT_CHANCE])
def test_another_seed_starts_elsewhere(name: str, load: Load) -> None:
    starts = []
    for seed in (0, 1):
        model = load("llama")
        adapter.attach(model, made(name), model.weights, seed)
        starts.append(model.trainable())
    assert any(not torch.equal(starts[0][n], starts[1][n]) for n in starts[0])


def test_a_model_without_adapter_has_nothing_to_save(load: Load, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to save"):
        adapter.save(load("llama"), "tiny", tmp_path / "saved")
    with pytest.raises(FileNotFoundError, match="no adapter here"):
        adapter.load(load("llama"), tmp_path)
