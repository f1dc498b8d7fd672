"""A study dealt out: every arm once, equal parts, the same whatever the order of params.yaml."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.runner.sharding import Shard, parse

NAMES = st.lists(st.text("abc-0", min_size=1, max_size=4), unique=True, max_size=30)


def shards(names: list[str], of: int) -> list[list[str]]:
    return [Shard(number=number, of=of).take(names) for number in range(1, of + 1)]


@given(names=NAMES, of=st.integers(1, 12))
def test_every_name_is_in_one_shard_and_the_shards_are_equal(names: list[str], of: int) -> None:
    dealt = shards(names, of)
    assert sorted(name for part in dealt for name in part) == sorted(names)
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1


@given(names=NAMES, of=st.integers(1, 12), data=st.data())
def test_arms_that_change_places_change_no_shard(names: list[str], of: int, data: st.DataObject) -> None:
    assert shards(data.draw(st.permutations(names)), of) == shards(names, of)


def test_five_arms_on_two_workers() -> None:
    # alphabetical: a b c d e; the first worker takes places 1, 3, 5, the second 2, 4
    assert shards(["e", "b", "a", "d", "c"], 2) == [["a", "c", "e"], ["b", "d"]]
    assert Shard(number=3, of=4).take(["a", "b"]) == []


def test_a_shard_is_written_from_one_to_the_number_of_workers() -> None:
    assert parse("2/4") == Shard(number=2, of=4)
    for wrong in ("0/4", "5/4", "4", "a/b", "1/0", "-1/2", "1/2/3", ""):
        with pytest.raises(ValueError, match="--shard: must be i/n"):
            parse(wrong)


def test_the_array_job_of_slurm_is_a_shard(tmp_path: Path) -> None:
    told = tmp_path / "clpipe"
    told.write_text('#!/bin/sh\necho "$@" "$CLPIPE_SCRATCH"\n')
    told.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CLPIPE_SCRATCH": "/local"}
    slurm = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "8"}
    script = Path(__file__).parents[2] / "docs/slurm/array.sh"
    done = subprocess.run(["bash", script], env=environment | slurm, capture_output=True, text=True, check=True)
    assert done.stdout == "worker --shard 3/8 /local\n"
    outside = subprocess.run(["bash", script], env=environment, capture_output=True, text=True, check=False)
    assert outside.returncode != 0
    assert "SLURM_ARRAY_TASK_ID" in outside.stderr
