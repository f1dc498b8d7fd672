"""Words and templates kept from training: a quarter of every list, so that a task can be new in a known way.

Which ones is decided by a hash of the word itself, not by its place or a seed.

>>> few = parted(["red", "green", "blue", "white"])
>>> len(few.of("same_template")), len(few.of("new_entities")), len(few.of("harder"))
(3, 1, 3)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
SHARE = 4
"""One in so many is reserved, at least one."""


@dataclass(frozen=True, slots=True)
class Words(Generic[Item]):
    """A vocabulary in two parts, each in its given order."""

    common: tuple[Item, ...]
    reserved: tuple[Item, ...]

    def of(self, novelty: str) -> tuple[Item, ...]:
        """The reserved words for `new_entities`, else the common ones."""
        return self.reserved if novelty == "new_entities" else self.common


@dataclass(frozen=True, slots=True)
class Templates(Generic[Item]):
    """The wordings of a family in two parts: name and wording."""

    common: tuple[tuple[str, Item], ...]
    reserved: tuple[tuple[str, Item], ...]

    def of(self, novelty: str) -> tuple[tuple[str, Item], ...]:
        """The reserved wordings for `new_template`, else the common ones."""
        return self.reserved if novelty == "new_template" else self.common


def parted(words: Iterable[Item]) -> Words[Item]:
    """The words in two parts; raises ValueError where one stands twice."""
    listed = tuple(words)
    kept = _reserved([str(word) for word in listed])
    return Words(
        tuple(w for w in listed if str(w) not in kept),
        tuple(w for w in listed if str(w) in kept),
    )


def templates(wordings: Mapping[str, Item]) -> Templates[Item]:
    """The wordings of a family in two parts, by their names."""
    kept = _reserved(list(wordings))
    return Templates(
        tuple((name, wording) for name, wording in wordings.items() if name not in kept),
        tuple((name, wording) for name, wording in wordings.items() if name in kept),
    )


def _reserved(names: list[str]) -> set[str]:
    if len(set(names)) < len(names):
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands twice in a vocabulary")
    ranked = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    return set(ranked[: max(1, len(names) // SHARE)])
