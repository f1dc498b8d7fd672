"""Episodes to a level, against crossings worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import accuracy, levels
from clpipe.evaluation.accuracy import Scores

STEPS = (0, 40, 80)


def table(rows: list[list[int]], templates: int = 100) -> Scores:
    """Scores `(seeds, tasks)`, the tasks dealt to so many templates in turn."""
    tasks = len(rows[0])
    return Scores(
        seeds=tuple(range(len(rows))),
        tasks=tuple(f"{i:03d}" for i in range(tasks)),
        families=("f",) * tasks,
        templates=tuple(f"f/{i % templates}" for i in range(tasks)),
        correct=np.array(rows, dtype=np.float64),
    )


def right(first: int, of: int = 10) -> list[int]:
    """The first so many of the tasks answered rightly."""
    return [int(i < first) for i in range(of)]


def curve(*seeds: tuple[int, ...], of: int = 10) -> list[tuple[int, Scores]]:
    """A checkpoint for each number of right answers, a tuple a seed."""
    return [(STEPS[k], table([right(seed[k], of) for seed in seeds])) for k in range(len(seeds[0]))]


def test_a_level_is_crossed_where_the_mean_curve_is_there() -> None:
    # means 0.1, 0.3, 0.7: half is 0.2 above 0.3 and 0.4 lie between 40 and 80, so 40 + 40 * 0.2 / 0.4
    found = levels.to_level(curve((0, 2, 6), (2, 4, 8)), 0.5, 0.95)
    assert found.episodes == pytest.approx(60)
    assert (found.seeds_there, found.seeds, found.last) == (2, 2, 80)


def test_half_way_is_between_its_own_ends() -> None:
    # from 0.1 to 0.7: the level is 0.4, 0.1 of 0.4 beyond 0.3
    found = levels.to_half(curve((0, 2, 6), (2, 4, 8)), 0.95)
    assert found is not None
    assert found.episodes == pytest.approx(40 + 40 * 0.1 / 0.4)


def test_what_is_not_reached_is_censored_and_not_set_to_the_end() -> None:
    found = levels.to_level(curve((0, 0, 0), (0, 0, 0), of=100), 0.5, 0.95)
    assert (found.episodes, found.low, found.high) == (None, None, None)
    assert (found.seeds_there, found.seeds, found.last) == (0, 2, 80)


def test_one_seed_that_gets_there_is_counted_though_the_mean_does_not() -> None:
    found = levels.to_level(curve((0, 1, 6), (0, 0, 0)), 0.5, 0.95)
    assert found.episodes is None
    assert found.seeds_there == 1


def test_the_interval_is_where_the_band_of_the_curve_crosses() -> None:
    tables = curve((0, 8, 18), (1, 9, 19), (2, 10, 20), of=20)
    spans = [accuracy.accuracy(scores, 0.95) for _, scores in tables]
    found = levels.to_level(tables, 0.5, 0.95)
    assert found.low == levels.crossing(STEPS, [span.high - 0.5 for span in spans])
    assert found.high == levels.crossing(STEPS, [span.low - 0.5 for span in spans])
    assert found.low is not None
    assert found.high is not None
    assert found.episodes is not None
    assert found.low < found.episodes < found.high


def test_half_way_has_an_upper_end_just_where_the_gain_is_told_from_none() -> None:
    """At the last checkpoint the distance from half-way is half of the gain, and so is its interval."""
    for last in range(1, 9):
        tables = curve((1, 1, last), (0, 2, last), of=12)
        gain = accuracy.change(tables[0][1], tables[-1][1], 0.95)
        found = levels.to_half(tables, 0.95)
        if found is None:
            assert gain.point <= 0
        else:
            assert (found.high is not None) == (gain.low >= 0)


def test_without_a_mean_gain_there_is_no_half_way() -> None:
    assert levels.to_half(curve((3, 9, 3), (2, 9, 2)), 0.95) is None
    assert levels.to_half(curve((3, 4, 2), (2, 4, 2)), 0.95) is None


def test_a_curve_that_begins_there_is_there_at_once() -> None:
    assert levels.to_level(curve((6, 2, 6), (6, 2, 6)), 0.5, 0.95).episodes == 0


@pytest.mark.parametrize(
    "broken",
    [
        curve((0, 2, 6))[:1],
        [*curve((0, 2)), (80, table([right(3, 9)]))],
        list(reversed(curve((0, 2, 6)))),
        [],
    ],
)
def test_what_is_no_curve_is_refused(broken: list[tuple[int, Scores]]) -> None:
    with pytest.raises(ValueError, match="two or more checkpoints in order, all of the same seeds and tasks"):
        levels.to_level(broken, 0.5, 0.95)


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=4), st.floats(0.01, 0.99))
def test_the_interval_holds_the_point(numbers: list[list[int]], level: float) -> None:
    tables = curve(*(tuple(seed) for seed in numbers), of=12)
    late = float("inf")
    for found in (levels.to_level(tables, level, 0.95), levels.to_half(tables, 0.95)):
        if found is not None:
            low, point, high = (late if v is None else v for v in (found.low, found.episodes, found.high))
            assert low <= point <= high
            assert found.episodes is None or 0 <= found.episodes <= found.last


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_a_crossing_is_the_first(values: list[float]) -> None:
    steps = list(range(0, 10 * len(values), 10))
    found = levels.crossing(steps, values)
    if found is None:
        assert all(value < 0 for value in values)
    else:
        before = [value for step, value in zip(steps, values, strict=True) if step < found - 1e-9]
        assert all(value < 0 for value in before)
