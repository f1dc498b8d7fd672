"""Training tasks without end: drawn when they are asked for, none twice, all on the train side of `clpipe.split`.

The draws have a seed of their own, so that they are not the pool's; a task of the pool may still come, as it may be
drawn twice, but never one that is held out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clpipe import arena, seeds, split
from clpipe.arena import drawing, pool
from clpipe.arena.family import Family, Given
from clpipe.mistakes import unknown
from clpipe.records import Task


def train_tasks(
    families: Mapping[str, Mapping[str, Any]], hardest: int, seed: int, names: Sequence[str] | None = None
) -> Iterator[Task]:
    """Different tasks of the families (of those in `names`, if given) in turn, of difficulty `hardest` at the most.

    `families` are the options in `arena.families`. Ends only when every family is exhausted. Raises ValueError at once,
    a line for each name that is no family, each family that does not draw, and each wrong option.
    """
    chosen = {name: families[name] for name in families if names is None or name in names}
    problems = [f"arena.families: {unknown('family', name, families)}" for name in names or () if name not in families]
    built: dict[str, Family] = {}
    for name, options in chosen.items():
        try:
            built[name] = _drawing(name, options)
        except ValueError as error:
            problems += str(error).splitlines()
    if problems:
        raise ValueError("\n".join(problems))
    drawn = drawing.endless(seeds.digest(seed, "endless"), built, hardest)
    return (task for task in drawn if split.side(task) == "train")


def _drawing(name: str, options: Mapping[str, Any]) -> Family:
    """The family, which must draw."""
    kind = options.get("kind", name)
    if kind not in arena.names():
        raise ValueError(f"arena.families.{name}: {unknown('family', kind, arena.names())}")
    family = pool.build(name, options) if kind in arena.drawn() else None
    if family is None or isinstance(family, Given):
        raise ValueError(
            f"arena.families.{name}: kind {kind!r} does not draw tasks by itself, but stream endless needs families "
            f"that draw: {', '.join(arena.drawn())}"
        )
    return family
