"""The README's example of one's own tasks, run as it stands there, on the tiny model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe.records import Episode, Outcome, Task
from clpipe.store import read_json, read_records
from tests.pipeline.conftest import ROOT, command, lay_out, set_params


def example() -> dict[str, Any]:
    """The YAML block of the README's part on one's own tasks."""
    part = (ROOT / "README.md").read_text(encoding="utf-8").split("**Your own tasks**")[1]
    found = re.search(r"```yaml\n(.*?)```", part, re.DOTALL)
    assert found
    values: dict[str, Any] = yaml.safe_load(found[1])
    return values


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, tiny_source: Path) -> Path:
    folder = lay_out(tmp_path_factory.mktemp("own") / "tasks", tiny_source)

    def own(values: dict[str, Any]) -> None:
        for section, found in example().items():
            values[section] |= found
        values["arms"] = {"lora": values["arms"]["lora"]}
        values["claims"] = {}
        values["seeds"] = [0]

    set_params(folder, own)
    return folder


def test_the_whole_study_runs_on_one_s_own_file(workspace: Path) -> None:
    command(workspace, "dvc", "repro")
    heldout = read_records(workspace / "data/tasks/heldout.jsonl", Task)
    assert {t.family for t in heldout} == {"support_mail"}
    assert {n: sum(t.novelty == n for t in heldout) for n in ("same_template", "new_template", "harder")} == {
        "same_template": 8, "new_template": 4, "harder": 4
    }  # fmt: skip
    episodes = read_records(workspace / "runs/learn/lora/episodes.jsonl", Episode)
    assert len({e.task_id for e in episodes}) == 20
    assert not {e.task_id for e in episodes} & {t.id for t in heldout}
    outcomes = read_records(workspace / "runs/evaluate/lora/outcomes.jsonl", Outcome)
    assert {o.novelty for o in outcomes} == {"same_template", "new_template", "harder"}
    assert "support mail" in (workspace / "reports/report.html").read_text(encoding="utf-8")
    verified = read_json(workspace / "data/tasks/verification.json")
    assert verified == {"support_mail": {"tasks": 96, "second solver": False, "not confirmed": 0}}


def test_a_mistake_in_the_file_is_told_by_line_before_anything_runs(workspace: Path) -> None:
    path = workspace / "data/own/example.jsonl"
    before = path.read_text(encoding="utf-8")
    lines = before.splitlines()
    path.write_text("\n".join([*lines[:4], '{"prompt": "Whose?", "answer": ""}', *lines[5:]]), encoding="utf-8")
    try:
        done = command(workspace, "python", "-m", "clpipe.cli", "validate", check=False)
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert "line 5: field 'answer'" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_few_tasks_for_the_split_are_told_before_anything_runs(workspace: Path) -> None:
    path = workspace / "data/own/few.jsonl"
    path.write_text("".join(f'{{"prompt": "Number {i}?", "answer": "{i}"}}\n' for i in range(12)), encoding="utf-8")

    def few(values: dict[str, Any]) -> None:
        values["arena"]["families"] = {"few": {"kind": "file", "path": "few.jsonl"}}

    before = (workspace / "params.yaml").read_text()
    set_params(workspace, few)
    try:
        done = command(workspace, "python", "-m", "clpipe.cli", "validate", check=False)
    finally:
        (workspace / "params.yaml").write_text(before)
    assert done.returncode == 1
    assert "split.heldout.same_template: 8 same_template tasks asked of family 'few', but" in done.stderr
