"""Losses and answers along the stream; each was taken before the step, on a task never learned before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clpipe.records import Episode


def by_episode(episodes: Sequence[Episode]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Loss (nats a token) and correctness (0 or 1) of every episode, each `(seeds, episodes)`, seeds in order.

    Raises:
        ValueError: If a seed lacks an episode or has one twice.
    """
    seeds, last = sorted({e.seed for e in episodes}), max((e.t for e in episodes), default=0)
    cells = {(e.seed, e.t): e for e in episodes}
    wanted = [[(seed, t) for t in range(1, last + 1)] for seed in seeds]
    if not episodes or len(cells) != len(episodes) or len(cells) != len(seeds) * last:
        raise ValueError(
            f"{len(episodes)} episodes for seeds {seeds} up to episode {last}; every seed needs each exactly once"
        )
    loss = np.array([[cells[key].loss for key in row] for row in wanted], dtype=np.float64)
    correct = np.array([[cells[key].correct for key in row] for row in wanted], dtype=np.float64)
    return loss, correct


def ends(losses: NDArray[np.float64], window: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of the first and of the last `window` episodes of each seed, each `(seeds,)`; fewer if there are fewer."""
    return losses[:, :window].mean(axis=1), losses[:, -window:].mean(axis=1)


def smoothed(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Mean over the last `window` episodes up to each, `(seeds, episodes)`; at the start over those there are.

    >>> smoothed(np.array([[4.0, 2.0, 6.0]]), 2)
    array([[4., 3., 4.]])
    """
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    stop = np.arange(1, values.shape[1] + 1)
    start = np.maximum(stop - window, 0)
    return np.asarray((sums[:, stop] - sums[:, start]) / (stop - start))


def prequential(correct: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of right first attempts up to each episode, `(seeds, episodes)` (Dawid 1984: test, then train)."""
    return smoothed(correct, correct.shape[1])
