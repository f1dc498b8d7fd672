"""Entailment: whether a conclusion follows from its premises.

Example: `Premises: P -> Q; Q. Conclusion: P. Valid or invalid?` — invalid.

Difficulty: one application of modus ponens, of disjunctive syllogism or of a rule for `and` or `or` (1); tollens,
contraposition or a chain of two conditionals (2); two steps (3); biconditionals, parts within parts and De Morgan (4);
three steps or more over four or five atoms, and a premise to spare (5). The others may have a premise to spare too.

The arguments come in twins, one valid and one not, with one conclusion. The premises of the twins differ in the place
of two literals, or of one negation: the words in them and how often they occur are the same, and order, wording and
vocabulary are drawn apart. No premises contradict each other, and no conclusion is a premise or always true. `Or` is
inclusive, and says so.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family, sentence
from clpipe.arena.logic import arguments
from clpipe.arena.logic.propositional import ATOMS, GREEK, LETTERS, PAIRS, Formula, mentions, symbols
from clpipe.arena.reserve import templates
from clpipe.arena.words.entailment import FORMS, statements


class Wording(NamedTuple):
    """One way to put an argument; `yes` and `no` say an atom in English, without them it is put in symbols."""

    layout: str
    yes: str = ""
    no: str = ""


TRUE, HOLDS = ("{} is true", "{} is false"), ("{} holds", "{} does not hold")
IS = ("the {} is {}", "the {} is not {}")
TEMPLATES = templates(
    {
        "premises": Wording("Premises: {premises}. Conclusion: {conclusion}. Valid or invalid?"),
        "formulas": Wording("From these formulas: {premises}. Derived: {conclusion}. Is the step invalid or valid?"),
        "must": Wording(
            "Let all of these be true: {premises}. Must this be true as well: {conclusion}? "
            "Answer valid if it must, else invalid."
        ),
        "claim": Wording("Claim: {conclusion}. Derived from: {premises}. Is the derivation valid or invalid?"),
        "exam": Wording(
            "Logic exam. Assumptions: {premises}. Inferred: {conclusion}. Mark the inference as valid or invalid."
        ),
        "therefore": Wording("{premises} Therefore, {conclusion}. Is this argument valid or invalid?", *TRUE),
        "suppose": Wording(
            "Suppose the following. {premises} Is it valid or invalid to conclude that {conclusion}?", *HOLDS
        ),
        "student": Wording("A student writes: {premises} So {conclusion}. Is the reasoning invalid or valid?", *TRUE),
        "reasons": Wording(
            "Somebody says that {conclusion}, and gives these reasons. {premises} Is the argument valid or invalid?",
            *HOLDS,
        ),
        "everyday": Wording("{premises} Therefore, {conclusion}. Valid or invalid?", *IS),
        "known": Wording(
            "We know this. {premises} Somebody concludes that {conclusion}. Is that inference invalid or valid?", *IS
        ),
        "logic-alone": Wording(
            "Look at the logic alone. {premises} Hence {conclusion}. Is that valid or invalid?", *IS
        ),
        "report": Wording(
            "A report gives some facts. {premises} From them it infers that {conclusion}. Valid or invalid?", *IS
        ),
        "doubt": Wording(
            "Somebody infers that {conclusion}. These are the premises. {premises} Is the inference valid or invalid?",
            *IS,
        ),
    }
)
SPARE = {1: 0.5, 2: 0.5, 3: 0.25, 4: 0.25, 5: 1.0}
"""How often an argument gets a premise that is not needed."""


class Line(NamedTuple):
    """A formula in its two notations, for `str.format`: atom i is `{i}`, its denial in English `{i + ATOMS}`."""

    symbols: str
    english: str
    atoms: tuple[int, ...]


class Twins(NamedTuple):
    """`clpipe.arena.logic.arguments.Twins`, ready to be written."""

    valid: tuple[Line, ...]
    invalid: tuple[Line, ...]
    conclusion: Line


STATEMENTS = statements("same_template"), statements("new_entities")


@dataclass(frozen=True, kw_only=True)
class Entailment(Family):
    """Arguments in propositional logic."""

    VERSION: ClassVar[int] = 1

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """One of two twins, in a random order of its premises."""
        twins = rng.choice(rng.choice(library(difficulty)))
        valid = rng.random() < 0.5
        premises = list(twins.valid if valid else twins.invalid)
        rng.shuffle(premises)
        lines = (*premises, twins.conclusion)
        order = list(dict.fromkeys(atom for line in lines for atom in line.atoms))
        name, wording = rng.choice(TEMPLATES.of(novelty))
        entities, said = _entities(rng, wording, len(order), novelty)
        *told, told_last = _told(lines, wording, order, entities, said)
        numbers = _spread(order, [str(n) for n in range(len(order))])
        *facts, last = [line.symbols.format(*numbers) for line in lines]
        return Draft(
            prompt=wording.layout.format(
                premises=" ".join(map(sentence, told)) if wording.yes else "; ".join(told), conclusion=told_last
            ),
            answer="valid" if valid else "invalid",
            template=name,
            entities=tuple(entities),
            facts={"premises": [*facts], "conclusion": last, "said": [*said]},
        )


@cache
def library(difficulty: int) -> tuple[tuple[Twins, ...], ...]:
    """The arguments of a difficulty, form by form."""
    forms = [form.strip() for form in FORMS[difficulty].strip().splitlines()]
    return tuple(
        tuple(
            Twins(tuple(map(_line, twins.valid)), tuple(map(_line, twins.invalid)), _line(twins.conclusion))
            for twins in arguments.library(form, SPARE[difficulty])
        )
        for form in forms
    )


def _entities(rng: random.Random, wording: Wording, count: int, novelty: str) -> tuple[list[str], list[str]]:
    """What the atoms are about, and, where they are statements, what is said of it."""
    if wording.yes == IS[0]:
        chosen = rng.sample(STATEMENTS[novelty == "new_entities"], count)
        return [thing for thing, _ in chosen], [adjective for _, adjective in chosen]
    names = (LETTERS, PAIRS) if wording.yes else (LETTERS, PAIRS, GREEK)
    return rng.sample(rng.choice(names).of(novelty), count), []


def _told(
    lines: Sequence[Line], wording: Wording, order: Sequence[int], entities: Sequence[str], said: Sequence[str]
) -> list[str]:
    if not wording.yes:
        names = _spread(order, entities)
        return [line.symbols.format(*names) for line in lines]
    about = list(zip(entities, said, strict=True)) if said else [(entity,) for entity in entities]
    names = _spread(order, [wording.yes.format(*a) for a in about]) + _spread(
        order, [wording.no.format(*a) for a in about]
    )
    return [line.english.format(*names) for line in lines]


def _spread(order: Sequence[int], words: Sequence[str]) -> list[str]:
    """The words by the numbers of their atoms."""
    places = [""] * ATOMS
    for atom, word in zip(order, words, strict=True):
        places[atom] = word
    return places


@cache
def _line(formula: Formula) -> Line:
    return Line(symbols(formula), _english(formula), mentions(formula))


def _english(formula: Formula) -> str:
    if isinstance(formula, int):
        return f"{{{formula}}}"
    if len(formula) == 2:
        return _denied(formula[1])
    first, second = _english(formula[1]), _english(formula[2])
    if formula[0] == "->":
        return f"if {first}, then {second}"
    if formula[0] == "<->":
        return f"{first} if and only if {second}"
    return f"{first} and {second}" if formula[0] == "&" else f"{first} or {second}, or both"


def _denied(formula: Formula) -> str:
    if isinstance(formula, int):
        return f"{{{formula + ATOMS}}}"
    assert len(formula) == 3
    first, second = _english(formula[1]), _english(formula[2])
    said = f"both {first} and {second}" if formula[0] == "&" else f"either {first} or {second}, or both"
    return f"it is not true that {said}"


FAMILY = Entailment
