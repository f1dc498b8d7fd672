import itertools
import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.logic_grid import INDIRECT, LINKS, SHAPES, Clue, LogicGrid, holds, library
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.logic_grid import TEMPLATES, TOPICS
from clpipe.records import NOVELTIES, Task

LEVELS = (1, 2, 3, 4, 5)


@cache
def tasks(difficulty: int, novelty: str = "same_template", count: int = 900) -> list[Task]:
    return list(itertools.islice(draws(7, "logic_grid", LogicGrid(), difficulty, novelty), count))


def facts(task: Task) -> Any:
    return task.facts


@pytest.mark.parametrize(
    ("clue", "true"),
    [
        (Clue("has", (1,), (2,), (0,)), True),
        (Clue("has", (1,), (2,), (1,)), False),
        (Clue("lacks", (1,), (2,), (0,)), False),
        (Clue("lacks", (0,), (2,), (0,)), True),
        (Clue("either", (0,), (1, 2), (0, 0)), False),
        (Clue("either", (0,), (0, 2), (0, 0)), True),
        (Clue("whom", (0, 2), (1,), (0,)), True),
        (Clue("whom", (0, 1), (1,), (0,)), False),
        (Clue("same", (), (2, 0), (0, 1)), True),
        (Clue("same", (), (2, 1), (0, 1)), False),
        (Clue("apart", (), (2, 0), (0, 1)), False),
        (Clue("apart", (), (2, 1), (0, 1)), True),
    ],
)
def test_clues_by_hand(clue: Clue, true: bool) -> None:
    # Person 0, 1, 2 has 0, 2, 1 of the first topic and 1, 0, 2 of the second.
    assert holds(clue, ((0, 2, 1), (1, 0, 2))) == true


def test_all_puzzles_of_two_people() -> None:
    (shape,) = SHAPES[1]
    assert set(library(shape, who=True)[0]) == {
        (Clue("has", (1,), (1,), (0,)),),
        (Clue("lacks", (0,), (1,), (0,)),),
        (Clue("lacks", (1,), (0,), (0,)),),
    }


@pytest.mark.parametrize("difficulty", LEVELS)
def test_the_clues_leave_one_answer_and_none_is_spare(difficulty: int) -> None:
    for task in tasks(difficulty)[:250]:
        clues = facts(task)["clues"]
        assert answers(task, clues) == {task.answer}, task
        for i in range(len(clues)):
            assert len(answers(task, clues[:i] + clues[i + 1 :])) > 1, task


def answers(task: Task, clues: list[Any]) -> set[str]:
    """Every answer that some way to fill the grid allows."""
    told, found = facts(task), set()
    for columns in itertools.product(*map(itertools.permutations, told["values"])):
        has = {(person, value) for column in columns for person, value in enumerate(column)}
        if all(is_true(clue, has) for clue in clues):
            asked = told["asked"]
            if "value" in asked:
                found |= {task.entities[person] for person, value in has if value == asked["value"]}
            else:
                found.add(columns[told["topics"].index(asked["topic"])][asked["person"]])
    return found


def is_true(clue: list[Any], has: set[tuple[int, str]]) -> bool:
    match clue:
        case ["has", person, value]:
            return (person, value) in has
        case ["lacks", person, value]:
            return (person, value) not in has
        case ["either", person, one, other]:
            return (person, one) in has or (person, other) in has
        case ["whom", one, other, value]:
            return (one, value) in has or (other, value) in has
        case ["same" | "apart" as kind, one, other]:
            return bool(({p for p, v in has if v == one} == {p for p, v in has if v == other}) == (kind == "same"))
    raise AssertionError(clue)


def test_the_words_say_the_facts() -> None:
    said = {
        "has": r"(\w+) \w+s ([\w ]+)",
        "lacks": r"(\w+) does not \w+ ([\w ]+)",
        "either": r"(\w+) \w+s (\w+) or (\w+)",
        "whom": r"(\w+) or (\w+) \w+s (\w+)",
        "same": r"Whoever \w+s (\w+) \w+s (\w+)",
        "apart": r"Whoever \w+s (\w+) does not \w+ (\w+)",
    }
    found = Counter[str]()
    for task in (task for difficulty in LEVELS for task in tasks(difficulty)):
        told = facts(task)
        if task.template != "plain" or "job" in told["topics"]:
            continue
        world, *sentences, question = re.split(r"(?<=[.?]) ", task.prompt)
        assert re.findall(r"\(([^)]*)\)", world) == [", ".join(values) for values in told["values"]]
        for clue, sentence in zip(told["clues"], sentences, strict=True):
            kind, *rest = clue
            match = re.fullmatch(said[kind] + r"\.", sentence)
            assert match, sentence
            assert list(match.groups()) == [task.entities[w] if isinstance(w, int) else w for w in rest]
            found[kind] += 1
        asked = told["asked"]
        if "value" in asked:
            assert re.fullmatch(rf"Who \w+s {asked['value']}\?", question)
        else:
            assert re.fullmatch(rf"What {asked['topic']} does {task.entities[asked['person']]} \w+\?", question)
    assert set(found) == set(said)


def test_difficulty_is_the_structure() -> None:
    sizes = defaultdict(set)
    kinds: dict[Any, set[str]] = defaultdict(set)
    for difficulty in LEVELS:
        for task in tasks(difficulty):
            told, used = facts(task), {clue[0] for clue in facts(task)["clues"]}
            sizes[difficulty].add((len(task.entities), len(told["topics"]), len(told["clues"])))
            kinds[difficulty] |= used
            assert difficulty != 2 or "lacks" in used
            assert difficulty != 3 or "has" in used
            assert difficulty != 5 or len(told["topics"]) == 1 or used & LINKS
    assert sizes[1] == {(2, 1, 1)}
    assert sizes[2] == {(3, 1, 2)}
    assert sizes[3] == {(4, 1, 3)}
    assert sizes[4] == {(4, 1, 3), (4, 1, 4)}
    assert sizes[5] == {(5, 1, 4), (3, 2, 3), (3, 2, 4)}
    assert kinds[1] == kinds[2] == {"has", "lacks"}
    assert kinds[3] == {"has", "lacks", "either", "whom"}
    assert kinds[4] == INDIRECT
    assert kinds[5] == {"has", "lacks", "either", "whom", "same", "apart"}


def test_what_is_asked_is_never_said() -> None:
    for task in (task for difficulty in LEVELS for task in tasks(difficulty)):
        told = facts(task)
        if "value" in told["asked"]:
            cell = {task.entities.index(task.answer), told["asked"]["value"]}
        else:
            cell = {told["asked"]["person"], task.answer}
        assert not any(cell <= set(clue) for clue in told["clues"] if clue[0] != "lacks"), task


@pytest.mark.parametrize("who", [True, False])
@pytest.mark.parametrize("difficulty", LEVELS)
def test_the_place_of_the_answer_tells_nothing(difficulty: int, who: bool) -> None:
    """Every rule of thumb that does not read what is said is right as often as a guess."""
    hits: dict[str, list[float]] = defaultdict(list)
    for task in tasks(difficulty, count=3000):
        told = facts(task)
        if ("value" in told["asked"]) != who:
            continue
        if who:
            candidates = list(task.entities)
            answer: Any
            answer, mentions = task.entities.index(task.answer), [w for c in told["clues"] for w in c[1:]]
            listed: list[Any] = list(range(len(candidates)))
        else:
            listed = told["values"][told["topics"].index(told["asked"]["topic"])]
            answer, mentions = task.answer, [w for c in told["clues"] for w in c[1:]]
        order = [w for w in mentions if w in listed and isinstance(w, type(listed[0]))]
        counts = Counter(order)
        guesses = {
            "listed first": [listed[0]],
            "listed last": [listed[-1]],
            "not mentioned": [w for w in listed if w not in counts] or listed,
            "mentioned": list(counts) or listed,
            "mentioned most": [w for w in listed if counts[w] == max(counts.values(), default=0)],
            "mentioned least": [w for w in listed if counts[w] == min(map(counts.__getitem__, listed))],
            "mentioned first": order[:1] or listed,
            "mentioned last": order[-1:] or listed,
        }
        for rule, guess in guesses.items():
            hits[rule].append((answer in guess) / len(guess) - 1 / len(listed))
    for rule, gains in hits.items():
        assert len(gains) > 1300
        assert sum(gains) / len(gains) == pytest.approx(0, abs=0.04), rule


def test_no_answer_is_frequent_and_both_questions_are_asked() -> None:
    for difficulty in LEVELS:
        drawn = tasks(difficulty)
        assert max(Counter(task.answer for task in drawn).values()) < 0.03 * len(drawn)
        assert sum("value" in facts(task)["asked"] for task in drawn) / len(drawn) == pytest.approx(0.5, abs=0.06)
        second = [facts(t) for t in drawn if len(facts(t)["topics"]) == 2 and "topic" in facts(t)["asked"]]
        if second:
            share = sum(told["topics"][0] == told["asked"]["topic"] for told in second) / len(second)
            assert share == pytest.approx(0.5, abs=0.12)


def test_facts_are_the_prompt_without_names_and_wording() -> None:
    drawn = [task for difficulty in LEVELS for task in tasks(difficulty, count=6000 if difficulty == 1 else 900)]
    by_prompt, by_facts = defaultdict(set), defaultdict(set)
    for task in drawn:
        by_prompt[renamed(task)].add(latent(task))
        by_facts[task.template, latent(task)].add(renamed(task))
    assert len(by_prompt) < len(drawn), "no two tasks are equal but for names: the test sees nothing"
    assert {len(found) for found in (*by_prompt.values(), *by_facts.values())} == {1}
    assert len({latent(task) for task in tasks(1, count=6000)}) > 5000


def test_entities_are_the_people_in_the_order_they_are_named() -> None:
    for task in (task for difficulty in LEVELS for task in tasks(difficulty)):
        places = [re.search(rf"\b{name}\b", task.prompt) for name in task.entities]
        starts = [place.start() for place in places if place]
        assert len(starts) == len(task.entities)
        assert starts == sorted(starts)


@pytest.mark.parametrize("difficulty", LEVELS)
@pytest.mark.parametrize("novelty", NOVELTIES)
def test_words_and_wordings_are_reserved(novelty: str, difficulty: int) -> None:
    values = {v for topic in TOPICS for v in topic.values.of(novelty)}
    wordings = {name for name, _ in TEMPLATES.of(novelty)}
    seen = set()
    for task in tasks(difficulty, novelty, 900):
        assert set(task.entities) <= set(NAMES.of(novelty))
        assert {v for column in facts(task)["values"] for v in column} <= values
        assert len(task.prompt.split()) <= 60
        seen.add(task.template)
    assert seen == wordings


def test_vocabulary() -> None:
    words = [v for topic in TOPICS for v in (*topic.values.common, *topic.values.reserved)]
    assert len(words) == len(set(words)) >= 300
    assert not set(words) & {*NAMES.common, *NAMES.reserved}
    assert all(len(topic.values.reserved) >= 5 for topic in TOPICS)
    assert len(TEMPLATES.common) >= 9
    assert len(TEMPLATES.reserved) >= 3


def test_one_property_leaves_links_out() -> None:
    drawn = list(itertools.islice(draws(1, "logic_grid", LogicGrid(properties=1), 5), 200))
    assert {len(task.entities) for task in drawn} == {5}
    with pytest.raises(ValueError, match="properties must be a whole number from 1 to 2, not 3"):
        LogicGrid(properties=3)
