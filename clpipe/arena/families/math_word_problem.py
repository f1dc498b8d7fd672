"""Math word problem: a number, and what happens to it.

Example: `Alice has 5 apples. Bob gives Alice 4 more apples. How many apples does Alice have now?` — 9.

Difficulty is the number of steps and their kind; the numbers grow with it:

1. one sum or difference: more, fewer, how many more than somebody else has.
2. one product or whole quotient: so many times as many, a part that is left, equal packs, equal shares.
3. two steps: sums with products, equal packs that are added or taken away, what two people have together.
4. three steps; in half of the stories also a number that changes nothing.
5. four steps; in some of the stories also a number that changes nothing.

The steps are drawn before the scene, and every scene can tell every story. A quarter of the stories that can be told
backwards give the end and ask for the beginning. Nobody is called "he" or "she": a pronoun would make two tasks of
one that differ in a name alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, Family, check_option
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.arena.words.math_word_problem import GROWS, PART, SCENES

SORTS = {
    "sum": ("more", "fewer"),
    "product": ("times", "share"),
    "lump": ("packs", "spend", "dozen"),
    "lots": ("packs",),
    "apart": ("apart",),
    "together": ("richer", "poorer"),
    "split": ("split",),
}
"""The operations of each sort of step: `lots` are the packs that a story begins with, those after it end a story."""
PLANS = {
    level: [plan.split() for plan in plans.split(", ")]
    for level, plans in {
        1: "sum, sum, apart",
        2: "product, product, lots, split",
        3: "sum product, product sum, lump, lump, lots sum, lots split, sum split, product apart, together",
        4: "sum product sum, lump sum, sum lump, lump product, product lump, lots sum product, lots lump, "
        "sum together, product together, lump split, lump apart",
        5: "sum product sum product, product sum product sum, lump lump, sum lump product, product lump sum, "
        "lots sum lump, lots product lump, lump together, product sum together, lump sum split, product lump apart",
    }.items()
}
"""What follows what. A lump is two steps, a product and a sum; so is what two have together."""
ASKED = {"richer": "together", "poorer": "together", "apart": "apart", "split": "each"}
"""What is asked after these operations; else what there is now."""
TAKING = ("fewer", "spend", "share", "apart", "split")
"""Operations that leave less."""
BACKWARDS = 1 / 4
ASIDE = {4: 1 / 2, 5: 1 / 2}
"""Share of the stories with a number that changes nothing, by difficulty; those of four sentences are long enough."""
PARTS = {2: 9}
"""Most times, packs or parts by difficulty, else 5."""
HIGHEST = 10
"""Nothing grows to more than so many times the limit of its difficulty."""


class Operation(NamedTuple):
    """What happens: its name, how many times or parts, and how much each time."""

    name: str
    p: int
    k: int


class Story(NamedTuple):
    """The number it begins with (0 where packs do), what happens, and the number it ends with."""

    start: int
    operations: list[Operation]
    end: int


@dataclass(frozen=True, kw_only=True)
class MathWordProblem(Family):
    """Short stories with one number to work out."""

    VERSION: ClassVar[int] = 2

    largest: int = 60
    """Largest number drawn at difficulty 5; difficulty d draws up to `largest` · (d + 1) / 6. Results may be larger."""

    def __post_init__(self) -> None:
        check_option("largest", self.largest, 18, 10_000)

    def draw(self, rng: random.Random, difficulty: int, novelty: str) -> Draft:
        """A story with the steps of one of the plans of its difficulty."""
        limit = self.largest * (difficulty + 1) // 6
        plan, story = rng.choice(PLANS[difficulty]), None
        while story is None:  # every plan has numbers that fit it, and most numbers do
            story = _story(rng, plan, limit, PARTS.get(difficulty, 5))
        asked = ASKED.get(story.operations[-1].name, "now")
        if asked == "now" and story.start and len(story.operations) < 4 and rng.random() < BACKWARDS:
            asked = "first"
        told = list(story.operations)
        if rng.random() < ASIDE.get(difficulty, 0) and len(told) < 4:
            aside = Operation("aside", 1, _between(rng, 10, limit + 10))
            told.insert(_between(rng, 0 if story.start else 1, len(told)), aside)
        template, scene = rng.choice(SCENES.of(novelty))
        text = " ".join(_sentences(scene, story, told, asked))
        words = dict(zip("abc", rng.sample(NAMES.of(novelty), 3), strict=True))
        words["x"] = rng.choice(THINGS.of(novelty))
        return Draft(
            prompt=text.format_map(words),
            answer=str(story.start if asked == "first" else story.end),
            template=template,
            entities=_mentioned(text, words),
            facts={"start": story.start, "operations": [list(operation) for operation in told], "asked": asked},
        )


def after(operation: Operation, value: int) -> int:
    """What there is, or what is asked, once it has happened to `value`."""
    name, p, k = operation
    match name:
        case "more" | "packs" | "dozen":
            return value + p * k
        case "fewer" | "spend" | "apart":
            return value - p * k
        case "times":
            return value * p
        case "share" | "split":
            return value // p
        case "richer":
            return 2 * value + k
        case "poorer":
            return 2 * value - k
    raise ValueError(f"no such operation: {name!r}")


def before(operation: Operation, value: int) -> int:
    """What there was where `value` is left by an operation of `TAKING`."""
    name, p, k = operation
    return value * p if name in ("share", "split") else value + p * k


def _between(rng: random.Random, low: int, high: int) -> int:
    return low + int(rng.random() * (high - low + 1))


def _story(rng: random.Random, plan: Sequence[str], limit: int, parts: int) -> Story | None:
    """A story whose every number is whole and at least 2; None where the numbers drawn do not fit the plan."""
    start = value = 0 if plan[0] == "lots" else _between(rng, 2, limit)
    operations: list[Operation] = []
    for name in _names(rng, plan):
        backwards = not operations and name in TAKING
        operation = _operation(rng, name, None if backwards else value, (limit, parts))
        if operation is None:
            return None
        if backwards:  # else small results would be the most frequent
            start = before(operation, value)
        else:
            value = after(operation, value)
        operations.append(operation)
    return Story(start, operations, value) if value <= HIGHEST * limit else None


def _names(rng: random.Random, plan: Sequence[str]) -> list[str]:
    """An operation for each step; only sums may come twice, for nothing else should be told twice in the same words."""
    names: list[str] = []
    for sort in plan:
        name = rng.choice(SORTS[sort])
        while name in names and sort != "sum":
            name = rng.choice(SORTS[sort])
        names.append(name)
    return names


def _operation(rng: random.Random, name: str, value: int | None, most: tuple[int, int]) -> Operation | None:
    """Numbers for an operation on `value`, or on whatever it takes where there is none; None where none fit."""
    limit, parts = most
    if name in ("times", "share", "split"):
        ps = list(range(2, parts + 1))
        if name != "times" and value is not None:
            ps = [p for p in ps if value % p == 0 and value > p]
        return Operation(name, rng.choice(ps), 1) if ps else None
    if name == "dozen":
        return Operation(name, _between(rng, 2, 6), 12)
    p = _between(rng, 2, parts) if name in ("packs", "spend") else 1
    high = limit // 3 if p > 1 and value != 0 else limit
    if value is not None and name in ("fewer", "spend", "apart", "poorer"):
        high = min(high, (value - 2) // p)
    return Operation(name, p, _between(rng, 2, high)) if high > 1 else None


def _sentences(scene: Mapping[str, str], story: Story, told: Sequence[Operation], asked: str) -> Iterator[str]:
    """The story with its numbers and the question, names and things still open."""
    question, first = scene[f"ask_{asked}"], scene["question_first"]
    if first:
        yield question
    if story.start:
        yield scene["some"] if asked == "first" else _counted(scene["start"], story.start)
    for number, (name, p, k) in enumerate(told):
        yield _counted(scene[name if story.start or number else "lots"], k, p)
    if asked == "first":
        yield _counted(scene["end"], story.end)
    if not first:
        yield question


def _counted(sentence: str, k: int, p: int = 1) -> str:
    counted = sentence.replace("{k}", str(k)).replace("{p}", str(p))
    return counted.replace("{grows}", GROWS[p]).replace("{part}", PART[p])


def _mentioned(text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The words that the text asks for, in the order in which it does."""
    places = sorted((place, letter) for letter in words if (place := text.find(f"{{{letter}}}")) >= 0)
    return tuple(words[letter] for _, letter in places)


FAMILY = MathWordProblem
