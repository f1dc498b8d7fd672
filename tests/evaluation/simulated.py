"""Answers with known truth: templates, tasks and seeds that vary, to count how often an interval holds what is true.

Every answer has a latent value, a sum of independent normal parts with variances that add up to 1, and is right where
it lies below the quantile of p. The share of right answers over all templates, tasks and seeds is then p exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Tables that are alike but for chance."""

    replicates: int
    seeds: int
    places: NDArray[np.intp]
    """Template of each task, counted from 0."""
    of_templates: float = 0.0
    """Variance of the latent value that is the template's."""
    of_tasks: float = 0.3
    of_seeds: float = 0.0

    @property
    def templates(self) -> list[str]:
        """Name of the template of each task."""
        return [str(place) for place in self.places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Answers before and after learning, `(replicates, seeds, tasks)`, and what their mean would be on average."""

    before: Array
    """Of the untrained model: the same for all seeds."""
    after: Array
    given_seeds: Array
    """Mean change of these seeds over all templates and tasks, `(replicates,)`."""
    given_tasks: Array
    """Mean change on these tasks over all seeds, `(replicates,)`."""

    @property
    def values(self) -> Array:
        """After minus before."""
        return self.after - self.before


def answers(rng: np.random.Generator, world: World, p: float) -> Array:
    """0 or 1, `(replicates, seeds, tasks)`."""
    shared = _shared(rng, world, world.seeds)
    return np.asarray(shared + _noise(rng, world, world.seeds) < special.ndtri(p), dtype=np.float64)


def changes(rng: np.random.Generator, world: World, before: float, after: float) -> Changes:
    """Where a template was hard before it is likely to be hard after (correlation 0.6), and so a task (0.8)."""
    template, task = _templates(rng, world), rng.standard_normal((world.replicates, 1, len(world.places)))
    fixed = World(replicates=world.replicates, seeds=1, places=world.places, of_templates=world.of_templates,
                  of_tasks=world.of_tasks)  # fmt: skip
    start = _scaled(template, task, world) + _noise(rng, fixed, 1) < special.ndtri(before)
    later = 0.6 * template + 0.8 * _templates(rng, world), 0.8 * task + 0.6 * rng.standard_normal(task.shape)
    of_task, limit = _scaled(*later, world), special.ndtri(after)
    seed = np.sqrt(world.of_seeds) * rng.standard_normal((world.replicates, world.seeds, 1))
    end = of_task + seed + _noise(rng, world, world.seeds) < limit
    on_tasks = special.ndtr((limit - of_task) / np.sqrt(1 - world.of_templates - world.of_tasks))
    return Changes(
        before=np.repeat(start, world.seeds, axis=1).astype(np.float64),
        after=end.astype(np.float64),
        given_seeds=special.ndtr((limit - seed) / np.sqrt(1 - world.of_seeds)).mean(axis=(1, 2)) - before,
        given_tasks=(on_tasks - start).mean(axis=(1, 2)),
    )


def _shared(rng: np.random.Generator, world: World, seeds: int) -> Array:
    task = rng.standard_normal((world.replicates, 1, len(world.places)))
    seed = np.sqrt(world.of_seeds) * rng.standard_normal((world.replicates, seeds, 1))
    return np.asarray(_scaled(_templates(rng, world), task, world) + seed)


def _templates(rng: np.random.Generator, world: World) -> Array:
    return np.asarray(rng.standard_normal((world.replicates, 1, int(world.places.max()) + 1))[:, :, world.places])


def _scaled(template: Array, task: Array, world: World) -> Array:
    return np.asarray(np.sqrt(world.of_templates) * template + np.sqrt(world.of_tasks) * task)


def _noise(rng: np.random.Generator, world: World, seeds: int) -> Array:
    left = 1 - world.of_templates - world.of_tasks - world.of_seeds
    drawn = rng.standard_normal((world.replicates, seeds, len(world.places)), dtype=np.float32)
    return np.asarray(np.sqrt(left, dtype=np.float32) * drawn)
