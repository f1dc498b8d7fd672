"""Stands in for every stage, wherever it runs: its outputs in no time, each run written into a ledger shared by all.

The folder LEDGER holds a file for each run, and what a test tells the stages: `slow-NAME` makes `learn@NAME` wait as
long as that file is there, `fail-NAME` makes it fail.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from clpipe.lifeline import follow_dvc

OUTS = {
    "arena": ("",),
    "verify": ("",),
    "split": ("train.jsonl", "validation.jsonl", "heldout.jsonl", "certificate.json"),
    "model": ("provenance.json",),
    "baseline": ("outcomes.jsonl", "retention.jsonl", "timing.json"),
    "learn": ("adapters/adapter", "episodes.jsonl", "summary.json", "timing.json"),
    "evaluate": ("outcomes.jsonl", "retention.jsonl", "timing.json"),
    "copies": ("",),
    "report": ("report.html", "report.md", "figures/figure.png", "curves.csv", "claims.json", "metrics.json"),
}


def enter(ledger: Path, run: str, told: Mapping[str, object]) -> None:
    """Write the run into the ledger, never half of it; a name with a hyphen is no run."""
    (ledger / f"new-{run}").write_text(json.dumps(told))
    (ledger / f"new-{run}").rename(ledger / run)


def main() -> None:
    """Do as the ledger says, and write the outputs; no two runs write the same timing."""
    follow_dvc()
    stage, _, item = os.environ["DVC_STAGE"].partition("@")
    ledger, run = Path(os.environ["LEDGER"]), uuid.uuid4().hex
    begun = {"stage": os.environ["DVC_STAGE"], "folder": str(Path.cwd()), "jobs": os.environ.get("CLPIPE_JOBS")}
    enter(ledger, run, begun)
    if stage == "learn":
        while (ledger / f"slow-{item}").exists():
            time.sleep(0.1)
        if (ledger / f"fail-{item}").exists():
            sys.exit(f"clpipe learn {item}: the loss is not a number")
    for out in OUTS.get(stage, ()):
        path = Path(sys.argv[sys.argv.index("--out") + 1]) / out
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"parameters": 1000, "stage": begun["stage"]} | ({"run": run} if out == "timing.json" else {})
        path.write_text(json.dumps(told))
    enter(ledger, run, {**begun, "ended": True})


if __name__ == "__main__":
    main()
