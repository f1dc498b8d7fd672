"""Stage `learn`: one arm, all its seeds, one pass over the stream each."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe.failure import reported
from clpipe.learner.arm import learn_arm
from clpipe.lifeline import follow_dvc
from clpipe.validate import load


def main() -> None:
    """Read the arguments and learn the arm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arm", required=True)
    parser.add_argument("--weights", type=Path, required=True, help="folder of the prepared base model")
    parser.add_argument("--train", type=Path, required=True, help="train tasks, the only tasks this stage sees")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with reported(f"learn {args.arm}"):
        follow_dvc()
        learn_arm(load(), args.arm, args.weights, args.train, args.out)


if __name__ == "__main__":
    main()
