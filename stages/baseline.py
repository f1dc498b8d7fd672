"""Stage `baseline`: what needs no training, asked the frozen held-out tasks."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe.evaluator.baselines import baseline
from clpipe.failure import reported
from clpipe.lifeline import follow_dvc
from clpipe.validate import load


def main() -> None:
    """Read the arguments and ask the base model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--weights", type=Path, required=True, help="folder of the prepared base model")
    parser.add_argument("--tasks", type=Path, required=True, help="folder with train.jsonl and heldout.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with reported(f"baseline {args.model}"):
        follow_dvc()
        baseline(load(), args.model, args.weights, args.tasks, args.out)


if __name__ == "__main__":
    main()
