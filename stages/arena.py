"""Stage `arena`: draw the pool of tasks."""

from __future__ import annotations

import argparse
from pathlib import Path

from clpipe import store, validate
from clpipe.arena.pool import draw_pool
from clpipe.failure import reported


def main(out: Path) -> None:
    """Write the pool of `params.arena` to `out`."""
    arena = validate.load().arena
    store.write_records(out, draw_pool(arena.seed, arena.families, arena.hardest))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the pool, JSON lines")
    with reported("arena"):
        main(parser.parse_args().out)
