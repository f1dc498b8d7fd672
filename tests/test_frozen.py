"""The held-out set is frozen by `dvc.lock`; any other is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from clpipe.frozen import refuse_another

HELDOUT = Path("data/tasks/heldout.jsonl")
CONTENT = b'{"id": "1"}\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose split stage has run."""
    monkeypatch.chdir(tmp_path)
    HELDOUT.parent.mkdir(parents=True)
    HELDOUT.write_bytes(CONTENT)
    outs = [
        {"path": "data/tasks/train.jsonl", "md5": "0" * 32},
        {"path": HELDOUT.as_posix(), "md5": hashlib.md5(CONTENT).hexdigest()},
    ]
    Path("dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": {"split": {"outs": outs}}}))


def test_the_frozen_file_is_accepted() -> None:
    refuse_another(HELDOUT)


@pytest.mark.parametrize("content", [CONTENT + b"\n", CONTENT.replace(b"1", b"2"), b""])
def test_an_edited_file_is_refused_with_both_hashes_and_the_way_back(content: bytes) -> None:
    HELDOUT.write_bytes(content)
    with pytest.raises(ValueError, match="not the frozen held-out set") as caught:
        refuse_another(HELDOUT)
    message = str(caught.value)
    assert hashlib.md5(content).hexdigest() in message
    assert hashlib.md5(CONTENT).hexdigest() in message
    assert "dvc checkout split --force" in message


def test_a_missing_file_names_the_stage_that_makes_it() -> None:
    HELDOUT.unlink()
    with pytest.raises(FileNotFoundError, match=r"heldout\.jsonl: no held-out tasks here; run `dvc repro split`"):
        refuse_another(HELDOUT)


@pytest.mark.parametrize(
    "lock", [None, "", "schema: '2.0'\n", "stages: {arena: {outs: []}}\n", "stages: {split: {}}\n"]
)
def test_a_lock_without_the_hash_is_refused(lock: str | None) -> None:
    Path("dvc.lock").unlink()
    if lock is not None:
        Path("dvc.lock").write_text(lock)
    with pytest.raises(ValueError, match=r"dvc\.lock has no hash of data/tasks/heldout\.jsonl: run `dvc repro split`"):
        refuse_another(HELDOUT)


def test_the_hash_of_another_file_does_not_do() -> None:
    other = Path("data/tasks/mine.jsonl")
    other.write_bytes(CONTENT)
    with pytest.raises(ValueError, match=r"no hash of data/tasks/mine\.jsonl"):
        refuse_another(other)
