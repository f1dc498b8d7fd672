from __future__ import annotations

from dataclasses import replace

import pytest

from clpipe.evaluation.claims import Evidence, conditions
from clpipe.records import Interval

ABOVE, UNTOLD = Interval(point=0.2, low=0.1, high=0.3), Interval(point=0.2, low=-0.1, high=0.5)
ENOUGH = Evidence(tasks=300, templates=30, seeds=5, over_control=ABOVE, over_majority=ABOVE)


def test_enough_meets_all() -> None:
    assert all(c.met for c in conditions(ENOUGH))


@pytest.mark.parametrize(
    ("poorer", "unmet"),
    [
        (replace(ENOUGH, tasks=299), "at least 300 held-out tasks"),
        (replace(ENOUGH, templates=29), "at least 30 wordings"),
        (replace(ENOUGH, seeds=4), "at least 5 seeds"),
        (replace(ENOUGH, over_control=None), "above its shuffled-label control"),
        (replace(ENOUGH, over_control=UNTOLD), "above its shuffled-label control"),
        (replace(ENOUGH, over_majority=UNTOLD), "above the majority answer"),
    ],
)
def test_each_condition_alone_can_fail(poorer: Evidence, unmet: str) -> None:
    assert [c.wanted for c in conditions(poorer) if not c.met] == [unmet]
