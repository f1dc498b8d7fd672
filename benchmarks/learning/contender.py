"""One contender of the learning race: `python -m benchmarks.learning.contender NAME MATERIAL OUT`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from benchmarks.fresh import tell
from benchmarks.learning import ours, plain, trainers

Learn = Callable[[Path, Path, Callable[[], None]], list[float]]
CONTENDERS: dict[str, Learn] = {
    "clpipe": ours.learn,
    "plain_loop": plain.learn,
    "hf_trainer": trainers.hf_trainer,
    "trl_tuned": trainers.trl_tuned,
    "trl_shipped": trainers.trl_shipped,
}
PROOFS: dict[str, Learn] = {
    "trl_tuned": trainers.trl_tuned_proof,
    "trl_shipped": trainers.trl_shipped_proof,
}
"""What shows that a contender did the same work where its own rounding hides it."""
FINAL = "final"


def main() -> None:
    """Take the steps; tell the seconds and the loss of each."""
    name, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    learn = PROOFS[name.removesuffix("_proof")] if name.endswith("_proof") else CONTENDERS[name]
    laps: list[float] = []
    losses = learn(folder, out / FINAL, lambda: laps.append(time.perf_counter()))
    tell(out, {"step_s": [after - before for before, after in pairwise(laps)], "losses": losses})


if __name__ == "__main__":
    main()
