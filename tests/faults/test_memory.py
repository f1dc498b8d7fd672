"""One arm needs more memory than there is: the others go on, and the arm is named, in a report too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clpipe import failure
from tests.faults.conftest import Space
from tests.pipeline.conftest import set_params

LIMIT_KIB = 12_000_000
"""Address space of each process; torch alone maps about 4 GB."""


def big(values: dict[str, Any]) -> None:
    """An arm whose first matrix alone would be 25 GB."""
    values["learn"]["clip"] = 0.5  # so that the other arm has something to do
    values["arms"]["big"] = {**values["arms"]["lora"], "method_options": {"r": 200_000_000}}


def test_out_of_memory_in_one_arm_is_told_stops_no_other_and_is_marked_in_the_report(
    learned: Space, tmp_path: Path
) -> None:
    space = learned.copy(tmp_path / "space")
    set_params(space.folder, big)
    line = f"ulimit -v {LIMIT_KIB}; exec clpipe run -j 2"
    code, said = space.call("bash", "-c", line, check=False, world={"CLPIPE_JOBS": "1"})
    assert code == 1
    assert "1 of 2 arms failed; what the others did is kept" in said
    assert "big, the end of .clpipe/logs/big.log:" in said
    assert "clpipe learn big: out of memory" in said
    assert "CLPIPE_JOBS=1" in said
    assert "Traceback" not in said
    assert "Report of the arms that are done, the others marked: .clpipe/partial-report/report.html" in said
    text = (space.folder / ".clpipe/partial-report/report.md").read_text()
    assert "PARTIAL: no results of big" in text
    (why,) = [line for line in text.splitlines() if line.startswith("| big | ")]
    assert "failed: clpipe learn big: out of memory" in why
    assert not (space.folder / "reports/report.html").exists()
    assert ".clpipe/partial-report/report.html" in space.call("clpipe", "report", "--partial")[1]
    assert not (space.folder / "runs/learn/big/episodes.jsonl").exists()
    assert space.is_left_alone()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.\nmore lines"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_every_way_to_run_out_of_memory_is_told_with_the_way_out(error: Exception) -> None:
    told = failure.message(error)
    assert told.startswith("out of memory")
    assert "CLPIPE_JOBS=1" in told
    assert "more lines" not in told
    for other in ("the loss is not a number", "1 of 2 arms failed\n  big:\n    can't allocate memory"):
        assert failure.message(RuntimeError(other)) == other
