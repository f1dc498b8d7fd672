"""How fast this machine multiplies fp32 matrices: `python -m benchmarks.rates SHAPES OUT`, a thread count a process."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import torch

from benchmarks.arithmetic import Sizes
from benchmarks.fresh import cores, fresh, tell

LARGE = (2048, 2048, 2048)
TOKENS, ANSWER = 64, 4
REPEATS, SECONDS = 7, 0.15
"""Measurements of a shape, and the least time of one."""


def rates(sizes: Sizes, scratch: Path) -> dict[str, dict[str, float]]:
    """GF/s by threads and shape `rows x inputs x outputs`, of a large square and of the model's own products."""
    shapes = json.dumps([LARGE, *real_shapes(sizes)])
    found = {}
    for n in sorted({1, cores()}):
        found[_threads(n)] = fresh("benchmarks.rates", shapes, out=scratch / _threads(n), threads=n).told["gf_s"]
        print(f"matrix products  {_threads(n)}: {found[_threads(n)]}", flush=True)
    return found


def real_shapes(sizes: Sizes) -> list[tuple[int, int, int]]:
    """(rows, inputs, outputs) of the different products in a forward pass over 64 tokens, the head at 4 of them."""
    blocks = {(TOKENS, i, o) for i, o in sizes.matrices().values()}
    return [*sorted(blocks), (ANSWER, sizes.hidden, sizes.vocabulary)]


def large(found: Mapping[str, Mapping[str, float]]) -> float:
    """The rate of the large square with all cores, GF/s."""
    return found[_threads(cores())][_name(LARGE)]


def _threads(count: int) -> str:
    return f"threads-{count}"


def _name(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _rate(shape: Sequence[int]) -> float:
    rows, inputs, outputs = shape
    left, weight = torch.ones(rows, inputs), torch.ones(outputs, inputs)
    calls = 1
    while (seconds := _seconds(left, weight, calls)) < SECONDS:
        calls = max(calls + 1, int(calls * 1.2 * SECONDS / max(seconds, 1e-6)))
    best = median(_seconds(left, weight, calls) for _ in range(REPEATS))
    return 2.0 * rows * inputs * outputs * calls / best / 1e9


def _seconds(left: torch.Tensor, weight: torch.Tensor, calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        torch.nn.functional.linear(left, weight)
    return time.perf_counter() - began


def main() -> None:
    """Measure every shape with the threads of this process."""
    with torch.inference_mode():
        tell(Path(sys.argv[2]), {"gf_s": {_name(shape): _rate(shape) for shape in json.loads(sys.argv[1])}})


if __name__ == "__main__":
    main()
