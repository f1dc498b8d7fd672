"""Stands in for every stage of the pipeline: its outputs by their names only, in no time, each run written down.

A folder, LEDGER or else `.clpipe`, holds a file `seen/RUN.json` for each run, and what a test tells the stages:
`slow-ARM` makes `learn@ARM` wait, in a worker of its own, as long as that file is there; `fail-ARM` makes it fail;
`together` says how many arms have to begin to learn before one goes on.
"""

import json
import os
import subprocess
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
SETTINGS = ("CLPIPE_JOBS", "CUDA_VISIBLE_DEVICES")
WAIT_SECONDS = 60
WORKER = """
import sys, time
from collections.abc import Mapping
from pathlib import Path
from clpipe.lifeline import follow_parent
follow_parent()
while Path(sys.argv[1]).exists(): time.sleep(0.1)
"""


def wait_for_others(marks: Path) -> None:
    """Wait until as many arms as the file `together` says have begun to learn: side by side, or never."""
    path, until = marks / "together", time.monotonic() + WAIT_SECONDS
    number = int(path.read_text()) if path.exists() else 0
    while sum('"learn@' in run.read_text() for run in (marks / "seen").glob("*.json")) < number:
        if time.monotonic() > until:
            sys.exit(f"fewer than {number} arms learn at once")
        time.sleep(0.05)


def main() -> None:
    """Do as the marks say, tell how this was run, write the outputs."""
    follow_dvc()
    name, run, began = os.environ["DVC_STAGE"], uuid.uuid4().hex, time.time()
    stage, _, item = name.partition("@")
    marks = Path(os.environ.get("LEDGER", ".clpipe"))
    told = {"stage": name, "folder": str(Path.cwd()), "began": began, **{key: os.environ.get(key) for key in SETTINGS}}
    seen = marks / "seen" / f"{run}.json"
    enter(seen, told)
    if stage == "learn":
        wait_for_others(marks)
        if (marks / f"fail-{item}").exists():
            sys.exit(f"clpipe learn {item}: the loss is not a number")
        if (marks / f"slow-{item}").exists():
            subprocess.run([sys.executable, "-c", WORKER, str(marks / f"slow-{item}")], check=True)
    for out in OUTS.get(stage, ()):
        path = Path(sys.argv[sys.argv.index("--out") + 1]) / out
        path.parent.mkdir(parents=True, exist_ok=True)
        of_run = {"run": run} if "LEDGER" in os.environ and out == "timing.json" else {}  # no two machines are alike
        path.write_text(json.dumps({"parameters": 1000, "stage": name, "out": out, **of_run}))
    enter(seen, {**told, "ended": time.time()})


def enter(path: Path, told: Mapping[str, object]) -> None:
    """Write a run down, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".new").write_text(json.dumps(told))
    path.with_suffix(".new").rename(path)


if __name__ == "__main__":
    main()
