"""`docs/gallery.md`: examples of every family and difficulty, and of each held-out side, made from the code."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import islice
from typing import Any

from clpipe import arena
from clpipe.arena.drawing import draws
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Task

SEED = 0
EACH = 2
"""Examples of each difficulty."""


def gallery() -> str:
    """The page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Gallery of the arena"
    yield ""
    yield "Written by `clpipe arena gallery`, kept true by a test. Two tasks of each family and difficulty, and one"
    yield "for each held-out side that is new: entities, template, difficulty."
    yield ""
    for name in arena.drawn():
        kind = arena.load(name)
        family = kind()
        yield f"## {name.replace('_', ' ')}"
        yield ""
        yield _about(kind)
        yield ""
        for difficulty in family.levels:
            yield from _shown(f"Difficulty {difficulty}", list(islice(_examples(name, family, difficulty), EACH)))
        for novelty in family.novelties:
            if novelty != SAME_TEMPLATE:
                level = max(family.levels) if novelty == "harder" else sorted(family.levels)[len(family.levels) // 2]
                what = novelty.replace("_", " ").capitalize()
                yield from _shown(f"{what} (difficulty {level})", [next(_examples(name, family, level, novelty))])


def _about(kind: type[Any]) -> str:
    """The family's own account of itself: the docstring of its file, line by line."""
    return inspect.cleandoc(inspect.getmodule(kind).__doc__ or "")


def _examples(name: str, family: Any, difficulty: int, novelty: str = NOVELTIES[0]) -> Iterator[Task]:
    return draws(SEED, name, family, difficulty, novelty)


def _shown(title: str, tasks: list[Task]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    for task in tasks:
        yield "~~~text"
        yield f"{task.prompt}"
        yield f"→ {task.answer}"
        yield "~~~"
        yield ""
