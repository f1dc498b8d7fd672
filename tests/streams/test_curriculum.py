"""The curriculum, by hand."""

from collections import Counter
from dataclasses import replace
from itertools import groupby

import pytest

from clpipe.records import Encounter, Task
from clpipe.streams.curriculum import Curriculum
from tests.drawn import drawn
from tests.streams import alternately, always, never, taken


def runs(met: list[Encounter]) -> list[tuple[int, int]]:
    assert all(e.phase == f"difficulty-{e.task.difficulty}" for e in met)
    return [(difficulty, len(list(group))) for difficulty, group in groupby(met, key=lambda e: e.task.difficulty)]


def of(counts: dict[int, int]) -> list[Task]:
    """So many tasks of each difficulty."""
    source = iter(drawn(1, {"math_word_problem": sum(counts.values())}))
    return [replace(next(source), difficulty=d) for d, n in counts.items() for _ in range(n)]


def test_a_schedule_gives_equal_shares(tasks: list[Task]) -> None:
    assert runs(taken(Curriculum(), tasks, 53)) == [(1, 11), (2, 11), (3, 11), (4, 10), (5, 10)]


def test_what_one_difficulty_lacks_is_shared_by_the_others() -> None:
    # 15 episodes: 3 of difficulty 2 are all there are; the other 12 are 6 and 6.
    assert runs(taken(Curriculum(), of({1: 9, 2: 3, 3: 9}), 15)) == [(1, 6), (2, 3), (3, 6)]
    assert runs(taken(Curriculum(), of({1: 9, 2: 9, 3: 2}), 20)) == [(1, 9), (2, 9), (3, 2)]


def test_success_leads_on_after_a_full_window_and_never_back() -> None:
    stream = Curriculum(by="success", window=4, threshold=0.75)
    tasks = of({1: 20, 2: 20, 3: 20})
    assert runs(taken(stream, tasks, 20, right=always)) == [(1, 4), (2, 4), (3, 12)]
    assert runs(taken(stream, tasks, 20, right=never)) == [(1, 20)]
    assert runs(taken(stream, tasks, 20, right=alternately)) == [(1, 20)]  # never 3 of 4

    def first_fails(t: int, task: Task) -> bool:
        del task
        return t not in (2, 3)

    # Attempts 2 and 3 are wrong: at 4 there are 2 of 4 right, at 5 too (2 to 5), at 6 three of 4 (3 to 6).
    assert runs(taken(stream, tasks, 20, right=first_fails)) == [(1, 6), (2, 4), (3, 10)]


def test_attempts_at_the_difficulty_before_do_not_count() -> None:
    def right_until_four(t: int, task: Task) -> bool:
        del task
        return t <= 4

    stream = Curriculum(by="success", window=4, threshold=0.25)
    assert runs(taken(stream, of({1: 20, 2: 20}), 12, right=right_until_four)) == [(1, 4), (2, 8)]


def test_where_tasks_run_out_the_next_difficulty_comes_and_at_the_end_the_most_difficult_left() -> None:
    stream, tasks = Curriculum(by="success", window=2, threshold=1), of({1: 5, 2: 4, 4: 3})
    assert runs(taken(stream, tasks, 8, right=never)) == [(1, 5), (2, 3)]
    assert runs(taken(stream, tasks, 12, right=never)) == [(1, 5), (2, 4), (4, 3)]
    # Success leaves 3 of difficulty 1 and 2 of difficulty 2 behind, which come when difficulty 4 is exhausted.
    assert runs(taken(stream, tasks, 12, right=always)) == [(1, 2), (2, 2), (4, 3), (2, 2), (1, 3)]
    with pytest.raises(ValueError, match="after 12 the training tasks of all difficulties are exhausted"):
        taken(stream, tasks, 13)


def test_families_are_mixed_within_a_difficulty(tasks: list[Task]) -> None:
    met = taken(Curriculum(), tasks, 150)
    assert max(Counter(e.task.family for e in met[:30]).values()) == 6  # 30 of 150 are of difficulty 1, 6 a family
    assert len({e.task.family for e in met[:10]}) > 2
