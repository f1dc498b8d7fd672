"""Comparisons: the answer follows from what is told, and from nothing else."""

import random
import re
from collections import Counter, defaultdict
from itertools import islice, permutations
from typing import Any

import pytest

from clpipe.arena import judge
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.comparison import Comparison
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.comparison import ADJECTIVES, SCALES
from clpipe.records import Task

MANY = 3000
ORDERS = {n: list(permutations(range(n))) for n in range(2, 7)}


def tasks(difficulty: int, novelty: str = "same_template", count: int = MANY, **options: int) -> list[Task]:
    return list(islice(draws(11, "comparison", Comparison(**options), difficulty, novelty), count))


@pytest.fixture(scope="module")
def drawn() -> dict[int, list[Task]]:
    return {difficulty: tasks(difficulty) for difficulty in range(1, 6)}


def told(task: Task) -> list[tuple[int, str, int]]:
    facts: Any = task.facts["told"]
    return [(a, phrase, b) for a, phrase, b in facts]


def asked(task: Task) -> list[Any]:
    facts: Any = task.facts["asked"]
    return list(facts)


def reading(phrase: str) -> tuple[str, int]:
    """The scale that a clause is about, and 1 where its subject is higher on it, -1 where lower."""
    for scale in SCALES.values():
        meaning = {
            f"is {scale.more} than": 1,
            f"is {scale.less} than": -1,
            f"is not as {scale.plain} as": -1,
            f"is not {scale.more} than": -1,
            f"is not {scale.less} than": 1,
        }
        if phrase in meaning:
            return scale.plain, meaning[phrase]
    raise AssertionError(phrase)


def scale_asked(task: Task) -> tuple[str, bool]:
    """The scale of the question, and whether it asks for the upper end."""
    word = re.sub(r"^(second|third) ", "", asked(task)[1])
    for scale in SCALES.values():
        if word in (scale.more, scale.most, scale.less, scale.least):
            return scale.plain, word in (scale.more, scale.most)
    raise AssertionError(word)


def answers(task: Task) -> set[str]:
    """What the question may be answered over all orders of the people that fit the clues."""
    (plain, upward), (kind, _, *people) = scale_asked(task), asked(task)
    clues = [(a, b) if way > 0 else (b, a) for a, phrase, b in told(task) for s, way in [reading(phrase)] if s == plain]
    found = set()
    for order in ORDERS[len(task.entities)]:
        if any(order[a] > order[b] for a, b in clues):
            continue
        ranked = sorted(range(len(order)), key=order.__getitem__, reverse=not upward)
        if kind == "pair":
            found.add(task.entities[min(people, key=ranked.index)])
        elif kind == "count":
            found.add(str(ranked.index(people[0])))
        else:
            found.add(task.entities[ranked[("first", "second", "third").index(kind)]])
    return found


def places(task: Task, *, last: bool = False) -> list[str]:
    """The people in order of their first (or last) mention in the clues."""
    mentions = [task.entities[i] for a, _, b in told(task) for i in (a, b)]
    return list(dict.fromkeys(mentions[::-1] if last else mentions))


def test_the_two_sides_of_a_scale() -> None:
    assert SCALES["old"] == ("old", "older", "younger", "oldest", "youngest")
    assert SCALES["brave"] == ("brave", "braver", "less brave", "bravest", "least brave")
    assert SCALES["patient"] == ("patient", "more patient", "less patient", "most patient", "least patient")
    assert len(SCALES) >= 30
    owners = defaultdict(set)
    for scale in SCALES.values():
        for form in scale:
            owners[form.split()[-1]].add(scale.plain)
    assert [word for word, plains in owners.items() if len(plains) > 1] == []


def test_the_reading_by_hand() -> None:
    """Bob > Frank, Charlie > Bob: the oldest is Charlie."""
    task = Task(
        id="",
        family="comparison",
        prompt="",
        answer="",
        difficulty=2,
        template="",
        entities=("Bob", "Frank", "Charlie"),
        facts={"told": [[0, "is older than", 1], [0, "is not as old as", 2]], "asked": ["pair", "older", 2, 1]},
    )
    assert answers(task) == {"Charlie"}


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("novelty", ["same_template", "new_entities", "new_template"])
def test_one_answer_fits_the_clues(difficulty: int, novelty: str) -> None:
    for task in tasks(difficulty, novelty, 60 if difficulty == 5 else 200):
        assert answers(task) == {task.answer}, task


def test_the_prompt_says_the_facts(drawn: dict[int, list[Task]]) -> None:
    for difficulty, some in drawn.items():
        for task in some[:300]:
            clauses = [f"{task.entities[a]} {phrase} {task.entities[b]}" for a, phrase, b in told(task)]
            starts = [task.prompt.find(clause) for clause in clauses]
            assert -1 not in starts
            assert starts == sorted(starts)
            assert len(task.prompt.split()) <= 60
            assert asked(task)[1] in task.prompt
            equal = f"o two are equally {scale_asked(task)[0]}"
            assert (equal in task.prompt) == (difficulty >= 3)


def test_difficulty_is_structure(drawn: dict[int, list[Task]]) -> None:
    kinds = {
        1: {"pair"},
        2: {"pair", "first"},
        3: {"pair", "first", "second"},
        4: {"pair", "first", "second", "count"},
        5: {"pair", "second", "third", "count"},
    }
    for difficulty, some in drawn.items():
        assert {asked(task)[0] for task in some} == kinds[difficulty]
        for task in some:
            about = Counter(reading(phrase)[0] for _, phrase, _ in told(task))
            clues = about.pop(scale_asked(task)[0])
            people = difficulty + 1
            assert len(task.entities) == people
            assert clues == (people - 1 if asked(task)[0] == "pair" else people)
            assert list(about.values()) == ([1] if difficulty in (1, 4, 5) else [])
            assert sum(" not " in phrase for _, phrase, _ in told(task)) == {3: 1, 4: 1, 5: 2}.get(difficulty, 0)


def test_a_pair_that_is_asked_is_never_told(drawn: dict[int, list[Task]]) -> None:
    for task in (task for difficulty in range(2, 6) for task in drawn[difficulty]):
        plain, pair = scale_asked(task)[0], asked(task)[2:]
        if asked(task)[0] == "pair":
            assert not any({a, b} == set(pair) and reading(p)[0] == plain for a, p, b in told(task))


def test_the_place_of_the_answer_tells_nothing(drawn: dict[int, list[Task]]) -> None:
    for difficulty, some in drawn.items():
        rank = [task for task in some if asked(task)[0] not in ("pair", "count")]
        pair = [task for task in some if asked(task)[0] == "pair"]
        for last in (False, True):
            for group, size in ((rank, difficulty + 1), (pair, 2)):
                order = [
                    [name for name in places(task, last=last) if size > 2 or name in pair_names(task)] for task in group
                ]
                shares = Counter(names.index(task.answer) for names, task in zip(order, group, strict=True))
                for place in range(size if group else 0):
                    assert shares[place] / len(group) == pytest.approx(1 / size, abs=0.06), (difficulty, last, shares)
        first = sum(task.answer == pair_names(task)[0] for task in pair)
        assert first / len(pair) == pytest.approx(0.5, abs=0.06)


def pair_names(task: Task) -> list[str]:
    return [task.entities[i] for i in asked(task)[2:]]


def test_clues_of_a_rank_mention_everybody_twice(drawn: dict[int, list[Task]]) -> None:
    for task in (task for difficulty in range(2, 6) for task in drawn[difficulty]):
        if asked(task)[0] != "pair":
            plain = scale_asked(task)[0]
            mentions = Counter(i for a, phrase, b in told(task) if reading(phrase)[0] == plain for i in (a, b))
            assert set(mentions.values()) == {2}


def test_no_answer_is_a_good_guess(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert max(Counter(task.answer for task in some).values()) / len(some) < 0.08
    counts = Counter(task.answer for task in drawn[5] if asked(task)[0] == "count")
    assert sorted(counts) == list("012345")
    assert max(counts.values()) < 1.7 * min(counts.values())  # about 130 of each: five standard errors


def test_a_number_may_be_written_out(drawn: dict[int, list[Task]]) -> None:
    task = next(task for task in drawn[4] if task.answer == "3")
    assert judge.right(task, "3")
    assert judge.right(task, "Three.")
    assert not judge.right(task, "two")


def test_facts_are_a_function_of_the_words_but_for_names(drawn: dict[int, list[Task]]) -> None:
    for difficulty in (1, 2):
        forms = defaultdict(list)
        for task in drawn[difficulty]:
            forms[renamed(task)].append(latent(task))
        if difficulty == 2:
            assert len(forms) < MANY, "no prompt came twice; draw more"
        assert all(len(set(found)) == 1 for found in forms.values())
    same = defaultdict(set)
    for task in drawn[2]:
        same[latent(task)].add(task.template)
    assert max(map(len, same.values())) > 2, "a wording is no part of the facts"


def test_latent_problems_are_many(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert len({latent(task) for task in some}) > 2000


def test_reserved_words_and_wordings_are_kept_apart() -> None:
    reserved = {form.split()[-1] for plain in ADJECTIVES.reserved for form in SCALES[plain]} | {*NAMES.reserved}
    common = {form.split()[-1] for plain in ADJECTIVES.common for form in SCALES[plain]} | {*NAMES.common}
    templates = defaultdict(set)
    for novelty in ("same_template", "new_entities", "new_template", "harder"):
        for task in (task for difficulty in range(1, 6) for task in tasks(difficulty, novelty, 200)):
            words = set(re.findall(r"\w+", task.prompt))
            assert not words & (common if novelty == "new_entities" else reserved), task
            templates[novelty].add(task.template)
    assert templates["same_template"] == templates["new_entities"] == templates["harder"]
    assert not templates["same_template"] & templates["new_template"]
    assert len(templates["same_template"]) >= 12
    assert len(templates["new_template"]) >= 4


def test_fewer_people() -> None:
    for difficulty in (3, 4, 5):
        some = tasks(difficulty, count=100, longest=3)
        assert {len(task.entities) for task in some} == {3}
        assert all(answers(task) == {task.answer} for task in some)
    for longest in (2, 7, True, "4"):
        with pytest.raises(ValueError, match="longest must be a whole number from 3 to 6"):
            Comparison(longest=longest)  # type: ignore[arg-type]


def test_the_seed_documents_question_can_be_drawn() -> None:
    rng, family = random.Random(4), Comparison()
    form = re.compile(r"(\w+) is older than (\w+)\. (\w+) is older than \1\. Who is older, (\3 or \2|\2 or \3)\?")
    assert any(form.fullmatch(family.draw(rng, 2, "same_template").prompt) for _ in range(60_000))
