"""The arena: families of tasks whose answers are known by construction, and are found again by a second solver.

A family is one file in `clpipe/arena/families`, a solver one in `solvers`, a judge of replies one in `judges`; each is
found by its name, there is no list to edit. Nothing here knows a model.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from clpipe import named

FOLDER = "clpipe.arena.families"


def names() -> list[str]:
    """The families there are, in alphabetical order."""
    return named.names(FOLDER)


def drawn() -> list[str]:
    """The families that draw tasks without being told anything."""
    return [name for name in names() if _needs_nothing(load(name))]


def load(name: str) -> type[Any]:
    """The class of a family (see `clpipe.arena.family`); raises LookupError that lists what there is."""
    family: type[Any] = named.load(FOLDER, name)
    return family


def _needs_nothing(family: type[Any]) -> bool:
    return all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(family))
