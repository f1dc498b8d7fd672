"""Stage `verify`: solve every task of the pool a second time."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe import store, validate, verification
from clpipe.failure import reported
from clpipe.records import Task


def main(pool: Path, out: Path) -> None:
    """Write what was confirmed to `out`; fails, and shows the tasks, where a single one is not."""
    kinds = verification.kinds(validate.load().arena.families)
    tasks = store.read_records(pool, Task)
    wrong = list(verification.disagreements(tasks, kinds))
    verification.refuse(wrong, len(tasks))
    store.write_json(out, verification.counts(tasks, kinds, wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="the pool, JSON lines")
    parser.add_argument("--out", type=Path, required=True, help="what was confirmed, JSON")
    arguments = parser.parse_args()
    with reported("verify"):
        main(arguments.pool, arguments.out)
