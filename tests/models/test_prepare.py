"""A local folder or GGUF file becomes a prepared model, whole and always the same, or a clear refusal."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from clpipe.models.weights import ModelError
from clpipe.store import read_json, sha256
from tests.models.conftest import Prepare
from tests.models.gguf_file import write_gguf

EMBEDDING = "model.embed_tokens.weight"


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be spoilt."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def contents(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir())}


def left_beside(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir()) if folder.parent.exists() else []


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**read_json(path), **changes}))


def test_a_folder_keeps_its_weights_and_its_tokens(prepared: Prepare, tiny_model: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, __version__

    out = prepared(tiny_model, end_of_turn="<|im_end|>", licence="Apache-2.0")
    before, after = load_file(tiny_model / "model.safetensors"), load_file(out / "model.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[k], after[k]) and before[k].dtype == after[k].dtype for k in before)
    old, new = (AutoTokenizer.from_pretrained(f) for f in (tiny_model, out))
    assert new("Anna has 12 apples").input_ids == old("Anna has 12 apples").input_ids
    assert new.chat_template == old.chat_template
    counted = sum(p.numel() for p in AutoModelForCausalLM.from_pretrained(out).parameters())
    assert read_json(out / "provenance.json") == {
        "chat_template": True,
        "end_of_turn": "<|im_end|>",
        "end_of_turn_id": 2,
        "format": "safetensors",
        "licence": "Apache-2.0",
        "name": "tiny",
        "parameters": counted,
        "pinned": False,
        "revision": None,
        "sha256": sha256(tiny_model / "model.safetensors"),
        "source": {"kind": "path", "path": "llama"},
        "transformers": __version__,
    }
    assert left_beside(out) == ["tiny"]


def test_bfloat16_stays_bfloat16(prepared: Prepare, copy: Path) -> None:
    tensors = {k: v.bfloat16() for k, v in load_file(copy / "model.safetensors").items()}
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    edit(copy / "config.json", dtype="bfloat16")
    after = load_file(prepared(copy) / "model.safetensors")
    assert all(torch.equal(tensors[k], after[k]) and after[k].dtype == torch.bfloat16 for k in tensors)


def test_shards_are_joined_and_their_hash_is_of_their_hashes(prepared: Prepare, tiny_model: Path, copy: Path) -> None:
    from transformers import AutoModelForCausalLM

    (copy / "model.safetensors").unlink()
    AutoModelForCausalLM.from_pretrained(tiny_model).save_pretrained(copy, max_shard_size="60KB")
    shards = sorted(copy.glob("model-*.safetensors"))
    assert len(shards) > 1
    pin = hashlib.sha256("".join(sha256(s) for s in shards).encode()).hexdigest()
    out = prepared(copy, sha256=pin)
    assert sha256(out / "model.safetensors") == sha256(prepared(tiny_model) / "model.safetensors")
    shards[-1].unlink()
    with pytest.raises(ModelError, match=f"lacks {shards[-1].name}"):
        prepared(copy)


def test_a_gguf_file_becomes_fp32_with_the_finer_copy_as_its_tied_head(
    prepared: Prepare, tiny_gguf: Path, tiny_qwen: Path
) -> None:
    out = prepared(tiny_gguf, tie_head=True)
    before, after = load_file(tiny_qwen / "model.safetensors"), load_file(out / "model.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[k], after[k]) for k in before if k != EMBEDDING)
    distance = (before[EMBEDDING] - after[EMBEDDING]).norm() / before[EMBEDDING].norm()
    assert 0 < distance < 0.03
    record = read_json(out / "provenance.json")
    assert (record["format"], record["end_of_turn_id"]) == ("gguf", 2)
    assert record["parameters"] == sum(v.numel() for v in before.values())


def test_an_untied_head_is_noticed_and_a_foreign_head_is_not_thrown_away(
    prepared: Prepare, tiny_gguf: Path, tiny_qwen: Path, tiny_model: Path, tmp_path: Path
) -> None:
    tied = sum(v.numel() for v in load_file(tiny_qwen / "model.safetensors").values())
    with pytest.raises(ModelError, match=rf"{tied + 320 * 32:,} parameters .*see tie_head.* says {tied:,}"):
        prepared(tiny_gguf, parameters=tied)
    other = write_gguf(tiny_qwen, tmp_path / "other.gguf", head_noise=1.0)
    for foreign in (other, tiny_model):
        with pytest.raises(ModelError, match="no copy of the embedding"):
            prepared(foreign, tie_head=True)
    with pytest.raises(ModelError, match="tie_head is false, but"):
        prepared(tiny_qwen, tie_head=False)


@pytest.mark.parametrize("kind", ["tiny_model", "tiny_gguf"])
def test_twice_the_same_bytes(prepared: Prepare, kind: str, request: pytest.FixtureRequest) -> None:
    source = request.getfixturevalue(kind)
    first, second = contents(prepared(source)), contents(prepared(source, out="elsewhere/deeper/tiny"))
    assert first == second
    assert str(source.parent).encode() not in b"".join(first.values())


def test_a_prepared_folder_is_a_source(prepared: Prepare, tiny_gguf: Path) -> None:
    first = prepared(tiny_gguf, tie_head=True)
    second = prepared(first, out="again")
    # transformers' Qwen2Tokenizer adds its normalizer when loaded, so that tokenizer.json tells it from then on
    differ = {name for name, content in contents(first).items() if (second / name).read_bytes() != content}
    assert differ <= {"provenance.json", "tokenizer.json"}
    assert read_json(second / "provenance.json")["sha256"] == sha256(first / "model.safetensors")


def test_a_wrong_hash_is_refused_with_both_hashes(prepared: Prepare, tiny_model: Path, tmp_path: Path) -> None:
    found = sha256(tiny_model / "model.safetensors")
    with pytest.raises(ModelError, match=f"(?s)model tiny: .*path {tiny_model}.*{found}, but {'0' * 64} is expected"):
        prepared(tiny_model, sha256="0" * 64)
    assert left_beside(tmp_path / "models/tiny") == []


def test_the_right_hash_is_recorded_as_pinned(prepared: Prepare, tiny_model: Path) -> None:
    out = prepared(tiny_model, sha256=sha256(tiny_model / "model.safetensors"))
    assert read_json(out / "provenance.json")["pinned"] is True


def test_every_source_is_tried_and_the_first_good_one_taken(prepared: Prepare, tiny_model: Path) -> None:
    out = prepared(Path("nowhere/at-all"), {"kind": "path", "path": __file__}, tiny_model)
    assert read_json(out / "provenance.json")["source"] == {"kind": "path", "path": "llama"}


def test_two_bad_sources_are_both_explained(prepared: Prepare, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    with pytest.raises(ModelError) as error:
        prepared(Path("nowhere/at-all"), Path(__file__), tmp_path / "notes")
    message = str(error.value)
    assert "path nowhere/at-all: nowhere/at-all does not exist" in message
    assert "is not a GGUF file" in message
    assert "has no weights (*.safetensors)" in message
    assert "first under models.tiny.sources in params.yaml" in message


def test_pickles_are_never_loaded(prepared: Prepare, copy: Path) -> None:
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    prepared(copy)
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"only as a pickle \(pytorch_model.bin\).*convert it to safetensors"):
        prepared(copy)


def test_a_folder_with_a_gguf_file_asks_for_the_file(prepared: Prepare, tiny_gguf: Path) -> None:
    with pytest.raises(ModelError, match=r"if tiny\.gguf is meant, name the file itself"):
        prepared(tiny_gguf.parent)


@pytest.mark.parametrize("kind", ["tiny_model", "tiny_gguf"])
def test_truncated_weights_are_refused(
    prepared: Prepare, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    source = request.getfixturevalue(kind)
    bad = Path(shutil.copytree(source, tmp_path / "bad") if source.is_dir() else shutil.copy(source, tmp_path / "bad"))
    file = bad / "model.safetensors" if bad.is_dir() else bad
    file.write_bytes(file.read_bytes()[:-4000])
    with pytest.raises(ModelError, match=f"model tiny: from path {bad}: transformers cannot read it"):
        prepared(bad)
    assert left_beside(tmp_path / "models/tiny") == []


def test_weights_that_are_not_finite_are_refused(prepared: Prepare, copy: Path) -> None:
    tensors = load_file(copy / "model.safetensors")
    tensors["model.norm.weight"][3] = float("nan")
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"damaged: model.norm.weight holds values that are not finite"):
        prepared(copy)


def test_missing_tensors_are_refused(prepared: Prepare, copy: Path) -> None:
    tensors = load_file(copy / "model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"incomplete: 1 tensors are missing, the first is model.norm.weight"):
        prepared(copy)


def test_another_parameter_count_is_refused(prepared: Prepare, tiny_model: Path) -> None:
    with pytest.raises(ModelError, match=r"the weights have [\d,]+ parameters.*, but params.yaml says 12,345"):
        prepared(tiny_model, parameters=12_345)


def test_an_unknown_end_of_turn_is_refused(prepared: Prepare, tiny_model: Path) -> None:
    with pytest.raises(ModelError, match=r"end_of_turn '</s>' is not one token .*<\|im_end\|>"):
        prepared(tiny_model, end_of_turn="</s>")


def test_without_an_end_of_sequence_one_is_asked_for(prepared: Prepare, copy: Path) -> None:
    edit(copy / "tokenizer_config.json", eos_token=None)
    with pytest.raises(ModelError, match="name the one that ends a turn as end_of_turn"):
        prepared(copy)
    assert read_json(prepared(copy, end_of_turn="<|im_end|>") / "generation_config.json")["eos_token_id"] == [2]


def test_no_chat_template_is_recorded(prepared: Prepare, copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    assert read_json(prepared(copy) / "provenance.json")["chat_template"] is False


def test_an_architecture_with_code_of_its_own_is_refused(prepared: Prepare, copy: Path) -> None:
    edit(copy / "config.json", model_type="homemade", auto_map={"AutoModelForCausalLM": "modeling.Homemade"})
    (copy / "modeling.py").write_text("raise SystemExit('code that came with the weights was run')\n")
    with pytest.raises(ModelError, match="does not know the architecture 'homemade' and comes with code of its own"):
        prepared(copy)
    edit(copy / "config.json", model_type="vit")
    with pytest.raises(ModelError, match="'vit' is not a language model that writes from left to right"):
        prepared(copy)
    edit(copy / "config.json", model_type="llama", quantization_config={"quant_method": "awq"})
    with pytest.raises(ModelError, match="quantized; take the plain safetensors"):
        prepared(copy)
