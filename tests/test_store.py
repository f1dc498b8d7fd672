"""Records to files and back: nothing lost, the same bytes, whole or not at all, and errors that say where."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clpipe import records, store
from clpipe.records import Encounter, Episode, Example, Interval, Outcome, Question, Retained, Task

TEXT = 'Zoë said "ja",\nthen\t\u2028 left \\ 日本'
TASK = Task(
    id="ab",
    family="sequence",
    prompt=TEXT,
    answer="1,000",
    difficulty=3,
    template="plain",
    entities=("Zoë", "Bo"),
    facts={"b": [1, 2.5, None], "a": {"deep": True}},
)
EPISODE = Episode(
    arm="lora",
    seed=1,
    t=1,
    phase="mixed",
    task_id="ab",
    family="sequence",
    shown="4",
    reply=TEXT,
    correct=False,
    loss=0.1 + 0.2,
    tokens=3,
)
OUTCOME = Outcome(
    arm="lora",
    seed=1,
    episode=0,
    task_id="ab",
    family="sequence",
    template="plain",
    difficulty=5,
    reply=TEXT,
    correct=True,
    margin=1e-300,
)
EXAMPLES = [
    Question(id="ab", family="sequence", prompt=TEXT),
    TASK,
    Task(id="", family="", prompt="", answer="", difficulty=1, template=""),
    EPISODE,
    OUTCOME,
    dataclasses.replace(OUTCOME, margin=None, lenient=True, gold_loss=0.25),
    Retained(arm="a", seed=1, episode=2, item="text-01", kind="text", tokens=7, loss=1.5, kl=1e-300),
    Interval(point=0.5, low=0.0, high=1.0),
]
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def read_one(path: Path, kind: Any, text: str) -> Any:
    path.write_text(text, encoding="utf-8")
    return store.read_records(path, kind)


def test_every_record_is_among_the_examples() -> None:
    kinds = {c for c in vars(records).values() if isinstance(c, type) and dataclasses.is_dataclass(c)}
    in_memory_alone = {Encounter, Example}
    assert kinds - in_memory_alone == {type(example) for example in EXAMPLES}


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda r: type(r).__name__)
def test_a_record_comes_back_as_it_was(tmp_path: Path, record: object) -> None:
    path = tmp_path / "records.jsonl"
    store.write_records(path, [record, record])
    assert store.read_records(path, type(record)) == [record, record]


@settings(max_examples=60, deadline=None)
@given(reply=st.text(), loss=NUMBERS, seed=st.integers(), entities=st.lists(st.text()))
def test_any_text_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, reply: str, loss: float, seed: int, entities: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    episode = dataclasses.replace(EPISODE, reply=reply, loss=loss, seed=seed)
    task = dataclasses.replace(TASK, prompt=reply, entities=tuple(entities), facts={reply: [loss, seed]})
    store.write_records(path, [episode])
    assert store.read_records(path, Episode) == [episode]
    store.write_records(path, [task])
    assert store.read_records(path, Task) == [task]


def test_the_bytes_of_a_record_are_these() -> None:
    task = Task(id="1", family="f", prompt="Zoë?\n", answer="a", difficulty=1, template="t", facts={"b": 1, "a": 0.1})
    assert store.line(task) == (
        '{"answer": "a", "difficulty": 1, "entities": [], "facts": {"a": 0.1, "b": 1}, "family": "f", "id": "1", '
        '"judge": "exact", "marking": {}, "novelty": "same_template", "prompt": "Zoë?\\n", "template": "t"}'
    )
    assert store.line(task) == store.line(dataclasses.replace(task, facts={"a": 0.1, "b": 1}))


def test_what_was_read_is_written_with_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    store.write_records(first, [TASK])
    store.write_records(second, store.read_records(first, Task))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().count(b"\n") == 1


def test_json_is_sorted_and_ends_with_a_newline(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "value.json"
    store.write_json(path, {"b": "ë", "a": [1]})
    assert path.read_text(encoding="utf-8") == '{\n  "a": [\n    1\n  ],\n  "b": "ë"\n}\n'
    assert store.read_json(path) == {"a": [1], "b": "ë"}


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_refused_and_the_old_file_stays(tmp_path: Path, bad: float) -> None:
    path, table = tmp_path / "value.json", tmp_path / "table.jsonl"
    store.write_json(path, {"a": 1})
    store.write_records(table, [EPISODE])
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_json(path, {"a": bad})
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_records(table, [EPISODE, dataclasses.replace(EPISODE, loss=bad)])
    assert store.read_json(path) == {"a": 1}
    assert store.read_records(table, Episode) == [EPISODE]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["table.jsonl", "value.json"]


def test_a_source_of_records_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    def broken() -> Iterator[Episode]:
        yield EPISODE
        raise OSError("the disk is full")

    path = tmp_path / "table.jsonl"
    with pytest.raises(OSError, match="the disk is full"):
        store.write_records(path, broken())
    assert list(tmp_path.iterdir()) == []
    store.write_text(path, "old\n")
    with pytest.raises(OSError, match="the disk is full"):
        store.write_records(path, broken())
    assert [p.name for p in tmp_path.iterdir()] == ["table.jsonl"]
    assert path.read_text() == "old\n"


def test_the_old_file_is_whole_until_the_new_one_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    store.write_text(path, "old")
    with store.replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


GOOD = store.line(OUTCOME)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "\nnonsense\n", r"table\.jsonl, line 2: not JSON \(Expecting value\): 'nonsense'"),
        (GOOD + "\n" + GOOD[:40], r"line 2: not JSON \(.*\): '\{\"arm\""),
        (GOOD + "\n\n", r"line 2: not JSON"),
        ("[1]\n", r"line 1: expected an object with the fields of Outcome, got list"),
        (GOOD.replace('"seed"', '"sead"'), r"line 1: unknown field 'sead'; a Outcome has arm, correct, difficulty"),
        (GOOD.replace('"seed": 1, ', ""), r"line 1: field 'seed' of Outcome is missing"),
        (GOOD.replace('"seed": 1', '"seed": "1"'), r"line 1: field 'seed' must be int, not '1'"),
        (GOOD.replace('"seed": 1', '"seed": true'), r"line 1: field 'seed' must be int, not True"),
        (GOOD.replace('"seed": 1', '"seed": 1.5'), r"line 1: field 'seed' must be int, not 1\.5"),
        (GOOD.replace('"correct": true', '"correct": 1'), r"line 1: field 'correct' must be bool, not 1"),
        (GOOD.replace('"margin": 1e-300', '"margin": "x"'), r"line 1: field 'margin' must be float, not 'x'"),
        (GOOD.replace('"arm": "lora"', '"arm": null'), r"line 1: field 'arm' must be str, not None"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_one(tmp_path / "table.jsonl", Outcome, text)


def test_a_field_that_should_be_a_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 1: field 'entities' must be a list, not 'Zoë'"):
        read_one(tmp_path / "t", Task, store.line(TASK).replace('["Zoë", "Bo"]', '"Zoë"'))


def test_a_whole_number_is_a_good_float(tmp_path: Path) -> None:
    (outcome,) = read_one(tmp_path / "t", Outcome, GOOD.replace('"margin": 1e-300', '"margin": 2'))
    assert isinstance(outcome.margin, float)
    assert outcome.margin == 2.0


def test_hashes_are_those_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    content = b"clpipe" * 500_000
    path.write_bytes(content)
    assert store.sha256(path) == hashlib.sha256(content).hexdigest()
    assert store.md5(path) == hashlib.md5(content, usedforsecurity=False).hexdigest()
