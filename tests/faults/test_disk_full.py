"""The disk is full in the middle of a stage: one message, nothing half written, and with room the same bytes."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.faults.conftest import STAGES, Space, md5s

FULL = ("disk is full", "not enough room on the disk", "No space left on device", "database or disk is full")


def fill(disk: Path, room: int) -> Path:
    """Fill the disk but for about `room` bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * (1 << 16)):
            pass
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - room))
    return filler


def forget(space: Space, stage: str) -> dict[str, str]:
    """Take away what a stage wrote, as DVC does before it runs; the MD5 of each file that was there."""
    entry = yaml.safe_load((space.folder / "dvc.lock").read_text())["stages"][stage]
    before: dict[str, str] = {}
    for out in entry.get("outs", []):
        path = space.folder / out["path"]
        found = md5s(path) if path.is_dir() else {"": out["md5"]}
        before |= {f"{out['path']}/{name}".rstrip("/"): md5 for name, md5 in found.items()}
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(space.folder / ".clpipe", ignore_errors=True)
    return {name: md5 for name, md5 in before.items() if "timing" not in name and "report.html" not in name}


def full_then_free(space: Space, stage: str, disk: Path, room: int) -> None:
    """The stage on a full disk, then on one with room."""
    words, before = space.stage(stage), forget(space, stage)
    filler = fill(disk, room)
    code, said = space.call(*words, check=False)
    filler.unlink()
    assert any(told in said for told in FULL), said[-2000:]
    assert "Traceback" not in said
    if stage != "publish":  # a mirror that cannot be written is a warning
        assert code == 1
    assert not space.leftovers()
    space.call(*words)
    now = md5s(space.folder)
    assert {name: now.get(name) for name in before} == before


@pytest.mark.parametrize("stage", ["arena", "split", "learn@lora"])
def test_a_full_disk_is_told_and_room_is_all_it_takes(learned: Space, small_disk: Path, stage: str) -> None:
    full_then_free(learned.copy(small_disk / "space"), stage, small_disk, 4096)


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 100_000])
@pytest.mark.parametrize("stage", STAGES[:-1])
def test_a_full_disk_in_every_stage(whole: Space, small_disk: Path, stage: str, room: int) -> None:
    if room > 0 and stage in ("verify", "split", "copies@lora", "evaluate@lora", "arena", "baseline@tiny"):
        pytest.skip("all it writes is smaller than that")
    full_then_free(whole.copy(small_disk / "space"), stage, small_disk, room)


@pytest.mark.slow
def test_a_full_disk_costs_the_mirror_a_warning_and_the_next_publication_heals_it(
    whole: Space, small_disk: Path
) -> None:
    space = whole.copy(small_disk / "space")
    for path in [*space.folder.glob("mlflow.db*"), *space.folder.glob(".clpipe/publi*")]:
        path.unlink()
    shutil.rmtree(space.folder / "mlartifacts", ignore_errors=True)
    shutil.rmtree(space.folder / ".clpipe", ignore_errors=True)
    filler = fill(small_disk, 50_000)
    code, said = space.call("python", "stages/publish.py", check=False)
    filler.unlink()
    assert code == 0
    assert "Nothing is lost" in said
    assert "Traceback" not in said
    space.call("python", "stages/publish.py", "--strict")
