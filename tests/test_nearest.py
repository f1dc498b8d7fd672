"""The nearest texts: against cosines counted by hand, ties, and what there is to find in tasks."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clpipe.nearest import Nearest
from tests.drawn import drawn

SOME = ["anna", "ben", "apples", "has", "buys", "12", "7", "older", "who", "?"]
WORDS = st.lists(st.sampled_from(SOME), min_size=1, max_size=6)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=8)


def filled(texts: list[str]) -> Nearest:
    nearest = Nearest()
    for text in texts:
        nearest.add(text)
    return nearest


def grams(text: str) -> Counter[str]:
    """Runs of 3, 4 and 5 characters inside each word with a space on both sides; a shorter word is one run."""
    found: Counter[str] = Counter()
    for word in text.lower().split():
        padded = f" {word} "
        for n in (3, 4, 5):
            found.update(padded[i : i + n] for i in range(max(1, len(padded) - n + 1)))
            if len(padded) <= n:
                break
    return found


def cosine(one: str, other: str) -> float:
    a, b = grams(one), grams(other)
    return sum(a[g] * b[g] for g in a) / math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))


def test_a_cosine_worked_out_by_hand() -> None:
    """`cat` has the runs " ca", "cat", "at ", " cat", "cat ", " cat "; `bat` shares "at " alone: 1 / 6.

    `a cat` has " a " beside all six of `cat`: 6 / sqrt(7 * 6) = 0.926, so it is nearer.
    """
    assert cosine("cat", "bat") == pytest.approx(1 / 6)
    assert cosine("cat", "a cat") == pytest.approx(6 / math.sqrt(42))
    assert filled(["bat", "dog", "a cat"]).places("cat", 3) == [2, 0, 1]


@settings(max_examples=60)
@given(texts=TEXTS, asked=WORDS.map(" ".join), k=st.integers(1, 9))
def test_the_k_largest_cosines_come_first_of_equals_the_later(texts: list[str], asked: str, k: int) -> None:
    likeness = [round(cosine(text, asked), 9) for text in texts]
    expected = sorted(range(len(texts)), key=lambda i: (-likeness[i], -i))[:k]
    assert filled(texts).places(asked, k) == expected


def test_texts_may_come_between_two_searches() -> None:
    nearest = filled(["who is older", "3 + 4"])
    assert nearest.places("3 + 5", 1) == [1]
    nearest.add("3 + 5")
    assert nearest.places("3 + 5", 2) == [2, 1]


@pytest.mark.parametrize(("texts", "k"), [([], 3), (["a text"], 0), (["a text"], -1)])
def test_nothing_is_found_in_nothing_or_when_nothing_is_wanted(texts: list[str], k: int) -> None:
    assert filled(texts).places("a text", k) == []


def test_a_text_without_words_is_like_nothing_and_still_found() -> None:
    assert filled(["", "cat"]).places("", 2) == [1, 0]
    assert filled(["", "cat"]).places("cat", 1) == [1]


def test_tasks_are_found_by_their_family() -> None:
    tasks = drawn(1, {"comparison": 40, "sequence": 40, "causal_reasoning": 40})
    known, asked = tasks[::2], tasks[1::2]
    nearest = filled([task.prompt for task in known])
    same = [known[nearest.places(task.prompt, 1)[0]].family == task.family for task in asked]
    assert sum(same) / len(same) > 0.95
