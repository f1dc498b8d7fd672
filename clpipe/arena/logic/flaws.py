"""Beginnings of proofs with three lines more, of which two follow and one does not.

Its meaning alone tells that one: it has the signs of a line that follows, and stands in the given lines, or has its
atoms from one of them, as that did.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import permutations
from typing import NamedTuple

from clpipe.arena.logic.inference import RULES, Formulas, steps
from clpipe.arena.logic.proofs import CHOSEN, Proof, library
from clpipe.arena.logic.propositional import (
    Formula,
    entails,
    is_literal,
    mentions,
    plain,
    substituted,
    symbols,
    unordered,
    used,
)

FLAWS = 300
"""Proofs of each difficulty in which one line does not follow."""


class Flaw(NamedTuple):
    """Given lines, two that follow from them and one that does not."""

    lines: Formulas
    sound: Formulas
    wrong: Formula


@cache
def flaws(difficulty: int) -> tuple[Flaw, ...]:
    """Proofs in which one line does not follow; always the same ones."""
    rng = random.Random(f"{difficulty} flaws")
    begun = [proof for rule in RULES for proof in library(difficulty, rule)]
    found = dict[Flaw, None]()
    while len(found) < FLAWS:  # one proof in seven gives one at the worst
        if flaw := _flaw(rng, rng.choice(begun)):
            found[flaw] = None
    return tuple(found)


def _flaw(rng: random.Random, proof: Proof) -> Flaw | None:
    results = [proof.steps[-1].result]
    for rule in RULES:
        lines = [line for line in proof.lines if rule != CHOSEN or is_literal(line)]
        results += [step.result for step in steps(rule, lines)]
    said = {unordered(line) for line in proof.lines}
    fit = {
        unordered(result): result
        for result in results
        if plain(result) == result and len(set(mentions(result))) == len(mentions(result))
    }
    told = [result for text, result in fit.items() if text not in said]
    if len(told) < 3:
        return None
    chosen = rng.sample(told, 3)
    spoilt = [wrong for result in chosen if (wrong := _wrong(rng, proof.lines, result)) is not None]
    return Flaw(proof.lines, (chosen[0], chosen[1]), spoilt[2]) if len(spoilt) == 3 else None


def _wrong(rng: random.Random, lines: Formulas, like: Formula) -> Formula | None:
    """A formula that does not follow, with the signs of `like` and as near to the lines as that."""
    atoms = mentions(like)
    changes = list(permutations(sorted(used(lines)), len(atoms)))
    rng.shuffle(changes)
    near = _nearness(like, lines)
    changed = (substituted(like, dict(zip(atoms, change, strict=True))) for change in changes)
    return next((f for f in changed if not entails(lines, f) and _nearness(f, lines) == near), None)


def _nearness(formula: Formula, lines: Formulas) -> int:
    """2 for a formula that stands in a line, 1 for one that has its atoms from one line, else 0."""
    if any(symbols(formula) in symbols(line) for line in lines):
        return 2
    return int(any(used([formula]) <= used([line]) for line in lines))
