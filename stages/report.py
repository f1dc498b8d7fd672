"""Stage `report`: tables, figures and the page, from everything the other stages left."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe import report
from clpipe.failure import reported
from clpipe.validate import load


def main() -> None:
    """Read the arguments and render."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heldout", type=Path, help="the held-out tasks, for streams whose rule changes")
    parser.add_argument("--out", type=Path, required=True, help="folder of the report")
    arguments = parser.parse_args()
    with reported("report"):
        if not arguments.out.resolve().is_relative_to(Path.cwd().resolve()):
            raise ValueError(f"study.reports: {arguments.out} leads out of the project; name a folder in it")
        report.render(load(), Path(), arguments.out, arguments.heldout)


if __name__ == "__main__":
    main()
