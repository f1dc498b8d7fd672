from __future__ import annotations

import inspect

import pytest

from clpipe.records import Interval
from clpipe.report import wording

DOWN = Interval(point=-0.4, low=-0.47, high=-0.31)


def test_a_difference_has_its_sign_and_no_minus_zero() -> None:
    assert wording.points(DOWN) == "−40.0 points [−47.0, −31.0]"
    assert wording.signed(-0.0001) == "0.0"
    assert wording.nats(-0.00001) == "+0.000"
    assert wording.nats(-0.0126) == "−0.013"


def test_a_small_p_is_not_zero() -> None:
    assert wording.p_value(1e-12) == "p < 0.0001"
    assert wording.p_value(0.0523) == "p = 0.052"
    assert [wording.p_number(p) for p in (1e-12, 0.0523)] == ["<\u00a00.0001", "0.052"]


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (4608, "4.6\u00a0k"), (921_600, "922\u00a0k"), (1_100_048_384, "1.1\u00a0G")],
)
def test_a_large_number_has_the_digits_that_count(number: int, said: str) -> None:
    assert wording.short(number) == said


def test_equal_numbers_are_no_range() -> None:
    assert wording.span([5, 5]) == "5"
    assert wording.span([160, 80, 120]) == "80 to 160"


def test_numbers_become_text_without_a_judgement() -> None:
    for word in ("rose", "fell", "better", "worse", "learned", "gained"):
        assert f'"{word}' not in inspect.getsource(wording)
