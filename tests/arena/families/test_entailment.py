"""Entailment: the label is what the truth table says, and nothing else tells it."""

import itertools
import random
import re
from collections import Counter, defaultdict
from itertools import islice
from typing import Any

import pytest

from clpipe.arena import judge
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.entailment import SPARE, TEMPLATES, Entailment, library
from clpipe.arena.logic import arguments
from clpipe.arena.logic.propositional import GREEK, LETTERS, PAIRS, entails, models, parse_all
from clpipe.arena.words.entailment import FORMS, PROPERTIES, statements
from clpipe.records import Task

DIFFICULTIES = range(1, 6)
MANY = 3000


def tasks(difficulty: int, novelty: str = "same_template", count: int = MANY) -> list[Task]:
    return list(islice(draws(7, "entailment", Entailment(), difficulty, novelty), count))


@pytest.fixture(scope="module")
def drawn() -> dict[int, list[Task]]:
    return {difficulty: tasks(difficulty) for difficulty in DIFFICULTIES}


def argument(task: Task) -> tuple[list[str], str]:
    premises: Any = task.facts["premises"]
    return list(premises), str(task.facts["conclusion"])


class Value:
    """A truth value with the connectives as Python's operators."""

    def __init__(self, is_true: bool) -> None:
        self.true = is_true

    def __invert__(self) -> "Value":
        return Value(not self.true)

    def __and__(self, other: "Value") -> "Value":
        return Value(self.true and other.true)

    def __or__(self, other: "Value") -> "Value":
        return Value(self.true or other.true)

    def __rshift__(self, other: "Value") -> "Value":
        return Value(other.true or not self.true)

    def __xor__(self, other: "Value") -> "Value":
        return Value(self.true == other.true)


def cases(formulas: list[str]) -> list[list[bool]]:
    """The values of formulas in symbols, in every case."""
    code = [
        compile(re.sub(r"\d", lambda m: f"v[{m[0]}]", f.replace("<->", "^").replace("->", ">>")), f, "eval")
        for f in formulas
    ]
    size = len(set(re.findall(r"\d", " ".join(formulas))))
    rows = ([Value(x) for x in row] for row in itertools.product((False, True), repeat=size))
    return [[eval(c, {"v": row}).true for c in code] for row in rows]


def follows(task: Task) -> bool:
    premises, conclusion = argument(task)
    return all(row[-1] for row in cases([*premises, conclusion]) if all(row[:-1]))


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize("novelty", ["same_template", "new_entities", "new_template"])
def test_the_answer_is_what_the_truth_table_says(difficulty: int, novelty: str) -> None:
    for task in tasks(difficulty, novelty, 150):
        premises, conclusion = argument(task)
        assert task.answer == ("valid" if follows(task) else "invalid"), task
        table = cases([*premises, conclusion])
        assert any(all(row[:-1]) for row in table), "premises that contradict each other"
        assert not all(row[-1] for row in table), "a conclusion that is always true"
        assert conclusion not in premises
        assert len(set(premises)) == len(premises)


def test_the_table_by_hand() -> None:
    assert cases(["0 -> ~1"]) == [[True], [True], [True], [False]]
    assert cases(["~(0 & 1) <-> 0"]) == [[False], [False], [True], [False]]


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_every_form_is_valid_and_needs_its_premises(difficulty: int) -> None:
    assert set(FORMS) == set(SPARE) == set(DIFFICULTIES)
    for form in FORMS[difficulty].strip().splitlines():
        given, goal = form.split("|-")
        core, (conclusion,) = parse_all(given.split(";")[0]), parse_all(goal)
        assert entails(core, conclusion), form
        for i in range(len(core)):
            assert not entails((*core[:i], *core[i + 1 :]), conclusion), form
        assert len(arguments.library(form.strip(), SPARE[difficulty])) >= 25, form


def test_twins_are_one_valid_and_one_not_and_look_alike() -> None:
    unlike = Counter[int]()
    for difficulty in DIFFICULTIES:
        for form in FORMS[difficulty].strip().splitlines():
            for twins in arguments.library(form.strip(), SPARE[difficulty]):
                assert entails(twins.valid, twins.conclusion)
                assert not entails(twins.invalid, twins.conclusion)
                assert models(twins.valid)
                assert models(twins.invalid)
                unlike[twins.unlike] += 1
    assert unlike[0] > 0.85 * sum(unlike.values())
    assert Counter(len(line.atoms) for form in library(3) for t in form for line in t.valid) == Counter(
        len(line.atoms) for form in library(3) for t in form for line in t.invalid
    )


def test_modus_ponens_and_its_fallacy() -> None:
    """The twin of `P -> Q, P` is the affirmed consequent."""
    plain = [t for t in arguments.library("A -> B, A |- B", 0.0) if t.valid == (("->", 0, 1), 0)]
    assert [(t.invalid, t.conclusion) for t in plain] == [((("->", 1, 0), 0), 1)]


def test_difficulty_is_structure(drawn: dict[int, list[Task]]) -> None:
    atoms = {1: {2, 3, 4}, 2: {2, 3, 4}, 3: {3, 4, 5}, 4: {3, 4, 5}, 5: {4, 5}}
    premises = {1: {2, 3}, 2: {1, 2, 3}, 3: {2, 3, 4}, 4: {2, 3, 4}, 5: {4, 5}}
    for difficulty, some in drawn.items():
        assert {len(task.entities) for task in some} == atoms[difficulty]
        assert {len(argument(task)[0]) for task in some} == premises[difficulty]
        text = " ".join(formula for task in some for formula in argument(task)[0])
        assert ("<->" in text) == (difficulty >= 4)
        assert ("(" in text) == (difficulty >= 4)


SAYINGS = {
    "therefore": ("{} is true", "{} is false"),
    "student": ("{} is true", "{} is false"),
    "suppose": ("{} holds", "{} does not hold"),
    "reasons": ("{} holds", "{} does not hold"),
}
IS = ("the {} is {}", "the {} is not {}")
JOINED = {"->": "if {}, then {}", "&": "{} and {}", "|": "{} or {}, or both", "<->": "{} if and only if {}"}


def in_english(formula: str, task: Task) -> str:
    said: Any = task.facts["said"]
    literals = []
    for sign, atom in re.findall(r"(~?)(\d)", formula):
        words = (task.entities[int(atom)], *said[int(atom) : int(atom) + 1])
        literals.append(SAYINGS.get(task.template, IS)[bool(sign)].format(*words))
    connective = re.search(r"<->|->|[&|]", formula)
    return JOINED[connective[0]].format(*literals) if connective else literals[0]


def test_the_prompt_says_the_facts() -> None:
    """Premises in their order, each as it should be said."""
    met = set()
    for novelty in ("same_template", "new_template"):
        for difficulty in (1, 2, 3, 4):
            for task in tasks(difficulty, novelty, 500):
                premises, conclusion = argument(task)
                if task.template in {"premises", "formulas", "must", "claim", "exam"}:
                    names = [re.sub(r"\d", lambda m, of=task.entities: of[int(m[0])], f) for f in premises]  # type: ignore
                    assert "; ".join(names) in task.prompt
                elif not any("(" in formula for formula in premises):
                    said = [in_english(formula, task) for formula in premises]
                    assert f" {' '.join(f'{text[0].upper()}{text[1:]}.' for text in said)}" in f" {task.prompt}"
                    assert in_english(conclusion, task) in task.prompt
                    met.add(task.template)
    assert met == {*SAYINGS, "everyday", "known", "logic-alone", "report", "doubt"}


def test_denied_pairs_in_english() -> None:
    for task in tasks(4, count=1500):
        for formula in argument(task)[0]:
            pair = re.fullmatch(r"~\((~?\d) (.) (~?\d)\)", formula)
            if pair and "ot true that" in task.prompt:
                first, second = in_english(pair[1], task), in_english(pair[3], task)
                joined = f"both {first} and {second}." if pair[2] == "&" else f"either {first} or {second}, or both."
                assert f"It is not true that {joined}" in task.prompt


def test_statements_are_said_and_denied() -> None:
    some = [task for task in tasks(4) if task.facts["said"]]
    for task in some[:400]:
        said: Any = task.facts["said"]
        for thing, adjective in zip(task.entities, said, strict=True):
            assert re.search(rf"\b[Tt]he {thing} is (not )?{adjective}\b", task.prompt)
    text = " ".join(task.prompt for task in some)
    for phrase in (" if and only if ", "t is not true that both the ", "t is not true that either the ", ", or both"):
        assert phrase in text


def test_or_is_inclusive_and_says_so(drawn: dict[int, list[Task]]) -> None:
    for task in drawn[4]:
        if not re.search("->|~", task.prompt):
            assert task.prompt.count(", or both") == " ".join([*argument(task)[0], argument(task)[1]]).count("|")


def test_valid_and_invalid_are_equally_likely(drawn: dict[int, list[Task]]) -> None:
    for difficulty, some in drawn.items():
        valid = Counter(task.answer for task in some)["valid"] / len(some)
        assert 0.47 < valid < 0.53, difficulty


def features(task: Task) -> dict[str, Any]:
    premises, conclusion = argument(task)
    text = " ".join(premises)
    literals, last = re.findall(r"~?\d", text), re.findall(r"~?\d", conclusion)
    return {
        "template": task.template,
        "premises": len(premises),
        "atoms": len(task.entities),
        "negations": text.count("~"),
        "conditionals": text.count("->"),
        "disjunctions": text.count("|"),
        "conclusion": re.sub(r"\d", "x", conclusion),
        "said": bool(task.facts["said"]),
        "longest last": len(premises[-1]) == max(map(len, premises)),
        "words": len(task.prompt.split()) // 6,
        "recurs": sum(literals.count(literal) for literal in last) if len(last) == 1 else -1,
    }


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_nothing_that_can_be_counted_tells_the_answer(difficulty: int, drawn: dict[int, list[Task]]) -> None:
    """A guess from one feature, learned on one half of the tasks, does no better on the other than a coin."""
    some = drawn[difficulty]
    half = len(some) // 2
    for feature in features(some[0]):
        seen: dict[Any, Counter[str]] = defaultdict(Counter)
        for task in some[:half]:
            seen[features(task)[feature]][task.answer] += 1
        right = sum(
            task.answer == (seen[value].most_common(1) or [("valid", 0)])[0][0]
            for task in some[half:]
            for value in [features(task)[feature]]
        )
        assert right / half < (0.58 if difficulty == 1 and feature == "recurs" else 0.56), feature


def test_templates_and_facts_are_drawn_apart() -> None:
    """The same seed asks the same argument in any wording."""
    family = Entailment()
    for seed in range(300):
        old, new = (family.draw(random.Random(seed), 3, novelty) for novelty in ("same_template", "new_template"))
        assert old.answer == new.answer
        assert old.facts["premises"] == new.facts["premises"]


def test_facts_are_all_but_names_and_wording(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        meant: dict[str, set[str]] = defaultdict(set)
        for task in some:
            told[task.template, latent(task)].add(renamed(task))
            meant[renamed(task)].add(latent(task))
        assert {len(forms) for forms in told.values()} == {1}
        assert {len(forms) for forms in meant.values()} == {1}


def test_facts_are_many(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert len({latent(task) for task in some}) > 0.5 * MANY


def test_new_entities_are_reserved_and_no_others_are() -> None:
    every = {
        side: {
            *itertools.chain.from_iterable(names.of(side) for names in (LETTERS, GREEK, PAIRS)),
            *itertools.chain.from_iterable(statements(side)),
        }
        for side in ("same_template", "new_entities")
    }
    assert not every["same_template"] & every["new_entities"]
    for difficulty in DIFFICULTIES:
        for novelty in ("same_template", "new_entities", "new_template"):
            allowed = every["new_entities" if novelty == "new_entities" else "same_template"]
            for task in tasks(difficulty, novelty, 150):
                assert {*task.entities} <= allowed
                said: Any = task.facts["said"]
                assert {*said} <= allowed


def test_vocabulary() -> None:
    things = [thing for side in ("same_template", "new_entities") for thing, _ in statements(side)]
    assert len(things) == len(set(things)) == 130
    assert not [(a, b) for a, b in itertools.permutations(things, 2) if a in b]
    words = " ".join(wording.layout for _, wording in (*TEMPLATES.common, *TEMPLATES.reserved)).lower()
    assert not {*things} & {*re.findall(r"\w+", words)}
    assert not {adjective for adjective, _ in PROPERTIES.common} & {adjective for adjective, _ in PROPERTIES.reserved}


def test_new_templates_are_reserved_and_there_are_fourteen(drawn: dict[int, list[Task]]) -> None:
    common = {task.template for some in drawn.values() for task in some}
    reserved = {task.template for task in tasks(2, "new_template", 400)}
    assert len(common | reserved) == 14
    assert len(reserved) == 3
    assert not common & reserved


def test_replies() -> None:
    task = tasks(1, count=1)[0]
    other = "invalid" if task.answer == "valid" else "valid"
    assert judge.right(task, f"{task.answer.capitalize()}.")
    assert not judge.right(task, other)
    assert not judge.right(task, f"not {other}")
