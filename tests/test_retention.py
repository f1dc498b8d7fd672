from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clpipe import retention
from clpipe.arena.canonical import normalised
from clpipe.store import line
from tests.drawn import drawn


def test_the_texts_are_short_general_and_all_different() -> None:
    found = retention.texts()
    assert [text.id for text in found] == [f"text-{i:02}" for i in range(1, 33)]
    assert {text.id for text in found if not 60 <= len(text.text.split()) <= 90} == set()
    assert len({text.text.split()[0] + text.text.split()[1] for text in found}) == 32


def test_the_answers_are_natural_and_short() -> None:
    found = retention.prompts()
    assert [prompt.id for prompt in found] == [f"prompt-{i:02}" for i in range(1, 33)]
    assert {prompt.id for prompt in found if not 1 <= len(prompt.answer.split()) <= 25} == set()
    assert len({normalised(prompt.prompt) for prompt in found}) == 32


def test_the_files_are_in_the_form_of_the_store() -> None:
    for name, records in ((retention.TEXTS, retention.texts()), (retention.PROMPTS, retention.prompts())):
        lines = (retention.FOLDER / name).read_text(encoding="utf-8").splitlines()
        assert lines == [line(record) for record in records]


def test_no_question_is_one_of_the_arena() -> None:
    tasks = drawn(1, {"commonsense": 60, "comparison": 20, "sequence": 20, "math_word_problem": 20})
    asked = {normalised(task.prompt) for task in tasks}
    assert asked.isdisjoint({normalised(prompt.prompt) for prompt in retention.prompts()})


@pytest.mark.parametrize("name", [retention.TEXTS, retention.PROMPTS])
def test_another_file_is_refused_and_the_way_out_told(name: str, tmp_path: Path) -> None:
    shutil.copytree(retention.FOLDER, tmp_path, dirs_exist_ok=True)
    assert (retention.texts(tmp_path), retention.prompts(tmp_path)) == (retention.texts(), retention.prompts())
    path = tmp_path / name
    path.write_bytes(path.read_bytes().replace(b"water", b"WATER", 1))
    read = retention.texts if name == retention.TEXTS else retention.prompts
    with pytest.raises(ValueError, match=r"not the file of version 1 .*git checkout -- .*README\.md"):
        read(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"texts\.jsonl"):
        retention.texts(tmp_path)
