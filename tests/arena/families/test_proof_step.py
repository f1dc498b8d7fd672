"""Proof steps: every question has one answer, found again from the lines that are shown."""

import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import islice
from typing import Any

import pytest

from clpipe.arena import judge
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.proof_step import ProofStep
from clpipe.arena.logic.flaws import flaws
from clpipe.arena.logic.inference import PAIRED, RULES, steps
from clpipe.arena.logic.proofs import LEVELS, library
from clpipe.arena.logic.propositional import GREEK, LETTERS, PAIRS, Formula, entails, models, parse, plain, symbols
from clpipe.records import Task

DIFFICULTIES = range(1, 6)
MANY = 3000
FORMS = {
    **{difficulty: {"step", "rule", "source", "partner", "flaw"} for difficulty in (1, 2, 3, 4)},
    5: {"two steps", "second rule", "second source", "flaw"},
}


def tasks(difficulty: int, novelty: str = "same_template", count: int = MANY) -> list[Task]:
    return list(islice(draws(7, "proof_step", ProofStep(), difficulty, novelty), count))


@pytest.fixture(scope="module")
def drawn() -> dict[int, list[Task]]:
    return {difficulty: tasks(difficulty) for difficulty in DIFFICULTIES}


def shown(task: Task) -> list[Formula]:
    """The lines as the prompt has them."""
    names = {name: "ABCDE"[i] for i, name in enumerate(task.entities)}
    text = re.sub(r"Options: .*?De Morgan\.", "", task.prompt)
    found = re.findall(
        r"(?:(?:Line |\(|\[|\b)(\d)(?:\.|\)|\]|:)) ([^;,:?]*?)(?=[;,.]? (?:Line |\(|\[)?\d[.:)\]]|[;,.]|$)", text
    )
    every = {*names, "~", "&", "|", "->", "(", ")"}
    lines = []
    for _, formula in found:
        words = re.findall(r"\w+|->|\S", formula)
        if words and {*words} <= every:
            lines.append(parse("".join(names.get(word, word) for word in words)))
    return lines


def told(task: Task) -> list[Formula]:
    lines: Any = task.facts["lines"]
    return [parse(re.sub(r"\d", lambda m: "ABCDE"[int(m[0])], line)) for line in lines]


def written(formula: Formula, task: Task) -> str:
    return symbols(formula).format(*task.entities)


def results(rule: str, lines: list[Formula], where: str) -> set[Formula]:
    """What a rule gives from lines as a question names them (`lines 1 and 3, in that order`)."""
    side = {"left": (0,), "right": (1,)}.get((re.findall(r"the (left|right) side", where) or [""])[0], (0, 1, 2, 3))
    numbers = [int(n) - 1 for n in re.findall(r"\d", where)] or list(range(len(lines)))
    found = {s.result for s in steps(rule, [lines[n] for n in numbers]) if s.schema in side}
    if "order" in where:
        found = {("&", lines[numbers[0]], lines[numbers[1]])}
    return found


def test_every_question_for_a_formula_has_one_answer(drawn: dict[int, list[Task]]) -> None:
    for difficulty in (1, 2, 3, 4):
        for task in drawn[difficulty]:
            if task.facts["form"] == "step":
                rule, where = str(task.facts["rule"]), str(task.facts["where"])
                assert {written(f, task) for f in results(rule, told(task), where)} == {task.answer}, task
                assert ("only" in where) == (difficulty > 2 and rule != "conjunction introduction")


def test_two_steps_have_one_answer(drawn: dict[int, list[Task]]) -> None:
    for task in drawn[5]:
        if task.facts["form"] == "two steps":
            lines, second, then = told(task), str(task.facts["second"]), str(task.facts["then"])
            (between,) = results(str(task.facts["rule"]), lines, str(task.facts["where"]))
            then = then.replace("the result", str(len(lines) + 1))
            last = results(second, [*lines, between], then if "order" in then or "more" not in then else "")
            unused = results(second, lines, "") if "more" in then else set()
            assert {written(f, task) for f in last - unused} == {task.answer}, task


def test_one_rule_gives_a_line(drawn: dict[int, list[Task]]) -> None:
    for difficulty in (1, 2, 3, 4):
        for task in drawn[difficulty]:
            if task.facts["form"] == "rule":
                *given, last = told(task)
                assert {rule for rule in RULES if last in results(rule, given, "")} == {task.answer}, task


def test_one_second_rule_gives_a_line(drawn: dict[int, list[Task]]) -> None:
    for task in drawn[5]:
        if task.facts["form"] == "second rule":
            *given, last = told(task)
            between = results(str(task.facts["rule"]), given, "")
            found = {rule for f in between for rule in RULES if last in results(rule, [*given, f], "")}
            assert found == {task.answer}, task


def test_one_line_is_the_source(drawn: dict[int, list[Task]]) -> None:
    for difficulty in (1, 2, 3, 4):
        for task in drawn[difficulty]:
            if task.facts["form"] in ("source", "partner"):
                *given, last = told(task)
                found = [s.lines for s in steps(str(task.facts["rule"]), given) if s.result == last]
                assert len({frozenset(lines) for lines in found}) == 1, task
                known = {int(str(task.facts.get("i", 0))) - 1}
                assert {*found[0]} - known == {int(task.answer) - 1}
                assert (len(found[0]) == 2) == (task.facts["form"] == "partner")


def test_one_line_is_taken_by_the_second_step(drawn: dict[int, list[Task]]) -> None:
    for task in drawn[5]:
        if task.facts["form"] == "second source":
            *given, last = told(task)
            n = len(given)
            found = {
                frozenset(s.lines) - {n}
                for f in results(str(task.facts["rule"]), given, "")
                for s in steps(str(task.facts["second"]), [*given, f])
                if s.result == last and n in s.lines
            }
            assert found == {frozenset({int(task.answer) - 1})}, task


def test_one_line_does_not_follow(drawn: dict[int, list[Task]]) -> None:
    for difficulty in DIFFICULTIES:
        for task in drawn[difficulty]:
            if task.facts["form"] == "flaw":
                lines, m = told(task), int(str(task.facts["m"]))
                assert (m, len(lines)) == (LEVELS[difficulty].lines, m + 3)
                wrong = [n for n, line in enumerate(lines[m:], m + 1) if not entails(lines[:m], line)]
                assert wrong == [int(task.answer)], task


@pytest.mark.parametrize("novelty", ["same_template", "new_entities", "new_template"])
def test_the_prompt_shows_the_lines(novelty: str) -> None:
    for difficulty in DIFFICULTIES:
        for task in tasks(difficulty, novelty, 300):
            assert shown(task) == told(task), task.prompt
            assert models(told(task)[: LEVELS[difficulty].lines])
            for number in range(1, len(told(task)) + 1):
                assert re.search(rf"(Line |\(|\[|(^|[ ])){number}[:.)\]] ", task.prompt)
            for key, value in task.facts.items():
                if key not in ("lines", "form"):
                    assert str(value) in task.prompt, key


def test_difficulty_is_structure(drawn: dict[int, list[Task]]) -> None:
    for difficulty, some in drawn.items():
        assert {str(task.facts["form"]) for task in some} == FORMS[difficulty]
        steps_taken = [p.steps for rule in RULES for p in library(difficulty, rule)]
        assert {len(taken) for taken in steps_taken} == {2 if difficulty == 5 else 1}
        compound = sum("(" in re.sub(r"~\(\w+ . \w+\)", "", str(task.facts["lines"])) for task in some) / len(some)
        assert {1: compound == 0, 2: compound > 0.8, 3: compound == 0, 4: compound > 0.8, 5: compound > 0.5}[difficulty]


def test_a_proof_is_clear() -> None:
    """No other rule and no other lines, however generously read, give the result of a single step."""
    for difficulty in (1, 2, 3, 4):
        for rule in RULES:
            for proof in library(difficulty, rule)[::5]:
                (step,) = proof.steps
                again = {
                    (other, frozenset(s.lines))
                    for other in RULES
                    for s in steps(other, proof.lines, loose=True)
                    if s.result == plain(step.result)
                }
                assert again == {(rule, frozenset(step.lines))}


def test_answers_are_balanced(drawn: dict[int, list[Task]]) -> None:
    for difficulty, some in drawn.items():
        assert Counter(task.answer for task in some).most_common(1)[0][1] < 0.1 * len(some), difficulty
        by: dict[str, Counter[str]] = defaultdict(Counter)
        for task in some:
            by[str(task.facts["form"])][task.answer] += 1
        for form, answers in by.items():
            if form not in ("step", "two steps"):
                options = {"flaw": 3, "rule": 9, "second rule": 9}.get(form, LEVELS[difficulty].lines)
                assert len(answers) == options
                assert max(answers.values()) < 1.35 * sum(answers.values()) / options + 5, (form, answers)


def test_rules_are_equally_likely_where_they_are_told(drawn: dict[int, list[Task]]) -> None:
    for difficulty, key in ((1, "rule"), (4, "rule"), (5, "second")):
        asked = Counter(task.facts[key] for task in drawn[difficulty] if task.facts["form"] in ("step", "two steps"))
        assert set(asked) == set(RULES)
        assert max(asked.values()) < 1.6 * min(asked.values())


def test_a_wrong_line_is_not_told_by_its_looks() -> None:
    """It stands in a given line, has so many signs, and is as long, as often as one that follows."""
    for difficulty in DIFFICULTIES:
        sides: dict[bool, list[tuple[bool, int, int]]] = defaultdict(list)
        for flaw in flaws(difficulty):
            for formula in (*flaw.sound, flaw.wrong):
                text = symbols(formula)
                stands = any(text in symbols(line) for line in flaw.lines)
                sides[formula == flaw.wrong].append((stands, text.count("~"), len(text)))
        for right, wrong in zip(zip(*sides[False], strict=True), zip(*sides[True], strict=True), strict=True):
            mean = [sum(values) / len(values) for values in (right, wrong)]
            assert abs(mean[0] - mean[1]) < 0.12 * max(1.0, mean[0]), (difficulty, mean)


def test_formulas_are_answered_as_they_are_written(drawn: dict[int, list[Task]]) -> None:
    for task in itertools.chain(*(some[:400] for some in drawn.values())):
        assert judge.right(task, task.answer)
        assert judge.right(task, f" {task.answer.upper()}.")
        assert not judge.right(task, f"~{task.answer}")
        for name in task.entities:
            if name != task.answer:
                assert not judge.right(task, name)
        if task.facts["form"] in ("step", "two steps"):
            assert "without outer brackets" in task.prompt
            assert judge.right(task, f"({task.answer})")
            if " -> " in task.answer:
                first, _, second = task.answer.partition(" -> ")
                assert not judge.right(task, f"{second} -> {first}")
                assert not judge.right(task, task.answer.replace("->", "&"))


def test_facts_are_all_but_names_and_wording(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        said: dict[tuple[str, str], set[str]] = defaultdict(set)
        meant: dict[str, set[str]] = defaultdict(set)
        answers: dict[str, set[str]] = defaultdict(set)
        for task in some:
            said[task.template, latent(task)].add(renamed(task))
            meant[renamed(task)].add(latent(task))
            order = {name: str(i) for i, name in enumerate(task.entities)}
            words = re.split(r"(\w+)", task.answer)
            answers[latent(task)].add("".join(order.get(word, word) for word in words))
        assert {len(forms) for forms in (*said.values(), *meant.values(), *answers.values())} == {1}


def test_facts_are_many(drawn: dict[int, list[Task]]) -> None:
    for some in drawn.values():
        assert len({latent(task) for task in some}) > 0.85 * MANY


def test_new_entities_are_reserved_and_no_others_are() -> None:
    vocabulary = LETTERS, GREEK, PAIRS
    for difficulty in DIFFICULTIES:
        for novelty in ("same_template", "new_entities", "new_template"):
            allowed = {name for names in vocabulary for name in names.of(novelty)}
            other = {name for names in vocabulary for name in (*names.common, *names.reserved)} - allowed
            for task in tasks(difficulty, novelty, 200):
                assert {*task.entities} <= allowed
                assert not {*re.findall(r"\w+", task.prompt)} & other


def test_new_templates_are_reserved_and_there_are_twelve(drawn: dict[int, list[Task]]) -> None:
    common = {task.template for some in drawn.values() for task in some}
    reserved = {task.template for task in tasks(3, "new_template", 400)}
    assert (len(common), len(reserved)) == (9, 3)
    assert not common & reserved


def test_a_rule_of_two_lines_is_asked_where_a_second_line_is(drawn: dict[int, list[Task]]) -> None:
    for task in drawn[5]:
        if task.facts["form"] == "second source":
            assert task.facts["second"] in PAIRED


def test_the_library_does_not_depend_on_the_order_of_sets() -> None:
    code = (
        "from clpipe.arena.logic.flaws import flaws; from clpipe.arena.logic.proofs import library; "
        "print([library(d, 'De Morgan') for d in (1, 5)], flaws(1))"
    )
    found = {
        hashlib.sha256(
            subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                capture_output=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
        ).hexdigest()
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
