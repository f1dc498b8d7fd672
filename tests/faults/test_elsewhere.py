"""A clock that jumps back, a home that cannot be written, Ctrl-C in the middle of a write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Space

ROOT = Path(__file__).parents[2]
CLOCK = """
import time
_time, _time_ns, _began = time.time, time.time_ns, time.monotonic()
def _back():
    return 10 * 86400 if time.monotonic() - _began > 1.5 else 0
time.time = lambda: _time() - _back()
time.time_ns = lambda: _time_ns() - _back() * 10**9
"""
"""In every Python process the clock jumps back by ten days after a second and a half of its life."""


@pytest.fixture
def no_home(tmp_path: Path) -> Iterator[Path]:
    """A home in which nothing can be written, not even by root."""
    home = tmp_path / "home"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(home)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if not mounted:
        if os.geteuid() == 0:
            pytest.skip("root writes everywhere, and may not mount here")
        home.chmod(0o555)
    yield home
    if mounted:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
    else:
        home.chmod(0o755)


def odd_world(tmp_path: Path, folder: Path, home: Path) -> dict[str, str]:
    """Environment with that clock and that home."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(CLOCK)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{site}", "HOME": str(home), "XDG_CACHE_HOME": f"{home}/cache"}


def without_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "MPLCONFIGDIR", "HF_HOME", "TRANSFORMERS_CACHE"):
        monkeypatch.delenv(name, raising=False)


def test_the_clock_of_these_tests_does_jump_back(tmp_path: Path, no_home: Path) -> None:
    code = "import time; a = time.time(); time.sleep(1.7); print(a - time.time() > 800000)"
    env = {**os.environ, **odd_world(tmp_path, ROOT, no_home)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    with pytest.raises(OSError, match=r"Read-only|Permission"):
        (no_home / "x").touch()


def test_a_clock_that_jumps_back_and_a_read_only_home_change_no_byte_of_learning(
    fresh: Space, learned: Space, tmp_path: Path, no_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_homes(monkeypatch)
    space = fresh.copy(tmp_path / "space")
    space.call("dvc", "repro", "learn@lora", world=odd_world(tmp_path, space.folder, no_home))
    assert space.outs() == learned.outs()


@pytest.mark.slow
def test_a_clock_that_jumps_back_and_a_read_only_home_change_no_byte_of_anything(
    fresh: Space, whole: Space, tmp_path: Path, no_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_homes(monkeypatch)
    space = fresh.copy(tmp_path / "space")
    world = odd_world(tmp_path, space.folder, no_home)
    said = space.call("dvc", "repro", world=world)[1]
    assert space.outs() == whole.outs()
    assert "not mirrored" not in said
    assert "publish: nothing new" in space.call("dvc", "repro", world=world)[1]


WRITE = """
import sys, time
from pathlib import Path
from clpipe import store
from clpipe.failure import reported
from clpipe.records import Question
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
def rows():
    for n in range(10_000):
        yield Question(id=str(n), family="f", prompt="x" * 1000)
        if n == 5_000:
            print("half", flush=True)
            time.sleep(60)
with reported("test"):
    store.write_records(Path(sys.argv[1]), rows())
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("before", ["", "old\n"])
def test_a_write_that_is_broken_off_leaves_the_old_file_or_none(tmp_path: Path, before: str, sign: int) -> None:
    path = tmp_path / "table.jsonl"
    if before:
        path.write_text(before)
    writing = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writing.stdout is not None
    assert writing.stdout.readline() == "half\n"
    writing.send_signal(sign)
    _, said = writing.communicate(timeout=30)
    assert (path.read_text() if path.exists() else "") == before
    if sign == signal.SIGINT:
        assert writing.returncode == 130
        assert "interrupted; what was finished is kept" in said
        assert {p.name for p in tmp_path.iterdir()} <= {"table.jsonl"}
    else:  # what is left has a name that DVC does not look at (.dvcignore)
        assert [p.name for p in tmp_path.iterdir() if p != path] == [f".table.jsonl.{writing.pid}.tmp"]
