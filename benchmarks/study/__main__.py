"""The default study, ours and the peers' script in turn: `python -m benchmarks.study`.

Ours is the study as `dvc repro` last ran it here, by the stages' own clocks, or run anew. The peers' script runs for
the first seed of each arm and is reckoned at the same time for the others, for it has nothing that would make a second
seed cheaper; the start and the loading are counted once an arm.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from benchmarks.fresh import fresh
from benchmarks.results import BENCH, record
from benchmarks.study import kept, ours, workplace
from benchmarks.study.peers import BASE
from benchmarks.study.tally import peers_seconds, total
from benchmarks.turns import turns
from clpipe import validate
from clpipe.failure import reported
from clpipe.models.device import machine
from clpipe.params import Params

SCRATCH = Path(".clpipe/bench-study")
SECTION = "study"


def main() -> None:
    """Run both, and record the ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--out", type=Path, default=BENCH)
    parser.add_argument("--anew", action="store_true", help="run our side too, in turn with the peers'")
    parser.add_argument("--all-seeds", action="store_true", help="measure the peers' script for every seed")
    parser.add_argument("--episodes", type=int, help="fewer episodes, to try the bench")
    parser.add_argument("--tasks", type=int, help="fewer held-out tasks of each family, to try the bench")
    options = parser.parse_args()
    with reported("bench-study"):
        workplace.make(SCRATCH, options.episodes, options.tasks)
        params = validate.load(SCRATCH / "params.yaml")
        before = None if options.anew or options.episodes or options.tasks else kept.ours(params, machine("cpu"))
        found = _race(params, len(params.seeds) if options.all_seeds else 1, before)
        record(SECTION, found, machine("cpu"), options.out)
        print(f"tuned peers / ours: {found['tuned_peers_ratio']:.2f}")
        shutil.rmtree(SCRATCH)


def _race(params: Params, measured: int, before: dict[str, Any] | None) -> dict[str, Any]:
    models = sorted({arm.model for arm in params.arms.values()})
    own = before or {"base": {model: ours.base(SCRATCH, model) for model in models}, "arms": {}}
    peers: dict[str, Any] = {"base": {model: _peer(BASE, 0) for model in models}, "arms": {}}
    order = turns(["ours", "peers"], len(params.arms))
    for position, who in enumerate(order):
        arm = list(params.arms)[position // 2]
        if who == "peers":
            peers["arms"][arm] = [_peer(arm, seed) for seed in params.seeds[:measured]]
        elif before is None:
            own["arms"][arm] = ours.arm(SCRATCH, params, arm)
        print(f"study  {who:5} {arm}", flush=True)
    ours_s, peers_s = total(own), peers_seconds(peers, len(params.seeds))
    return {
        "tuned_peers_ratio": peers_s / ours_s,
        "ours_s": ours_s,
        "peers_s": peers_s,
        "ours_measured": "in turn with the peers" if before is None else "by the stages' clocks in runs/",
        "seeds": len(params.seeds),
        "seeds_measured": measured,
        "episodes": params.learn.episodes,
        "ours": own,
        "peers": peers,
    }


def _peer(name: str, seed: int) -> dict[str, Any]:
    run = fresh("benchmarks.study.peers", name, str(seed), out=SCRATCH / "peers" / f"{name}-{seed}", place=SCRATCH)
    return {**run.told, "whole_s": run.whole_s}


if __name__ == "__main__":
    main()
