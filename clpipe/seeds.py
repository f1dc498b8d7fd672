"""Named randomness: a generator is drawn from a path of names, never from a sum of seeds.

>>> rng(7, "arena", "comparison", 3).random() == rng(7, "arena", "comparison", 3).random()
True
>>> rng(7, "arena", "comparison", 3).random() == rng(8, "arena", "comparison", 2).random()
False

Seeds that are added collide (seed 42 item 1 = seed 43 item 0) and leak one side of a split into the
other; the hash of a path cannot.
"""

from __future__ import annotations

import hashlib
import json
import random


def digest(seed: int, *path: str | int) -> int:
    """A 64-bit integer from the SHA-256 of `[seed, *path]`; type and order of the names count."""
    text = json.dumps([seed, *path], separators=(",", ":"), ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def rng(seed: int, *path: str | int) -> random.Random:
    """An independent generator for the place that `path` names."""
    return random.Random(digest(seed, *path))
