"""Arguments in propositional logic as twins: one valid, one not, which differ in the place of two literals alone.

>>> twins = library("A -> B, A |- B", 0.0)[0]
>>> entails(twins.valid, twins.conclusion), entails(twins.invalid, twins.conclusion)
(True, False)
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from clpipe.arena.logic.propositional import (
    ATOMS,
    Formula,
    entails,
    is_literal,
    mentions,
    models,
    negated,
    operators,
    parse_all,
    plain,
    substituted,
    unordered,
)

TRIES = 160
"""Arguments tried for each form."""
ENOUGH = 30
"""Twins of one form that look the same; where there are so many, the others are left out."""

Formulas = tuple[Formula, ...]


class Twins(NamedTuple):
    """Two sets of premises, of which the first entails the conclusion and the second does not."""

    valid: Formulas
    invalid: Formulas
    conclusion: Formula
    unlike: int
    """In how many ways they can be told apart without any logic (`_looks`)."""


@cache
def library(form: str, spare: float) -> tuple[Twins, ...]:
    """Twins of a form such as `A | B, ~A; C |- B`, in which any atom may be negated; always the same ones.

    Premises after the semicolon are not needed. Where there are none, a share `spare` of the arguments gets one.
    """
    rng = random.Random(form)
    found = dict.fromkeys(twins for _ in range(TRIES) if (twins := _twins(rng, form, spare)))
    alike = tuple(twins for twins in found if not twins.unlike)
    return alike if len(alike) >= ENOUGH else tuple(found)


def _twins(rng: random.Random, form: str, spare: float) -> Twins | None:
    given, goal = form.split("|-")
    core, _, rest = given.partition(";")
    signs = [rng.choice((atom, negated(atom))) for atom in range(ATOMS)]

    def signed(text: str) -> Formulas:
        return tuple(_turned(rng, plain(substituted(f, dict(enumerate(signs))))) for f in parse_all(text))

    needed, (conclusion,) = signed(core), signed(goal)
    more = signed(rest) if rest else _spare(rng, needed) if rng.random() < spare else ()
    premises = needed + more
    if not _sound(premises, conclusion) or not all(
        entails(premises, conclusion) and not entails((*needed[:i], *needed[i + 1 :], *more), conclusion)
        for i in range(len(needed))
    ):
        return None
    return _twin(rng, premises, conclusion)


def _twin(rng: random.Random, premises: Formulas, conclusion: Formula) -> Twins | None:
    """The premises with two literals, or their signs, in each other's place, so that they no longer entail it.

    The first such that looks the same by `_looks`, else the one that comes nearest.
    """
    best: Twins | None = None
    looks = _looks(premises, conclusion)
    for changed in _swapped(rng, premises):
        if _sound(changed, conclusion) and not entails(changed, conclusion):
            unlike = sum(a != b for a, b in zip(looks, _looks(changed, conclusion), strict=True))
            if best is None or unlike < best.unlike:
                best = Twins(premises, changed, conclusion, unlike)
            if not unlike:
                break
    return best


def _swapped(rng: random.Random, premises: Formulas) -> Iterator[Formulas]:
    literals = [literal for premise in premises for literal in _literals(premise)]
    pairs = list(itertools.combinations(range(len(literals)), 2))
    rng.shuffle(pairs)
    for i, j in pairs:
        first, second = literals[i], literals[j]
        changes = [(second, first)]
        if isinstance(first, int) != isinstance(second, int):
            changes.insert(rng.randrange(2), (negated(first), negated(second)))
        for change in changes:
            new = list(literals)
            new[i], new[j] = change
            left = iter(new)
            yield tuple(_refilled(premise, left) for premise in premises)


def _looks(premises: Formulas, conclusion: Formula) -> tuple[object, ...]:
    """What could be counted without any logic: the words of each premise, and how the conclusion's parts recur."""
    literals = [literal for premise in premises for literal in _literals(premise)]
    alone = [premise for premise in premises if is_literal(premise)]
    wanted = _literals(conclusion)
    return (
        sorted(sorted(operators(premise)) for premise in premises),
        sorted(literals.count(literal) for literal in wanted),
        sorted(alone.count(literal) - alone.count(negated(literal)) for literal in wanted),
    )


def _sound(premises: Formulas, conclusion: Formula) -> bool:
    """No contradiction, no formula with an atom twice, none said twice, the conclusion not among them."""
    every = (*premises, conclusion)
    return (
        bool(models(premises))
        and all(len(set(atoms)) == len(atoms) for atoms in map(mentions, every))
        and len({unordered(f) for f in every}) == len(every)
    )


def _spare(rng: random.Random, premises: Formulas) -> Formulas:
    """A literal, or two with a connective, over the atoms there are and one more."""
    used = sorted({atom for premise in premises for atom in mentions(premise)})
    pool = [*used, len(used)] if len(used) < ATOMS else used
    first, second = (rng.choice((atom, negated(atom))) for atom in rng.sample(pool, 2))
    connective = rng.choice(("->", "->", "|", "&", ""))
    return ((connective, first, second),) if connective else (first,)


@cache
def _literals(formula: Formula) -> Formulas:
    if is_literal(formula):
        return (formula,)
    assert not isinstance(formula, int)
    return tuple(literal for part in formula[1:] if not isinstance(part, str) for literal in _literals(part))


def _refilled(formula: Formula, literals: Iterator[Formula]) -> Formula:
    if is_literal(formula):
        return next(literals)
    assert not isinstance(formula, int)
    if len(formula) == 2:
        return ("~", _refilled(formula[1], literals))
    return (formula[0], _refilled(formula[1], literals), _refilled(formula[2], literals))


def _turned(rng: random.Random, formula: Formula) -> Formula:
    """The formula with the sides of `&`, `|` and `<->` in random order."""
    if is_literal(formula):
        return formula
    assert not isinstance(formula, int)
    if len(formula) == 2:
        return ("~", _turned(rng, formula[1]))
    first, second = _turned(rng, formula[1]), _turned(rng, formula[2])
    return (formula[0], second, first) if formula[0] != "->" and rng.random() < 0.5 else (formula[0], first, second)
