"""A family small enough to be counted by hand."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from clpipe.arena.family import Draft, Family


@dataclass(frozen=True)
class Few(Family):
    """Difficulty d has d² tasks in two spellings."""

    VERSION: ClassVar[int] = 1

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        words = (f"task {difficulty}/{rng.randrange(difficulty**2)}", rng.choice((" ?", "  ?")))
        return Draft(prompt="".join(words), answer="1", template=novelty)
