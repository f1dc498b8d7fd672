"""Fixed examples in the prompt: even over the families, the same whatever order they come in, and never others."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.models.language_model import LanguageModel
from clpipe.records import Example, Question, prompt_id
from clpipe.shots import balanced
from clpipe.strategies.k_shot import KShot
from tests.conftest import Load

SIZES = {"sums": 6, "ages": 4, "rows": 1}


def example(family: str, number: int) -> Example:
    prompt = f"{family} {number}?"
    return Example(question=Question(id=prompt_id(prompt), family=family, prompt=prompt), shown=str(number))


SPARE = [example(family, number) for family, size in SIZES.items() for number in range(size)]


def begun(model: LanguageModel, k: int, seed: int = 0) -> KShot:
    k_shot = KShot(k=k)
    k_shot.begin(model, SPARE, random.Random(seed))
    return k_shot


@given(k=st.integers(1, len(SPARE)), seed=st.integers(0, 99))
def test_no_family_has_two_more_than_another_that_has_some_left(k: int, seed: int) -> None:
    counts = Counter(one.question.family for one in balanced(SPARE, k, random.Random(seed)))
    assert sum(counts.values()) == k
    left = [counts[name] for name, size in SIZES.items() if counts[name] < size]
    assert all(max(counts.values()) - count <= 1 for count in left)


def test_four_of_three_families_are_two_of_one_and_one_of_each_other() -> None:
    """Rows have one example, so that the second turn goes to sums or ages."""
    for seed in range(20):
        counts = Counter(one.question.family for one in balanced(SPARE, 4, random.Random(seed)))
        assert counts in (Counter(sums=2, ages=1, rows=1), Counter(sums=1, ages=2, rows=1))


@given(order=st.permutations(SPARE))
def test_the_order_in_which_they_are_given_does_not_matter(order: list[Example]) -> None:
    assert balanced(order, 5, random.Random(3)) == balanced(SPARE, 5, random.Random(3))


def test_none_is_taken_twice_and_other_seeds_take_others() -> None:
    found = [balanced(SPARE, 5, random.Random(seed)) for seed in range(10)]
    assert all(len(set(chosen)) == 5 for chosen in found)
    assert len({frozenset(chosen) for chosen in found}) > 5


def test_the_same_examples_stand_before_every_question_and_learning_changes_nothing(load: Load) -> None:
    model = load("llama")
    k_shot = begun(model, 3)
    question = Question(id="", family="sums", prompt="7 + 7?")
    first = model.read(question, "14")
    k_shot.learn(model, first, random.Random(0))
    assert model.read(question, "14").question_ids == first.question_ids
    text = model.chat.decode(first.question_ids)
    places = [text.find(f"{one.question.prompt}") for one in k_shot.chosen]
    assert -1 not in places
    assert places == sorted(places)
    assert text.count("assistant") == 4  # three solved turns, and the one to be written


def test_restored_it_shows_the_same(load: Load) -> None:
    model, again = load("llama"), load("llama")
    k_shot, restored = begun(model, 4), KShot(k=4)
    restored.restore(again, k_shot.state())
    assert restored.chosen == k_shot.chosen
    prompts = ["7 + 7?", "Who is older?"]
    assert again.replies(prompts, 5, 2) == model.replies(prompts, 5, 2)
    assert load("llama").replies(prompts, 5, 2) != model.replies(prompts, 5, 2)


def test_too_few_and_too_long_examples_are_refused_by_name(load: Load) -> None:
    model = load("llama")
    with pytest.raises(ValueError, match=r"^k: 12 solved tasks wanted, but there are 11"):
        begun(model, 12)
    model.network.config.max_position_embeddings = 60
    with pytest.raises(ValueError, match=r"^k: .*at most 60; lower k"):
        begun(model, 5)


def test_it_says_what_it_sees_and_that_it_starts_elsewhere() -> None:
    assert (KShot.beforehand, KShot.changes_start) == ("spare", True)
    with pytest.raises(ValueError, match="k: must be 1 or more, not 0"):
        KShot(k=0)
