from __future__ import annotations

import pytest

from clpipe.records import Interval
from clpipe.report import wording

UP = Interval(point=0.4, low=0.31, high=0.47)
DOWN = Interval(point=-0.4, low=-0.47, high=-0.31)
BOTH = Interval(point=0.05, low=-0.02, high=0.12)


def test_a_difference_has_its_sign_and_no_minus_zero() -> None:
    assert wording.points(DOWN) == "−40.0 points [−47.0, −31.0]"
    assert wording.signed(-0.0001) == "0.0"


@pytest.mark.parametrize(("interval", "said"), [(UP, "rose."), (DOWN, "fell."), (BOTH, f"changed {wording.UNTOLD}.")])
def test_a_gain_is_said_only_where_the_interval_says_it(interval: Interval, said: str) -> None:
    assert wording.gain(interval).endswith(said)


def test_the_part_of_the_format_is_said() -> None:
    control = Interval(point=0.25, low=0.2, high=0.3)
    assert wording.shuffled_part(UP, control) == (
        "Of the +40.0 points, +25.0 [+20.0, +30.0] also come with shuffled labels: "
        "that part is the answer's format, not the task."
    )
    assert wording.UNTOLD in wording.shuffled_part(UP, BOTH)
    assert wording.shuffled_part(BOTH, control).startswith("Its control with shuffled labels changed by +25.0")


@pytest.mark.parametrize("interval", [BOTH, Interval(point=0.0, low=0.0, high=0.0)])
def test_an_interval_that_holds_zero_is_no_difference(interval: Interval) -> None:
    assert wording.UNTOLD in wording.task_part(interval)
    assert wording.UNTOLD in wording.against("it", interval)


def test_a_small_p_is_not_zero() -> None:
    assert wording.p_value(1e-12) == "p < 0.0001"
    assert wording.p_value(0.0523) == "p = 0.052"
