"""Whether time grows in a straight line and memory not at all: our learner and our asking on a tiny random model.

`python -m benchmarks.growth WHAT COUNT FOLDER OUT`, WHAT being `learn` or `ask`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import tiny
from benchmarks.fresh import fresh, tell
from clpipe import validate
from clpipe.arena.pool import draw_pool
from clpipe.evaluator.ask import ask
from clpipe.learner.replicate import Replicate, learn
from clpipe.models.language_model import LanguageModel
from clpipe.params import Arm, Params
from clpipe.records import Task
from clpipe.seeds import rng
from clpipe.store import read_json, read_records, write_records

SECTION = "growth"
CHECKPOINTS = 4


def race(params: Params, episodes: Sequence[int], asked: Sequence[int], scratch: Path) -> list[dict[str, Any]]:
    """The section `growth`: seconds and peak memory at each number of episodes learned and tasks asked."""
    folder = scratch / "material"
    _prepare(params, max([*episodes, *asked]), folder)
    rows = []
    for what, counts in (("learn", episodes), ("ask", asked)):
        for count in counts:
            told = fresh("benchmarks.growth", what, str(count), str(folder), out=scratch / f"{what}-{count}").told
            unit = told["seconds"] / count
            rows.append(
                {"what": what, "model": "random, 2 layers of 32", "count": count, "ms_each": 1000 * unit, **told}
            )
            print(f"growth  {what:5} {count:5} {1000 * unit:.2f} ms each, {told['peak_memory_mb']} MB", flush=True)
    return rows


def main() -> None:
    """Learn or ask so many tasks; tell the seconds without loading."""
    what, count, folder, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    params = _params(validate.load(), count)
    tell(out, {"seconds": _learn(params, folder, out) if what == "learn" else _ask(params, count, folder)})


def _prepare(params: Params, count: int, folder: Path) -> None:
    families = params.arena.families
    each = -(-count // len(families))
    asked = {name: {**options, "tasks": each} for name, options in families.items()}
    pool = draw_pool(params.arena.seed, asked, params.arena.hardest)
    tasks = rng(0, "bench", "growth").sample(pool, count)  # sampled, so that the first ones are of all families
    write_records(folder / "tasks.jsonl", tasks)
    tiny.build(folder / "tiny", tasks[:300])


def _params(params: Params, episodes: int) -> Params:
    arm = Arm(model="tiny", method="lora", strategy="naive", stream="mixed")
    learned = {"episodes": episodes, "eval_interval": max(1, episodes // CHECKPOINTS), "device": "cpu"}
    return params.model_copy(update={"arms": {"growth": arm}, "learn": params.learn.model_copy(update=learned)})


def _learn(params: Params, folder: Path, out: Path) -> float:
    work = Replicate(
        params=params,
        arm="growth",
        seed=0,
        weights=folder / "tiny",
        train=folder / "tasks.jsonl",
        folder=out / "seed-0",
    )
    learn(work, lambda _: None)
    return float(read_json(work.folder / "done.json")["timing"]["seconds"])


def _ask(params: Params, count: int, folder: Path) -> float:
    model = LanguageModel.load(folder / "tiny", instruction=params.prompt.instruction, device="cpu")
    tasks = read_records(folder / "tasks.jsonl", Task)[:count]
    began = time.monotonic()
    ask(model, tasks, params)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
