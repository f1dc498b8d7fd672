"""The arms of a study dealt out to the workers of any scheduler: worker i of n takes every n-th name.

The names are dealt in alphabetical order, so that a shard does not depend on the order of params.yaml: arms that change
places there change no shard. An arm that is added or taken away moves those after it to another shard, which costs
nothing: what a worker has pushed is found by its content, whoever pushed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WRITTEN = re.compile(r"([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of the parts of a study, as equal as whole arms allow."""

    number: int
    """From 1 to `of`."""
    of: int

    def take(self, names: Iterable[str]) -> list[str]:
        """The names of this shard, in alphabetical order; the shards of one `of` share no name and leave none."""
        return sorted(names)[self.number - 1 :: self.of]


def parse(text: str) -> Shard:
    """A shard written `i/n`; ValueError for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of:
        raise ValueError(f"--shard: must be i/n with i from 1 to n, such as 1/4, not {text!r}")
    return Shard(number=number, of=of)
