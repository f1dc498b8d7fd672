"""A full disk, an interruption, a kill: the folder is whole or not there, and what was there before stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clpipe.models import disk
from clpipe.models.prepare import prepare
from clpipe.models.staging import staged
from clpipe.models.weights import ModelError
from clpipe.params import Model
from tests.mounted import mounted

MEGABYTE = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 128 KiB."""
    with mounted(tmp_path / "small", "size=128k") as place:
        yield place


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def spec_of(source: Path, **entry: object) -> Model:
    return Model.model_validate({"sources": [{"kind": "path", "path": str(source)}], **entry})


def test_a_full_disk_is_told_before_much_is_written(small_disk: Path, tiny_gguf: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"(?s)model tiny: not enough room on the disk of {small_disk}: about .* MB"):
        prepare("tiny", spec_of(tiny_gguf, tie_head=True), small_disk / "tiny", tmp_path / "downloads")
    assert names(small_disk) == []


@pytest.mark.parametrize("filling", [20_000, 80_000])
def test_a_disk_that_fills_up_half_way_leaves_nothing(
    small_disk: Path, tiny_model: Path, tmp_path: Path, filling: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_disk / "other").write_bytes(b"x" * filling)
    monkeypatch.setattr(disk, "need", lambda *_: None)  # as if another program wrote in the meantime
    with pytest.raises(ModelError, match=rf"not enough room on the disk of {small_disk}: about .* are free"):
        prepare("tiny", spec_of(tiny_model), small_disk / "tiny", tmp_path / "downloads")
    assert names(small_disk) == ["other"]


def interrupted(folder: Path) -> None:
    with staged(folder) as half:
        (half / "a").write_text("new")
        raise KeyboardInterrupt


def test_an_interruption_leaves_what_was_there_before(tmp_path: Path) -> None:
    with staged(tmp_path / "tiny") as folder:
        (folder / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "tiny")
    assert (tmp_path / "tiny" / "a").read_text() == "old"
    assert names(tmp_path) == ["tiny"]
    with staged(tmp_path / "tiny") as folder:
        (folder / "b").write_text("newer")
    assert names(tmp_path / "tiny") == ["b"]
    assert names(tmp_path) == ["tiny"]


def test_what_a_killed_run_left_goes_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom clpipe.models.staging import staged\n"
        "with staged(Path(sys.argv[1])) as folder:\n (folder / 'a').write_text('half')\n print('in', flush=True)\n"
        " time.sleep(60)"
    )
    run = [sys.executable, "-c", code, str(tmp_path / "tiny")]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "in\n"
        with staged(tmp_path / "tiny"):
            assert len(names(tmp_path)) == 2, "the folder of a run that is alive stays"
        killed.send_signal(signal.SIGKILL)
    assert not psutil.pid_exists(killed.pid)
    assert len(names(tmp_path)) == 2
    with staged(tmp_path / "tiny"):
        pass
    assert names(tmp_path) == ["tiny"]


def test_an_interrupted_preparation_leaves_nothing(tiny_model: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, time\nfrom pathlib import Path\n"
        "from clpipe.failure import reported\nfrom clpipe.models import checks\n"
        "from clpipe.models.prepare import prepare\nfrom clpipe.params import Model\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job has it ignored
        "out = Path(sys.argv[2])\n"
        "def interrupt(*_):\n"
        " assert list(out.parent.glob('.tiny.*.partial/made/*.safetensors'))\n"
        " os.kill(os.getpid(), signal.SIGINT)\n"
        " time.sleep(10)\n"
        "checks.same_tokens = interrupt\n"
        "with reported('model tiny'):\n"
        " spec = Model.model_validate({'sources': [{'kind': 'path', 'path': sys.argv[1]}]})\n"
        " prepare('tiny', spec, out, out.parent / 'downloads')\n"
    )
    run = [sys.executable, "-c", code, str(tiny_model), str(tmp_path / "out" / "tiny")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "interrupted" in done.stderr
    assert names(tmp_path / "out") == ["downloads"]
