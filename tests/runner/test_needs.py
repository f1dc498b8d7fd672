"""Cores, GPUs and memory of an arm: from the weights, the seeds and the machines there are."""

from __future__ import annotations

import pytest

from clpipe.runner.needs import GIB, Needs, Place, default, on_gpu, parse

SMALL = Place(cpus=2, gpus=0.0, memory=8 * GIB)
LARGE = Place(cpus=16, gpus=0.0, memory=64 * GIB)
GPU = Place(cpus=4, gpus=1.0, memory=32 * GIB)
BASE = 2 * GIB // 5  # parameters of which five bytes each are 2 GiB, so a process is 3 GiB


def each(parameters: int) -> int:
    return GIB + 5 * parameters


def test_without_gpu_each_seed_has_a_process_as_far_as_the_largest_machine_reaches() -> None:
    assert default(BASE, 5, False, [SMALL, LARGE]) == Needs(cpus=5, gpus=0.0, memory=5 * each(BASE))
    # the small machine: 2 cores, and 8 GiB hold 2 processes of 3 GiB
    assert default(BASE, 5, False, [SMALL]) == Needs(cpus=2, gpus=0.0, memory=2 * each(BASE))
    # many cores, little memory: 7 GiB hold 2 processes
    assert default(BASE, 5, False, [Place(cpus=64, gpus=0.0, memory=7 * GIB)]).cpus == 2


def test_on_a_gpu_the_seeds_are_one_process() -> None:
    assert default(BASE, 5, True, [LARGE, GPU]) == Needs(cpus=1, gpus=1.0, memory=each(BASE))


def test_what_no_machine_can_hold_is_told_before_anything_waits_for_ever() -> None:
    with pytest.raises(RuntimeError, match=r"needs a core and 101\.0 GiB, and no machine"):
        default(100 * GIB // 5, 1, False, [SMALL, LARGE])
    with pytest.raises(RuntimeError, match="no machine of the cluster has both"):
        default(BASE, 1, False, [])


def test_auto_is_a_gpu_for_all_arms_where_any_machine_has_one() -> None:
    assert on_gpu("auto", [SMALL, GPU])
    assert not on_gpu("auto", [SMALL, LARGE])
    assert not on_gpu("cpu", [GPU])
    assert on_gpu("cuda", [GPU])
    with pytest.raises(RuntimeError, match="no machine of the cluster offers a GPU"):
        on_gpu("cuda", [SMALL])


def test_a_person_says_it_for_each_model() -> None:
    found = parse(["tiny=cpus:4,memory:1.5", "big=gpus:0.5"], ["tiny", "big"])
    assert found == {
        "tiny": Needs(cpus=4, gpus=0.0, memory=3 * GIB // 2),
        "big": Needs(cpus=1, gpus=0.5, memory=0),
    }
    with pytest.raises(LookupError, match="no model 'tinny'"):
        parse(["tinny=cpus:1"], ["tiny"])
    for wrong, told in {
        "tiny": "must be MODEL=cpus:4",
        "tiny=cores:4": "no key 'cores'",
        "tiny=cpus:many": "cpus must be a number, not 'many'",
        "tiny=cpus:0": "whole number of 1 or more, not 0",
        "tiny=cpus:1.5": "whole number of 1 or more, not 1.5",
        "tiny=gpus:-1": "must be 0 or more",
        "tiny=memory:nan": "must be 0 or more",
    }.items():
        with pytest.raises((ValueError, LookupError), match=told):
            parse([wrong], ["tiny"])
