"""What a family is like, counted over draws: capacity, balance of the answers, length, templates."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from clpipe.arena.canonical import normalised
from clpipe.arena.drawing import draws
from clpipe.arena.family import Family
from clpipe.records import NOVELTIES, Task

NONE_SEEN = 3.0
"""Upper 95 % bound of a Poisson mean of which 0 was seen (the rule of three)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One difficulty of a family over a number of draws."""

    family: str
    difficulty: int
    draws: int
    different: int
    capacity: int
    """About how many different tasks there are at the least."""
    templates: int
    """Wordings, the reserved ones included."""
    answers: int
    commonest: str
    share: float
    """Of the commonest answer, 0 to 1."""
    words: float
    """Median words of a prompt."""
    most_words: int


def survey(name: str, family: Family, number: int, seed: int = 0) -> list[Survey]:
    """Every difficulty of a family over `number` draws."""
    return [_level(name, family, difficulty, number, seed) for difficulty in family.levels]


def capacity(draws: int, different: int) -> int:
    """About how many different tasks there are, from how many of the draws were different.

    C equally likely tasks give C(1 - (1 - 1/C)^n) different ones in n draws on average; solved for C. Without a repeat
    3 are taken, so that the number is a lower bound. Unequal chances make more repeats, so it is rather too low.
    """
    seen = draws - ((draws - different) or NONE_SEEN)
    low, high = max(1.0, float(different)), float(draws * draws)
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (middle, high) if _expected(middle, draws) < seen else (low, middle)
    return round(low)


def _expected(tasks: float, draws: int) -> float:
    return -tasks * math.expm1(draws * math.log1p(-1 / tasks)) if tasks > 1 else 1.0


def _level(name: str, family: Family, difficulty: int, number: int, seed: int) -> Survey:
    tasks = list(islice(draws(seed, name, family, difficulty), number))
    different = len({normalised(task.prompt) for task in tasks})
    answers = Counter(task.answer for task in tasks)
    commonest, count = answers.most_common(1)[0]
    lengths = [len(task.prompt.split()) for task in tasks]
    return Survey(
        family=name,
        difficulty=difficulty,
        draws=number,
        different=different,
        capacity=capacity(number, different),
        templates=len(_templates(name, family, difficulty, seed) | {task.template for task in tasks}),
        answers=len(answers),
        commonest=commonest.splitlines()[0][:20] if commonest else "",
        share=count / number,
        words=median(lengths),
        most_words=max(lengths),
    )


def _templates(name: str, family: Family, difficulty: int, seed: int) -> set[str]:
    if "new_template" not in family.novelties:
        return set()
    return {task.template for task in islice(draws(seed, name, family, difficulty, NOVELTIES[2]), 200)}


HEADING = ("family", "level", "capacity", "templates", "answers", "commonest", "words", "most")


def table(surveys: Sequence[Survey]) -> str:
    """The surveys as text, a line each beneath a heading; the columns line up."""
    rows = [HEADING, *map(_row, surveys)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADING))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(s: Survey) -> tuple[str, ...]:
    capacity = f"{'>' if s.different == s.draws else '~'} {s.capacity:,}"
    commonest = f"{100 * s.share:.1f} % {s.commonest}"
    return (s.family, str(s.difficulty), capacity, str(s.templates), f"{s.answers:,}", commonest,
            f"{s.words:g}", str(s.most_words))  # fmt: skip


def show(task: Task) -> str:
    """A task for a reader."""
    where = f"{task.family}, difficulty {task.difficulty}, template {task.template}, {task.novelty}"
    return f"[{where}]\n{task.prompt}\n→ {task.answer}\n"
