import dataclasses
import random
from collections import Counter

import pytest

from clpipe import arena
from clpipe.arena.canonical import renamed
from clpipe.arena.family import Draft
from clpipe.arena.pool import draw_pool
from clpipe.params import Split
from clpipe.records import Task
from clpipe.split import divide, side

SPLIT = Split(train=160, validation=20, heldout=60)


@pytest.fixture(scope="module")
def pool() -> list[Task]:
    return draw_pool(1, {name: {"tasks": 400} for name in arena.names()})


def own(prompt: str, answer: str = "1", **more: int) -> Task:
    return Draft(family="own", prompt=prompt, answer=answer, difficulty=more.get("difficulty", 1), template="t").task()


def test_a_side_is_decided_by_the_words_alone(pool: list[Task]) -> None:
    for task in pool[::7]:
        other = dataclasses.replace(task, id="x", family="y", answer="z", difficulty=9, template="w", facts={})
        assert side(other) == side(task)
        spelt = dataclasses.replace(task, prompt=f" {task.prompt.upper()} ")
        assert side(spelt) == side(task)
        swapped = dict(zip(task.entities, [f"Qq{'abcdef'[i]}" for i in range(len(task.entities))], strict=True))
        prompt = task.prompt
        for name, new in swapped.items():
            prompt = prompt.replace(name, new)
        assert side(dataclasses.replace(task, prompt=prompt, entities=tuple(swapped.values()))) == side(task)


def test_sides_of_known_prompts_never_change() -> None:
    told = [side(own(f"What is {n} + {n}?")) for n in range(12)]
    assert " ".join(told) == (
        "train validation train validation train heldout train train heldout train heldout heldout"
    )


def test_the_shares_are_as_stated() -> None:
    counts = Counter(side(own(f"What is {n} + 1?")) for n in range(20_000))
    assert counts["train"] / 20_000 == pytest.approx(0.50, abs=0.01)
    assert counts["validation"] / 20_000 == pytest.approx(0.15, abs=0.01)


def test_two_seeds_cannot_put_a_question_on_two_sides() -> None:
    small = {"comparison": {"tasks": 500, "people": 6, "longest": 3, "scales": 2, "templates": 2}}
    taught = {renamed(t) for t in draw_pool(1, small) if side(t) == "train"}
    asked = {renamed(t) for t in draw_pool(2, small) if side(t) == "heldout"}
    assert not taught & asked


def test_each_family_is_as_large_as_asked_and_balanced(pool: list[Task]) -> None:
    sides = divide(pool, SPLIT)
    for tasks, count in ((sides.train, 160), (sides.validation, 20), (sides.heldout, 60)):
        assert Counter(t.family for t in tasks) == dict.fromkeys(arena.names(), count)
        assert [t for t in pool if t in tasks] == list(tasks)
    for tasks in (sides.validation, sides.heldout):
        cells = Counter((t.family, t.difficulty) for t in tasks)
        assert max(cells.values()) - min(cells.values()) <= 2
        answers = Counter(t.answer for t in tasks if t.family == "causal_reasoning")
        assert max(answers.values()) - min(answers.values()) <= 2
    assert divide(pool, SPLIT) == sides


def test_other_families_do_not_move_a_familys_tasks(pool: list[Task]) -> None:
    alone = [t for t in pool if t.family == "sequence"]
    sides = divide(pool, SPLIT)
    assert divide(alone, SPLIT).heldout == tuple(t for t in sides.heldout if t.family == "sequence")


def test_train_is_at_the_most_and_the_others_exact(pool: list[Task]) -> None:
    assert len(divide(pool, Split(train=10_000, validation=0, heldout=1)).train) == sum(
        side(t) == "train" for t in pool
    )
    with pytest.raises(
        ValueError, match=r"split\.heldout: 300 tasks asked of family 'sequence', but of its 400 tasks only"
    ):
        divide(pool, Split(train=1, validation=1, heldout=300))
    with pytest.raises(
        ValueError, match=r"(?s)validation.*raise arena\.families\.sequence\.tasks to about \d+, or lower"
    ):
        divide(pool, Split(train=1, validation=100, heldout=300))


def test_any_tasks_can_be_divided() -> None:
    tasks = [own(f"What is {n} plus {m}?", str(n + m), difficulty=n) for n in range(20) for m in range(20)]
    random.Random(1).shuffle(tasks)
    sides = divide(tasks, Split(train=100, validation=10, heldout=50))
    assert [len(s) for _, s in sides.items()] == [100, 10, 50]
    with pytest.raises(ValueError, match="twice: 'What is 0 plus 0"):
        divide([*tasks, own("What is 0 plus 0?", "7")], SPLIT)
    with pytest.raises(ValueError, match=r"split\.train: 1 tasks asked of family 'own'"):
        divide([t for t in tasks if side(t) != "train"], Split(train=1, validation=0, heldout=1))
