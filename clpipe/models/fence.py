"""The one place where torch's global generator is used: seeded from a path of names, and put back after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from clpipe import seeds


@contextmanager
def fence(seed: int, *path: str | int) -> Iterator[None]:
    """Inside the block torch draws from the generator that `path` names; outside nothing has changed.

    CUDA's generators are fenced too where there are any.
    """
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seeds.digest(seed, *path))  # noqa: TID251
        yield
