"""Programs are executed here, so that what the family works out on its own is checked by Python itself."""

import ast
import contextlib
import io
import random
import re
from collections import Counter, defaultdict
from itertools import islice

import pytest

from clpipe.arena import load
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.code_output import KINDS, MOST_NAMES, TEMPLATES, literal, written
from clpipe.arena.sandbox import run
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.code_names import IDENTIFIERS, STRINGS
from clpipe.arena.words.code_programs import FORMULAS, Literal, Program
from clpipe.records import Task

FAMILY = load("code_output")()
EVERY_KIND = [(difficulty, kind) for difficulty, kinds in KINDS.items() for kind in kinds]
FORMS = ("script", "function", "lines")
WORDINGS = dict((*TEMPLATES.common, *TEMPLATES.reserved))


def tasks(difficulty: int, count: int, novelty: str = "same_template", seed: int = 3) -> list[Task]:
    return list(islice(draws(seed, "code_output", FAMILY, difficulty, novelty), count))


def programs(kind: object, count: int) -> list[Program]:
    assert callable(kind)
    found = []
    for seed in range(count):
        rng = random.Random(seed)
        found.append(kind(rng, rng.sample(IDENTIFIERS.common, MOST_NAMES), STRINGS.common))
    return found


def executed(code: str, call: str, form: str) -> str:
    printed = io.StringIO()
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(printed):
        exec(code, space)
    return printed.getvalue().rstrip("\n") if form == "script" else str(eval(call, space))


def test_a_program_in_its_forms() -> None:
    program = Program(
        [("gauge", 7), ("tempo", "fig")], ["gauge += 2", "if gauge > 8:", "    gauge = 1"], "gauge", 1, []
    )
    assert written(program, "script", "orbit") == (
        'gauge = 7\ntempo = "fig"\ngauge += 2\nif gauge > 8:\n    gauge = 1\nprint(gauge)',
        "gauge",
    )
    assert written(program, "function", "orbit") == (
        "def orbit(gauge, tempo):\n    gauge += 2\n    if gauge > 8:\n        gauge = 1\n    return gauge",
        'orbit(7, "fig")',
    )
    assert written(program, "lines", "orbit")[0].endswith("    gauge = 1")
    recursive = Program([], [], "f(3)", 3, [], ["def f(x):\n    return x"])
    assert written(recursive, "script", "orbit")[0] == "def f(x):\n    return x\n\nprint(f(3))"
    assert (
        written(recursive, "function", "orbit")
        == written(recursive, "lines", "orbit")
        == (recursive.functions[0], "f(3)")
    )


def test_values_as_they_stand_in_a_program() -> None:
    assert [literal(value) for value in (-3, "fig", [1, 2], Literal('{"fig": 3}'))] == [
        "-3",
        '"fig"',
        "[1, 2]",
        '{"fig": 3}',
    ]


def test_formulas_by_hand() -> None:
    values = {form: rule(10, 3, 4) for form, rule in FORMULAS.items()}
    assert values["{x} + {y} * {c}"] == 22
    assert values["({x} + {y}) * {c}"] == 52
    assert values["({x} + {c}) // {y}"] == 4
    assert values["{x} - ({y} + {c})"] == 3
    assert values["{c} * {x} + {c} * {y}"] == 52


@pytest.mark.parametrize("kind", [kind for _, kind in EVERY_KIND])
@pytest.mark.parametrize("form", FORMS)
def test_python_says_the_same(kind: object, form: str) -> None:
    for program in programs(kind, 60):
        code, call = written(program, form, IDENTIFIERS.reserved[0])
        assert executed(code, call, form) == str(program.value), code


@pytest.mark.parametrize("difficulty", KINDS)
def test_the_prompt_holds_the_program(difficulty: int) -> None:
    """What stands between the words of the template runs, and gives the answer, in the sandbox too."""
    met = set()
    for novelty in ("same_template", "new_template"):
        for number, task in enumerate(tasks(difficulty, 60, novelty)):
            wording = WORDINGS[task.template]
            parts = pattern(wording.layout).fullmatch(task.prompt)
            assert parts, task
            printed = "" if wording.form == "script" else f"\nprint({parts['call']})"
            if number < 4:
                assert run(parts["code"] + printed).stdout.split()[-1] == task.answer, task
            else:
                assert executed(parts["code"] + printed, "", "script").split()[-1] == task.answer, task
            met.add(task.template)
    assert len(met) >= 15


def pattern(layout: str) -> re.Pattern[str]:
    text = re.escape(layout)
    for part in ("code", "call", "person"):
        text = text.replace(rf"\{{{part}\}}", f"(?P<{part}>.+)", 1).replace(rf"\{{{part}\}}", f"(?P={part})")
    return re.compile(text, re.DOTALL)


def features(code: str) -> Counter[str]:
    return Counter(type(node).__name__ for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(("difficulty", "kind"), EVERY_KIND)
def test_difficulty_is_structure(difficulty: int, kind: object) -> None:
    for program in programs(kind, 20):
        found = features(written(program, "script", "orbit")[0])
        loops = found["For"] + found["While"] + found["ListComp"]
        calls_itself = any(text.count(text.split("(")[0].removeprefix("def ") + "(") > 1 for text in program.functions)
        if difficulty == 1:
            assert set(found) & {"If", "IfExp", "For", "While", "ListComp", "FunctionDef", "Subscript", "Constant"} == {
                "Constant"
            }
        elif difficulty == 2:
            assert loops == found["FunctionDef"] == 0
            assert found["If"] + found["IfExp"] + found["Subscript"] + found["Attribute"] > 0
        elif difficulty == 3:
            assert (loops, found["If"], found["FunctionDef"]) == (1, 0, 0)
        elif difficulty == 4:
            changes = found["Attribute"] + found["List"]
            assert loops == 2 or (loops == 1 and (found["If"] or found["Compare"])) or (loops == 0 and changes >= 2)
            assert not calls_itself
        else:
            two_changed = loops == 1 and found["Assign"] + found["AugAssign"] >= 3
            assert calls_itself or two_changed or found["Dict"]


@pytest.mark.parametrize("difficulty", KINDS)
def test_no_answer_is_a_good_guess(difficulty: int) -> None:
    drawn = tasks(difficulty, 4000)
    answers = Counter(task.answer for task in drawn)
    assert answers.most_common(1)[0][1] < 0.03 * len(drawn)
    assert max(len(answer) for answer in answers) <= 14
    assert not [answer for answer in answers if not re.fullmatch(r"-?\d+|[a-z]+", answer)]
    shown = sum(task.answer in re.findall(r"-?\w+", task.prompt) for task in drawn)
    assert shown < 0.05 * len(drawn)
    for pick in (max, min, lambda numbers: numbers[-1], sum):
        guesses = [str(pick([*map(int, re.findall(r"\d+", task.prompt)), 0])) for task in drawn]
        assert sum(guess == task.answer for guess, task in zip(guesses, drawn, strict=True)) < 0.06 * len(drawn)


def test_neither_branch_is_the_likely_one() -> None:
    taken: Counter[bool] = Counter()
    kinds = {kind.__name__: kind for kind in KINDS[2]}
    for program in programs(kinds["branch"], 1000):
        left, sign, right, *_ = program.latent
        taken[eval(f"{left} {sign} {right}")] += 1
    assert 0.4 < taken[True] / 1000 < 0.6
    which: Counter[int] = Counter()
    for program in programs(kinds["ladder"], 1000):
        value, low, high, *_ = program.latent
        which[(value >= low) + (value >= high)] += 1  # type: ignore[operator]
    assert min(which.values()) > 250


@pytest.mark.parametrize("difficulty", KINDS)
def test_kinds_and_facts_are_many(difficulty: int) -> None:
    drawn = tasks(difficulty, 2000)
    assert len({latent(task) for task in drawn}) > 1700
    counts = Counter(str(task.facts["kind"]) for task in drawn)
    assert min(counts.values()) > 0.5 * max(counts.values())


@pytest.mark.parametrize("difficulty", KINDS)
def test_the_same_prompt_up_to_names_has_the_same_facts(difficulty: int) -> None:
    facts = defaultdict(set)
    for novelty in ("same_template", "new_entities", "new_template"):
        for task in tasks(difficulty, 1500, novelty):
            facts[renamed(task)].add(latent(task))
            assert not any(
                re.search(rf"(?<![\w-]){entity.lower()}(?![\w-])", renamed(task)) for entity in task.entities
            )
            starts = [re.search(rf"\b{entity}\b", task.prompt).start() for entity in task.entities]  # type: ignore[union-attr]
            assert starts == sorted(starts)
    assert {len(same) for same in facts.values()} == {1}


def test_other_names_are_the_same_task() -> None:
    rng, other = random.Random(4), random.Random(4)
    kind = KINDS[5][0]
    one = kind(rng, ["gauge", "tempo"], STRINGS.common)
    two = kind(other, ["orbit", "valley"], STRINGS.common)
    assert (one.latent, one.value) == (two.latent, two.value)
    assert one.functions != two.functions


def test_reserved_words_and_wordings_are_kept_apart() -> None:
    words = {True: {*IDENTIFIERS.reserved, *STRINGS.reserved}, False: {*IDENTIFIERS.common, *STRINGS.common}}
    reserved = {name for name, _ in TEMPLATES.reserved}
    assert len(WORDINGS) >= 12
    for novelty in ("same_template", "new_entities", "new_template", "harder"):
        for difficulty in KINDS:
            for task in tasks(difficulty, 300, novelty):
                met = set(re.findall(r"[A-Za-z]+", task.prompt))
                assert not met & words[novelty != "new_entities"], task
                assert not met & set(NAMES.common if novelty == "new_entities" else NAMES.reserved)
                assert (task.template in reserved) == (novelty == "new_template")


def test_vocabulary_is_no_part_of_anything() -> None:
    identifiers = (*IDENTIFIERS.common, *IDENTIFIERS.reserved)
    strings = (*STRINGS.common, *STRINGS.reserved)
    assert len(identifiers) >= 100
    assert len(strings) >= 100
    assert all(len(word) >= 5 for word in strings)
    said = " ".join(wording.layout for wording in WORDINGS.values()).lower()
    others = [*strings, *re.findall(r"[a-z]+", said), "print return while range continue break append reverse insert"]
    for one in identifiers:
        assert not [other for other in (*identifiers, *others) if one != other and one in other], one
    assert not {*identifiers, *strings} & {name.lower() for name in (*NAMES.common, *NAMES.reserved)}
    assert not {*identifiers, *strings} & set(dir(__builtins__))


def test_prompts_are_short() -> None:
    for difficulty, most in zip(KINDS, (35, 45, 45, 50, 55), strict=True):
        assert max(len(task.prompt.split()) for task in tasks(difficulty, 1000)) <= most
