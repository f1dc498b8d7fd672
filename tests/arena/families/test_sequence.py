"""Number sequences: the rules by hand, the criterion, and what is drawn."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.sequence import LARGEST, TEMPLATES, NextNumber
from clpipe.arena.logic.sequence_rules import RULES, certain
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.records import Task

MANY = 3000


def tasks(difficulty: int, novelty: str = "same_template", count: int = MANY, **options: int) -> list[Task]:
    return list(islice(draws(12, "sequence", NextNumber(**options), difficulty, novelty), count))


@pytest.fixture(scope="module")
def drawn() -> dict[int, list[Task]]:
    return {difficulty: tasks(difficulty) for difficulty in range(1, 6)}


def terms(task: Task) -> list[int]:
    shown: Any = task.facts["terms"]
    return [*shown, int(task.answer)]


def steps(x: list[int]) -> list[int]:
    return [b - a for a, b in pairwise(x)]


BY_HAND = [
    ("add", [3, 5, 7, 9], 11),
    ("add", [22, 18, 14, 10], 6),
    ("multiply", [2, 4, 8, 16], 32),
    ("multiply", [80, 40, 20, 10], 5),
    ("multiply", [16, 24, 36, 54], 81),
    ("multiply", [81, 54, 36], 24),
    ("sum of two", [1, 4, 5, 9, 14], 23),
    ("growing steps", [1, 2, 4, 7, 11], 16),
    ("growing steps", [50, 48, 44, 38, 30], 20),
    ("multiply and add", [1, 3, 7, 15], 31),
    ("multiply and add", [5, 8, 17, 44], 125),
    ("multiply and add", [33, 17, 9, 5], 3),
    ("two steps", [1, 4, 6, 9, 11], 14),
    ("two steps", [1, 4, 6, 9, 11, 14], 16),
    ("two steps", [9, 12, 7, 10], 5),
    ("two factors", [1, 2, 6, 12], 36),
    ("add and multiply in turn", [1, 3, 6, 8, 16], 18),
    ("add and multiply in turn", [4, 12, 10, 30, 28], 84),
    ("sum of two and constant", [1, 2, 6, 11], 20),
    ("sum of three", [1, 1, 2, 4, 7], 13),
    ("steps with growing growth", [1, 8, 27, 64, 125], 216),
    ("three steps", [1, 2, 4, 7, 8, 10, 13], 14),
    ("two sequences in turn", [1, 10, 2, 20, 3, 30, 4, 40], 5),
    ("two sequences in turn", [1, 10, 2, 20, 3, 40, 4, 80], 5),
    ("two sequences in turn", [1, 9, 2, 8, 4, 7, 8], 6),
]


@pytest.mark.parametrize(("rule", "shown", "following"), BY_HAND)
def test_rules_by_hand(rule: str, shown: list[int], following: int) -> None:
    assert RULES[rule][1](shown) == following
    assert RULES[rule][1]([*shown, following + 1]) is None


def test_a_rule_does_not_fit_every_sequence() -> None:
    x = [3, 1, 4, 15, 9, 2, 6, 5]
    assert {name: rule(x) for name, (_, rule) in RULES.items()} == dict.fromkeys(RULES)
    assert RULES["multiply"][1]([8, 12, 18, 27]) is None, "40.5 is no whole number"
    assert RULES["two sequences in turn"][1]([1, 5, 2, 9, 3]) is None, "5, 9 is too little to know a sequence by"


def test_rules_are_ranked_by_their_free_parameters() -> None:
    free = [count for count, _ in RULES.values()]
    assert free == sorted(free)


def test_the_criterion_by_hand() -> None:
    assert not certain("growing steps", [1, 2, 4, 7, 11]), "or the sum of three: 13"
    assert certain("growing steps", [1, 2, 4, 7, 11, 16])
    assert not certain("growing steps", [2, 4, 6, 8, 10, 12]), "adding is simpler"
    assert not certain("two sequences in turn", [1, 10, 2, 11, 3, 12, 4, 13, 5]), "two steps in turn is simpler"
    assert not certain("sum of two", [4, 8, 12, 20]), "or 4, 8, 12 and add: 16"
    assert not certain("add", [3, 5, 7, 9, 12]), "11"
    assert not certain("add", [1, 2, 4, 9, 3]), "no rule at all"


# Each rule once more, as a property of the whole sequence with its next number.
PROPERTIES: dict[str, Callable[[list[int]], bool]] = {
    "add": lambda x: len(set(steps(x))) == 1,
    "multiply": lambda x: all(b * b == a * c for a, b, c in zip(x, x[1:], x[2:], strict=False)),
    "sum of two": lambda x: all(c == a + b for a, b, c in zip(x, x[1:], x[2:], strict=False)),
    "growing steps": lambda x: len(set(steps(steps(x)))) == 1,
    "two steps": lambda x: len(set(steps(x)[::2])) == len(set(steps(x)[1::2])) == 1,
    "multiply and add": lambda x: any(len({b - m * a for a, b in pairwise(x)}) == 1 for m in (2, 3)),
    "sum of two and constant": lambda x: len({c - a - b for a, b, c in zip(x, x[1:], x[2:], strict=False)}) == 1,
    "add and multiply in turn": lambda x: any(
        len(set(steps(x)[first::2])) == 1 and all(x[i + 1] == m * x[i] for i in range(1 - first, len(x) - 1, 2))
        for first in (0, 1)
        for m in (2, 3)
    ),
    "three steps": lambda x: all(len(set(steps(x)[first::3])) == 1 for first in range(3)),
    "two sequences in turn": lambda x: all(
        PROPERTIES["add"](half) or PROPERTIES["multiply"](half) for half in (x[::2], x[1::2])
    ),
}


def test_what_is_drawn_follows_its_rule_and_it_is_the_difficultys(drawn: dict[int, list[Task]]) -> None:
    expected = {
        1: {("add", 4)},
        2: {("multiply", 5), ("sum of two", 5)},
        3: {("growing steps", 5), ("two steps", 6)},
        4: {("multiply and add", 5), ("sum of two and constant", 6), ("add and multiply in turn", 6)},
        5: {("three steps", 8), ("two sequences in turn", 8)},
    }
    for difficulty, some in drawn.items():
        assert {(str(task.facts["rule"]), len(terms(task)) - 1) for task in some} == expected[difficulty]
        for task in some:
            x = terms(task)
            assert PROPERTIES[str(task.facts["rule"])](x), task
            assert not any(PROPERTIES[rule](x) for d in range(1, difficulty) for rule, _ in expected[d]), task
            assert 1 <= min(x) <= max(x) <= LARGEST


def test_every_rule_that_fits_says_the_same(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        for task in some:
            *shown, following = terms(task)
            said = {rule(shown) for free, rule in RULES.values() if free < len(shown)} - {None}
            assert said == {following}, task


def test_the_prompt_shows_the_terms(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        for task in some:
            assert [int(n) for n in re.findall(r"\d+", task.prompt)] == terms(task)[:-1]


def test_up_and_down(drawn: dict[int, list[Task]]) -> None:
    for difficulty, low, high in ((1, 0.45, 0.55), (3, 0.45, 0.55), (5, 0.45, 0.55)):
        rising = sum(terms(task)[-1] > terms(task)[-3] for task in drawn[difficulty])
        assert low < rising / MANY < high
    halved = [task for task in drawn[2] if task.facts["rule"] == "multiply"]
    assert 0.45 < sum(terms(task)[0] > terms(task)[1] for task in halved) / len(halved) < 0.55


def test_no_answer_is_a_good_guess(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert max(Counter(task.answer for task in some).values()) / MANY < 0.03
        assert sum(int(task.answer) <= 1 for task in some) / MANY < 0.02


def test_facts_are_a_function_of_the_words_but_for_names(drawn: dict[int, list[Task]]) -> None:
    forms, wordings = defaultdict(set), defaultdict(set)
    for task in (task for some in drawn.values() for task in some):
        forms[renamed(task)].add(latent(task))
        wordings[latent(task)].add(task.template)
    assert all(len(found) == 1 for found in forms.values())
    assert len(forms) < 5 * MANY, "no prompt came twice; draw more"
    assert max(map(len, wordings.values())) > 2, "a wording is no part of the facts"
    rules = defaultdict(set)
    for task in (task for some in drawn.values() for task in some):
        rules[tuple(terms(task)[:-1])].add(str(task.facts["rule"]))
    assert all(len(found) == 1 for found in rules.values())


def test_latent_problems_are_many(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert len({latent(task) for task in some}) > 1000


def test_reserved_words_and_wordings_are_kept_apart() -> None:
    reserved, common = {*NAMES.reserved, *THINGS.reserved}, {*NAMES.common, *THINGS.common}
    templates = defaultdict(set)
    for novelty in ("same_template", "new_entities", "new_template", "harder"):
        for task in (task for difficulty in range(1, 6) for task in tasks(difficulty, novelty, 300)):
            words = set(re.findall(r"\w+", task.prompt))
            assert not words & (common if novelty == "new_entities" else reserved), task
            assert words & (reserved | common) == set(task.entities)
            assert task.entities or novelty != "new_entities"
            templates[novelty].add(task.template)
    assert templates["same_template"] == templates["harder"]
    assert templates["new_entities"] < templates["same_template"]
    assert not templates["same_template"] & templates["new_template"]
    assert len(templates["same_template"]) >= 12
    assert len(templates["new_template"]) >= 4


def test_half_of_the_wordings_are_about_somebody_or_something() -> None:
    wordings = dict(TEMPLATES.common + TEMPLATES.reserved)
    assert sum("{a}" in wording or "{x}" in wording for wording in wordings.values()) * 2 >= len(wordings)
    for wording in wordings.values():
        assert not set(re.findall(r"\w+", wording)) & {*NAMES.common, *NAMES.reserved, *THINGS.common, *THINGS.reserved}


@pytest.mark.parametrize(("start", "step"), [(10, 4), (100, 4), (10, 100), (100, 100)])
def test_options(start: int, step: int) -> None:
    for difficulty in range(1, 6):
        for task in tasks(difficulty, count=60, largest_start=start, largest_step=step):
            assert certain(str(task.facts["rule"]), terms(task))
    with pytest.raises(ValueError, match="largest_start must be a whole number from 10 to 100"):
        NextNumber(largest_start=9)
    with pytest.raises(ValueError, match="largest_step must be a whole number from 4 to 100"):
        NextNumber(largest_step=101)
