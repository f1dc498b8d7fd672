"""All races in one run, `python -m benchmarks`: tables on the terminal, numbers in `reports/bench.json`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from benchmarks import growth, rates, replicates
from benchmarks.arithmetic import Sizes
from benchmarks.evaluation import race as evaluation
from benchmarks.fresh import fresh
from benchmarks.learning import race as learning
from benchmarks.learning.contender import FINAL
from benchmarks.material import prepare
from benchmarks.results import BENCH, record, show
from clpipe import validate
from clpipe.failure import reported
from clpipe.models.device import machine
from clpipe.params import Params
from clpipe.store import read_json

SCRATCH = Path(".clpipe/bench")


def main() -> None:
    """Read the options and run the sections asked for, recording each as soon as it is measured."""
    options = _options()
    with reported("bench"):
        shutil.rmtree(SCRATCH, ignore_errors=True)
        params = validate.load()
        here = machine("cpu")
        for section, run in RACES.items():
            if section in options.only:
                record(section, run(params, options), here, options.out)
        print("\n" + show(read_json(options.out)))
        shutil.rmtree(SCRATCH)


def _learning(params: Params, options: argparse.Namespace) -> dict[str, Any]:
    material = _material(params, options)
    rank = params.method_options(options.arm)["r"]
    found = _rates(params, options)
    section = learning.race(material, SCRATCH / "learning", options.learning_rounds, rank, rates.large(found))
    return {**section, "matrix_products_gf_s": found}


def _evaluation(params: Params, options: argparse.Namespace) -> dict[str, Any]:
    material, trained = _material(params, options), SCRATCH / "trained"
    fresh("benchmarks.learning.contender", "clpipe", str(material), out=trained)
    counts = (options.tasks, options.tasks_one)
    return evaluation.race(material, trained / FINAL, SCRATCH / "evaluation", options.evaluation_rounds, counts)


def _replicates(params: Params, options: argparse.Namespace) -> dict[str, Any]:
    del params
    return replicates.race(options.arm, options.seeds, options.seed_episodes, SCRATCH / "replicates")


def _growth(params: Params, options: argparse.Namespace) -> list[dict[str, Any]]:
    return growth.race(params, options.growth_learn, options.growth_ask, SCRATCH / "growth")


RACES = {
    learning.SECTION: _learning,
    evaluation.SECTION: _evaluation,
    replicates.SECTION: _replicates,
    growth.SECTION: _growth,
}


def _material(params: Params, options: argparse.Namespace) -> Path:
    folder = SCRATCH / "material"
    if not folder.exists():
        prepare(params, options.arm, options.steps, folder)
    return folder


def _rates(params: Params, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    config = read_json(Path("models") / params.arm(options.arm).model / "config.json")
    return rates.rates(Sizes.of(config), SCRATCH / "rates")


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(RACES), help=",".join(RACES))
    parser.add_argument("--out", type=Path, default=BENCH)
    parser.add_argument("--arm", default="smollm2-lora", help="the arm raced, a LoRA arm of params.yaml")
    parser.add_argument("--steps", type=int, default=60, help="learning steps")
    parser.add_argument("--learning-rounds", type=int, default=2)
    parser.add_argument("--tasks", type=int, default=300, help="held-out tasks asked")
    parser.add_argument("--tasks-one", type=int, default=60, help="of them asked one by one by generate")
    parser.add_argument("--evaluation-rounds", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=4, help="replicates learned side by side")
    parser.add_argument("--seed-episodes", type=int, default=20)
    parser.add_argument("--growth-learn", type=_numbers, default=[80, 800, 8000], help="episodes")
    parser.add_argument("--growth-ask", type=_numbers, default=[300, 3000], help="held-out tasks")
    return parser.parse_args()


if __name__ == "__main__":
    main()
