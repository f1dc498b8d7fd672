from collections import Counter
from itertools import islice
from typing import Any

import pytest

from clpipe.arena.canonical import normalised
from clpipe.arena.drawing import draws, endless
from clpipe.arena.pool import check_families, draw_pool, drawn
from clpipe.arena.seen import Seen
from clpipe.records import NOVELTIES, SAME_TEMPLATE
from clpipe.seeds import rng
from tests.arena.few import Few


def test_a_small_space_is_used_up_and_then_told() -> None:
    tasks = drawn(0, "few", Few(), (30, SAME_TEMPLATE, 4), Seen())
    assert Counter(t.difficulty for t in tasks) == {1: 1, 2: 4, 3: 9, 4: 16}
    assert len({normalised(t.prompt) for t in tasks}) == 30
    assert Counter(t.difficulty for t in drawn(0, "few", Few(), (16, SAME_TEMPLATE, 4), Seen())) == {
        1: 1, 2: 4, 3: 6, 4: 5
    }  # fmt: skip
    assert {t.difficulty for t in drawn(0, "few", Few(), (25, "harder", 4), Seen())} == {5}
    for asked in (31, 10**9):
        told = rf"families\.few: {asked} same_template tasks asked, but it can give only 30 different"
        with pytest.raises(ValueError, match=told):
            drawn(3, "few", Few(), (asked, SAME_TEMPLATE, 4), Seen())


def test_a_stream_without_end_ends_where_everything_was_met() -> None:
    tasks = list(endless(0, {"few": Few()}, 5))
    assert len(tasks) == len({normalised(t.prompt) for t in tasks}) == 55


def test_a_draw_has_the_generator_that_its_path_names() -> None:
    path = ("arena", "few", 1, "Few()", SAME_TEMPLATE, 3)
    expected = [Few().draw(rng(9, *path, i), 3, SAME_TEMPLATE).prompt for i in range(20)]
    assert [t.prompt for t in islice(draws(9, "few", Few(), 3), 20)] == expected


def test_a_pool_has_every_side_and_harder_is_harder() -> None:
    pool = draw_pool(1, {"comparison": {"tasks": 80}}, 3)
    assert Counter(t.novelty for t in pool) == dict(zip(NOVELTIES, (80, 20, 20, 20), strict=True))
    for task in pool:
        assert (task.difficulty > 3) == (task.novelty == "harder")
    same, new = ({t.template for t in pool if t.novelty == n} for n in (SAME_TEMPLATE, "new_template"))
    assert not same & new


def test_more_tasks_begin_with_the_same_ones_and_families_do_not_disturb_each_other() -> None:
    both = draw_pool(4, {"sequence": {"tasks": 12}, "comparison": {"tasks": 8}}, 4)
    assert [t.family for t in both] == ["sequence"] * 21 + ["comparison"] * 14
    assert draw_pool(4, {"sequence": {"tasks": 30}}, 4)[:12] == both[:12]
    assert draw_pool(4, {"comparison": {"tasks": 8}}, 4) == both[21:]
    assert [t.difficulty for t in both[:12]] == [1, 2, 3, 4] * 3
    assert not {t.prompt for t in draw_pool(5, {"sequence": {"tasks": 12}}, 4)} & {t.prompt for t in both}


def test_a_family_can_stand_twice_with_other_options() -> None:
    small = {"kind": "sequence", "tasks": 40, "largest_start": 10}
    families: dict[str, dict[str, Any]] = {"sequence": {"tasks": 40}, "small": small}
    pool = draw_pool(1, families, 4)
    assert Counter(t.family for t in pool) == {"sequence": 70, "small": 70}
    assert len({normalised(t.prompt) for t in pool}) == 140


def test_all_mistakes_are_told_at_once() -> None:
    families: dict[str, dict[str, Any]] = {
        "additon": {"tasks": 1},
        "mine": {"kind": "fil", "tasks": 1},
        "sequence": {"tasks": 0, "largest_start": 1, "largest_step": "x", "largest_stop": 4},
        "comparison": {},
        "logic_grid": {"tasks": True},
    }
    told = check_families(families)
    expected = [
        "arena.families: no family 'additon'; there is causal_reasoning, ",
        "arena.families.mine: no family 'fil' (did you mean 'file'?)",
        "arena.families.sequence.tasks must be a whole number from 1, not 0",
        "arena.families.sequence.largest_stop: no option 'largest_stop' (did you mean",
        "arena.families.sequence.largest_step: ",
        "arena.families.sequence.largest_start must be a whole number from 10 to 100, not 1",
        "arena.families.comparison.tasks: missing",
        "arena.families.logic_grid.tasks must be a whole number from 1, not True",
    ]
    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected
    with pytest.raises(ValueError, match="additon"):
        draw_pool(0, families, 4)


def test_what_was_seen_is_known_exactly() -> None:
    seen = Seen()
    assert [seen.add(text) for text in ("a", "b", "a", "A", "", "", "\ud800", "\ud800")] == [
        True, True, False, True, True, False, True, False
    ]  # fmt: skip
    assert len(seen) == 5
    assert all(seen.add(f"task {i}") for i in range(20_000))
    assert not any(seen.add(f"task {i}") for i in range(20_000))
