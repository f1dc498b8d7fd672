"""Two programs in one folder: one of them waits or is told so, and what both leave is what one leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from clpipe.evaluator import pieces
from tests.runner.conftest import ARMS, Workspace, bare, before_the_arms, copy, space  # noqa: F401

LORA = ARMS[0]


def test_two_repros_at_once_leave_what_one_leaves(space: Workspace, before_the_arms: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "alone").mkdir()
    alone = copy(before_the_arms, tmp_path / "alone")
    alone.call("dvc", "repro", f"learn@{LORA}")
    both = [space.begin("dvc", "repro", f"learn@{LORA}") for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert 0 in [process.returncode for process in both], said
    for process, told in zip(both, said, strict=True):
        assert process.returncode == 0 or "busy" in told or "lock" in told, told
        assert "Traceback" not in told
    space.call("dvc", "repro", f"learn@{LORA}")
    assert space.lock() == alone.lock()


def test_a_lock_of_a_process_that_is_dead_blocks_nothing(space: Workspace) -> None:  # noqa: F811
    held_by(space, dead_process())
    space.call("dvc", "repro", f"learn@{LORA}")


def test_a_lock_of_another_program_with_the_same_number_is_told_with_the_way_out(space: Workspace) -> None:  # noqa: F811
    """After the machine was started anew a number may belong to somebody else."""
    held_by(space, os.getpid())
    done = space.call("dvc", "repro", f"learn@{LORA}", check=False)
    assert done.returncode != 0
    assert "is busy" in done.stderr
    assert ".dvc/tmp/rwlock" in done.stderr
    assert "another program" in mended(space)
    space.call("dvc", "repro", f"learn@{LORA}")


def mended(space: Workspace) -> str:  # noqa: F811
    """What `make repro` begins with."""
    return space.call("python", "-m", "clpipe.runner.mended").stderr


def test_the_lock_of_a_dvc_at_work_is_left_alone(space: Workspace) -> None:  # noqa: F811
    at_work = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "dvc"])
    try:
        held_by(space, at_work.pid)
        assert mended(space) == ""
        assert (space.folder / ".dvc/tmp/rwlock").exists()
    finally:
        at_work.kill()


def held_by(space: Workspace, pid: int) -> None:  # noqa: F811
    """As DVC notes that a process writes the output of a stage."""
    output = space.folder / f"runs/learn/{LORA}/episodes.jsonl"
    entry = {"write": {str(output): {"pid": pid, "cmd": "dvc repro"}}, "read": {}}
    (space.folder / ".dvc/tmp/rwlock").write_text(json.dumps(entry))


def test_a_lock_cut_off_in_the_middle_is_told_and_can_be_deleted(space: Workspace) -> None:  # noqa: F811
    path = space.folder / ".dvc/tmp/rwlock"
    path.write_text('{"write": {"/a')
    done = space.call("dvc", "repro", f"learn@{LORA}", check=False)
    assert done.returncode != 0
    assert "Unable to read RWLock-file '.dvc/tmp/rwlock'" in done.stderr
    assert ".dvc/tmp/rwlock: cut off" in mended(space)
    space.call("dvc", "repro", f"learn@{LORA}")


def dead_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


@pytest.mark.parametrize("left", ["", "half"])
def test_a_lock_file_that_was_cut_off_is_told_and_the_runs_are_remembered(space: Workspace, left: str) -> None:  # noqa: F811
    space.call("dvc", "repro", f"learn@{LORA}")
    whole, path = space.lock(), space.folder / "dvc.lock"
    space.forget()
    path.write_text(whole[: len(whole) // 2 + 7] if left else "")
    done = space.call("dvc", "repro", f"learn@{LORA}", check=False)
    assert done.returncode != 0
    assert "dvc.lock" in done.stdout + done.stderr
    assert not space.seen()
    assert "dvc.lock: cut off by a `dvc` that was killed; begun anew" in mended(space)
    space.call("dvc", "repro", f"learn@{LORA}")
    assert not space.seen()  # nothing ran: the run cache knew it all
    now, before = (yaml.safe_load(text)["stages"] for text in (space.lock(), whole))
    assert f"learn@{LORA}" in now
    assert all(before[name] == entry for name, entry in now.items())


def test_a_lock_file_that_was_cut_off_comes_back_from_git_for_clpipe_run(space: Workspace) -> None:  # noqa: F811
    for words in (["init", "--quiet"], ["add", "dvc.lock"]):
        subprocess.run(["git", *words], cwd=space.folder, check=True)
    path = space.folder / "dvc.lock"
    before = path.read_text()
    space.call("dvc", "repro", f"learn@{LORA}")
    space.forget()
    path.write_text("")
    done = space.call("clpipe", "run", f"learn@{LORA}")
    assert "taken back from git" in done.stdout
    assert not space.seen()  # what ran since is known to the run cache
    entries = yaml.safe_load(space.lock())["stages"]
    assert entries.keys() == {*yaml.safe_load(before)["stages"], f"learn@{LORA}"}


def test_a_merge_is_left_to_the_person(space: Workspace) -> None:  # noqa: F811
    path = space.folder / "dvc.lock"
    text = path.read_text().replace("stages:\n", "stages:\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", 1)
    path.write_text(text)
    done = space.call("clpipe", "run", check=False)
    assert done.returncode == 1
    assert "has the marks of a merge" in done.stderr
    assert path.read_text() == text


def test_two_arms_that_ask_the_same_adapter_at_once_both_end(tmp_path: Path) -> None:
    kept = tmp_path / "abc"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "outcomes.jsonl").write_text("the same\n")
        pieces._keep(tmp_path / name, kept)  # type: ignore[attr-defined, unused-ignore]
    assert (kept / "outcomes.jsonl").read_text() == "the same\n"
    assert not (tmp_path / "two").exists()


def test_a_leftover_of_a_killed_writer_changes_no_dependency(space: Workspace) -> None:  # noqa: F811
    space.call("dvc", "repro", f"evaluate@{LORA}")
    (space.folder / f"runs/learn/{LORA}/adapters/.adapter.7.tmp").write_text("half")
    began = time.monotonic()
    done = space.call("dvc", "status", f"evaluate@{LORA}")
    assert "up to date" in done.stdout, done.stdout
    assert time.monotonic() - began < 60
