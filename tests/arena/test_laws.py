"""What every file in clpipe/arena/families must obey."""

import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from clpipe import arena, store
from clpipe.arena.canonical import renamed
from clpipe.arena.family import DIFFICULTIES
from clpipe.records import Task, prompt_id

NAMES = arena.names()
CLOSED = {"causal_reasoning": 3}
Pools = dict[str, list[Task]]
JUNK = ["", " \n", "?", "I do not know.", "the answer", "\x00", "0x", "None", "yes no unknown", "-", "9" * 1000]


def test_the_families_are_the_files() -> None:
    assert set(NAMES) >= {"causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence"}
    with pytest.raises(
        LookupError, match=r"family 'sequense' \(did you mean 'sequence'\?\); there is causal_reasoning,"
    ):
        arena.load("sequense")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_a_draw_is_a_function_of_generator_and_difficulty(name: str, difficulty: int) -> None:
    family = arena.load(name)()
    tasks = [family.draw(random.Random(seed), difficulty) for seed in range(20)]
    assert tasks == [arena.load(name)().draw(random.Random(seed), difficulty) for seed in range(20)]
    assert len({task.prompt for task in tasks}) > 15
    assert {(task.family, task.difficulty) for task in tasks} == {(name, difficulty)}
    assert family.VERSION >= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_right_and_nothing_else_is(name: str, pools: Pools) -> None:
    family = arena.load(name)()
    for task in pools[name]:
        assert family.score(task, task.answer), task
        assert family.score(task, f"\n **{task.answer.upper()}.**\nBecause."), task
        for junk in (*JUNK, f"not {task.answer}", f"{task.answer}{task.answer}", f"{task.answer} or so", task.prompt):
            assert not family.score(task, junk), (task, junk)
    other = next(t for t in pools[name] if t.answer != pools[name][0].answer)
    assert not family.score(pools[name][0], other.answer)


@pytest.mark.parametrize("name", NAMES)
def test_tasks_survive_the_store(name: str, pools: Pools, tmp_path: Path) -> None:
    store.write_records(tmp_path / "tasks.jsonl", pools[name][:100])
    assert store.read_records(tmp_path / "tasks.jsonl", Task) == pools[name][:100]


@pytest.mark.parametrize("name", NAMES)
def test_prompts_are_short_clean_and_different(name: str, pools: Pools) -> None:
    tasks = pools[name]
    words = [len(task.prompt.split()) for task in tasks]
    assert max(words) <= 60
    assert sum(words) / len(words) < 35
    for task in tasks:
        assert task.prompt == " ".join(task.prompt.split())
        assert task.prompt.isascii()
        assert not re.search(r"[{}]|\.\.(?!\.)| [.,?]|\?\.", task.prompt.replace(", ?", "").replace("...", "")), (
            task.prompt
        )
        assert task.id == prompt_id(task.prompt)
        assert len(task.answer.split()) == 1
    assert len({task.prompt.casefold() for task in tasks}) == len(tasks)


@pytest.mark.parametrize("name", NAMES)
def test_entities_stand_in_the_prompt_in_order(name: str, pools: Pools) -> None:
    for task in pools[name]:
        places = [re.search(rf"\b{entity}\b", task.prompt) for entity in task.entities]
        starts = [place.start() for place in places if place]
        assert len(starts) == len(places)
        assert starts == sorted(starts)
        swapped = renamed(task)
        assert not any(entity.casefold() in re.findall(r"[\w-]+", swapped) for entity in task.entities)


@pytest.mark.parametrize("name", NAMES)
def test_wordings_difficulties_and_forms_are_many(name: str, pools: Pools) -> None:
    tasks = pools[name]
    assert len({task.template for task in tasks}) >= 6
    assert set(Counter(task.difficulty for task in tasks).values()) == {240}
    assert len({renamed(task) for task in tasks}) > 1000


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_a_good_guess(name: str, pools: Pools) -> None:
    for tasks in (pools[name], *([t for t in pools[name] if t.difficulty == d] for d in DIFFICULTIES)):
        answers = Counter(task.answer for task in tasks)
        share = max(answers.values()) / len(tasks)
        closed = CLOSED.get(name)
        assert share < (1 / closed + 0.12 if closed else 0.15), answers.most_common(3)
        assert not closed or len(answers) == closed


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_option_is_named(name: str) -> None:
    for value in (-1, 10**9, "many", True, 1.5):
        with pytest.raises(ValueError, match=rf"arena\.families\.{name}\.templates must be .* not {value!r}"):
            arena.load(name)(templates=value)


def test_the_arena_knows_no_model() -> None:
    code = (
        "import sys; from clpipe import arena, split, certificate; from clpipe.arena import pool; "
        "from clpipe.streams import mixed; [arena.load(n) for n in arena.names()]; "
        "sys.exit(bool({'torch', 'transformers', 'peft', 'mlflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
