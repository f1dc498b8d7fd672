"""Different tasks of one family, one after the other: lazily, without end, none twice."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence

from clpipe.arena.canonical import normalised
from clpipe.arena.family import Family
from clpipe.arena.seen import Seen
from clpipe.records import SAME_TEMPLATE, Task

PATIENCE = 300
"""Draws without anything new, beyond 30 for each task found, after which a difficulty counts as exhausted."""


def draws(seed: int, name: str, family: Family, difficulty: int, novelty: str = SAME_TEMPLATE) -> Iterator[Task]:
    """Tasks of one difficulty without end; one may come again.

    Draw i has a generator of its own, seeded with the hash of seed, family, options, novelty, difficulty and i
    (`clpipe.seeds`, whose digest this repeats with the constant part hashed once).
    """
    path = json.dumps([seed, "arena", name, family.VERSION, repr(family), novelty, difficulty], separators=(",", ":"))
    begun = hashlib.sha256(path[:-1].encode())
    rng = random.Random(0)
    number = 0
    while True:
        state = begun.copy()
        state.update(f",{number}]".encode())
        rng.seed(int.from_bytes(state.digest()[:8], "big"))
        yield family.draw(rng, difficulty, novelty).task(name, difficulty, novelty)
        number += 1


def different(source: Iterator[Task], seen: Seen) -> Iterator[Task]:
    """The tasks whose prompt was not seen; ends when the source keeps giving what was."""
    found = idle = 0
    for task in source:
        if seen.add(normalised(task.prompt)):
            found += 1
            idle = 0
            yield task
        elif (idle := idle + 1) >= PATIENCE + 30 * found:
            return


def endless(seed: int, families: Mapping[str, Family], hardest: int) -> Iterator[Task]:
    """Different tasks of all families and difficulties up to `hardest` in turn, drawn as they are asked for.

    Nothing is kept of a task but the digest of its prompt, on disk where there are many. Ends only when every family
    is exhausted. Use `clpipe.split.side` to keep what may be learned from.
    """
    seen = Seen()
    levels = [(name, family, d) for name, family in families.items() for d in family.levels if d <= hardest]
    yield from alternating([different(draws(seed, name, family, d), seen) for name, family, d in levels])


def alternating(sources: Sequence[Iterator[Task]]) -> Iterator[Task]:
    """One of each source in turn, until all have ended."""
    left = list(sources)
    while left:
        for source in list(left):
            task = next(source, None)
            if task is None:
                left.remove(source)
            else:
                yield task
