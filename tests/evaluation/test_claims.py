from __future__ import annotations

from dataclasses import replace

import pytest

from clpipe.evaluation.claims import Evidence, both_ways, conditions
from clpipe.records import Interval

ABOVE, UNTOLD = Interval(point=0.2, low=0.1, high=0.3), Interval(point=0.2, low=-0.1, high=0.5)
ENOUGH = Evidence(
    tasks=300, templates=30, seeds=5, over_control=ABOVE, over_control_seeds=ABOVE, over_control_templates=ABOVE,
    over_start=ABOVE, over_majority=ABOVE, over_nearest=ABOVE,
)  # fmt: skip
SEEDS, WORDINGS = "the difference is above 0 over seeds alone", "the difference is above 0 over wordings alone"


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
        (replace(ENOUGH, over_control_seeds=None), SEEDS),
        (replace(ENOUGH, over_control_seeds=UNTOLD), SEEDS),
        (replace(ENOUGH, over_control_templates=None), WORDINGS),
        (replace(ENOUGH, over_control_templates=UNTOLD), WORDINGS),
        (replace(ENOUGH, over_start=UNTOLD), "above its own start"),
        (replace(ENOUGH, over_majority=UNTOLD), "above the majority answer"),
        (replace(ENOUGH, over_nearest=None), "above its nearest neighbour"),
        (replace(ENOUGH, over_nearest=UNTOLD), "above its nearest neighbour"),
    ],
)
def test_each_condition_alone_can_fail(poorer: Evidence, unmet: str) -> None:
    assert [c.wanted for c in conditions(poorer) if not c.met] == [unmet]


def test_each_condition_says_what_was_found() -> None:
    few = replace(ENOUGH, tasks=7, over_control=UNTOLD, over_nearest=None)
    found = {condition.wanted: condition.found for condition in conditions(few)}
    assert found["at least 300 held-out tasks"] == 7
    assert found["above its shuffled-label control"] == UNTOLD
    assert found["above its nearest neighbour"] is None


def test_a_difference_that_just_touches_0_is_not_above_it() -> None:
    at_0 = Interval(point=0.1, low=0.0, high=0.2)
    assert [condition.met for condition in both_ways(at_0, ABOVE)] == [False, True]
