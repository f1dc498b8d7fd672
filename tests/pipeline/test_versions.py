"""Task sets by version: what the README shows of `dvc get`, `dvc.api` and `DVCFileSystem`, on real repositories."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clpipe.records import Task
from clpipe.store import read_json, read_records
from tests.pipeline.conftest import command, lay_out, set_params

HELDOUT = "data/tasks/heldout.jsonl"


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(("git", *identity, *words), cwd=folder, text=True, capture_output=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, tiny_source: Path) -> tuple[Path, dict[str, bytes]]:
    """A git repository with two releases of its held-out set, pushed to a DVC remote; its bytes by tag."""
    folder = lay_out(tmp_path_factory.mktemp("published") / "repository", tiny_source)
    shutil.rmtree(folder / ".dvc")
    git(folder, "init", "--quiet")
    (folder / ".gitignore").write_text("/data/arena/\n/data/tasks/*.jsonl\n/models/\n/runs/\n.clpipe/\n")
    command(folder, "dvc", "init", "--quiet")
    command(folder, "dvc", "remote", "add", "--default", "store", str(folder.parent / "remote"))
    found = {}
    for tag, seed in (("tasks-1", 1), ("tasks-2", 2)):
        set_params(folder, lambda values, seed=seed: values["arena"].update(seed=seed))  # type: ignore[misc]
        command(folder, "dvc", "repro", "split")
        command(folder, "dvc", "push")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "-m", tag)
        git(folder, "tag", tag)
        found[tag] = (folder / HELDOUT).read_bytes()
    assert found["tasks-1"] != found["tasks-2"]
    return folder, found


@pytest.fixture
def clone(published: tuple[Path, dict[str, bytes]], tmp_path: Path) -> Path:
    """A clone without a cache of its own."""
    git(tmp_path, "clone", "--quiet", str(published[0]), "clone")
    return tmp_path / "clone"


def by_get(clone: Path, tag: str, out: Path) -> bytes:
    command(out, "dvc", "get", str(clone), HELDOUT, "--rev", tag, "--out", "heldout.jsonl")
    return (out / "heldout.jsonl").read_bytes()


def by_api(clone: Path, tag: str, out: Path) -> bytes:
    del out
    import dvc.api

    return bytes(dvc.api.read(HELDOUT, repo=str(clone), rev=tag, mode="rb"))


def by_file_system(clone: Path, tag: str, out: Path) -> bytes:
    del out
    from dvc.api import DVCFileSystem

    with DVCFileSystem(str(clone), rev=tag).open(HELDOUT, "rb") as file:
        return bytes(file.read())


@pytest.mark.parametrize("read", [by_get, by_api, by_file_system])
def test_a_released_set_is_read_by_its_revision(
    published: tuple[Path, dict[str, bytes]], clone: Path, tmp_path: Path, read: Callable[[Path, str, Path], bytes]
) -> None:
    for tag, expected in published[1].items():
        out = tmp_path / tag
        out.mkdir()
        assert read(clone, tag, out) == expected


def test_the_certificate_of_a_revision_names_the_bytes(published: tuple[Path, dict[str, bytes]], clone: Path) -> None:
    git(clone, "checkout", "--quiet", "tasks-1")
    certificate = read_json(clone / "data/tasks/certificate.json")
    assert certificate["heldout_sha256"] == hashlib.sha256(published[1]["tasks-1"]).hexdigest()
    command(clone, "dvc", "pull", HELDOUT)
    assert {t.novelty for t in read_records(clone / HELDOUT, Task)} == {
        "same_template", "new_entities", "new_template", "harder"
    }  # fmt: skip
    assert read_json(clone / "data/tasks/verification.json")["sequence"]["not confirmed"] == 0
