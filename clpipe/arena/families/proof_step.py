"""Proof step: what the next line of a proof is, which rule gives a line, which line it comes from, which is wrong.

Example: `1. P -> Q; 2. ~R; 3. P. Apply modus ponens to lines 1 and 3. What is the next line, without outer brackets?`
— Q.

Difficulty: three lines of letters and their negations (1); one part of the rule is a formula of two parts (2); four
lines, and the question does not say which of them to take (3); that with a formula of two parts (4); two steps (5).
Conjunction introduction always gets its lines and their order told, conjunction elimination its side.

The rules are equally likely, and so are the places of the lines. The proofs are those of `clpipe.arena.logic.proofs`:
every question has one answer, and a line said not to follow is false in some case in which all given lines are true.
`~` binds closest; an answer without outer brackets is written in one way.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family
from clpipe.arena.logic.flaws import flaws
from clpipe.arena.logic.inference import PAIRED, RULES, Step
from clpipe.arena.logic.proofs import CHOSEN, LEVELS, SIDED, library
from clpipe.arena.logic.propositional import ATOMS, GREEK, LETTERS, PAIRS, Formula, mentions, symbols
from clpipe.arena.words.proof_step import TEMPLATES
from clpipe.records import Json

NAMES = tuple(RULES)
KINDS = ("next",) * 8 + ("rule",) * 5 + ("source",) * 4 + ("flaw",) * 3


class Line(NamedTuple):
    """A formula for `str.format` with the names of the atoms."""

    text: str
    atoms: tuple[int, ...]


class Told(NamedTuple):
    """A question before its words: the lines to show, what it asks with which words in it, and the answer."""

    lines: list[Line]
    form: str
    slots: dict[str, str | int]
    answer: Line | str


@dataclass(frozen=True, kw_only=True)
class ProofStep(Family):
    """Single steps of proofs in propositional logic."""

    VERSION: ClassVar[int] = 1

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """One question about a proof."""
        kind = rng.choice(KINDS)
        told = _flaw(rng, difficulty) if kind == "flaw" else _step(rng, difficulty, kind)
        lines, form, slots, answer = told
        order = list(dict.fromkeys(atom for line in lines for atom in line.atoms))
        entities = rng.sample(rng.choice((LETTERS, PAIRS, GREEK)).of(novelty), len(order))
        name, wording = rng.choice(TEMPLATES.of(novelty))
        names, numbers = [""] * ATOMS, [""] * ATOMS
        for number, (atom, entity) in enumerate(zip(order, entities, strict=True)):
            names[atom], numbers[atom] = entity, str(number)
        shown = [wording.line.format(n=n, text=line.text.format(*names)) for n, line in enumerate(lines, 1)]
        return Draft(
            prompt=wording.layout.format(lines=wording.between.join(shown), ask=wording.ask[form].format(**slots)),
            answer=answer if isinstance(answer, str) else answer.text.format(*names),
            template=name,
            entities=tuple(entities),
            facts={"form": form, "lines": list[Json]([line.text.format(*numbers) for line in lines]), **slots},
        )


class Begun(NamedTuple):
    """A proof of the library, ready to be written."""

    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    result: Line


def _step(rng: random.Random, difficulty: int, kind: str) -> Told:
    two = LEVELS[difficulty].steps == 2
    begun = rng.choice(_begun(difficulty, rng.choice(PAIRED if two and kind == "source" else NAMES)))
    count = len(begun.lines)
    order = rng.sample(range(count), count)
    lines, place = [begun.lines[i] for i in order], [order.index(i) + 1 for i in range(count)]
    first, last = begun.steps[0], begun.steps[-1]
    if kind == "next":
        slots: dict[str, str | int] = {"rule": first.rule, "where": _where(first, place, LEVELS[difficulty].named)}
        if two:
            slots |= {"second": last.rule, "then": _then(last, place)}
        return Told(lines, "two steps" if two else "step", slots, begun.result)
    lines.append(begun.result)
    if kind == "source":
        return Told(lines, *_source(rng, begun.steps, place))
    if two:
        return Told(lines, "second rule", {"n": count + 1, "rule": first.rule}, last.rule)
    named = _numbered([place[i] for i in last.lines]) if LEVELS[difficulty].named else "the earlier lines"
    return Told(lines, "rule", {"n": count + 1, "where": named}, last.rule)


def _source(rng: random.Random, steps: Sequence[Step], place: Sequence[int]) -> tuple[str, dict[str, str | int], str]:
    """The form of the question which line the last step takes, its slots and its answer."""
    last, n = steps[-1], len(place) + 1
    taken = [place[i] for i in last.lines if i < len(place)]
    if len(steps) == 2:
        return "second source", {"n": n, "m": n - 1, "rule": steps[0].rule, "second": last.rule}, str(taken[0])
    if len(taken) == 1:
        return "source", {"n": n, "rule": last.rule}, str(taken[0])
    rng.shuffle(taken)
    return "partner", {"n": n, "rule": last.rule, "i": taken[0]}, str(taken[1])


def _where(step: Step, place: Sequence[int], named: bool) -> str:
    numbers = [place[i] for i in step.lines]
    if step.rule == CHOSEN:
        return f"lines {numbers[0]} and {numbers[1]}, in that order"
    only = "the only whole line that allows it" if len(numbers) == 1 else "the only whole lines that allow it"
    return (_numbered(numbers) if named else only) + _side(step)


def _then(step: Step, place: Sequence[int]) -> str:
    """What the second of two steps starts from."""
    if step.rule == CHOSEN:
        first, second = ("the result" if i == len(place) else f"line {place[i]}" for i in step.lines)
        return f"{first} and {second}, in that order"
    return ("the result" if len(step.lines) == 1 else "the result and one more line") + _side(step)


def _side(step: Step) -> str:
    return f", keeping the {('left', 'right')[step.schema]} side" if step.rule == SIDED else ""


def _numbered(numbers: Sequence[int]) -> str:
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {min(numbers)} and {max(numbers)}"


def _flaw(rng: random.Random, difficulty: int) -> Told:
    given, later, wrong = rng.choice(_flawed(difficulty))
    lines = rng.sample(given, len(given))
    claimed = rng.sample((*later, wrong), len(later) + 1)
    count = len(given)
    slots: dict[str, str | int] = {"m": count, "a": count + 1, "n": count + len(claimed)}
    return Told(lines + claimed, "flaw", slots, str(count + 1 + claimed.index(wrong)))


@cache
def _begun(difficulty: int, rule: str) -> tuple[Begun, ...]:
    return tuple(
        Begun(tuple(map(_line, proof.lines)), proof.steps, _line(proof.steps[-1].result))
        for proof in library(difficulty, rule)
    )


@cache
def _flawed(difficulty: int) -> tuple[tuple[tuple[Line, ...], tuple[Line, ...], Line], ...]:
    return tuple(
        (tuple(map(_line, flaw.lines)), tuple(map(_line, flaw.sound)), _line(flaw.wrong)) for flaw in flaws(difficulty)
    )


def _line(formula: Formula) -> Line:
    return Line(symbols(formula), mentions(formula))


FAMILY = ProofStep
