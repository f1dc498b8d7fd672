"""Stage `split`: put every task on one side, and certify that the sides share nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe import releases, store, validate
from clpipe.certificate import certify, refuse_leaks
from clpipe.failure import reported
from clpipe.records import Task
from clpipe.split import divide


def main(pool: Path, out: Path) -> None:
    """Write `train.jsonl`, `validation.jsonl`, `heldout.jsonl` and `certificate.json` to the folder `out`."""
    split = validate.load().split
    sides = divide(store.read_records(pool, Task), split)
    certificate = certify(sides)
    refuse_leaks(certificate)
    releases.refuse_another(split.release, str(certificate["heldout_sha256"]))
    for name, tasks in sides.items():
        store.write_records(out / f"{name}.jsonl", tasks)
    store.write_json(out / "certificate.json", {"release": split.release, **certificate})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="the pool, JSON lines")
    parser.add_argument("--out", type=Path, required=True, help="folder of the sides and their certificate")
    arguments = parser.parse_args()
    with reported("split"):
        main(arguments.pool, arguments.out)
