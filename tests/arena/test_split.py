import dataclasses
import random
from collections import Counter

import pytest

from clpipe import arena
from clpipe.arena.canonical import latent, renamed
from clpipe.arena.family import Draft
from clpipe.arena.pool import draw_pool
from clpipe.params import Heldout, Split
from clpipe.records import NOVELTIES, SAME_TEMPLATE, Task
from clpipe.split import _balanced, divide, side

SEED_DOCUMENT = ("causal_reasoning", "comparison", "logic_grid", "math_word_problem", "sequence")
HELDOUT = Heldout(same_template=40, new_entities=10, new_template=10, harder=10)
SPLIT = Split(train=160, validation=20, heldout=HELDOUT)


def split(train: int, validation: int, heldout: int) -> Split:
    sides = Heldout(same_template=heldout, new_entities=0, new_template=0, harder=0)
    return Split(train=train, validation=validation, heldout=sides)


@pytest.fixture(scope="module")
def pool() -> list[Task]:
    return draw_pool(1, {name: {"tasks": 400} for name in SEED_DOCUMENT}, 4)


def own(prompt: str, answer: str = "1", difficulty: int = 1, novelty: str = SAME_TEMPLATE) -> Task:
    return Draft(prompt=prompt, answer=answer, template="t").task("own", difficulty, novelty)


def test_a_side_is_decided_by_the_problem_alone(pool: list[Task]) -> None:
    for task in pool[::7]:
        other = dataclasses.replace(
            task, id="x", family="y", prompt="?", answer="z", difficulty=9, template="w", entities=("Qq",)
        )
        assert side(other) == side(task)


def test_without_facts_the_prompt_decides_up_to_names_and_writing() -> None:
    for n in range(40):
        prompt = f"Ann has {n} pears and gives Bob one. Who has more?"
        task = Draft(prompt=prompt, answer="1", template="t", entities=("Ann", "Bob")).task("own")
        spelt = dataclasses.replace(task, prompt=f" {prompt.upper()} ")
        other = dataclasses.replace(
            task, prompt=prompt.replace("Ann", "Zoe").replace("Bob", "Ann"), entities=("Zoe", "Ann")
        )
        assert side(task) == side(spelt) == side(other)


def test_sides_of_known_prompts_never_change() -> None:
    told = [side(own(f"What is {n} + {n}?")) for n in range(12)]
    assert " ".join(told) == (
        "train heldout heldout validation train train validation train heldout train validation train"
    )


def test_the_shares_are_as_stated() -> None:
    counts = Counter(side(own(f"What is {n} + 1?")) for n in range(20_000))
    assert counts["train"] / 20_000 == pytest.approx(0.50, abs=0.01)
    assert counts["validation"] / 20_000 == pytest.approx(0.15, abs=0.01)


@pytest.mark.parametrize("name", arena.drawn())
def test_two_seeds_cannot_put_a_question_on_two_sides(name: str) -> None:
    taught = [t for t in draw_pool(1, {name: {"tasks": 200}}, 4) if side(t) == "train"]
    asked = [t for t in draw_pool(2, {name: {"tasks": 200}}, 4) if side(t) == "heldout"]
    assert not {renamed(t) for t in taught} & {renamed(t) for t in asked}
    assert not {latent(t) for t in taught} & {latent(t) for t in asked}


def test_each_family_is_as_large_as_asked_and_balanced(pool: list[Task]) -> None:
    sides = divide(pool, SPLIT)
    for tasks, count in ((sides.train, 160), (sides.validation, 20), (sides.heldout, 70)):
        assert Counter(t.family for t in tasks) == dict.fromkeys(SEED_DOCUMENT, count)
        assert [t for t in pool if t in tasks] == list(tasks)
    assert {t.novelty for t in (*sides.train, *sides.validation)} == {SAME_TEMPLATE}
    assert Counter(t.novelty for t in sides.heldout) == {n: 5 * getattr(HELDOUT, n) for n in NOVELTIES}
    matched = (tuple(t for t in sides.heldout if t.novelty == n) for n in NOVELTIES[:3])
    for tasks in (sides.validation, *matched):
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
    assert len(divide(pool, split(10_000, 0, 1)).train) == sum(
        side(t) == "train" and t.novelty == SAME_TEMPLATE for t in pool
    )
    told = r"split\.heldout\.same_template: 300 same_template tasks asked of family 'sequence', but of the 400 such"
    with pytest.raises(ValueError, match=told):
        divide(pool, split(1, 1, 300))
    with pytest.raises(ValueError, match=r"(?s)validation.*raise arena\.families\.sequence\.tasks by the factor \d"):
        divide(pool, split(1, 100, 300))


def test_a_family_without_a_side_gives_none_and_one_with_too_few_says_so() -> None:
    tasks = [own(f"What is {n} plus {m}?", str(n + m)) for n in range(20) for m in range(20)]
    assert {t.novelty for t in divide(tasks, SPLIT).heldout} == {SAME_TEMPLATE}
    few = [own(f"Harder: {n}?", difficulty=5, novelty="harder") for n in range(5)]
    with pytest.raises(
        ValueError, match=r"split\.heldout\.harder: 10 harder tasks asked of family 'own', but of the 5"
    ):
        divide([*tasks, *few], SPLIT)


def test_any_tasks_can_be_divided() -> None:
    tasks = [own(f"What is {n} plus {m}?", str(n + m), difficulty=n) for n in range(20) for m in range(20)]
    random.Random(1).shuffle(tasks)
    sides = divide(tasks, split(100, 10, 50))
    assert [len(s) for _, s in sides.items()] == [100, 10, 50]
    with pytest.raises(ValueError, match="twice: 'What is 0 plus 0"):
        divide([*tasks, own("What is 0 plus 0?", "7")], SPLIT)
    with pytest.raises(ValueError, match=r"split\.train: 1 tasks asked of family 'own'"):
        divide([t for t in tasks if side(t) != "train"], split(1, 0, 1))


def test_look_ups_of_other_names_are_other_tasks() -> None:
    """ "What is the capital of …" is one prompt up to names; the answers make them different tasks."""
    tasks = [
        Draft(prompt=f"What is the capital of {land}?", answer=town, template="own", entities=(land,)).task("own")
        for land, town in [(f"Land{chr(97 + i)}", f"Town{i}") for i in range(24)]
    ]
    assert {side(task) for task in tasks} == {"train", "validation", "heldout"}


def test_taking_the_rarest_answer_is_what_comparing_all_of_them_gives() -> None:
    rng = random.Random(4)
    tasks = [own(f"{i}?", str(rng.choice("aabbbcd")), rng.randint(1, 3)) for i in range(200)]
    waiting = {d: [t for t in tasks if t.difficulty == d] for d in (1, 2, 3)}
    answers: Counter[str] = Counter()
    expected: list[Task] = []
    while len(expected) < 90:
        for left in waiting.values():
            task = min(left, key=lambda t: answers[t.answer])
            left.remove(task)
            answers[task.answer] += 1
            expected.append(task)
    assert list(_balanced(tasks, 90)) == expected
