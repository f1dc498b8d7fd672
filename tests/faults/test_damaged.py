"""Files that are cut off or have one bit flipped: noticed, told with the way out, brought back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml
from torch import Tensor

from tests.faults.conftest import Space, md5s

TRAIN, WEIGHTS = "data/tasks/train.jsonl", "models/tiny/model.safetensors"
CHECKPOINT = "runs/learn/lora/adapters/seed-0/step-00020/adapter_model.safetensors"


def flip(path: Path) -> None:
    """Change one bit in the middle of a file, its permissions as before."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    path.chmod(mode)


def cut(path: Path) -> None:
    """Take the second half of a file away."""
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size // 2)


def results(space: Space) -> dict[str, str]:
    """The MD5 of what the stages wrote, as it lies there, but for the clock's."""
    found = {f: md5 for top in ("data/arena", "data/tasks", "models", "runs") for f, md5 in _below(space, top).items()}
    return {name: md5 for name, md5 in found.items() if "timing" not in name}


def _below(space: Space, top: str) -> dict[str, str]:
    return {f"{top}/{name}": md5 for name, md5 in md5s(space.folder / top).items()}


@pytest.fixture
def space(learned: Space, tmp_path: Path) -> Space:
    """A copy of the undisturbed study, to be damaged."""
    return learned.copy(tmp_path / "space")


@pytest.mark.parametrize("damage", [flip, cut])
def test_what_is_damaged_in_the_working_tree_is_brought_back(space: Space, learned: Space, damage: object) -> None:
    assert callable(damage)
    for name in (TRAIN, WEIGHTS, CHECKPOINT, "data/arena/pool.jsonl"):
        damage(space.folder / name)
    code, said = space.call("python", "-m", "clpipe.runner.sound", check=False)
    assert code == 1
    assert "4 files are not what their hash says; --remove deletes them" in said
    assert f"damaged: {space.folder / CHECKPOINT}" in said
    space.call("dvc", "repro", "learn@lora")
    assert results(space) == results(learned)
    assert "everything is what its hash says" in space.call("python", "-m", "clpipe.runner.sound")[1]


def test_a_flipped_bit_in_the_cache_is_found_and_mended(space: Space, learned: Space) -> None:
    """DVC hands such a file out: the copy in the working tree is damaged too, and DVC takes it for sound."""
    wanted = yaml.safe_load((space.folder / "dvc.lock").read_text())["stages"]["split"]["outs"]
    named = next(out["md5"] for out in wanted if out["path"] == TRAIN)
    kept = space.folder / ".dvc/cache/files/md5" / named[:2] / named[2:]
    flip(kept)
    (space.folder / TRAIN).unlink()
    space.call("dvc", "checkout", "split")
    assert (space.folder / TRAIN).read_bytes() == kept.read_bytes()  # without a word
    code, said = space.call("python", "-m", "clpipe.runner.sound", check=False)
    assert code == 1
    assert f"damaged: {kept}" in said
    assert f"damaged: {space.folder / TRAIN}" in said
    space.call("python", "-m", "clpipe.runner.sound", "--remove")
    assert not kept.exists()
    space.call("dvc", "repro", "learn@lora")
    assert results(space) == results(learned)


@pytest.mark.parametrize("name", [WEIGHTS])
def test_weights_that_are_cut_off_are_told_with_the_way_out(space: Space, name: str) -> None:
    cut(space.folder / name)
    code, said = space.call(*space.stage("learn@lora"), check=False)
    assert code == 1
    assert "clpipe learn lora: " in said
    assert "the file is cut off or damaged" in said
    assert "dvc checkout" in said
    assert "Traceback" not in said


def test_a_task_set_that_is_cut_off_is_told_with_file_and_line(space: Space) -> None:
    cut(space.folder / TRAIN)
    code, said = space.call(*space.stage("learn@lora"), check=False)
    assert code == 1
    assert f"clpipe learn lora: {TRAIN}, line " in said
    assert "not JSON" in said
    assert "Traceback" not in said


def learn_again(space: Space) -> str:
    """Learn as if nothing had been kept but the scratch folder."""
    shutil.rmtree(space.folder / "runs/learn/lora")
    return space.call(*space.stage("learn@lora"))[1]


def test_a_flipped_bit_in_a_finished_seed_of_the_scratch_folder_is_noticed(space: Space, learned: Space) -> None:
    (checkpoint,) = space.folder.glob(".clpipe/scratch/learn/*/adapters/step-00020/adapter_model.safetensors")
    flip(checkpoint)
    learn_again(space)
    assert results(space) == results(learned)


@pytest.mark.parametrize("damage", [flip, cut])
def test_a_damaged_state_is_begun_anew(damage: object, tmp_path: Path) -> None:
    import torch

    from clpipe.learner.state import State
    from clpipe.store import write_records

    assert callable(damage)
    learner = Learner(torch.arange(64.0))
    state = State(tmp_path)
    write_records(tmp_path / "episodes.jsonl", [])
    state.save(learner, Nothing(), 0, 1.0)  # type: ignore[arg-type]
    damage(tmp_path / State.FILE)
    resumed = State.resume(tmp_path, learner, Nothing())  # type: ignore[arg-type]
    assert resumed.seconds == 0.0
    assert not (tmp_path / State.FILE).exists()
    assert torch.equal(learner.values, torch.arange(64.0))


class Learner:
    """As much of a model as a state is made of."""

    optimizer = None

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def adapter_state(self) -> dict[str, Tensor]:
        return {"values": self.values}

    def restore_adapter(self, state: dict[str, Tensor]) -> None:
        self.values = state["values"]


class Nothing:
    """A strategy that remembers nothing."""

    def state(self) -> dict[str, object]:
        return {}

    def restore(self, model: object, state: dict[str, object]) -> None:
        del model, state
