"""Stands in for every stage of the pipeline: the same outputs, by their names only, in no time."""

import json
import os
import subprocess
import sys
import time
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
WAIT_SECONDS = 60


def wait_for_others(marks: Path) -> None:
    """Wait until as many arms as the file `together` says have begun to learn: side by side, or never."""
    path, until = marks / "together", time.monotonic() + WAIT_SECONDS
    number = int(path.read_text()) if path.exists() else 0
    while len(list((marks / "seen").glob("learn@*"))) < number:
        if time.monotonic() > until:
            sys.exit(f"fewer than {number} arms learn at once")
        time.sleep(0.05)


def main() -> None:
    """Do as the marks in `.clpipe` say, tell how this was run, write the outputs."""
    follow_dvc()
    stage, _, item = os.environ["DVC_STAGE"].partition("@")
    marks, began = Path(".clpipe"), time.time()
    seen = marks / "seen" / os.environ["DVC_STAGE"]
    seen.parent.mkdir(parents=True, exist_ok=True)
    settings = {name: os.environ.get(name) for name in ("CLPIPE_JOBS", "CUDA_VISIBLE_DEVICES")}
    seen.write_text(json.dumps({"began": began, **settings}))
    if stage == "learn":
        wait_for_others(marks)
        if (marks / f"fail-{item}").exists():
            sys.exit(f"clpipe learn {item}: the loss is not a number")
        if (marks / f"slow-{item}").exists():
            worker = "from clpipe.lifeline import follow_parent; import time; follow_parent(); time.sleep(100)"
            subprocess.run([sys.executable, "-c", worker], check=True)
    for out in OUTS.get(stage, ()):
        path = Path(sys.argv[sys.argv.index("--out") + 1]) / out
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"parameters": 1000, "stage": os.environ["DVC_STAGE"], "out": out}))
    seen.write_text(json.dumps({"began": began, "ended": time.time(), **settings}))


if __name__ == "__main__":
    main()
