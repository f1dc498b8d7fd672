import random
from collections import Counter
from typing import Any, ClassVar

import pytest

from clpipe import arena
from clpipe.arena.canonical import normalised
from clpipe.arena.family import Draft
from clpipe.arena.pool import check_families, draw_family, draw_pool
from clpipe.records import Task

SMALL: dict[str, dict[str, Any]] = {
    "causal_reasoning": {"people": 0, "events": 4, "rules": 1, "templates": 1},
    "comparison": {"people": 2, "longest": 2, "scales": 1, "templates": 1},
    "logic_grid": {"people": 2, "size": 2, "properties": 1, "topics": 1, "values": 2, "templates": 1},
    "math_word_problem": {"people": 2, "largest": 6, "operations": 1, "templates": 1, "things": 1},
    "sequence": {"largest_start": 2, "largest_step": 2, "templates": 1},
}


class Few:
    """Difficulty d has d² tasks in two spellings."""

    VERSION: ClassVar[int] = 1

    def __repr__(self) -> str:
        return "Few()"

    def draw(self, rng: random.Random, difficulty: int) -> Task:
        words = (f"task {difficulty}/{rng.randrange(difficulty**2)}", rng.choice((" ?", "  ?")))
        return Draft(family="few", prompt="".join(words), answer="1", difficulty=difficulty, template="t").task()

    def score(self, task: Task, reply: str) -> bool:
        return task.answer == reply


def test_a_small_space_is_used_up_and_then_told() -> None:
    tasks = draw_family(0, "few", Few(), 55)
    assert Counter(t.difficulty for t in tasks) == {1: 1, 2: 4, 3: 9, 4: 16, 5: 25}
    assert len({normalised(t.prompt) for t in tasks}) == 55
    assert Counter(t.difficulty for t in draw_family(0, "few", Few(), 20)) == {1: 1, 2: 4, 3: 5, 4: 5, 5: 5}
    for asked in (56, 10**9):
        with pytest.raises(ValueError, match=rf"families\.few: {asked} tasks asked, but it can give only 55 different"):
            draw_family(3, "few", Few(), asked)


@pytest.mark.parametrize("name", arena.names())
def test_a_family_made_small_says_how_many_it_has(name: str) -> None:
    if name not in SMALL:
        pytest.skip("no options known that make this family small")
    numbers = set()
    for seed in (1, 2):
        with pytest.raises(ValueError, match=rf"arena\.families\.{name}: 100000 tasks asked, but .* lower") as caught:
            draw_pool(seed, {name: {**SMALL[name], "tasks": 100_000}})
        numbers.add(int(str(caught.value).split("only ")[1].split()[0]))
    assert len(numbers) == 1, "the number depends on the seed: the space was not used up"
    assert len(draw_pool(1, {name: {**SMALL[name], "tasks": (found := numbers.pop())}})) == found


def test_the_number_of_small_comparisons_by_hand() -> None:
    # Two people in either order; three ways to say it; more or less asked; two orders of the names in the question.
    with pytest.raises(ValueError, match="only 24 different"):
        draw_pool(0, {"comparison": {**SMALL["comparison"], "tasks": 25}})


def test_more_tasks_begin_with_the_same_ones_and_families_do_not_disturb_each_other() -> None:
    both = draw_pool(4, {"sequence": {"tasks": 12}, "comparison": {"tasks": 7}})
    assert [t.family for t in both] == ["sequence"] * 12 + ["comparison"] * 7
    assert draw_pool(4, {"sequence": {"tasks": 30}})[:12] == both[:12]
    assert draw_pool(4, {"comparison": {"tasks": 7}}) == both[12:]
    assert [t.difficulty for t in both[:12]] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    assert not {t.prompt for t in draw_pool(5, {"sequence": {"tasks": 12}})} & {t.prompt for t in both}


def test_all_mistakes_are_told_at_once() -> None:
    families: dict[str, dict[str, Any]] = {
        "additon": {"tasks": 1},
        "sequence": {"tasks": 0, "largest_start": 1, "largest_step": "x", "largest_stop": 4},
        "comparison": {"people": 3},
        "logic_grid": {"tasks": True},
        "causal_reasoning": {"tasks": 5, "people": 2},
    }
    told = check_families(families)
    expected = [
        "arena.families: no family 'additon'; there is causal_reasoning, comparison",
        "arena.families.sequence.tasks must be a whole number from 1, not 0",
        "arena.families.sequence.largest_stop: no option 'largest_stop' (did you mean",
        "arena.families.sequence.largest_start must be a whole number from 2 to 100, not 1",
        "arena.families.sequence.largest_step must be a whole number from 2 to 100, not 'x'",
        "arena.families.comparison.tasks: missing",
        "arena.families.comparison.people must be a whole number from 6 to",
        "arena.families.logic_grid.tasks must be a whole number from 1, not True",
        "arena.families.causal_reasoning.people must be 0 or at least 4, not 2",
    ]
    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected
    with pytest.raises(ValueError, match="additon"):
        draw_pool(0, families)


def test_options_that_are_right_together_are_accepted() -> None:
    assert check_families({name: {**options, "tasks": 1} for name, options in SMALL.items()}) == []
