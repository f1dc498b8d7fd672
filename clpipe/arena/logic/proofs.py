"""Beginnings of proofs, and the steps that can be taken from them, made once for each difficulty.

Every proof is clear: its lines do not contradict each other, no other rule gives its result, its rule gives that result
from these lines alone, and, where the question does not name the lines, gives nothing else; what takes two steps does
not come in one. That is found by trying all rules on all lines, with double negations read as generously as a textbook
may (`steps(..., loose=True)`).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from clpipe.arena.logic.inference import RULES, Formulas, Schema, Step, matched, steps
from clpipe.arena.logic.propositional import (
    ATOMS,
    Formula,
    mentions,
    models,
    negated,
    plain,
    substituted,
    symbols,
    unordered,
    used,
)


class Level(NamedTuple):
    """What makes a difficulty."""

    lines: int
    compound: float
    """How often a part of a rule is a formula of two parts."""
    named: bool
    """Whether the question says which lines to take."""
    steps: int


LEVELS = {
    1: Level(3, 0.0, True, 1),
    2: Level(3, 1.0, True, 1),
    3: Level(4, 0.0, False, 1),
    4: Level(4, 1.0, False, 1),
    5: Level(4, 0.25, False, 2),
}
ENOUGH = 120
"""Proofs of each difficulty and rule; their lines are shuffled when a task is drawn."""
CHOSEN = "conjunction introduction"
"""The rule that two lines always allow: for it the question names them."""
DOUBLED = "double negation"
"""The rule for which a first step may lead to a double negation."""
SIDED = "conjunction elimination"
"""The rule with two results."""


class Proof(NamedTuple):
    """Given lines and one step or two; the second starts from the result of the first, which is the line after all."""

    lines: Formulas
    steps: tuple[Step, ...]


@cache
def library(difficulty: int, rule: str) -> tuple[Proof, ...]:
    """Clear proofs whose last step is by the rule; always the same ones."""
    rng, level = random.Random(f"{difficulty} {rule}"), LEVELS[difficulty]
    found = dict[tuple[str, ...], Proof]()
    while len(found) < ENOUGH:  # one in nine is clear at the worst
        proof = _proof(rng, level, rule)
        if proof and _sound(proof) and _clear(proof, level):
            found.setdefault(tuple(map(symbols, (*proof.lines, proof.steps[-1].result))), proof)
    return tuple(found.values())


def _proof(rng: random.Random, level: Level, rule: str) -> Proof | None:
    number = rng.randrange(len(RULES[rule]))
    schema = RULES[rule][number]
    parts = _parts(rng, schema, level)
    premises = [substituted(premise, parts) for premise in schema.premises]
    last = Step(rule, number, tuple(range(len(premises))), substituted(schema.result, parts))
    if level.steps == 1:
        return _filled(rng, level, premises, (last,))
    place = rng.randrange(len(premises))
    wanted = premises.pop(place)
    first = _leading(rng, rule, wanted, premises)
    if first is None or len(first.lines) + len(premises) >= level.lines:
        return None
    numbers = [*range(len(first.lines), len(first.lines) + len(premises))]
    numbers.insert(place, level.lines)
    return _filled(rng, level, [*first.lines, *premises], (first.steps[0], last._replace(lines=tuple(numbers))))


def _leading(rng: random.Random, rule: str, wanted: Formula, others: Sequence[Formula]) -> Proof | None:
    """A step to the wanted formula by another rule."""
    before = rng.choice([name for name in RULES if name not in (rule, CHOSEN)])
    number = rng.randrange(len(RULES[before]))
    schema = RULES[before][number]
    bound = matched(schema.result, wanted, {})
    if bound is None:
        return None
    free = [atom for atom in range(ATOMS) if atom not in used((wanted, *others))]
    for part in used(schema.premises) - set(bound):
        if not free:
            return None
        bound[part] = free.pop(rng.randrange(len(free)))
    lines = tuple(substituted(premise, bound) for premise in schema.premises)
    return Proof(lines, (Step(before, number, tuple(range(len(lines))), wanted),))


def _parts(rng: random.Random, schema: Schema, level: Level) -> dict[int, Formula]:
    """A literal for every part of a schema, perhaps two with a connective for one; none that would be negated twice."""
    texts = [symbols(formula) for formula in (*schema.premises, schema.result)]
    names = sorted(used(schema.premises))
    atoms = rng.sample(range(ATOMS), len(names) + 1)
    wide = rng.choice(names) if rng.random() < level.compound else None
    parts: dict[int, Formula] = {}
    for name in names:
        atom = atoms.pop()
        if name == wide:
            parts[name] = (rng.choice(("&", "|", "->")), _either(rng, atom), _either(rng, atoms.pop()))
        else:
            parts[name] = atom if any(f"~{{{name}}}" in text for text in texts) else _either(rng, atom)
    return parts


def _filled(rng: random.Random, level: Level, lines: Iterable[Formula], done: tuple[Step, ...]) -> Proof:
    """The proof with lines that no step needs, up to the number of the level."""
    every = list(lines)
    while len(every) < level.lines:
        every.append(_spare(rng, every, level))
    return Proof(tuple(every), done)


def _spare(rng: random.Random, lines: Iterable[Formula], level: Level) -> Formula:
    """A line over the atoms there are and one more."""
    there = sorted(used(lines))
    atoms = [*there, *[atom for atom in range(ATOMS) if atom not in there][:1]]
    rng.shuffle(atoms)
    kind = rng.random()
    if kind < 0.3 or len(atoms) < 2:
        return _either(rng, atoms[0])
    if kind < 0.38:
        return ("~", ("~", atoms[0]))
    first, second = _either(rng, atoms[0]), _either(rng, atoms[1])
    if kind < 0.46:
        return ("~", (rng.choice("&|"), atoms[0], atoms[1]))
    if len(atoms) > 2 and rng.random() < level.compound / 3:
        first = (rng.choice(("&", "|")), first, _either(rng, atoms[2]))
    return (rng.choice(("->", "->", "|", "&")), first, second)


def _sound(proof: Proof) -> bool:
    """No contradiction, no formula with an atom twice, none said twice, no double negation that nobody needs."""
    *between, last = proof.steps
    results = [step.result for step in proof.steps]
    every = [*proof.lines, *results]
    single = [last.result] if between and last.rule == DOUBLED else [*map(_bare, proof.lines), *results]
    return (
        bool(models(proof.lines))
        and all(len(set(atoms)) == len(atoms) for atoms in map(mentions, every))
        and all(plain(formula) == formula for formula in single)
        and len({unordered(formula) for formula in every}) == len(every)
    )


def _bare(line: Formula) -> Formula:
    """The line without two negations in front."""
    return negated(negated(line)) if symbols(line).startswith("~~") else line


def _clear(proof: Proof, level: Level) -> bool:
    """Whether the questions about the proof have one answer each."""
    *between, last = proof.steps
    known, start = proof.lines, None
    for step in proof.steps:
        lines = tuple(known[i] for i in step.lines) if level.named else known
        if step.rule != CHOSEN and _results(step, lines, start) != {plain(step.result)}:
            return False
        known, start = (*known, step.result), len(known)
    wanted = {(last.rule, frozenset(last.lines))}
    if not between:
        return _ways(proof.lines, last.result, loose=True) == wanted
    if _ways(proof.lines, last.result, loose=False):
        return False
    reached = [step.result for step in _uses(between[0].rule, proof.lines)]  # from either side
    if between[0].rule == DOUBLED:  # a reader may also put two negations before a line
        reached += [("~", ("~", line)) for line in proof.lines]
    after = [(*proof.lines, result) for result in reached]
    ways = {way for lines in after for way in _ways(lines, last.result, loose=True)}
    return {way for way in ways if len(proof.lines) in way[1]} == wanted


def _ways(lines: Formulas, result: Formula, loose: bool) -> set[tuple[str, frozenset[int]]]:
    """Every rule that gives the result from the lines in one step, with the lines that it takes."""
    return {
        (rule, frozenset(step.lines))
        for rule in RULES
        for step in steps(rule, lines, loose)
        if step.result == (plain(result) if loose else result)
    }


def _results(like: Step, lines: Formulas, start: int | None) -> set[Formula]:
    """All that the rule gives from the lines, with `start` among those it takes."""
    return {
        plain(step.result)
        for step in _uses(like.rule, lines)
        if (start is None or start in step.lines) and (like.rule != SIDED or step.schema == like.schema)
    }


def _uses(rule: str, lines: Formulas) -> Iterator[Step]:
    return steps(rule, lines, loose=rule != DOUBLED)  # which would take any line


def _either(rng: random.Random, atom: int) -> Formula:
    return atom if rng.random() < 0.6 else negated(atom)
