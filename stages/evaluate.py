"""Stage `evaluate`: every checkpoint of one arm asked the frozen held-out tasks."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe.evaluator.checkpoints import evaluate_arm
from clpipe.failure import reported
from clpipe.lifeline import follow_dvc
from clpipe.validate import load


def main() -> None:
    """Read the arguments and ask the checkpoints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arm", required=True)
    parser.add_argument("--weights", type=Path, required=True, help="folder of the prepared base model")
    parser.add_argument("--adapters", type=Path, required=True, help="what the stage learn wrote")
    parser.add_argument("--heldout", type=Path, required=True)
    parser.add_argument("--baseline", type=Path, required=True, help="folder of what the base model gave")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with reported(f"evaluate {args.arm}"):
        follow_dvc()
        evaluate_arm(load(), args.arm, args.weights, args.adapters, (args.heldout, args.baseline), args.out)


if __name__ == "__main__":
    main()
