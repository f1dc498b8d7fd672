"""What streams of several phases share: the order of the families, how long each lasts, and how one gives way.

The hand-over is the one of CapyMOA (`capymoa.ocl`, gradual task transitions) and of river (`ConceptDriftStream`): the
chance of the later of two neighbours is sigmoid(4 (t - n) / width), n being the episode at which it takes over. We give
`width` in episodes (CapyMOA: as a share of the shorter neighbour) and take the middle of an episode for t, so that the
two sides of a hand-over mirror each other.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from clpipe.mistakes import unknown
from clpipe.records import Task


def shares(episodes: int, blocks: int) -> list[int]:
    """The lengths of so many blocks, as even as can be: the first ones take the remainder."""
    each, more = divmod(episodes, blocks)
    return [each + (i < more) for i in range(blocks)]


def by_family(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """The tasks of each family, in the order in which they came."""
    pools: dict[str, list[Task]] = {}
    for task in tasks:
        pools.setdefault(task.family, []).append(task)
    return pools


def in_order(given: Sequence[str], families: Iterable[str], rng: random.Random) -> list[str]:
    """The families as given, else in an order drawn from `rng`."""
    ranked = sorted(families)
    return list(given) or rng.sample(ranked, len(ranked))


def order_problems(given: Sequence[str], families: Sequence[str]) -> Iterator[str]:
    """A line `order: …` for each family that there is not, that is given twice or left out; none given is right."""
    for name, times in Counter(given).items():
        if name not in families:
            yield f"order: {unknown('family', name, families)}"
        elif times > 1:
            yield f"order: family {name!r} stands {times} times; name each family once"
    if given and (left := sorted(set(families) - set(given))):
        yield f"order: leaves out {', '.join(left)}; name each family once, or none for an order from the seed"


def length_problems(key: str, blocks: int, episodes: int) -> Iterator[str]:
    """A line `KEY: …` where there are more blocks than episodes."""
    if blocks > episodes:
        yield f"{key}: {blocks} blocks, but there are {episodes} episodes; raise learn.episodes or have fewer blocks"


def width_problems(width: int, blocks: int, episodes: int) -> Iterator[str]:
    """A line `width: …` where a hand-over would be longer than the shortest block."""
    shortest = episodes // max(blocks, 1)
    if width > shortest > 0:
        yield (
            f"width: {width} episodes of hand-over, but {blocks} blocks in {episodes} episodes are {shortest} long; "
            f"width must be at most {shortest}"
        )


def refuse(problems: Iterable[str]) -> None:
    """Raise ValueError with all problems, a line each, if there are any."""
    if found := list(problems):
        raise ValueError("\n".join(found))


def shortages(stream: str, pools: Mapping[str, Sequence[Task]], needed: Mapping[str, int]) -> Iterator[str]:
    """A line for each family that has fewer tasks than its blocks are long."""
    for family, count in needed.items():
        if count > len(pools[family]):
            yield (
                f"learn.episodes: {count} episodes of family {family!r}, but it has {len(pools[family])} training "
                f"tasks and stream {stream!r} shows none twice; lower learn.episodes or raise split.train and "
                f"arena.families.{family}.tasks"
            )


def handover(lengths: Sequence[int], width: int, rng: random.Random) -> list[int]:
    """Which block each episode is of, from 0; a `width` of 0 is sharp and draws nothing from `rng`.

    An episode is of its own block or of the neighbour whose boundary is nearer.
    """
    ends = list(accumulate(lengths))
    own = [bisect_right(ends, t) for t in range(ends[-1])]
    if not width:
        return own
    return [_block(block, t + 0.5, ends, width, rng.random()) for t, block in enumerate(own)]


def _block(own: int, t: float, ends: Sequence[int], width: int, luck: float) -> int:
    """The block at time `t`: the one after the nearest boundary where `luck` in [0, 1) is below the sigmoid."""
    boundaries = range(max(own - 1, 0), min(own + 1, len(ends) - 1))
    if not boundaries:
        return own
    nearest = min(boundaries, key=lambda i: abs(t - ends[i]))
    return nearest + (luck < later(t - ends[nearest], width))


def later(since: float, width: int) -> float:
    """The chance of the later of two blocks, `since` episodes after the boundary (negative: before it)."""
    return 1 / (1 + math.exp(-4 * max(-100.0, min(since / width, 100.0))))
