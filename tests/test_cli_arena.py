"""`clpipe arena`: what a person sees of the tasks, and the file that is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clpipe import store
from clpipe.cli import app
from clpipe.records import Task
from clpipe.split import side

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "data" / "own", tmp_path / "data" / "own")
    shutil.copy(ROOT / "studies" / "default.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["arena", *words])


def test_a_sample_shows_prompt_answer_and_where_it_is_from() -> None:
    done = call("sample", "comparison", "--difficulty", "3")
    assert done.exit_code == 0
    assert done.output.count("[comparison, difficulty 3, template ") == 5
    assert done.output.count("→ ") == 5
    assert call("sample", "comparison", "--difficulty", "3").output == done.output
    assert call("sample", "comparison", "--difficulty", "3", "--seed", "1").output != done.output
    assert call("sample", "sequence", "--novelty", "new_template", "-n", "2").output.count("new_template]") == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sample", "comparsion"), r"no family 'comparsion' \(did you mean 'comparison'\?\)"),
        (
            ("sample", "comparison", "--novelty", "new"),
            r"--novelty: no side 'new'.* there is harder, new_entities, new_template",
        ),
        (("stats", "riddles"), r"no family 'riddles'"),
        (("write", "-n", "3", "--out", "x.jsonl", "--side", "left"), r"--side: any or train, not 'left'"),
        (("sample", "file"), r"path: "),
    ],
)
def test_a_mistake_is_one_message(words: tuple[str, ...], told: str) -> None:
    done = call(*words)
    assert done.exit_code == 1
    assert re.search(told, re.sub(r"\s+", " ", done.output)), done.output
    assert "Traceback" not in done.output


def test_stats_count_every_difficulty() -> None:
    done = call("stats", "sequence", "comparison", "--draws", "60")
    assert done.exit_code == 0, done.output
    assert len(re.findall(r"^(?:sequence|comparison) +[1-5] +[~>] [\d,]+ +1[5-9] ", done.output, re.MULTILINE)) == 10
    assert "capacity" in done.output


def test_a_stream_is_written_whole_and_different(project: Path) -> None:
    done = call("write", "--count", "400", "--out", "stream.jsonl", "--seed", "3")
    assert done.exit_code == 0, done.output
    assert "400 different tasks" in done.output
    tasks = store.read_records(project / "stream.jsonl", Task)
    assert len({t.prompt.casefold() for t in tasks}) == 400
    assert {t.difficulty for t in tasks} == {1, 2, 3, 4}
    before = (project / "stream.jsonl").read_bytes()
    assert call("write", "--count", "400", "--out", "stream.jsonl", "--seed", "3").exit_code == 0
    assert (project / "stream.jsonl").read_bytes() == before


def test_a_stream_for_training_holds_nothing_else(project: Path) -> None:
    assert call("write", "sequence", "-n", "50", "--out", "s.jsonl", "--side", "train").exit_code == 0
    assert {side(t) for t in store.read_records(project / "s.jsonl", Task)} == {"train"}


def test_one_s_own_file_can_be_looked_at(project: Path) -> None:
    params = (project / "params.yaml").read_text()
    changed = params.replace("    sequence: {tasks: 600}\n", "    mine: {kind: file, path: example.jsonl}\n")
    changed = changed.replace("validation: 20", "validation: 4").replace("same_template: 20", "same_template: 8")
    assert changed != params
    (project / "params.yaml").write_text(changed)
    done = call("sample", "mine", "-n", "3")
    assert done.exit_code == 0, done.output
    assert done.output.count("→ ") == 3
