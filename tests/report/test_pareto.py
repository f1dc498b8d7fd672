from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clpipe.report.pareto import front

POINTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)


@given(POINTS)
def test_no_point_beats_one_of_the_front_and_each_other_is_matched_by_one(points: list[tuple[int, int]]) -> None:
    best = front([float(cost) for cost, _ in points], [float(value) for _, value in points])
    for i, (cost, value) in enumerate(points):
        beaten = [c <= cost and v >= value and (c, v) != (cost, value) for c, v in points]
        if i in best:
            assert not any(beaten)
        else:
            assert any(beaten) or (cost, value) in [points[k] for k in best]


def test_the_front_runs_from_cheap_to_dear() -> None:
    assert front([921_600, 4_608, 0], [0.18, 0.17, 0.17]) == [2, 0]
