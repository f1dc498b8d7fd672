from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as reference

from clpipe.evaluation import mcnemar
from clpipe.evaluation.mcnemar import Flips


@given(st.integers(0, 60), st.integers(0, 60))
def test_exact_is_that_of_statsmodels(gained: int, lost: int) -> None:
    expected = reference([[5, lost], [gained, 5]], exact=True).pvalue if gained + lost else 1.0
    assert mcnemar.exact(Flips(gained, lost)) == pytest.approx(min(1.0, expected))


@pytest.mark.parametrize(
    ("before", "after", "n", "fisher", "kindest", "unkindest"),
    [(11, 22, 30, 0.0089, 0.00098, 0.052), (4, 7, 25, 0.50, 0.25, 0.55), (4, 8, 20, 0.30, 0.125, 0.39)],
)
def test_the_reference_values_of_the_seed_document(
    before: int, after: int, n: int, fisher: float, kindest: float, unkindest: float
) -> None:
    found = [mcnemar.fisher(before, after, n), *map(mcnemar.exact, mcnemar.pairings(before, after, n))]
    assert found == pytest.approx([fisher, kindest, unkindest], rel=0.02)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))))
def test_pairings_keep_the_totals(totals: tuple[int, int, int]) -> None:
    before, after, n = totals
    for flips in mcnemar.pairings(before, after, n):
        assert flips.gained - flips.lost == after - before
        assert 0 <= flips.lost <= before
        assert 0 <= flips.gained <= n - before


def test_pairings_refuse_impossible_totals() -> None:
    with pytest.raises(ValueError, match="totals must be 0 to 30, not 31 and 2"):
        mcnemar.pairings(31, 2, 30)


def test_flips_by_hand() -> None:
    assert mcnemar.flips(np.array([0.0, 0, 1, 1]), np.array([1.0, 0, 0, 1])) == Flips(gained=1, lost=1)
    assert mcnemar.exact(Flips(0, 0)) == 1
