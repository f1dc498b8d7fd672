"""Work in other processes: side by side, stopped together, kept apart, and the words said meanwhile."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import clpipe
from clpipe import imports, scratch, side_by_side, workspace
from clpipe.failure import reported
from clpipe.progress import Progress
from clpipe.side_by_side import Say

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Sum:
    """A piece of work: a reduction whose last bits depend on the number of threads, if there are several."""

    seed: int
    folder: Path


def add_up(piece: Sum, say: Say) -> None:
    import torch

    numbers = torch.rand(400_000, generator=torch.Generator().manual_seed(piece.seed))
    (piece.folder / f"{piece.seed}.txt").write_text(f"{torch.get_num_threads()} {float(numbers.sum()).hex()}\n")
    say(f"piece {piece.seed}")


def fail_when_the_other_has_started(piece: tuple[str, Path], say: Say) -> None:
    role, folder = piece
    say(role)
    if role == "long":
        (folder / "new").write_text(str(os.getpid()))
        (folder / "new").rename(folder / "pid")
        time.sleep(60)
        (folder / "done").touch()
    else:
        while not (folder / "pid").exists():
            time.sleep(0.05)
        raise ValueError("seed 3: the loss is not a number")


def be_killed(piece: int, say: Say) -> None:
    say(f"piece {piece}")
    os.kill(os.getpid(), signal.SIGKILL)


def results(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def ended(pid: int, seconds: float) -> bool:
    """Whether the process is gone within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_order_and_number_of_processes_do_not_change_a_piece(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    said = list(side_by_side.run(add_up, [Sum(s, one) for s in (1, 2, 3)], 1))
    assert said == ["piece 1", "piece 2", "piece 3"]
    said = list(side_by_side.run(add_up, [Sum(s, two) for s in (3, 2, 1)], 2))
    assert sorted(said) == ["piece 1", "piece 2", "piece 3"]
    assert results(one) == results(two)
    assert len(set(results(one).values())) == 3
    assert all(text.startswith("1 ") for text in results(one).values())


def test_no_pieces_are_no_work() -> None:
    assert list(side_by_side.run(be_killed, [], 2)) == []


def test_an_error_in_a_piece_reaches_the_caller_and_stops_the_others(tmp_path: Path) -> None:
    pieces = [("long", tmp_path), ("short", tmp_path)]
    with pytest.raises(ValueError, match=r"^seed 3: the loss is not a number$"):
        list(side_by_side.run(fail_when_the_other_has_started, pieces, 2))
    assert ended(int((tmp_path / "pid").read_text()), 5)
    assert not (tmp_path / "done").exists()


def test_a_killed_worker_is_told_in_words() -> None:
    with pytest.raises(RuntimeError, match=r"a worker process was killed from outside .* run again to go on"):
        list(side_by_side.run(be_killed, [1, 2], 1))


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "", " "])
def test_a_bad_clpipe_jobs_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.setenv("CLPIPE_JOBS", value)
    with pytest.raises(ValueError, match=f"^CLPIPE_JOBS: must be a whole number of 1 or more, not '{value}'$"):
        side_by_side.jobs(3, tmp_path, False)


def test_clpipe_jobs_goes_before_but_never_beyond_the_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLPIPE_JOBS", "4")
    assert side_by_side.jobs(6, tmp_path, True) == 4
    assert side_by_side.jobs(3, tmp_path, False) == 3
    assert side_by_side.jobs(0, tmp_path, False) == 1


@pytest.mark.parametrize(
    ("pieces", "gib", "accelerator", "processes"),
    [(3, 100, False, 3), (30, 100, False, 8), (30, 13, False, 2), (30, 1, False, 1), (30, 100, True, 1)],
)
def test_the_number_of_processes_follows_pieces_cores_memory_and_accelerator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pieces: int, gib: int, accelerator: bool, processes: int
) -> None:
    monkeypatch.delenv("CLPIPE_JOBS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=gib * 2**30))
    (tmp_path / "provenance.json").write_text(f'{{"parameters": {2**30}}}')
    assert side_by_side.jobs(pieces, tmp_path, accelerator) == processes


CHILD = """
import os, sys, time
from clpipe import lifeline
lifeline.{call}()
print(os.getpid(), flush=True)
time.sleep(30)
"""
PARENT = """
import subprocess, sys, time
subprocess.run([{shell}sys.executable, {child!r}])
time.sleep(30)
"""


@pytest.fixture
def family() -> Iterator[list[psutil.Process]]:
    """Processes to be ended after the test, whatever happened."""
    started: list[psutil.Process] = []
    yield started
    for process in started:
        if process.is_running():
            process.kill()


def start(
    tmp_path: Path, family: list[psutil.Process], call: str, *, dvc: bool, shell: bool = False, name: str = "dvc"
) -> int:
    """A parent of that name and below it a child with a lifeline; returns the child's pid."""
    parent, child = tmp_path / name, tmp_path / "child.py"
    child.write_text(CHILD.format(call=call))
    words = "'/bin/sh', '-c', '\"$0\" \"$1\"; true', " if shell else ""
    parent.write_text(PARENT.format(shell=words, child=str(child)))
    environment = {k: v for k, v in os.environ.items() if k != "DVC_STAGE"} | {"PYTHONPATH": str(ROOT)}
    if dvc:
        environment["DVC_STAGE"] = "learn@a"
    process = subprocess.Popen([sys.executable, str(parent)], env=environment, stdout=subprocess.PIPE, text=True)
    family.append(psutil.Process(process.pid))
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    family.extend(family[0].children(recursive=True))
    return pid


@pytest.mark.parametrize("shell", [False, True])
def test_under_dvc_a_stage_ends_with_a_killed_dvc(tmp_path: Path, family: list[psutil.Process], shell: bool) -> None:
    pid = start(tmp_path, family, "follow_dvc", dvc=True, shell=shell)
    family[0].kill()
    assert ended(pid, 3)


def test_under_dvc_a_stage_ends_with_the_shell_between(tmp_path: Path, family: list[psutil.Process]) -> None:
    pid = start(tmp_path, family, "follow_dvc", dvc=True, shell=True)
    (between,) = [p for p in family[1:] if p.pid != pid]
    between.kill()
    assert ended(pid, 3)


def test_under_a_dvc_of_another_name_a_stage_ends_with_its_parent(tmp_path: Path, family: list[psutil.Process]) -> None:
    pid = start(tmp_path, family, "follow_dvc", dvc=True, name="runner")
    family[0].kill()
    assert ended(pid, 3)


def test_a_worker_ends_with_its_parent(tmp_path: Path, family: list[psutil.Process]) -> None:
    pid = start(tmp_path, family, "follow_parent", dvc=False)
    family[0].kill()
    assert ended(pid, 3)


def test_while_dvc_lives_and_without_dvc_nothing_ends(tmp_path: Path, family: list[psutil.Process]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    alone: list[psutil.Process] = []
    follower = start(tmp_path / "a", family, "follow_dvc", dvc=True)
    loner = start(tmp_path / "b", alone, "follow_dvc", dvc=False)
    family += alone
    alone[0].kill()
    assert not ended(loner, 1.2)
    assert not ended(follower, 0.1)


HOLD = """
import sys
from pathlib import Path
from clpipe.scratch import held
with held(Path(sys.argv[1]), "arm a, seed 0"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "LOCK_SECONDS", 0.2)
    folder = tmp_path / "deep" / "abc"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(RuntimeError, match=r"^arm a, seed 0 is being worked on by another process; stop it or wait"),
            scratch.held(folder, "arm a, seed 0"),
        ):
            (folder / "touched").touch()
        assert not (folder / "touched").exists()
        with scratch.held(folder.with_name("abd"), "arm a, seed 1") as free:
            assert free.is_dir()
    finally:
        other.kill()
        other.wait()
    with scratch.held(folder, "arm a, seed 0") as mine:
        assert mine == folder


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three modules of clpipe in a folder of their own: `zz_top` needs `zz_part`, and `zz_words`, which is plumbing."""
    (tmp_path / "zz_top.py").write_text("import clpipe.zz_words\nfrom clpipe.zz_part import x\n")
    (tmp_path / "zz_part.py").write_text("x = 1\n")
    (tmp_path / "zz_words.py").write_text("y = 1\n")
    (tmp_path / "zz_stranger.py").write_text("z = 1\n")
    monkeypatch.setattr(clpipe, "__path__", [*clpipe.__path__, str(tmp_path)])
    monkeypatch.setattr(imports, "PLUMBING", imports.PLUMBING | {"clpipe.zz_words"})
    importlib.invalidate_caches()
    imports._source.cache_clear()
    imports._imported.cache_clear()
    return tmp_path


def test_the_fingerprint_changes_with_the_source_of_what_is_imported(modules: Path) -> None:
    before = scratch.fingerprint(["clpipe.zz_top"], {"lr": 1})
    assert scratch.fingerprint(["clpipe.zz_top"], {"lr": 1}) == before
    (modules / "zz_part.py").write_text("x = 2\n")
    assert scratch.fingerprint(["clpipe.zz_top"], {"lr": 1}) != before


@pytest.mark.parametrize("name", ["zz_words.py", "zz_stranger.py"])
def test_the_fingerprint_stays_with_the_source_of_plumbing_and_strangers(modules: Path, name: str) -> None:
    before = scratch.fingerprint(["clpipe.zz_top"], {"lr": 1})
    (modules / name).write_text("y = 'other words'\n")
    assert scratch.fingerprint(["clpipe.zz_top"], {"lr": 1}) == before


def test_the_fingerprint_changes_with_each_part_and_with_versions(
    modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert modules.exists()
    parts: list[dict[str, object]] = [{"lr": 1}, {"lr": 2}, {"lr": "1"}, {"lr": 1, "seed": 0}, {}]
    found = {scratch.fingerprint(["clpipe.zz_top"], part) for part in parts}
    assert len(found) == len(parts)
    assert scratch.fingerprint(["clpipe.zz_top"], {"b": 1, "a": 2}) == scratch.fingerprint(
        ["clpipe.zz_top"], {"a": 2, "b": 1}
    )
    monkeypatch.setattr(scratch, "version", lambda package: f"99 of {package}")
    assert scratch.fingerprint(["clpipe.zz_top"], {"lr": 1}) not in found


def test_the_closure_follows_imports_inside_functions_but_not_those_for_types(modules: Path) -> None:
    (modules / "zz_top.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from clpipe.zz_stranger import z\n"
        "def f():\n    from clpipe import zz_part\n"
    )
    names = {path.name for path in imports.closure(["clpipe.zz_top"])}
    assert names == {"__init__.py", "zz_part.py", "zz_top.py"}


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match=r"no module 'clpipe\.absent'"):
        imports.closure(["clpipe.absent"])


def test_without_a_terminal_progress_says_first_last_and_not_every_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 101.0, 102.0, 112.0, 113.0, 160.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    line = Progress("lora", 5)
    for step in range(5):
        line.advance(f"loss {step}")
    assert capsys.readouterr().err.splitlines() == [
        "lora  1/5  0:01 gone, 0:04 left  loss 0",
        "lora  3/5  0:12 gone, 0:08 left  loss 2",
        "lora  5/5  1:00 gone, 0:00 left  loss 4",
    ]


def test_the_time_left_counts_only_what_was_done_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 110.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    Progress("lora", 100, done=90).advance(steps=1)
    assert capsys.readouterr().err == "lora  91/100  0:10 gone, 1:30 left  \n"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("learn.lr: no"), "\nclpipe learn: learn.lr: no\n"),
        (FileNotFoundError("x is not there"), "\nclpipe learn: x is not there\n"),
        (RuntimeError("killed"), "\nclpipe learn: killed\n"),
        (KeyError("k"), "\nclpipe learn: internal look-up failed: 'k'\n(the traceback: CLPIPE_DEBUG=1)\n"),
        (ValueError(), "\nclpipe learn: ValueError\n"),
    ],
)
def test_an_expected_error_ends_a_command_with_one_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    monkeypatch.delenv("CLPIPE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as caught, reported("learn"):
        raise error
    assert caught.value.code == 1
    assert capsys.readouterr().err == text


def test_an_unexpected_error_and_debugging_keep_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLPIPE_DEBUG", raising=False)
    with pytest.raises(TypeError, match="a bug"), reported("learn"):
        raise TypeError("a bug")
    monkeypatch.setenv("CLPIPE_DEBUG", "1")
    with pytest.raises(ValueError, match="bad"), reported("learn"):
        raise ValueError("bad")


def test_an_interruption_ends_a_command_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught, reported("learn"):
        raise KeyboardInterrupt
    assert caught.value.code == 130
    assert capsys.readouterr().err == "\nclpipe learn: interrupted; what was finished is kept\n"


def test_a_dvc_that_fails_in_a_workspace_is_told_with_command_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def failing(command: list[str], **rest: object) -> subprocess.CompletedProcess[str]:
        seen.update(rest, command=command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", failing)
    with pytest.raises(RuntimeError, match=f"^`dvc repro` failed in {tmp_path}; its own message stands above$"):
        workspace.repro(tmp_path)
    assert seen["command"] == [sys.executable, "-m", "dvc", "repro"]
    assert seen["cwd"] == tmp_path


def test_a_workspace_is_a_copy_that_shares_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(workspace, "_dvc", lambda _, *words: calls.append(words))
    folder = tmp_path / "demo"
    workspace.make(ROOT, folder, "demo")
    stale = folder / "clpipe" / "gone.py"
    stale.touch()
    workspace.make(ROOT, folder, "demo")
    assert (folder / "dvc.yaml").read_bytes() == (ROOT / "dvc.yaml").read_bytes()
    assert (folder / "params.yaml").read_text().startswith("# The active study: demo ")
    assert (folder / "stages" / "learn.py").exists()
    assert not stale.exists()
    assert ("cache", "dir", str(ROOT / ".dvc" / "cache")) in calls


def test_workers_have_the_clpipe_of_who_started_them(tmp_path: Path) -> None:
    """In a second working tree, used with the environment of the first, the server would find that tree's clpipe."""
    (tmp_path / "clpipe").mkdir()
    (tmp_path / "clpipe/__init__.py").write_text("raise SystemExit('another clpipe')")
    (tmp_path / "told.py").write_text(
        "def tell(piece, say):\n    import clpipe.seeds\n    say(clpipe.seeds.__file__)\n"
    )
    script = (
        "import sys\n"
        f"sys.path[0] = {str(ROOT)!r}\n"
        "import clpipe.side_by_side as beside\n"
        f"sys.path.append({str(tmp_path)!r})\n"
        "from told import tell\n"
        "print(*beside.run(tell, [1], 1))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(ROOT / "clpipe/seeds.py"), done.stderr
