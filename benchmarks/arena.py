"""How fast tasks are drawn and written, in how much memory, beside reasoning-gym's nearest families in the same run.

`python -m benchmarks.arena` runs all of it; `python -m benchmarks.arena WHAT COUNT OUT` is one contender in a process
of its own: `stream` writes so many different tasks of the default families, `ours:FAMILY` of one family, `gym:DATASET`
draws so many items of reasoning-gym (nothing written, repeats not looked for).
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.fresh import fresh, tell
from benchmarks.results import record, table
from clpipe import arena, store
from clpipe.arena.drawing import endless
from clpipe.failure import reported
from clpipe.models.device import machine

SECTION = "arena"
STREAM = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")
COUNTS = (10_000, 100_000, 1_000_000)
NEAREST = {
    "causal_reasoning": ("acre", "propositional_logic"),
    "comparison": ("family_relationships", "syllogism"),
    "logic_grid": ("zebra_puzzles", "knights_knaves"),
    "math_word_problem": ("gsm_symbolic", "leg_counting"),
    "sequence": ("number_sequence",),
}
"""reasoning-gym has no chains of comparisons and no interventions: the nearest there are."""
EACH = {"ours": 20_000, "gym": 5_000}
PATIENCE = 6.0
"""Seconds after which a peer is stopped; some of its families make ten tasks a second."""
SCRATCH = Path(".clpipe/bench/arena")


def race() -> dict[str, Any]:
    """The section `arena`: the stream at each count, every family, and the peers."""
    streams = [_told("stream", count) for count in COUNTS]
    families = {name: _told(f"ours:{name}", EACH["ours"])["tasks_per_s"] for name in arena.drawn()}
    peers = {name: _told(f"gym:{name}", EACH["gym"])["tasks_per_s"] for near in NEAREST.values() for name in near}
    ratios = {ours: families[ours] / max(peers[name] for name in near) for ours, near in NEAREST.items()}
    return {"stream": streams, "tasks_per_s": families, "reasoning_gym_per_s": peers, "ratio_to_fastest_peer": ratios}


def contend(what: str, count: int, out: Path) -> dict[str, Any]:
    """Draw `count` tasks and tell how long it took, from the first draw to the last byte."""
    kind, _, name = what.partition(":")
    done, seconds = _gym(name, count) if kind == "gym" else _write([name] if name else list(STREAM), count, out)
    return {"what": what, "tasks": done, "seconds": seconds, "tasks_per_s": done / seconds}


def _write(names: list[str], count: int, out: Path) -> tuple[int, float]:
    families = {name: arena.load(name)() for name in names}
    path = out / "tasks.jsonl"
    began = time.monotonic()
    done = store.write_records(path, islice(endless(1, families, 5), count))
    seconds = time.monotonic() - began
    path.unlink()
    return done, seconds


def _gym(name: str, count: int) -> tuple[int, float]:
    import reasoning_gym

    items = iter(reasoning_gym.create_dataset(name, size=count, seed=42))
    next(items)  # whatever it loads at the first one
    began, done = time.monotonic(), 0
    while (seconds := time.monotonic() - began) < PATIENCE and next(items, None) is not None:
        done += 1
    return done, seconds


def _told(what: str, count: int) -> dict[str, Any]:
    found = fresh("benchmarks.arena", what, str(count), out=SCRATCH / f"{what.replace(':', '-')}-{count}").told
    print(f"arena  {what:26} {found['tasks']:>9,} tasks  {found['tasks_per_s']:>10,.0f} tasks/s  "
          f"{found['peak_memory_mb']:>6.0f} MB", flush=True)  # fmt: skip
    return found


def main() -> None:
    """Run one contender, or all of them."""
    if len(sys.argv) == 4:
        what, count, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
        tell(out, contend(what, count, out))
        return
    with reported("bench-arena"):
        found = race()
        record(SECTION, found, machine("cpu"))
        print("\n" + table([["ours", "tasks/s", "fastest peer, times ours is of it"],
                            *([n, f"{found['tasks_per_s'][n]:,.0f}", f"{r:.1f}"]
                              for n, r in found["ratio_to_fastest_peer"].items())]))  # fmt: skip


if __name__ == "__main__":
    main()
