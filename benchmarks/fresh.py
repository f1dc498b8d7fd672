"""One contender in a fresh process of its own, and what it tells about itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clpipe.models.device import peak_memory_mb
from clpipe.store import read_json, write_json

RESULT = "result.json"
LOG = "log.txt"
ROOT = Path(__file__).resolve().parents[1]
"""Where `benchmarks` is found, whatever folder a process works in."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a fresh process did."""

    told: dict[str, Any]
    """What the process wrote with `tell`."""
    whole_s: float
    """From start to end of the process, imports and loading included."""
    out: Path
    """Its folder."""


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0))


def fresh(module: str, *arguments: str, out: Path, threads: int | None = None, place: Path | None = None) -> Run:
    """Run `python -m module *arguments out`, its words kept in a log.

    Args:
        module: What has a `main` that calls `tell`.
        arguments: Its arguments; the folder `out`, whole, goes after them.
        out: Folder of this run.
        threads: Threads to compute with; all cores where not given.
        place: Folder it works in; this one where not given.

    Raises:
        RuntimeError: It failed; the message has the end of the log.
    """
    out.mkdir(parents=True, exist_ok=True)
    count = str(threads or cores())
    offline = {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "CLPIPE_DEVICE": "cpu",
    }
    counts = {"OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count}
    environment = {**os.environ, **offline, **counts, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    with (out / LOG).open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", module, *arguments, str(out.resolve())]
        code = subprocess.run(command, cwd=place, env=environment, stdout=log, stderr=log, check=False).returncode
    seconds = time.monotonic() - began
    if code != 0 or not (out / RESULT).exists():
        words = (out / LOG).read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise RuntimeError(f"{module} {' '.join(arguments)} ended with code {code}:\n" + "\n".join(words))
    return Run(read_json(out / RESULT), seconds, out)


def tell(out: Path, told: dict[str, Any]) -> None:
    """Write what the parent is to know, the peak memory of this process with it."""
    write_json(out / RESULT, {**told, "peak_memory_mb": peak_memory_mb()})
