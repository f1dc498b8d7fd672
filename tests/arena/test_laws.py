"""What every file in clpipe/arena/families must obey."""

import dataclasses
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from clpipe import arena, store
from clpipe.arena import judge
from clpipe.arena.canonical import latent, normalised, renamed
from clpipe.arena.family import DIFFICULTIES
from clpipe.arena.vocabulary import NAMES, THINGS
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Task, prompt_id

FAMILIES = arena.drawn()
SEED_DOCUMENT = {"causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence"}
CLOSED = {"causal_reasoning": 3, "entailment": 2}
"""Families whose answers are a closed set, equally likely."""
PROGRAMS = {"code_function"}
"""Families whose answers are programs, judged by running them."""
Pools = dict[str, list[Task]]
JUNK = ["", " \n", "?", "I do not know.", "the answer", "\x00", "0x", "None", "yes no unknown", "-", "9" * 1000]
each_family = pytest.mark.parametrize("name", FAMILIES)


def of(tasks: list[Task], novelty: str) -> list[Task]:
    return [task for task in tasks if task.novelty == novelty]


def test_the_families_are_the_files() -> None:
    assert set(FAMILIES) >= SEED_DOCUMENT
    assert {"file", "gym"} <= set(arena.names()) - set(FAMILIES)
    with pytest.raises(
        LookupError, match=r"family 'sequense' \(did you mean 'sequence'\?\); there is causal_reasoning,"
    ):
        arena.load("sequense")


@each_family
@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize("novelty", NOVELTIES)
def test_a_draw_is_a_function_of_its_arguments(name: str, difficulty: int, novelty: str) -> None:
    family = arena.load(name)()
    drafts = [family.draw(random.Random(seed), difficulty, novelty) for seed in range(20)]
    assert drafts == [arena.load(name)().draw(random.Random(seed), difficulty, novelty) for seed in range(20)]
    assert len({draft.prompt for draft in drafts}) > 12
    assert family.VERSION >= 1


@each_family
def test_the_answer_is_right_and_nothing_else_is(name: str, pools: Pools) -> None:
    for task in pools[name][:: 9 if name not in PROGRAMS else 97]:
        assert judge.right(task, task.answer), task
        for junk in (*JUNK, f"not {task.answer}", f"{task.answer}{task.answer} 1", task.prompt):
            assert not judge.right(task, junk), (task, junk)
        if name not in PROGRAMS:
            assert judge.right(task, f"\n **{task.answer}.**\nBecause."), task
            assert not judge.right(task, f"{task.answer} or so")


@each_family
def test_tasks_survive_the_store(name: str, pools: Pools, tmp_path: Path) -> None:
    store.write_records(tmp_path / "tasks.jsonl", pools[name][::9])
    assert store.read_records(tmp_path / "tasks.jsonl", Task) == pools[name][::9]


@each_family
def test_prompts_are_clean(name: str, pools: Pools) -> None:
    words = [len(task.prompt.split()) for task in pools[name]]
    assert max(words) <= (60 if name in SEED_DOCUMENT else 130)
    for task in pools[name]:
        assert task.prompt.isascii()
        assert task.prompt == task.prompt.strip()
        assert task.id == prompt_id(task.prompt)
        if name in SEED_DOCUMENT:
            assert task.prompt == " ".join(task.prompt.split())
            assert not re.search(r"[{}]|\.\.(?!\.)| [.,?]|\?\.", task.prompt.replace(", ?", "").replace("...", "")), (
                task
            )


@each_family
def test_entities_are_whole_words_and_the_facts_do_not_name_them(name: str, pools: Pools) -> None:
    for task in pools[name]:
        assert len(set(task.entities)) == len(task.entities)
        for entity in task.entities:
            assert re.search(rf"(?<![\w-]){re.escape(entity)}(?![\w-])", task.prompt), (entity, task)
        swapped = re.findall(r"[\w-]+", renamed(task))
        assert not any(normalised(entity) in swapped for entity in task.entities), task
        told = {key: value for key, value in task.facts.items() if key != "kind"}  # of our own words, not the task's
        assert not set(task.entities) & set(re.findall(r"\w+", str(told))), task


@each_family
def test_other_names_make_the_same_task(name: str, pools: Pools) -> None:
    """Equal prompts but for names have equal latent parameters, so the split by these cannot leak."""
    forms: dict[str, set[str]] = defaultdict(set)
    for task in pools[name]:
        assert task.facts, task
        forms[renamed(task)].add(latent(task))
    assert [form for form, found in forms.items() if len(found) > 1] == []


@each_family
def test_names_are_all_that_renaming_changes(name: str, pools: Pools) -> None:
    for task in pools[name][::11]:
        numbered = {entity: f"Qq{chr(97 + i)}" for i, entity in enumerate(task.entities)}
        prompt = re.sub(r"[\w-]+", lambda m, new=numbered: new.get(m[0], m[0]), task.prompt)  # type: ignore[misc]
        other = dataclasses.replace(task, prompt=prompt, entities=tuple(numbered.values()))
        assert renamed(other) == renamed(task)


@each_family
def test_latent_problems_are_many(name: str, pools: Pools) -> None:
    for difficulty in DIFFICULTIES:
        tasks = [task for task in of(pools[name], SAME_TEMPLATE) if task.difficulty == difficulty]
        assert len({latent(task) for task in tasks}) > 0.6 * len(tasks), difficulty


@each_family
def test_templates_are_at_least_twelve_and_a_quarter_is_reserved(name: str, pools: Pools) -> None:
    common = {task.template for task in pools[name] if task.novelty != "new_template"}
    reserved = {task.template for task in of(pools[name], "new_template")}
    assert len(common | reserved) >= 12
    assert len(reserved) >= 3
    assert not common & reserved


@each_family
def test_a_reserved_word_is_met_where_entities_are_new_and_nowhere_else(name: str, pools: Pools) -> None:
    reserved = {*NAMES.reserved, *THINGS.reserved}
    common = {*NAMES.common, *THINGS.common}
    for task in pools[name]:
        words = set(task.entities)
        assert not words & (common if task.novelty == "new_entities" else reserved), task
    known = {word for task in pools[name] if task.novelty != "new_entities" for word in _words(task)}
    assert all(_words(task) - known for task in of(pools[name], "new_entities"))


def _words(task: Task) -> set[str]:
    """Its words, and without names their pairs: what is new may be a phrase."""
    words = re.findall(r"\w+", task.prompt)
    return {*words, *(() if task.entities else map(" ".join, pairwise(words)))}


@each_family
def test_no_answer_is_a_good_guess(name: str, pools: Pools) -> None:
    for difficulty in DIFFICULTIES:
        tasks = [task for task in pools[name] if task.difficulty == difficulty and task.novelty != "new_entities"]
        answers = Counter(task.answer for task in tasks)
        closed = CLOSED.get(name)
        share = max(answers.values()) / len(tasks)
        assert share < (1 / closed + 0.11 if closed else 0.15), (difficulty, answers.most_common(3))
        assert not closed or len(answers) == closed


@each_family
def test_difficulty_is_more_than_larger_numbers(name: str, pools: Pools) -> None:
    lengths = [
        sum(len(t.prompt.split()) for t in pools[name] if t.difficulty == d)
        for d in (DIFFICULTIES[0], DIFFICULTIES[-1])
    ]
    assert lengths[1] > 1.15 * lengths[0]


def test_the_arena_knows_no_model() -> None:
    code = (
        "import sys; from clpipe import arena, split, certificate; from clpipe.arena import pool; "
        "from clpipe.streams import mixed; [arena.load(n) for n in arena.names()]; "
        "sys.exit(bool({'torch', 'transformers', 'peft', 'mlflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
