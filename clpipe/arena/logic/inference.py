"""Rules of inference: what they are, and all that they give from the lines of a proof.

>>> lines = parse_all("A -> B, ~C, A")
>>> [(step.lines, step.result) for step in steps("modus ponens", lines)]
[((0, 2), 1)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from clpipe.arena.logic.propositional import Formula, parse_all, plain, substituted

Formulas = tuple[Formula, ...]


class Schema(NamedTuple):
    """Premises and conclusion, with parts of any kind in the place of the atoms."""

    premises: Formulas
    result: Formula


class Step(NamedTuple):
    """One use of a rule."""

    rule: str
    schema: int
    """Which schema of the rule."""
    lines: tuple[int, ...]
    """The lines it starts from, from 0, in the order of the schema."""
    result: Formula


def _schemas(*texts: str) -> tuple[Schema, ...]:
    pairs = (text.split("|-") for text in texts)
    return tuple(Schema(parse_all(premises), *parse_all(result)) for premises, result in pairs)


RULES = {
    "modus ponens": _schemas("A -> B, A |- B"),
    "modus tollens": _schemas("A -> B, ~B |- ~A"),
    "hypothetical syllogism": _schemas("A -> B, B -> C |- A -> C"),
    "disjunctive syllogism": _schemas("A | B, ~A |- B", "A | B, ~B |- A"),
    "conjunction introduction": _schemas("A, B |- A & B"),
    "conjunction elimination": _schemas("A & B |- A", "A & B |- B"),
    "contraposition": _schemas("A -> B |- ~B -> ~A"),
    "double negation": _schemas("~~A |- A"),
    "De Morgan": _schemas("~(A & B) |- ~A | ~B", "~(A | B) |- ~A & ~B", "~A | ~B |- ~(A & B)", "~A & ~B |- ~(A | B)"),
}
PAIRED = tuple(rule for rule, schemas in RULES.items() if len(schemas[0].premises) == 2)
"""The rules that start from two lines."""


def steps(rule: str, lines: Sequence[Formula], loose: bool = False) -> Iterator[Step]:
    """Every use of the rule on the lines.

    `loose` takes P for the negation of ~P too, as many textbooks do, and leaves the double negations of a result out.
    """
    for number, schema in enumerate(RULES[rule]):
        first, *others = schema.premises
        for i, line in enumerate(lines):
            bound = matched(first, line, {}, loose)
            if bound is None:
                continue
            if not others:
                yield _step(rule, number, (i,), schema, bound, loose)
                continue
            for j, other in enumerate(lines):
                both = matched(others[0], other, bound, loose) if i != j else None
                if both is not None:
                    yield _step(rule, number, (i, j), schema, both, loose)


def _step(
    rule: str, number: int, lines: tuple[int, ...], schema: Schema, bound: Mapping[int, Formula], loose: bool
) -> Step:
    result = substituted(schema.result, bound)
    return Step(rule, number, lines, plain(result) if loose else result)


def matched(
    pattern: Formula, formula: Formula, bound: Mapping[int, Formula], loose: bool = False
) -> dict[int, Formula] | None:
    """What the parts of a pattern stand for, when the formula is an instance of it; `bound` are known already."""
    if isinstance(pattern, int):
        known = bound.get(pattern)
        if known is None:
            return {**bound, pattern: formula}
        same = plain(known) == plain(formula) if loose else known == formula
        return dict(bound) if same else None
    if len(pattern) == 2:
        if not isinstance(formula, int) and len(formula) == 2:
            return matched(pattern[1], formula[1], bound, loose)
        return matched(pattern[1], ("~", formula), bound, loose) if loose else None
    if isinstance(formula, int) or len(formula) == 2 or formula[0] != pattern[0]:
        return None
    left = matched(pattern[1], formula[1], bound, loose)
    return None if left is None else matched(pattern[2], formula[2], left, loose)
