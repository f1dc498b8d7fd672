"""Named randomness: the path decides, and nothing else."""

from __future__ import annotations

import subprocess
import sys

from clpipe.seeds import digest, rng


def test_the_first_numbers_are_these_for_ever() -> None:
    assert digest(0) == 15041073954064335159
    assert digest(7, "arena", "comparison", 3) == 4318031290082777340
    assert rng(7, "arena").random() == 0.6575527607032869


def test_sums_of_seed_and_index_do_not_collide() -> None:
    assert len({digest(seed, "task", index) for seed in range(30) for index in range(30)}) == 900


def test_type_order_and_depth_of_the_names_count() -> None:
    paths: list[tuple[str | int, ...]] = [(1, 2), (2, 1), ("1", 2), ("12",), (12,), ("1,2",), (1, 2, ""), ()]
    assert len({digest(0, *path) for path in paths}) == len(paths)


def test_generators_are_independent_of_each_other() -> None:
    alone = [rng(5, "b").random() for _ in range(3)]
    other = rng(5, "a")
    beside = []
    for _ in range(3):
        other.random()
        beside.append(rng(5, "b").random())
    assert alone == beside


def test_another_process_draws_the_same() -> None:
    code = "from clpipe.seeds import rng; print(rng(3, 'x', 1).random())"
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
        )
        assert float(done.stdout) == rng(3, "x", 1).random()
