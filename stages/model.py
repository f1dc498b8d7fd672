"""Fetch the weights of one model, verify them, turn them into safetensors."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe.failure import reported
from clpipe.lifeline import follow_dvc
from clpipe.models.prepare import prepare
from clpipe.params import unknown
from clpipe.validate import load


def main() -> None:
    """Write models/NAME."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with reported("stage model"):
        follow_dvc()
        models = load().models
        if args.model not in models:
            raise ValueError(unknown("model", args.model, list(models)) + " under models in params.yaml")
        prepare(args.model, models[args.model], args.out)


if __name__ == "__main__":
    main()
