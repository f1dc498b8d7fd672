"""The arena: families of tasks whose answers are known by construction.

A family is one file in `clpipe/arena/families`, found by its name; there is no list to edit. Nothing here
knows a model. `clpipe.arena.pool` draws the tasks, `clpipe.arena.scoring` says what counts as right.
"""

from __future__ import annotations

from typing import Any

from clpipe import named

FOLDER = "clpipe.arena.families"


def names() -> list[str]:
    """The families there are, in alphabetical order."""
    return named.names(FOLDER)


def modules() -> list[str]:
    """The modules that judge replies: a family may score in its own way."""
    return [f"{FOLDER}.{name}" for name in names()]


def load(name: str) -> type[Any]:
    """The class of a family (see `clpipe.arena.family.Family`); raises LookupError that lists what there is."""
    family: type[Any] = named.load(FOLDER, name)
    return family
