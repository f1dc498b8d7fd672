"""The answers found a second time: from the words of the prompt or from the latent facts, by other means."""

import itertools
import re
from graphlib import TopologicalSorter
from typing import Any

import pytest

from clpipe.arena.families import comparison, sequence
from clpipe.records import Task

Pools = dict[str, list[Task]]


def test_comparisons_are_sorted_by_their_words(pools: Pools) -> None:
    more = {w for scale in comparison.SCALES for w in (scale[1],)}
    less = {w for scale in comparison.SCALES for w in (scale[2],)}
    for task in pools["comparison"]:
        graph: dict[str, set[str]] = {}
        for a, word, b in re.findall(r"(\w+) is (not as \w+ as|\w+ than) (\w+)", task.prompt):
            word = word.removesuffix(" than")
            assert word in more | less or word.startswith("not as")
            graph.setdefault(b if word in more else a, set()).add(a if word in more else b)
        order = list(TopologicalSorter(graph).static_order())
        facts: Any = task.facts
        asked = order if facts["upward"] else order[::-1]
        asked = [name for name in asked if name in facts["of"]]
        assert task.answer == asked[{"second": 1, "third": 2}.get(facts["kind"], 0)], task
        assert len(graph) == len(order) - 1


def test_the_place_of_the_answer_tells_nothing(pools: Pools) -> None:
    for kind in ("pair", "first", "second", "third"):
        for size in (2, 3, 4, 5, 6):
            tasks = [t for t in pools["comparison"] if t.facts["kind"] == kind and len(t.entities) == size]
            tasks = [t for t in tasks if t.template != "question-first"]
            count = 2 if kind == "pair" else size
            for place in range(count if len(tasks) > 60 else 0):
                share = sum(_place(t) == place for t in tasks) / len(tasks)
                assert share == pytest.approx(1 / count, abs=0.16), (kind, size, place)


def _place(task: Task) -> int:
    facts: Any = task.facts
    return sorted(facts["of"], key=task.prompt.index).index(task.answer)


def test_sequences_go_on_as_their_rule_says(pools: Pools) -> None:
    follows = {
        "rising": lambda x: x[-1] + x[1] - x[0],
        "falling": lambda x: x[-1] + x[1] - x[0],
        "geometric": lambda x: x[-1] * (x[1] // x[0]),
        "growing": lambda x: 3 * x[-1] - 3 * x[-2] + x[-3],
        "sum": lambda x: x[-1] + x[-2],
        "affine": lambda x: x[-1] + (x[-1] - x[-2]) * (x[2] - x[1]) // (x[1] - x[0]),
        "steps": lambda x: x[-1] + x[1] - x[0] if len(x) % 2 else x[-1] + x[2] - x[1],
        "interleaved": lambda x: x[-2] + x[2] - x[0],
        "add-multiply": lambda x: x[-1] * (x[2] // x[1]),
    }
    for task in pools["sequence"]:
        run = next(m[0] for m in re.finditer(r"\d+(, \d+){3,}", task.prompt))
        shown = [int(n) for n in run.split(", ")]
        rule: Any = task.facts["rule"]
        assert str(follows[rule](shown)) == task.answer, task
        assert {r(shown) for r in sequence.RULES} - {None} == {int(task.answer)}


@pytest.mark.parametrize(
    ("terms", "predicted"),
    [
        ([2, 4, 6, 8], {10}),
        ([2, 4, 8, 16], {32}),
        ([1, 2, 4, 7, 11], {16}),
        ([1, 1, 2, 3, 5], {8}),
        ([1, 3, 7, 15], {31}),
        ([5, 8, 7, 10, 9], {12}),
        ([1, 10, 2, 20, 3, 30], {4}),
        ([1, 2, 4, 5, 10, 11], {22}),
        ([0, 0, 0, 0], {0}),
        ([9, 1, 4, 7, 2], set()),
    ],
)
def test_the_rules_fit_by_hand(terms: list[int], predicted: set[int]) -> None:
    assert {rule(terms) for rule in sequence.RULES} - {None} == predicted


def test_word_problems_add_up(pools: Pools) -> None:
    for task in pools["math_word_problem"]:
        facts: Any = task.facts
        value, numbers = facts["start"], [facts["start"]]
        for name, p, k in facts["operations"]:
            if name == "half":
                assert value % 2 == 0
            value = eval(
                f"{value} {({'more': '+', 'packs': '+', 'fewer': '-', 'double': '*', 'half': '//'})[name]} {p * k}"
            )
            numbers += {"packs": [p, k], "more": [k], "fewer": [k]}.get(name, [])
            assert value >= 1
        assert str(value) == task.answer
        assert sorted(map(int, re.findall(r"\d+", task.prompt))) == sorted(numbers)


def test_grids_have_one_answer_and_no_spare_clue(pools: Pools) -> None:
    for task in pools["logic_grid"]:
        facts: Any = task.facts
        clues = facts["clues"]
        assert _answers(task, clues) == {task.answer}, task
        assert ["is", facts["asked"].get("person"), task.answer] not in clues
        for i in range(len(clues)):
            assert len(_answers(task, clues[:i] + clues[i + 1 :])) > 1, task


def _answers(task: Task, clues: list[list[str]]) -> set[str]:
    facts: Any = task.facts
    people, found = list(task.entities), set()
    for columns in itertools.product(*(itertools.permutations(v) for v in facts["values"])):
        has = {(person, value) for column in columns for person, value in zip(people, column, strict=True)}
        if all(_true(clue, has, people) for clue in clues):
            if "value" in facts["asked"]:
                found |= {p for p, v in has if v == facts["asked"]["value"]}
            else:
                found.add(columns[facts["asked"]["property"]][people.index(facts["asked"]["person"])])
    return found


def _true(clue: list[str], has: set[tuple[str, str]], people: list[str]) -> bool:
    match clue:
        case ["is", person, value]:
            return (person, value) in has
        case ["not", person, value]:
            return (person, value) not in has
        case ["either", person, one, other]:
            return (person, one) in has or (person, other) in has
        case ["same", one, other]:
            return any({(p, one), (p, other)} <= has for p in people)
    raise AssertionError(clue)


def test_conditionals_by_truth_table(pools: Pools) -> None:
    for task in pools["causal_reasoning"]:
        facts: Any = task.facts
        literals = [x for premises, end in facts["rules"] for x in (*premises, end)] + facts["facts"]
        events = sorted({event for event, _ in literals})
        verdicts = set()
        for values in itertools.product((True, False), repeat=len(events)):
            world = dict(zip(events, values, strict=True))
            holds = [
                not all(world[e] == v for e, v in premises) or world[c] == w for premises, (c, w) in facts["rules"]
            ]
            if all(holds) and all(world[e] == v for e, v in facts["facts"]):
                verdicts.add(world[facts["asked"][0]])
        assert verdicts, "the facts contradict the rules"
        assert task.answer == ("Unknown" if len(verdicts) == 2 else {True: "Yes", False: "No"}[verdicts.pop()]), task


def test_the_forms_of_inference_are_met_at_their_difficulty(pools: Pools) -> None:
    forms = {(t.difficulty, t.facts["form"]) for t in pools["causal_reasoning"]}
    assert {form for d, form in forms if d == 1} == {"ponens", "beside"}
    assert {form for d, form in forms if d == 2} == {"tollens", "consequent"}
    for difficulty in (3, 4, 5):
        assert {f for d, f in forms if d == difficulty} == {"ponens", "tollens", "consequent", "antecedent"}
