"""Prequential accuracy: every episode is first attempted, then learned, so its answer is a test (Dawid 1984).

All functions take `correct`, 0 or 1, `(seeds, episodes)`, as `losses.by_episode` gives it, and yield the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Prequential and held-out accuracy on the same clock."""

    checkpoints: tuple[int, ...]
    """Episodes, from 1 on: before the first there is no prequential accuracy."""
    online: NDArray[np.float64]
    """Prequential accuracy after the checkpoint's last episode, `(seeds, checkpoints)`."""
    heldout: NDArray[np.float64]
    """Accuracy of the checkpoint on the held-out tasks, `(seeds, checkpoints)`."""

    @property
    def values(self) -> NDArray[np.float64]:
        """`online` - `heldout`, `(seeds, checkpoints)`; above 0 the stream is easier to the learner than the test."""
        return self.online - self.heldout


def cumulative(correct: NDArray[np.float64]) -> NDArray[np.float64]:
    """P_i = 1/i sum_{k<=i} correct_k: all episodes so far weigh the same."""
    return losses.prequential(correct)


def windowed(correct: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """P_i = 1/w sum_{i-w<k<=i} correct_k: the last w episodes; at the start those there are (Gama et al. 2013).

    Raises:
        ValueError: If `window` is not at least 1.
    """
    if window < 1:
        raise ValueError(f"window: {window} episodes; at least 1 is needed")
    return losses.smoothed(correct, window)


def fading(correct: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """P_i = S_i / B_i with S_i = correct_i + alpha S_{i-1} and B_i = 1 + alpha B_{i-1} (Gama et al. 2013).

    An episode weighs alpha times as much as the next one; alpha = 1 is `cumulative`.

    Raises:
        ValueError: If `alpha` is not in (0, 1].
    """
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha: {alpha} is not in (0, 1]; 0.99 looks back over about 100 episodes")
    found = np.empty_like(correct, dtype=np.float64)
    total, weight = np.zeros(len(correct)), 0.0
    for i in range(correct.shape[1]):
        total, weight = correct[:, i] + alpha * total, 1 + alpha * weight
        found[:, i] = total / weight
    return found


def gap(online: NDArray[np.float64], heldout: NDArray[np.float64], checkpoints: Sequence[int]) -> Gap:
    """Prequential minus held-out accuracy at each checkpoint; checkpoint 0 is left out.

    Where it grows, the learner does better on the stream than on tasks it never met, although the stream never shows
    a task twice: it follows the stream's latest families or wordings rather than the skills.

    Args:
        online: Any of the three prequential accuracies, `(seeds, episodes)`.
        heldout: Accuracy of each checkpoint, `(seeds, checkpoints)`, for example the mean over families.
        checkpoints: Episodes learned before each checkpoint.

    Raises:
        ValueError: If the shapes do not fit or a checkpoint lies after the last episode.
    """
    if heldout.shape != (len(online), len(checkpoints)):
        raise ValueError(f"heldout: shape {heldout.shape}, wanted {(len(online), len(checkpoints))}, as in `online`")
    if late := [step for step in checkpoints if not 0 <= step <= online.shape[1]]:
        raise ValueError(f"checkpoints: {late} are not within the {online.shape[1]} episodes")
    kept = [i for i, step in enumerate(checkpoints) if step > 0]
    steps = tuple(checkpoints[i] for i in kept)
    return Gap(checkpoints=steps, online=online[:, [step - 1 for step in steps]], heldout=heldout[:, kept])
