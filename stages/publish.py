"""Mirror the results into MLflow. A store that is away fails no pipeline: the results are in DVC."""

import argparse
import sys
from pathlib import Path

from clpipe.failure import reported
from clpipe.tracking import publish
from clpipe.validate import load


def main() -> None:
    """Read the arguments, publish, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit 1 when something could not be mirrored")
    arguments = parser.parse_args()
    with reported("publish"):
        published = publish(load(), Path.cwd(), strict=arguments.strict)
        print(published.message)
        if published.warning:
            print(published.warning, file=sys.stderr)


if __name__ == "__main__":
    main()
