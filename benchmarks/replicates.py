"""Seeds of one arm side by side, as a study learns them, against one after the other with all cores.

`python -m benchmarks.replicates HOW ARM SEEDS EPISODES OUT`, HOW being `beside` or `after`.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.fresh import cores, fresh, tell
from benchmarks.material import TASKS
from clpipe import side_by_side, validate
from clpipe.learner.arm import replicate
from clpipe.learner.replicate import Replicate, learn
from clpipe.models.device import peak_memory_mb
from clpipe.side_by_side import Say
from clpipe.store import read_json, write_json

SECTION = "replicates"


def race(arm: str, seeds: int, episodes: int, scratch: Path) -> dict[str, Any]:
    """Learn `seeds` seeds of `arm` both ways.

    Returns:
        The section `replicates` of the results. `speedup` is of the learning alone; `whole_speedup` has the start of
        the processes and the loading of the weights in it, which few episodes exaggerate.
    """
    found = {}
    for how in ("after", "beside"):
        run = fresh("benchmarks.replicates", how, arm, str(seeds), str(episodes), out=scratch / how)
        found[how] = {**run.told, "whole_s": run.whole_s}
        print(f"replicates  {how:7} {run.told['learn_s']:.1f} s", flush=True)
    return {
        "speedup": found["after"]["learn_s"] / found["beside"]["learn_s"],
        "whole_speedup": found["after"]["whole_s"] / found["beside"]["whole_s"],
        "seeds": seeds,
        "episodes": episodes,
        **found,
    }


def main() -> None:
    """Learn the seeds; tell the seconds from the first episode to the last of the busiest process."""
    how, arm, seeds, episodes, out = sys.argv[1:]
    work = _work(arm, int(seeds), int(episodes), Path(out))
    processes = 1
    if how == "beside":
        processes = side_by_side.jobs(len(work), work[0].weights, accelerator=False)
        for _ in side_by_side.run(_learn, work, processes):
            pass
    else:
        for one in work:
            _learn(one, lambda _: None)
    busy: dict[int, float] = defaultdict(float)
    memory = 0
    for one in work:
        told = read_json(one.folder / "process.json")
        busy[told["process"]] += read_json(one.folder / "done.json")["timing"]["seconds"]
        memory = max(memory, told["peak_memory_mb"])
    threads = cores() if how == "after" else 1
    found = {"learn_s": max(busy.values()), "processes": processes, "threads": threads}
    tell(Path(out), {**found, "peak_memory_of_a_process_mb": memory})


def _work(arm: str, seeds: int, episodes: int, out: Path) -> list[Replicate]:
    params = validate.load()
    spec = params.arm(arm)
    few = params.arms[arm].model_copy(update={"episodes": episodes, "eval_interval": episodes})
    params = params.model_copy(update={"arms": {arm: few}})
    made = (replicate(params, arm, s, Path("models") / spec.model, TASKS / "train.jsonl") for s in range(seeds))
    return [replace(one, folder=out / f"seed-{one.seed}") for one in made]


def _learn(work: Replicate, say: Say) -> None:
    learn(work, say)
    write_json(work.folder / "process.json", {"process": os.getpid(), "peak_memory_mb": peak_memory_mb()})


if __name__ == "__main__":
    main()
