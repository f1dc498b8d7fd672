"""Which GPUs there are, who has them, and how the cores are shared."""

from __future__ import annotations

import pytest

from clpipe.runner.devices import Devices, at_once, settings, visible

TWO = """GPU 0: NVIDIA A100 (UUID: GPU-aaaa)
GPU 1: NVIDIA A100 (UUID: GPU-bbbb)
"""
CUT = """GPU 0: NVIDIA A100 (UUID: GPU-aaaa)
  MIG 3g.20gb     Device  0: (UUID: MIG-1111)
  MIG 3g.20gb     Device  1: (UUID: MIG-2222)
GPU 1: NVIDIA A100 (UUID: GPU-bbbb)
"""


@pytest.mark.parametrize(
    ("environment", "listed", "expected"),
    [
        ({}, "", []),
        ({}, TWO, ["GPU-aaaa", "GPU-bbbb"]),
        ({}, CUT, ["MIG-1111", "MIG-2222", "GPU-bbbb"]),
        ({}, "No devices found.\n", []),
        ({"CUDA_VISIBLE_DEVICES": "3, 1"}, TWO, ["3", "1"]),
        ({"CUDA_VISIBLE_DEVICES": "MIG-1111,MIG-2222"}, "", ["MIG-1111", "MIG-2222"]),
        ({"CUDA_VISIBLE_DEVICES": ""}, TWO, []),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, TWO, []),
        ({"CUDA_VISIBLE_DEVICES": "0,-1,1"}, TWO, ["0"]),
        ({"CLPIPE_DEVICE": "cpu", "CUDA_VISIBLE_DEVICES": "0"}, TWO, []),
        ({"CLPIPE_DEVICE": "auto"}, TWO, ["GPU-aaaa", "GPU-bbbb"]),
    ],
)
def test_the_devices_are_the_users_list_else_the_machines(
    environment: dict[str, str], listed: str, expected: list[str]
) -> None:
    assert visible(environment, listed) == expected


def test_no_device_is_shared_while_another_is_free() -> None:
    lent = Devices(["a", "b"])
    assert len(lent) == 2
    assert [lent.take(), lent.take()] == ["a", "b"]
    lent.give_back("b")
    assert lent.take() == "b"
    lent.give_back("a")
    assert lent.take() == "a"


def test_more_arms_than_devices_go_round() -> None:
    lent = Devices(["a", "b"])
    assert [lent.take() for _ in range(5)] == ["a", "b", "a", "b", "a"]


def test_without_devices_nothing_is_lent() -> None:
    lent = Devices([])
    assert lent.take() is None
    lent.give_back(None)


@pytest.mark.parametrize(
    ("asked", "arms", "gpus", "processes", "expected"),
    [
        (None, 6, 0, 2, 1),  # an arm's seeds fill the cores
        (None, 6, 0, 16, 4),  # four seeds an arm
        (None, 3, 0, 64, 3),
        (None, 6, 0, None, 1),
        (None, 6, 4, 8, 4),
        (None, 2, 4, 8, 2),
        (3, 6, 0, 8, 3),
        (3, 2, 0, 8, 2),
        (4, 6, 0, 2, 2),  # more processes than cores are slower
        (4, 6, 0, None, 4),  # the person has said how many an arm has
        (4, 6, 2, 2, 4),  # asked for: two arms a GPU
    ],
)
def test_arms_at_once(asked: int | None, arms: int, gpus: int, processes: int | None, expected: int) -> None:
    assert at_once(asked, arms, gpus, processes, seeds=4) == expected


def test_the_arms_share_the_processes_and_never_have_more_together() -> None:
    assert settings(None, 8, 3) == {"CLPIPE_JOBS": "2"}
    assert settings(None, 2, 4) == {"CLPIPE_JOBS": "1"}
    assert settings("MIG-1111", 8, 3) == {"CUDA_VISIBLE_DEVICES": "MIG-1111"}
