"""Solved tasks for a prompt: which, and with which answers (few-shot prompting, Brown et al., arXiv 2005.14165)."""

from __future__ import annotations

import random
from collections.abc import Sequence

from clpipe import seeds
from clpipe.labels import Labels, shown_answers
from clpipe.records import Example, Task


def balanced(examples: Sequence[Example], k: int, rng: random.Random) -> list[Example]:
    """`k` of the examples in random order, one of each family in turn, whatever order the examples are given in."""
    pools: dict[str, list[Example]] = {}
    for example in sorted(examples, key=lambda one: (one.question.family, one.question.id)):
        pools.setdefault(example.question.family, []).append(example)
    turns = [rng.sample(pool, len(pool)) for pool in pools.values()]
    rng.shuffle(turns)
    longest = max(map(len, turns))
    chosen = [pool[place] for place in range(longest) for pool in turns if place < len(pool)][:k]
    return rng.sample(chosen, k)


def shots(tasks: Sequence[Task], k: int, labels: Labels) -> list[Example]:
    """`k` solved tasks, the same ones whatever the `labels`, so that the two can be compared (Min et al. 2022).

    Raises:
        ValueError: If there are fewer than `k` tasks.
    """
    if len(tasks) < k:
        raise ValueError(f"baseline.shots: {k} solved tasks wanted, but there are {len(tasks)} training tasks")
    shown = shown_answers(tasks, labels, 0)
    examples = [Example(question=task.question, shown=shown[task.id]) for task in tasks]
    return balanced(examples, k, seeds.rng(0, "shots", k))
