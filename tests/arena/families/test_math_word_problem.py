import itertools
import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.math_word_problem import PLANS, SORTS, MathWordProblem, Operation, after, before
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.arena.words.math_word_problem import GROWS, PART, SCENES
from clpipe.records import NOVELTIES, Task

LEVELS = (1, 2, 3, 4, 5)
ALL_SCENES = {name: scene for name, scene in (*SCENES.common, *SCENES.reserved)}
STEPS = {"packs": 2, "spend": 2, "dozen": 2, "richer": 2, "poorer": 2, "aside": 0}
"""Sums and products in an operation, where it is not one."""


@cache
def tasks(difficulty: int, novelty: str = "same_template", count: int = 900) -> list[Task]:
    return list(itertools.islice(draws(7, "math_word_problem", MathWordProblem(), difficulty, novelty), count))


def everything() -> list[Task]:
    return [task for difficulty in LEVELS for novelty in NOVELTIES for task in tasks(difficulty, novelty)]


def facts(task: Task) -> Any:
    return task.facts


@pytest.mark.parametrize(
    ("name", "p", "k", "value", "result"),
    [
        ("more", 1, 4, 5, 9),
        ("fewer", 1, 4, 5, 1),
        ("packs", 3, 4, 5, 17),
        ("dozen", 2, 12, 5, 29),
        ("spend", 3, 4, 15, 3),
        ("times", 3, 1, 5, 15),
        ("share", 3, 1, 15, 5),
        ("split", 3, 1, 15, 5),
        ("apart", 1, 4, 5, 1),
        ("richer", 1, 4, 5, 14),
        ("poorer", 1, 4, 5, 6),
    ],
)
def test_operations_by_hand(name: str, p: int, k: int, value: int, result: int) -> None:
    assert after(Operation(name, p, k), value) == result
    if name in ("fewer", "spend", "share", "split", "apart"):
        assert before(Operation(name, p, k), result) == value


@pytest.mark.parametrize(
    ("template", "prompt", "answer"),
    [
        ("giving", r"(\w+) has (\d+) (\w+)\. (\w+) gives \1 (\d+) more \3\. How many \3 does \1 have now\?", "{2}+{5}"),
        ("giving", r"(\w+) has (\d+) (\w+)\. \1 gives (\w+) (\d+) \3\. How many \3 does \1 have now\?", "{2}-{5}"),
        ("giving", r"(\w+) has (\d+) bags with (\d+) (\w+) in each\. How many \4 does \1 have now\?", "{2}*{3}"),
        (
            "giving",
            r"(\w+) has (\d+) (\w+)\. \1 shares the \3 equally among (\d+) friends\. "
            r"How many \3 does each friend get\?",
            "{2}/{4}",
        ),
        (
            "giving",
            r"(\w+) has (\d+) (\w+)\. (\w+) has (\d+) fewer \3 than \1\. How many \3 do \1 and \4 have together\?",
            "{2}+{2}-{5}",
        ),
        (
            "money",
            r"(\w+) has (\d+) dollars\. \1 buys (\d+) (\w+) for (\d+) dollars each\. "
            r"How many dollars does \1 have now\?",
            "{2}-{3}*{5}",
        ),
        (
            "shop",
            r"(\w+)'s shop has some (\w+) in stock\. A van delivers (\d+) more \2\. Now the shop has (\d+) \2\. "
            r"How many \2 did the shop have at first\?",
            "{4}-{3}",
        ),
        (
            "game",
            r"(\w+) starts a game with (\d+) points\. After a penalty \1 keeps only half of the points\. "
            r"What is \1's score now\?",
            "{2}/2",
        ),
    ],
)
def test_stories_as_they_are_read(template: str, prompt: str, answer: str) -> None:
    found = 0
    for task in everything():
        if task.template == template and (match := re.fullmatch(prompt, task.prompt)):
            assert eval(answer.format(match[0], *match.groups())) == int(task.answer), task
            found += 1
    assert found > 5


def test_answers_follow_from_the_facts() -> None:
    moves = {
        "more": "{v} + {p} * {k}",
        "packs": "{v} + {p} * {k}",
        "dozen": "{v} + {p} * 12",
        "fewer": "{v} - {k}",
        "spend": "{v} - {p} * {k}",
        "times": "{v} * {p}",
        "share": "{v} / {p}",
        "split": "{v} / {p}",
        "apart": "{v} - {k}",
        "richer": "{v} + ({v} + {k})",
        "poorer": "{v} + ({v} - {k})",
        "aside": "{v}",
    }
    ends = {"richer": "together", "poorer": "together", "apart": "apart", "split": "each"}
    for task in everything():
        told = facts(task)
        value = told["start"]
        for name, p, k in told["operations"]:
            value = eval(moves[name].format(v=value, p=p, k=k))
            assert value == int(value) >= 2, task
        last = [name for name, _, _ in told["operations"] if name != "aside"][-1]
        assert told["asked"] in {ends.get(last, "now"), "now" if last in ends else "first"}
        assert int(task.answer) == (told["start"] if told["asked"] == "first" else value)


def test_the_prompt_tells_the_numbers_of_the_facts() -> None:
    for task in everything():
        told = facts(task)
        value, numbers = told["start"], Counter([told["start"]] * (told["asked"] != "first"))
        for name, p, k in told["operations"]:
            if name == "times":
                assert GROWS[p] in task.prompt
                numbers.update([p] if p > 3 else [])
            elif name == "share":
                shown = f" {p} " in ALL_SCENES[task.template]["share"].replace("{p}", str(p))
                assert shown or PART[p] in task.prompt
                numbers.update([p] if shown else [])
            elif name == "dozen":
                assert "dozen" in task.prompt
                numbers.update([p])
            else:
                numbers.update([p] if name == "split" else [p, k] if name in ("packs", "spend") else [k])
            value = after(Operation(name, p, k), value) if name != "aside" else value
        numbers.update([value] if told["asked"] == "first" else [])
        numbers.subtract([0] if not told["start"] else [])
        assert Counter(map(int, re.findall(r"\d+", task.prompt))) == +numbers, task


def test_difficulty_is_the_number_of_steps() -> None:
    for difficulty in LEVELS:
        seen = Counter[str]()
        for task in tasks(difficulty):
            told = facts(task)
            names = [name for name, _, _ in told["operations"]]
            steps = sum(STEPS.get(name, 1) for name in names) - (told["start"] == 0)
            assert steps == (1, 1, 2, 3, 4)[difficulty - 1], task
            assert ("aside" in names) <= (difficulty > 3)
            seen.update({*names, told["asked"]})
        wanted = {name for plan in PLANS[difficulty] for sort in plan for name in SORTS[sort]}
        assert wanted <= set(seen)
        assert seen["first"] > 40
        assert difficulty < 4 or seen["aside"] > 200
    assert {sort for plan in PLANS[1] for sort in plan} == {"sum", "apart"}
    assert {sort for plan in PLANS[2] for sort in plan} == {"product", "lots", "split"}


def test_every_scene_tells_every_story() -> None:
    stories = {name for names in SORTS.values() for name in names} | {"aside"}
    for template in ALL_SCENES:
        drawn = [task for task in everything() if task.template == template]
        assert {name for task in drawn for name, _, _ in facts(task)["operations"]} == stories
        assert {facts(task)["asked"] for task in drawn} == {"now", "first", "together", "apart", "each"}
        told = [text for text in ALL_SCENES[template].values() if text]
        assert len({re.sub(r"\{[pk]\}", "#", text) for text in told}) == len(told), "two things told in the same words"


def test_no_thing_or_name_is_an_ordinary_word() -> None:
    words = {w.lower() for scene in ALL_SCENES.values() for text in scene.values() for w in re.findall(r"\w+", text)}
    assert not words & {*THINGS.common, *THINGS.reserved}
    assert not words & {name.lower() for name in (*NAMES.common, *NAMES.reserved)}
    assert not words & {"he", "she", "his", "her", "him"}
    assert len(SCENES.common) >= 9
    assert len(SCENES.reserved) >= 3


def test_answers_are_many() -> None:
    drawn = {difficulty: tasks(difficulty, count=3000) for difficulty in LEVELS}
    for found in drawn.values():
        assert max(Counter(task.answer for task in found).values()) < 0.08 * len(found)
    easier = [task.answer for difficulty in LEVELS[:4] for task in drawn[difficulty]]
    assert max(Counter(easier).values()) < 0.04 * len(easier)
    assert all(int(answer) > 1 for answer in easier)


def test_no_place_in_the_story_has_the_answer() -> None:
    """The answer is seldom one of the numbers told, and at no difficulty the largest or the last."""
    for difficulty in LEVELS:
        numbers = [(re.findall(r"\d+", task.prompt), task.answer) for task in tasks(difficulty)]
        for guess in (0, -1):
            assert sum(told[guess] == answer for told, answer in numbers) < 0.12 * len(numbers)
        assert sum(max(told, key=int) == answer for told, answer in numbers) < 0.12 * len(numbers)


def test_facts_are_the_prompt_without_names_things_and_scene() -> None:
    drawn = [task for difficulty in LEVELS for task in tasks(difficulty, count=6000 if difficulty == 1 else 900)]
    by_prompt, by_facts = defaultdict(set), defaultdict(set)
    for task in drawn:
        by_prompt[renamed(task)].add(latent(task))
        by_facts[task.template, latent(task)].add(renamed(task))
    assert len(by_prompt) < len(drawn) - 100, "no two tasks are equal but for names: the test sees nothing"
    assert {len(found) for found in (*by_prompt.values(), *by_facts.values())} == {1}


@pytest.mark.parametrize(("difficulty", "many"), [(1, 1000), (2, 900), (3, 2000), (4, 2800), (5, 2900)])
def test_facts_are_many(difficulty: int, many: int) -> None:
    assert len({latent(task) for task in tasks(difficulty, count=3000)}) > many


def test_entities_stand_in_the_prompt_in_order() -> None:
    for task in everything():
        places = [re.search(rf"\b{word}\b", task.prompt) for word in task.entities]
        starts = [place.start() for place in places if place]
        assert len(starts) == len(task.entities)
        assert starts == sorted(starts)
        shown = set(re.findall(r"\w+", task.prompt))
        known = {*NAMES.common, *NAMES.reserved, *THINGS.common, *THINGS.reserved}
        assert shown & known == set(task.entities)


@pytest.mark.parametrize("difficulty", LEVELS)
@pytest.mark.parametrize("novelty", NOVELTIES)
def test_words_and_scenes_are_reserved(novelty: str, difficulty: int) -> None:
    words = {*NAMES.of(novelty), *THINGS.of(novelty)}
    drawn = tasks(difficulty, novelty)
    assert {task.template for task in drawn} == {name for name, _ in SCENES.of(novelty)}
    for task in drawn:
        assert task.entities
        assert set(task.entities) <= words
        assert len(task.prompt.split()) <= 60
        assert not re.search(r"[{}]|\s{2}|\b1 ", task.prompt)


def test_largest() -> None:
    small = MathWordProblem(largest=18)
    for difficulty in LEVELS:
        drawn = list(itertools.islice(draws(1, "math_word_problem", small, difficulty), 300))
        assert max(int(task.answer) for task in drawn) <= 10 * 18 * (difficulty + 1) / 6 + 18
    with pytest.raises(ValueError, match="largest must be a whole number from 18 to 10000, not 5"):
        MathWordProblem(largest=5)
