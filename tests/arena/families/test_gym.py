"""Generators of reasoning-gym as families. Without the extra `gym` only what is said about that is tested."""

from __future__ import annotations

import copy
import importlib.metadata
import inspect
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clpipe.arena.canonical import normalised
from clpipe.arena.drawing import draws
from clpipe.arena.families import gym
from clpipe.arena.families.gym import Gym
from clpipe.arena.judge import right
from clpipe.arena.judges import gym as judging
from clpipe.arena.pool import build, check_families, draw_pool
from clpipe.records import Json, Task
from clpipe.store import line, read_records, write_records

try:
    judging.package()
    installed = True
except ValueError:
    installed = False
needs_gym = pytest.mark.skipif(not installed, reason="needs the extra `gym`: make test-gym")

WITHOUT = """
import sys
sys.modules["reasoning_gym"] = None  # what Python takes for "there is none"
from clpipe.arena.pool import check_families
print("\\n".join(check_families({"sums": {"kind": "gym", "dataset": "chain_sum", "tasks": 3}})))
from clpipe.arena.judge import right
from clpipe.records import Task
task = Task(id="", family="", prompt="", answer="", difficulty=1, template="", judge="gym",
            marking={"dataset": "chain_sum", "config": {}, "entry": {}})
try:
    right(task, "4")
except ValueError as error:
    print(error)
"""


def some(count: int, name: str, seed: int = 1, difficulty: int = 1, **options: Any) -> list[Task]:
    family = Gym(dataset=name, **options)
    return list(islice(draws(seed, "mine", family, difficulty), count))


def test_without_reasoning_gym_one_line_says_what_to_install() -> None:
    told = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout
    family, judge = told.splitlines()
    assert family.startswith("arena.families.sums.dataset 'chain_sum' needs reasoning-gym, which is not installed (")
    assert judge.startswith("needs reasoning-gym, which is not installed (")
    assert family.endswith("; run: pip install 'clpipe[gym]'")
    assert judge.endswith("; run: pip install 'clpipe[gym]'")


def test_nothing_but_the_family_itself_needs_reasoning_gym() -> None:
    code = "import sys, clpipe.arena.families.gym, clpipe.arena.judges.gym; print('reasoning_gym' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@needs_gym
def test_reasoning_gyms_own_seeds_share_their_items_and_ours_do_not() -> None:
    """The reason why a draw has a seed of its own: theirs is seed + index."""
    create = judging.package().create_dataset
    theirs = [{item["question"] for item in create("leg_counting", seed=seed, size=200)} for seed in (42, 43)]
    assert len(theirs[0] & theirs[1]) >= 199
    ours = [{task.prompt for task in some(200, "leg_counting", seed=seed)} for seed in (42, 43)]
    assert [len(prompts) for prompts in ours] == [200, 200]
    assert not ours[0] & ours[1]


@needs_gym
@pytest.mark.parametrize("name", ["chain_sum", "leg_counting", "number_sequence", "zebra_puzzles", "syllogism"])
def test_strict_tasks_have_one_short_answer(name: str) -> None:
    tasks = some(12, name)
    for task in tasks:
        assert (task.family, task.template, task.judge, task.novelty) == ("mine", name, "exact", "same_template")
        assert (dict(task.facts), dict(task.marking)) == ({}, {})
        assert right(task, f" {task.answer}.\nBecause.")
        assert not right(task, f"{task.answer}1")
        assert not right(task, f"not {task.answer}")
    assert len({normalised(task.prompt) for task in tasks}) > 1


@needs_gym
def test_a_sum_is_a_sum() -> None:
    for task in some(50, "chain_sum", config={"min_terms": 2, "max_terms": 2, "allow_negation": False}):
        left, sign, other = re.search(r"(\d+) ([-+]) (\d+) =", task.prompt).groups()  # type: ignore[union-attr]
        assert int(task.answer) == int(left) + int(f"{sign}{other}")


@needs_gym
def test_draws_are_a_function_of_their_name() -> None:
    for name in ("chain_sum", "list_functions", "word_sorting", "gsm_symbolic", "acre"):
        first, state = some(6, name), random.getstate()
        random.setstate(random.Random(7).getstate())  # list_functions asks Python's own generator
        assert some(6, name) == first
        random.setstate(state)


@needs_gym
def test_draws_leave_the_global_generator_and_the_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = random.getstate()
    some(3, "list_functions")
    some(3, "bf")
    some(3, "tower_of_hanoi", scoring="verifier")
    assert random.getstate() == before
    assert capsys.readouterr().out == ""


@needs_gym
@pytest.mark.parametrize("name", sorted(gym.SHARED))
def test_a_shared_dataset_draws_what_a_new_one_draws(name: str) -> None:
    rng = random.Random(3)
    seeds = [rng.getrandbits(32) for _ in range(5)]
    anew = [judging.made(name, {}, seed)[0] for seed in seeds]
    for order in (range(5), (4, 2, 0, 1, 3)):  # what was drawn before must not matter
        for place in order:
            source = copy.copy(judging.shared(name, "{}"))
            source.seed = seeds[place]
            assert repr(source[0]) == repr(anew[place])


HASHED = """
from itertools import islice
from clpipe.arena.drawing import draws
from clpipe.arena.families.gym import Gym
from clpipe.store import line
for name, scoring in (("chain_sum", "strict"), ("zebra_puzzles", "strict"), ("list_functions", "strict"),
                      ("family_relationships", "strict"), ("countdown", "verifier"), ("word_sorting", "strict"),
                      ("propositional_logic", "verifier"), ("graph_color", "verifier"), ("syllogism", "strict")):
    for task in islice(draws(1, "mine", Gym(dataset=name, scoring=scoring), 1), 5):
        print(line(task))
"""


@needs_gym
def test_draws_do_not_depend_on_the_hash_seed() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", HASHED], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1")
    ]
    assert told[0].count(b"\n") == 45
    assert told[0] == told[1]


@needs_gym
def test_datasets_that_do_depend_on_the_hash_seed_are_refused() -> None:
    for name in gym.UNSTABLE:
        with pytest.raises(ValueError, match=f"^dataset: {name} draws other items in each process"):
            Gym(dataset=name)


@needs_gym
def test_harder_is_the_same_dataset_told_otherwise() -> None:
    family = Gym(dataset="chain_sum", config={"max_terms": 2, "min_terms": 2}, harder={"min_terms": 7, "max_terms": 9})
    assert (family.levels, family.novelties) == ((1, 5), ("same_template", "harder"))
    signs = {
        level: [len(re.findall(r" [-+] ", task.prompt)) for task in islice(draws(1, "m", family, level), 30)]
        for level in (1, 5)
    }
    assert set(signs[1]) == {1}
    assert set(signs[5]) == {6, 7, 8}
    assert (Gym(dataset="chain_sum").levels, Gym(dataset="chain_sum").novelties) == ((1,), ("same_template",))


@needs_gym
def test_the_order_of_the_settings_is_no_matter() -> None:
    config = {"min_terms": 2, "max_terms": 3}
    there, back = some(5, "chain_sum", config=config), some(5, "chain_sum", config=dict(reversed(config.items())))
    assert there == back


@needs_gym
def test_the_pool_takes_a_dataset() -> None:
    options = {"kind": "gym", "dataset": "chain_sum", "harder": {"min_terms": 7, "max_terms": 9}, "tasks": 40}
    assert check_families({"sums": options}) == []
    assert build("sums", options) == Gym(dataset="chain_sum", harder={"min_terms": 7, "max_terms": 9})
    pool = draw_pool(1, {"sums": options}, hardest=4)
    counts = Counter((task.family, task.difficulty, task.novelty) for task in pool)
    assert counts["sums", 1, "same_template"] == 40
    assert counts["sums", 5, "harder"] > 0
    assert len(counts) == 2


@needs_gym
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"dataset": "chian_sum"}, "dataset: no dataset 'chian_sum' (did you mean 'chain_sum'?)"),
        ({"dataset": "composite"}, "dataset: no dataset 'composite'"),
        ({"config": {"seed": 3}}, "config.seed: not to be set, every task has a seed of its own"),
        ({"config": {"size": 3}}, "config.size: not to be set"),
        (
            {"config": {"min_term": 3}},
            "config.min_term: no setting of chain_sum 'min_term' (did you mean 'min_terms'?)",
        ),
        ({"config": {"min_terms": 0}}, "config: chain_sum does not take {'min_terms': 0}: min_terms must be positive"),
        ({"config": {"min_terms": "a"}}, "config: chain_sum does not take {'min_terms': 'a'}: TypeError: "),
        ({"harder": {"min_terms": 9}}, "harder: chain_sum does not take {'min_terms': 9}: max_terms must be >= min_te"),
        ({"harder": {"terms": 9}}, "harder.terms: no setting of chain_sum 'terms'"),
        ({"harder": {}}, "harder: must set something other than config does, not {}"),
        ({"scoring": "loose"}, "scoring: input should be 'strict' or 'verifier', not 'loose'"),
        ({"scoring": "verifier"}, "scoring: the check of chain_sum is not among those that were read and found sound"),
    ],
)
def test_a_wrong_option_is_told_by_its_key(options: dict[str, Any], problem: str) -> None:
    told = check_families({"sums": {"kind": "gym", "dataset": "chain_sum", "tasks": 5, **options}})
    assert told[0].startswith(f"arena.families.sums.{problem}")


@needs_gym
def test_a_setting_that_fails_only_when_drawn_is_told_with_the_dataset() -> None:
    with pytest.raises(
        ValueError, match=r"^config: word_sorting fails with ValueError: Sample .*, at seed \d+ of \{'max_w"
    ):
        some(1, "word_sorting", config={"min_words": 10**7, "max_words": 10**7})


@needs_gym
@pytest.mark.parametrize("name", ["mini_sudoku", "propositional_logic", "graph_color"])
def test_strict_refuses_what_has_not_one_answer_of_one_line(name: str) -> None:
    with pytest.raises(ValueError, match=f"^scoring: strict needs one answer of one line, but {name} has .*verifier$"):
        some(1, name)


@needs_gym
def test_a_dataset_without_any_answer_cannot_be_used() -> None:
    with pytest.raises(ValueError, match=r"but boxnet has 'None'; this dataset cannot be used$"):
        some(1, "boxnet")


FAST = sorted(set(judging.CHECKS) - {"sokoban", "futoshiki"})  # seconds a puzzle


@needs_gym
@pytest.mark.parametrize("name", FAST)
def test_a_verifier_takes_its_own_answer_and_not_what_only_holds_it(name: str) -> None:
    for task in some(6, name, scoring="verifier"):
        assert task.judge == "gym"
        assert right(task, task.answer)
        assert right(task, f"\n {task.answer} \n")
        assert not right(task, f"{task.answer} or not")
        assert not right(task, f"not {task.answer}")
        assert not right(task, task.answer[: len(task.answer) // 2])
        assert not right(task, "")
        assert json.loads(line(task))["marking"] == task.marking


@needs_gym
@pytest.mark.parametrize("name", ["countdown", "cryptarithm", "kakurasu", "mini_sudoku", "shortest_path", "survo"])
def test_a_verifier_does_not_take_the_answer_to_another_puzzle(name: str) -> None:
    tasks = some(12, name, scoring="verifier")
    answers = {task.answer for task in tasks}
    taken = [
        (task.prompt, answer) for task in tasks for answer in answers if answer != task.answer and right(task, answer)
    ]
    assert taken == []


def countdown(target: int, numbers: list[int]) -> Task:
    """A puzzle by hand: the fields that its check reads."""
    (drawn,) = some(1, "countdown", scoring="verifier")
    entry: Json = {"question": "", "answer": "", "metadata": {"target": target, "numbers": list(numbers)}}
    return replace(drawn, answer="1", marking={**drawn.marking, "entry": entry})


@needs_gym
def test_countdown_takes_every_way_and_no_other() -> None:
    task = countdown(24, [1, 5, 5, 5])
    assert right(task, "5 * (5 - 1/5)")
    assert right(task, "(5 - 1/5) * 5\nThat is 24.")
    for wrong in ("5*5 - 1", "24", "5 * 5 - 1 + 5 - 5", "5 + 5 + 5 + 1", "5 * (5 - 1/5) = 24", "5 * (5 - 1//5)"):
        assert not right(task, wrong)


@needs_gym
def test_propositional_logic_takes_what_follows() -> None:
    (drawn,) = some(1, "propositional_logic", scoring="verifier")
    metadata: Json = {"premises": ["(P → Q)", "P"], "variables": ["P", "Q"]}
    task = replace(drawn, marking={**drawn.marking, "entry": {"answer": None, "metadata": metadata}})
    assert right(task, "(P ∧ Q)")
    assert right(task, "¬¬Q ∧ P")
    for wrong in ("¬Q ∨ ¬P", "(P ∨ ¬P)", "R ∨ P", "P and Q", "Q"):  # the last follows, but is too little for them
        assert not right(task, wrong)


@needs_gym
def test_first_line_for_one_line_and_the_whole_reply_for_more() -> None:
    (drawn,) = some(1, "mini_sudoku", scoring="verifier")
    assert right(drawn, drawn.answer + "\n")
    assert not right(drawn, drawn.answer.split("\n")[0])
    (word,) = some(1, "palindrome_generation", scoring="verifier")
    assert right(word, f"\n\n{word.answer}\nor so")
    assert not right(word, f"I say:\n{word.answer}")


HOSTILE = [
    "__import__('os')._exit(3)",
    "exit()",
    "(lambda: exit())()",
    "9**9**9**9",
    "9**9**9//1",
    "[x for x in range(10**12)]",
    " ∨ ".join("abcdefghijklmnopqrstuvwxyzäöü"),
    " ∨ ".join("P" * n for n in range(1, 30)),
    "(" * 400,
    "¬" * 400,
    "[" * 400,
    "1/0",
    "9" * 499,
    "U999999999999",
    "\x00",
    "\ud800",
    "{}",
    "null",
    '{"0": 1e999}',
]


@needs_gym
@pytest.mark.parametrize("name", FAST)
def test_no_reply_is_run_as_a_program_or_takes_long(name: str) -> None:
    (task,) = some(1, name, scoring="verifier")
    started = time.monotonic()
    assert not any(right(task, reply) for reply in HOSTILE)
    assert time.monotonic() - started < 3


@needs_gym
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_text_is_judged(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FAST))
    task = data.draw(st.sampled_from(SAMPLES.setdefault(name, some(2, name, scoring="verifier"))))
    near = st.lists(st.sampled_from(sorted(set(task.answer)) + list(" ()[]{}\"',:=-*/0\n")), max_size=60).map("".join)
    assert right(task, data.draw(st.text(max_size=80) | near)) in (True, False)


SAMPLES: dict[str, list[Task]] = {}


@needs_gym
def test_every_check_that_evaluates_a_reply_is_fenced_or_left_out() -> None:
    """A new version may evaluate more: whoever raises it reads the checks first."""
    runs = {
        name
        for name, (kind, _) in judging.package().DATASETS.items()
        if re.search(r"\b(eval|exec|parse_expr|sympify)\(", inspect.getsource(kind.score_answer))
    }
    assert runs & set(judging.CHECKS) == {"binary_matrix", "countdown", "n_queens"}
    assert all(judging.CHECKS[name].pattern != ".*" for name in runs & set(judging.CHECKS))
    assert importlib.metadata.version("reasoning-gym") == "0.1.25"


@needs_gym
@pytest.mark.parametrize(
    ("name", "entry", "wrong"),
    [
        ("game_of_life_halting", {"answer": "True"}, "False"),
        ("coin_flip", {"answer": "0.5"}, "0.51"),
        ("number_sorting", {"answer": "['1', '3']", "metadata": {"direction": "ascending"}}, "[1, 2]"),
        ("puzzle24", {"answer": "", "metadata": {"numbers": [9, 8, 9, 8]}}, "6*4*1*1"),
    ],
)
def test_checks_that_are_left_out_give_full_marks_to_what_is_wrong(
    name: str, entry: dict[str, Any], wrong: str
) -> None:
    assert name not in judging.CHECKS
    assert judging.made(name, {}, 1).score_answer(wrong, entry) == 1.0


@needs_gym
def test_tasks_with_their_entry_survive_a_file(tmp_path: Any) -> None:
    tasks = some(3, "graph_color", scoring="verifier") + some(3, "chain_sum")
    write_records(tmp_path / "tasks.jsonl", tasks)
    back = read_records(tmp_path / "tasks.jsonl", Task)
    assert back == tasks
    assert all(right(task, task.answer) for task in back)
