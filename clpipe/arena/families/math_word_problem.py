"""Math word problem: a number, and what happens to it.

Example: `Alice has 5 apples. Bob gives Alice 4 more. How many apples does Alice have now?` — 9.

Difficulty is the number of operations and their kind: one sum or difference (1), one of doubling, halving, packs
(2), one of each (3), three (4), four (5); the numbers grow with it. Halves are always whole. Nobody is called
"he" or "she": a pronoun would make two tasks of one that differ in a name alone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from clpipe.arena.family import Draft, check_option
from clpipe.arena.scoring import exact_match
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.records import Json, Task


class Scene(NamedTuple):
    """One setting. `{a}`, `{b}` are people, `{x}` the things, `{k}` a number, `{p}` how many times."""

    start: str
    more: str
    fewer: str
    packs: str
    double: str
    half: str
    ask: str


SCENES = {
    "gifts": Scene(
        "{a} has {k} {x}.",
        "{b} gives {a} {k} more.",
        "{a} gives {b} {k}.",
        "{a} buys {p} bags of {k}.",
        "Then {a} doubles the number.",
        "{a} gives away half of them.",
        "How many {x} does {a} have now?",
    ),
    "shop": Scene(
        "{a}'s shop has {k} {x}.",
        "A van brings {k} more.",
        "{b} buys {k}.",
        "Then {p} crates of {k} arrive.",
        "A delivery doubles the stock.",
        "Half of them are sold.",
        "How many {x} are in the shop now?",
    ),
    "bus": Scene(
        "{a} drives a bus with {k} people on it.",
        "At a stop {k} get on.",
        "At a stop {k} get off.",
        "Then {p} groups of {k} get on.",
        "At the school the number doubles.",
        "At the park half of them get off.",
        "How many people are on {a}'s bus now?",
    ),
    "money": Scene(
        "{a} has {k} dollars.",
        "{b} pays {a} {k} dollars.",
        "{a} spends {k} dollars.",
        "{a} earns {k} dollars a day for {p} days.",
        "A prize doubles the money.",
        "{a} spends half of the money.",
        "How many dollars does {a} have now?",
    ),
    "game": Scene(
        "{a} starts a game with {k} points.",
        "{a} wins {k} points.",
        "{a} loses {k} points to {b}.",
        "{a} wins {p} rounds of {k} points each.",
        "A bonus doubles the score.",
        "A mistake halves the score.",
        "What is {a}'s score now?",
    ),
    "box": Scene(
        "{a} puts {k} {x} in a box.",
        "{b} adds {k}.",
        "{b} takes out {k}.",
        "{a} adds {p} packs of {k}.",
        "{a} doubles what is there.",
        "{b} takes out half of them.",
        "How many {x} are in the box?",
    ),
    "farm": Scene(
        "{a} keeps {k} hens.",
        "{a} buys {k} more.",
        "{b} takes {k} away.",
        "Then {p} neighbours bring {k} each.",
        "In spring the number doubles.",
        "{a} sells half of them.",
        "How many hens does {a} keep now?",
    ),
    "party": Scene(
        "{a} invites {k} guests.",
        "{b} invites {k} more.",
        "Then {k} guests cancel.",
        "Then {p} families of {k} are added.",
        "{a} doubles the list.",
        "Half of them cancel.",
        "How many guests does {a} expect?",
    ),
}
PLANS = {1: ("sum",), 2: ("product",), 3: ("sum", "product"), 4: ("sum", "product", "sum"), 5: ("sum", "product") * 2}


@dataclass(frozen=True, kw_only=True)
class MathWordProblem:
    """Short stories with one number to work out."""

    VERSION: ClassVar[int] = 1

    people: int = len(NAMES)
    """Names in use."""
    largest: int = 60
    """Largest number in a story of difficulty 5; difficulty d goes up to `largest` · (d + 1) / 6."""
    operations: int = 4
    """Most operations in a story."""
    templates: int = len(SCENES)
    """Scenes in use."""
    things: int = len(THINGS)
    """Kinds of things in use."""

    def __post_init__(self) -> None:
        check_option("math_word_problem.people", self.people, 2, len(NAMES))
        check_option("math_word_problem.largest", self.largest, 6, 10_000)
        check_option("math_word_problem.operations", self.operations, 1, 4)
        check_option("math_word_problem.templates", self.templates, 1, len(SCENES))
        check_option("math_word_problem.things", self.things, 1, len(THINGS))

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        """A story with the operations of its difficulty in random order."""
        a, b = rng.sample(NAMES[: self.people], 2)
        template, thing = rng.choice(list(SCENES)[: self.templates]), rng.choice(THINGS[: self.things])
        scene = SCENES[template]._asdict()
        limit = max(2, self.largest * (difficulty + 1) // 6)
        value = start = rng.randint(2, limit)
        plan = rng.sample(PLANS[difficulty], len(PLANS[difficulty]))[: self.operations]
        story, operations = [scene["start"].format(a=a, x=thing, k=start)], list[Json]()
        for sort in plan:
            name, p, k = _operation(rng, sort, value, limit)
            value = _apply(name, value, p, k)
            story.append(scene[name].format(a=a, b=b, p=p, k=k))
            operations.append([name, p, k])
        return Draft(
            family="math_word_problem",
            prompt=" ".join([*story, scene["ask"].format(a=a, x=thing)]),
            answer=str(value),
            difficulty=difficulty,
            template=template,
            people=(a, b),
            facts={"start": start, "operations": operations},
        ).task()

    def score(self, task: Task, reply: str) -> bool:
        """Whether the reply is the number."""
        return exact_match(task.answer, reply)


def _operation(rng: random.Random, sort: str, value: int, limit: int) -> tuple[str, int, int]:
    """An operation that leaves at least 1: its name, how many times, how much."""
    if sort == "sum":
        if value > 2 and rng.random() < 0.5:
            return "fewer", 1, rng.randint(2, min(limit, value - 1))
        return "more", 1, rng.randint(2, limit)
    name = rng.choice(("packs", "double", "half") if value % 2 == 0 else ("packs", "double"))
    return (name, rng.randint(2, 5), rng.randint(2, max(2, limit // 3))) if name == "packs" else (name, 1, 2)


def _apply(name: str, value: int, p: int, k: int) -> int:
    return {
        "more": value + k,
        "fewer": value - k,
        "packs": value + p * k,
        "double": value * 2,
        "half": value // 2,
    }[name]


FAMILY = MathWordProblem
