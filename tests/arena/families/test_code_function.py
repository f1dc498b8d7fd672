"""Reference programs and expected values come from two places: here each is held against the other, by Python."""

import ast
import contextlib
import copy
import json
import random
import re
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

import pytest

from clpipe.arena import judge, load
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.drawing import draws
from clpipe.arena.families.code_function import PROBLEMS, TEMPLATES, Names, literal, reference
from clpipe.arena.judges.python_function import equal
from clpipe.arena.vocabulary import NAMES
from clpipe.arena.words.code_names import IDENTIFIERS, STRINGS
from clpipe.arena.words.code_problem import TAKES, WORDS, Problem, Source
from clpipe.arena.words.code_problems_hard import PRIMES
from clpipe.records import Task

FAMILY = load("code_function")()
EVERY = [(difficulty, key) for difficulty, problems in PROBLEMS.items() for key in problems]
WORDINGS = dict((*TEMPLATES.common, *TEMPLATES.reserved))


def tasks(difficulty: int, count: int, novelty: str = "same_template", seed: int = 3) -> list[Task]:
    return list(islice(draws(seed, "code_function", FAMILY, difficulty, novelty), count))


def of_problem(difficulty: int, key: str, count: int) -> list[Task]:
    return list(islice((t for t in draws(5, "code_function", FAMILY, difficulty) if t.facts["problem"] == key), count))


def hidden(task: Task) -> list[tuple[list[object], object]]:
    found = task.marking["tests"]
    assert isinstance(found, list)
    return [(arguments, expected) for arguments, expected in found]  # type: ignore[misc, str-unpack]  # JSON


def same(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def passes(task: Task, code: str) -> bool:
    """Like the judge, in this process: only for programs made here."""
    space: dict[str, object] = {}
    exec(code, space)
    function = space[str(task.marking["function"])]
    assert callable(function)
    return all(same(function(*copy.deepcopy(arguments)), expected) for arguments, expected in hidden(task))


@pytest.mark.parametrize(("difficulty", "key"), EVERY)
def test_the_reference_gives_what_the_table_says(difficulty: int, key: str) -> None:
    for task in of_problem(difficulty, key, 25):
        assert passes(task, task.answer), task
        assert task.answer.startswith(f"def {task.marking['function']}(")
        assert task.answer.count("\n") < 12


@pytest.mark.parametrize(
    ("key", "arguments", "drawn", "value"),
    [
        ("linear", [4], {"k": 3, "m": 5}, 17),
        ("remainder", [4], {"k": 7, "m": 5}, 2),
        ("square", [-5], {"k": 2, "m": 1}, 8),
        ("head", ["walnut"], {"k": 2, "w": "fig"}, "wafig"),
        ("capped-distance", [3], {"k": 10, "m": 5}, 5),
        ("clamp", [99], {"k": 3, "m": 40}, 40),
        ("divisible", [15], {"k": 2, "m": 5, "w": "a", "v": "b", "u": "c"}, "b"),
        ("tickets", [9], {"k": 4, "m": 3, "n": 8}, 33),
        ("tickets", [8], {"k": 4, "m": 3, "n": 8}, 32),
        ("sum-above", [[1, 5, 6]], {"k": 4, "m": 10}, 110),
        ("range-sum", [12], {"k": 4, "m": 6, "n": 1}, 31),
        ("spaced", ["ab"], {"k": 2, "s": "-"}, "aa-bb-"),
        ("digit-sum", [507], {"k": 2, "m": 1}, 25),
        ("groups", [[1, 2, 3, 4, 5]], {"k": 2, "m": 10}, [30, 70, 50]),
        ("totals", [[5, -2]], {"k": 10, "m": 1}, [16, 15]),
        ("caesar", ["xyz"], {"k": 3, "w": "fig"}, "abcfig"),
        ("repeated", [[3, 1, 3, 2, 1]], {"k": 2, "m": 10}, [10, 30]),
        ("rotate", [[1, 2, 3]], {"k": 2, "m": 9}, [3, 1, 2, 9]),
        ("runs", ["aab"], {"m": 5, "s": "-"}, "a10-b5-"),
        ("depth", ["(()())"], {"k": 10, "m": 101}, 20),
        ("depth", ["())("], {"k": 10, "m": 101}, 101),
        ("common-divisor", [[18, 12]], {"k": 24, "m": 10}, 60),
        ("sequence", [5], {"k": 1, "m": 3}, 11),
        ("halving", [3], {"k": 6, "m": 3}, 5),
        ("base", [6], {"k": 2, "m": 3}, [3, 3, 0]),
        ("nested", [[1, [2, [3]]]], {"k": 2, "m": 10}, 2 + 24 + 66),
        ("longest-run", [[9, 9, 1, 9]], {"k": 5, "m": 10}, 20),
        ("window", [[1, 5, 2]], {"k": 2, "m": 100}, 107),
        ("counter", [[-9, 5, 99, -1]], {"k": 3, "m": 40}, 39),
        ("primes", [11], {"k": 3, "m": 100}, 123),
        ("circle", [5], {"k": 4, "m": 1}, 1),
        ("pile", [[0, 4, 5, 0, 6]], {"k": 2, "m": 1}, 21),
    ],
)
def test_values_by_hand(key: str, arguments: list[object], drawn: dict[str, object], value: object) -> None:
    (problem,) = [problems[key] for problems in PROBLEMS.values() if key in problems]
    assert problem.value(*arguments, **drawn) == value
    code = reference(problem, Names("f", ["p", "q"][: len(problem.takes)]), drawn)
    space: dict[str, object] = {}
    exec(code, space)
    assert callable(space["f"])
    assert space["f"](*arguments) == value


def test_the_primes_are_all_the_primes_that_can_be_met() -> None:
    assert list(PRIMES) == [n for n in range(2, 62) if all(n % d for d in range(2, n))]


def mutants(code: str) -> Iterator[str]:
    """Programs that differ in one comparison, operation, number or string."""
    tree = ast.parse(code)
    for place, node in enumerate(ast.walk(tree)):
        changes: list[ast.AST] = []
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq)):
            changes = [kind() for kind in (ast.Gt, ast.Lt, ast.GtE, ast.LtE) if not isinstance(node.ops[0], kind)]
        elif isinstance(node, ast.BinOp):
            changes = [kind() for kind in (ast.Add, ast.Sub, ast.Mult) if not isinstance(node.op, kind)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, str)) and node.value != "":
            more = [node.value + 1, node.value - 1] if isinstance(node.value, int) else [node.value + "q"]
            changes = [ast.Constant(value) for value in more]
        for change in changes:
            other = copy.deepcopy(tree)
            target = list(ast.walk(other))[place]
            if isinstance(target, ast.Compare):
                target.ops[0] = change  # type: ignore[call-overload]  # of its kind, see above
            elif isinstance(target, ast.BinOp):
                target.op = change  # type: ignore[assignment]  # likewise
            else:
                assert isinstance(change, ast.Constant)
                target.value = change.value  # type: ignore[attr-defined]
            yield ast.unparse(ast.fix_missing_locations(other))


class Endless(Exception):
    pass


def _late(*_: object) -> None:
    raise Endless


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_hidden_tests_catch_nearly_every_slip(difficulty: int) -> None:
    """Of what is not caught here nearly all is no slip: `n % 5 <= 0` for `n % 5 == 0`."""
    before = signal.signal(signal.SIGALRM, _late)
    met, missed = 0, list[str]()
    try:
        for task in [t for key in PROBLEMS[difficulty] for t in of_problem(difficulty, key, 2)]:
            for code in mutants(task.answer):
                met += 1
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                try:
                    with contextlib.suppress(Exception):  # a slip that raises is caught
                        missed += [code] if passes(task, code) else []
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert met > 100
    assert len(missed) < 0.12 * met, missed


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_lazy_programs_fail(difficulty: int) -> None:
    for task in tasks(difficulty, 300):
        values = Counter(json.dumps(expected) for _, expected in hidden(task))
        assert len(values) > 1, task
        assert sum(values.values()) >= 6
        assert not all(same(arguments[0], expected) for arguments, expected in hidden(task))


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_hidden_tests_are_json_and_not_shown(difficulty: int) -> None:
    for task in tasks(difficulty, 300):
        assert json.loads(json.dumps(task.marking)) == task.marking
        for arguments, expected in hidden(task):
            call = f"{task.marking['function']}({', '.join(map(literal, arguments))})"  # type: ignore[arg-type]
            assert call not in task.prompt, task
            assert equal(expected, json.dumps(expected))  # type: ignore[arg-type]


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_the_examples_shown_are_true(difficulty: int) -> None:
    shown = 0
    for novelty in ("same_template", "new_template"):
        for task in tasks(difficulty, 200, novelty):
            space: dict[str, object] = {}
            exec(task.answer, space)
            name = re.escape(str(task.marking["function"]))
            examples = re.findall(rf"`({name}\([^`]*\))` returns `([^`]+)`", task.prompt)
            examples += re.findall(rf"^assert ({name}\(.*\)) == (.+)$", task.prompt, re.M)
            examples += re.findall(rf"^>>> ({name}\(.*\))\n(.+)$", task.prompt, re.M)
            examples = [(call, value) for call, value in examples if f"def {call}:" not in task.answer]
            assert 1 <= len(examples) <= 2, task
            for call, value in examples:
                assert same(eval(call, space), ast.literal_eval(value)), task
            shown += len(examples)
    assert shown > 400


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_the_judge_agrees(difficulty: int) -> None:
    for task in tasks(difficulty, 4):
        assert judge.right(task, task.answer)
        assert judge.right(task, f"Here it is:\n```python\n{task.answer}\n```")
        wrong = task.answer.replace("return ", "return 1, ")
        assert not judge.right(task, wrong)
        assert not judge.right(task, task.answer.replace("def ", "def not_"))


@pytest.mark.parametrize(("difficulty", "key"), EVERY)
def test_difficulty_is_structure(difficulty: int, key: str) -> None:
    task = of_problem(difficulty, key, 1)[0]
    nodes = list(ast.walk(ast.parse(task.answer)))
    found = Counter(type(node).__name__ for node in nodes)
    loops = found["For"] + found["While"] + found["comprehension"]
    conditions = found["If"] + found["IfExp"] + found["Compare"] + task.answer.count("min(")
    if difficulty == 1:
        assert found["Return"] == 1
        assert loops == conditions == 0
    elif difficulty == 2:
        assert conditions or "startswith" in task.answer
        assert loops == 0
    elif difficulty == 3:
        assert loops == 1
    elif difficulty == 4:
        assert loops >= 1 or len(re.findall(r"\[[^\]]*:|sorted|\+", task.answer)) >= 2
    else:
        changes = found["Assign"] + found["AugAssign"] + found["Attribute"]
        assert found["FunctionDef"] > 1 or loops >= 2 or changes >= 2


def test_problems_are_many() -> None:
    assert len(EVERY) >= 40
    assert len({key for _, key in EVERY}) == len(EVERY)
    for difficulty, problems in PROBLEMS.items():
        sizes = [size(problem) for problem in problems.values()]
        assert min(sizes) >= 60
        assert sum(sizes) > 5000
        counts = Counter(str(task.facts["problem"]) for task in tasks(difficulty, 2000))
        assert len(counts) == len(problems)
        assert min(counts.values()) > 0.5 * max(counts.values())


def size(problem: Problem) -> int:
    found = 1
    for options in problem.options.values():
        found *= len(STRINGS.common) if options is WORDS else len(options)
    return found


@pytest.mark.parametrize("difficulty", PROBLEMS)
def test_the_same_prompt_up_to_names_has_the_same_facts(difficulty: int) -> None:
    facts = defaultdict(set)
    answers: Counter[str] = Counter()
    for novelty in ("same_template", "new_entities", "new_template"):
        for task in tasks(difficulty, 700, novelty):
            facts[renamed(task)].add(latent(task))
            answers[task.answer] += 1
            assert not any(
                re.search(rf"(?<![\w-]){entity.lower()}(?![\w-])", renamed(task)) for entity in task.entities
            )
            starts = [re.search(rf"\b{entity}\b", task.prompt).start() for entity in task.entities]  # type: ignore[union-attr]
            assert starts == sorted(starts)
    assert {len(same) for same in facts.values()} == {1}
    assert answers.most_common(1)[0][1] < 0.01 * 2100


def test_reserved_words_and_wordings_are_kept_apart() -> None:
    words = {True: {*IDENTIFIERS.reserved, *STRINGS.reserved}, False: {*IDENTIFIERS.common, *STRINGS.common}}
    reserved = {name for name, _ in TEMPLATES.reserved}
    assert len(WORDINGS) >= 12
    for novelty in ("same_template", "new_entities", "new_template", "harder"):
        for difficulty in PROBLEMS:
            for task in tasks(difficulty, 200, novelty):
                met = set(re.findall(r"[A-Za-z]+", f"{task.prompt} {task.answer} {task.marking}"))
                assert not met & words[novelty != "new_entities"], task
                assert not met & set(NAMES.common if novelty == "new_entities" else NAMES.reserved)
                assert (task.template in reserved) == (novelty == "new_template")


def test_no_identifier_is_in_the_words_around_it() -> None:
    problems = [problem for one in PROBLEMS.values() for problem in one.values()]
    said = " ".join([*WORDINGS.values(), *(p.what for p in problems), *(p.body for p in problems)]).lower()
    for identifier in (*IDENTIFIERS.common, *IDENTIFIERS.reserved):
        assert not re.search(identifier, said), identifier


def test_prompts_are_short_and_grammatical() -> None:
    for difficulty, most in zip(PROBLEMS, (45, 50, 60, 70, 72), strict=True):
        for task in tasks(difficulty, 600):
            assert len(task.prompt.split()) <= most, task
            assert not re.search(
                r"\b1 (numbers|characters|letters|times|places|copies)\b|\S  |\{[a-z]+\}", task.prompt
            ), task
            assert task.prompt[0].isupper()


def test_arguments_are_what_they_are_called() -> None:
    source = Source(random.Random(1), STRINGS.common, [30])
    made = {kind: [make(source) for _ in range(300)] for kind, make in TAKES.items()}
    assert min(made["int"]) < 0 <= min(made["natural"])
    assert min(made["positive"]) == 1
    assert {x > 30 for x in made["near"]} == {True, False}
    assert {x % 30 == 0 for x in made["divided"]} == {True, False}
    assert all(len(x) >= 4 for x in made["ints"] + made["naturals"])
    assert {len(x) for x in made["three"]} == {3}
    assert {set(x) <= {"(", ")"} for x in made["brackets"]} == {True}
    balanced = sum(x.count("(") == x.count(")") for x in made["brackets"])
    assert 150 < balanced < 295
