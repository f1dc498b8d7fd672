"""Drift: the questions stay as they are and the rule by which they are answered changes (`clpipe.concepts`).

Real concept drift in the sense of Gama et al. 2014 (doi 10.1145/2523813): p(answer | question) changes, p(question)
does not. Hence only tasks to which all the concepts apply are met, the families mixed, whatever concept holds.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import ClassVar

from clpipe import concepts, phases
from clpipe.mistakes import unknown
from clpipe.records import Encounter, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One concept after the other, for as many episodes each; the first ones take the remainder."""

    draws: ClassVar[bool] = False

    concepts: tuple[str, ...] = ("given", "opposite")
    """The rules in the order in which they hold."""
    width: int = 0
    """Episodes that a hand-over takes, its chance a sigmoid (`clpipe.phases`); 0: from one episode to the next."""
    rounds: int = 1
    """How often the concepts come, in the same order."""

    def __post_init__(self) -> None:
        if not self.concepts:
            raise ValueError(f"concepts: must name at least one of {', '.join(concepts.names())}")
        if self.width < 0:
            raise ValueError(f"width: must be 0 or more, not {self.width}")
        if self.rounds < 1:
            raise ValueError(f"rounds: must be 1 or more, not {self.rounds}")

    def boundaries(self, families: Sequence[str]) -> bool:
        """Between the rules, where there are two and the change is abrupt."""
        del families
        return self.width == 0 and len(self.concepts) > 1

    @property
    def foreseeable(self) -> bool:
        """The generator decides alone."""
        return True

    def problems(self, families: Sequence[str], episodes: int) -> Iterator[str]:
        """Concepts that there are not, or that follow themselves; more blocks than episodes; too wide a hand-over."""
        del families
        blocks = self.concepts * self.rounds
        known = concepts.names()
        yield from (f"concepts: {unknown('concept', c, known)}" for c in dict.fromkeys(self.concepts) if c not in known)
        if again := [a for a, b in pairwise(blocks) if a == b]:
            yield f"concepts: {again[0]!r} follows itself; neighbours must differ, and with rounds first and last too"
        yield from chain(
            phases.length_problems("rounds", len(blocks), episodes),
            phases.width_problems(self.width, len(blocks), episodes),
        )

    def encounters(self, tasks: Iterable[Task], episodes: int, rng: random.Random) -> Generator[Encounter, bool, None]:
        """Tasks in random order; phase and concept are the name of the rule. ValueError where too few tasks will do."""
        phases.refuse(self.problems((), episodes))
        known = list(tasks)
        fit = [task for task in known if all(concepts.applies(concept, task) for concept in self.concepts)]
        if episodes > len(fit):
            raise ValueError(
                f"learn.episodes: {episodes} episodes, but the concepts {', '.join(self.concepts)} all apply to only "
                f"{len(fit)} of the {len(known)} training tasks and stream 'drift' shows none twice; lower "
                "learn.episodes, raise split.train and arena.families.*.tasks, or name other concepts"
            )
        blocks = self.concepts * self.rounds
        met = rng.sample(fit, episodes)
        turns = phases.handover(phases.shares(episodes, len(blocks)), self.width, rng)
        for task, block in zip(met, turns, strict=True):
            yield Encounter(phase=blocks[block], task=task, concept=blocks[block])


STREAM = Drift
