"""Commonsense: what everybody knows about everyday things, asked with named options or for yes or no.

Example: `Which of these is made for driving in nails: a pillow, a hammer or a spoon?` — a hammer.

What is asked comes from a hand-written knowledge base, `data/commonsense`: what things are, what they are made for and
of, where they are, what they can do, what becomes of them, which is bigger, what is done first. A wrong option is never
just another word: it has another value of the same relation, and no subject has two.

1. One relation, two or three options; or yes or no.
2. Four or five options, most of them alike; yes or no; three actions of one routine; more or less than a third thing.
3. Negated: which one is not so, which one is the exception.
4. Two entries: the one option that has both of two properties, among such that have one or none; the second of four.
5. A scene with two steps: things that change hands, people that change places, a trade for a problem, the order in
   which people do their part. The answer is a name.

The options are drawn first and what is asked of them after, so that each is right as often as any other: no word, and
no place in the list, tells the answer. Subjects of the knowledge base are not interchangeable, names of people are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from clpipe.arena.family import Draft, Family, check_option, listing
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.commonsense import Knowledge, knowledge, odd_options
from clpipe.arena.words.commonsense_scenes import SCENES, Puzzle
from clpipe.arena.words.commonsense_wordings import WORDINGS

RANKS = ("first", "second", "third", "last")
HEIGHTS = ("most", "second", "last but one", "least")


@dataclass(frozen=True, kw_only=True)
class Commonsense(Family):
    """Questions from a small knowledge base of everyday things."""

    VERSION: ClassVar[int] = 1

    options: int = 5
    """Most options of a question."""

    def __post_init__(self) -> None:
        check_option("options", self.options, 4, 5)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A puzzle from one part of the knowledge base; FileNotFoundError where `data/commonsense` is missing."""
        template, wording = rng.choice(WORDINGS.of(novelty))
        known = knowledge(novelty == "new_entities")
        if difficulty == 5:
            puzzle = rng.choice(SCENES)(rng, known, NAMES.of(novelty))
            does = puzzle.says.format(paper=wording.paper)
            prompt = wording.scene.format(scene=puzzle.scene.format(paper=wording.paper), does=does)
        else:
            puzzle = rng.choice(KINDS[difficulty])(rng, known, self.options)
            prompt = _put(getattr(wording, puzzle.form), puzzle)
        return Draft(
            prompt=prompt,
            answer=puzzle.answer,
            template=template,
            entities=puzzle.people,
            facts={"form": puzzle.form, "options": list(puzzle.options), **puzzle.facts},
        )


def _put(layout: str, puzzle: Puzzle) -> str:
    if puzzle.form == "check":
        statement = f"{puzzle.options[0]} {puzzle.says}"
        return layout.format(it=statement, It=statement[0].upper() + statement[1:])
    return layout.format(says=puzzle.says, either=listing(puzzle.options, "or"), all=listing(puzzle.options))


def _asked(rng: random.Random, options: list[str], right: str, says: str, relation: str, form: str = "pick") -> Puzzle:
    rng.shuffle(options)
    return Puzzle(form, says, options, right, {"relation": relation, "asks": says})


# ---- one relation


def _check(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    """Whether a subject has a value: its own, or another of the relation."""
    relation = rng.choice(known.spread[2])
    own, other = rng.sample(relation.values, 2)
    subject = rng.choice(own.subjects)
    right = rng.random() < 0.5
    says = (own if right else other).says
    return Puzzle("check", says, [subject], "Yes" if right else "No", {"relation": relation.name, "asks": says})


def _few(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    return _spread(rng, known, rng.choice((2, 3))) if rng.random() < 0.7 else _odd(rng, known, 3)


def _many(rng: random.Random, known: Knowledge, most: int) -> Puzzle:
    return (_spread if rng.random() < 0.6 else _odd)(rng, known, rng.choice((4, most)))


def _spread(rng: random.Random, known: Knowledge, count: int) -> Puzzle:
    """Options with a value each, all different."""
    relation = rng.choice(known.spread[count])
    values = rng.sample(relation.values, count)
    options = [rng.choice(value.subjects) for value in values]
    return _asked(rng, list(options), options[0], values[0].says, relation.name)


def _odd(rng: random.Random, known: Knowledge, count: int) -> Puzzle:
    """One option with a value, the others with another."""
    relation, one, _other, options = odd_options(rng, known, count)
    return _asked(rng, options, options[0], one.says, relation.name)


def _negated(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    """One option with a value, the others with another: which one has not the other."""
    relation, _one, other, options = odd_options(rng, known, rng.choice((3, 4)))
    right = options[0]
    # Where there are but two values, denying the one says the other, as in `has legs`: that is no negation.
    if len(relation.values) > 2 and " not " in other.denies and rng.random() < 0.5:
        return _asked(rng, options, right, other.denies, relation.name)
    return _asked(rng, options, right, other.says, relation.name, "exception")


# ---- scales and routines


def _compared(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    scale, steps = rng.choice(known.ladders[2])
    options = [rng.choice(scale.levels[level]) for level in steps]
    i = rng.randrange(2)
    return _asked(rng, list(options), options[i], scale.words[("more", "less")[i]], scale.name)


def _beyond(rng: random.Random, known: Knowledge, _: int, negated: bool = False) -> Puzzle:
    """One option on one side of a thing, two on the other."""
    scale, middle, more, less = rng.choice(known.middles)
    up = rng.random() < 0.5
    one, others = (more, less) if up else (less, more)
    options = [rng.choice(one), *rng.sample(others, 2)]
    word = scale.words["more" if up != negated else "less"]
    says = f"{_denied(word) if negated else word} than {middle}"
    return _asked(rng, list(options), options[0], says, scale.name)


def _not_beyond(rng: random.Random, known: Knowledge, most: int) -> Puzzle:
    return _beyond(rng, known, most, True)


def _denied(says: str) -> str:
    """`is not bigger`, `does not last longer`."""
    verb, rest = says.split(" ", 1)
    return f"is not {rest}" if verb == "is" else f"does not {verb.removesuffix('s')} {rest}"


def _ranked(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    scale, steps = rng.choice(known.ladders[4])
    options = [rng.choice(scale.levels[level]) for level in steps]
    i = rng.randrange(4)
    return _asked(rng, list(options), options[i], scale.words[HEIGHTS[i]], scale.name)


def _steps(rng: random.Random, known: Knowledge, count: int) -> Puzzle:
    """So many actions of a routine; the one at a place in the order."""
    steps = rng.choice(known.routines)
    options = [steps[i] for i in sorted(rng.sample(range(4), count))]
    i = rng.randrange(count)
    rank = "last" if i == count - 1 else RANKS[i]
    return _asked(rng, list(options), options[i], f"comes {rank}", "order")


def _two_steps(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    return _steps(rng, known, 2)


def _three_steps(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    return _steps(rng, known, 3)


def _four_steps(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    return _steps(rng, known, 4)


def _around(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    """An action before and one after another of the same routine; which one is not before, or not after."""
    steps = rng.choice(known.routines)
    before, middle, after = (steps[i] for i in sorted(rng.sample(range(4), 3)))
    right, side = rng.choice(((after, "before"), (before, "after")))
    return _asked(rng, [before, after], right, f"does not come {side} {middle}", "order")


def _square(rng: random.Random, known: Knowledge, _: int) -> Puzzle:
    """Four options for the four ways to have one of two properties each of two relations."""
    square = rng.choice(known.squares)
    options = [rng.choice(cell) for cell in square.cells]
    i = rng.randrange(4)
    return _asked(rng, list(options), options[i], square.says[i], square.relations)


Kind = Callable[[random.Random, Knowledge, int], Puzzle]
KINDS: dict[int, tuple[Kind, ...]] = {
    1: (_check, _few, _few, _compared, _two_steps),
    2: (_many, _many, _many, _beyond, _three_steps),
    3: (_negated, _negated, _negated, _not_beyond, _around),
    4: (_square, _square, _square, _ranked, _four_steps),
}


FAMILY = Commonsense
