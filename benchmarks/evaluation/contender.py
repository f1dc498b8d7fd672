"""One contender of the evaluation race: `python -m benchmarks.evaluation.contender NAME MATERIAL ADAPTER TASKS OUT`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.evaluation import generate, harness, ours
from benchmarks.evaluation.questions import chosen
from benchmarks.fresh import tell
from clpipe.records import Task

Ask = Callable[[Path, Path, Sequence[Task], Path], dict[str, float]]
CONTENDERS: dict[str, Ask] = {
    "clpipe": ours.processes_beside,
    "clpipe_one_process": ours.one_process,
    "generate_one": generate.one_by_one,
    "generate_batched": generate.batched,
    "lm_eval": harness.lm_eval,
}


def main() -> None:
    """Ask the tasks; tell the seconds of loading and of asking."""
    name, folder, adapter, count, out = sys.argv[1:]
    tasks = chosen(int(count))
    tell(Path(out), {**CONTENDERS[name](Path(folder), Path(adapter), tasks, Path(out)), "tasks": len(tasks)})


if __name__ == "__main__":
    main()
