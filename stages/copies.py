"""Stage `copies`: what copying answers from the stream would have got, without a model."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe.evaluator.stream_copies import stream_copies
from clpipe.failure import reported
from clpipe.validate import load


def main() -> None:
    """Read the arguments and copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arm", required=True)
    parser.add_argument("--episodes", type=Path, required=True, help="what the stage learn wrote of the stream")
    parser.add_argument("--tasks", type=Path, required=True, help="folder with train.jsonl and heldout.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with reported(f"copies {args.arm}"):
        stream_copies(load(), args.arm, args.episodes, args.tasks, args.out)


if __name__ == "__main__":
    main()
