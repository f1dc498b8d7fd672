from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from clpipe.evaluation.multiplicity import holm

P = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.05, 1.0])), min_size=1, max_size=12)


@pytest.mark.parametrize("hypotheses", [1, 2, 5, 24])
def test_holm_is_that_of_statsmodels(hypotheses: int) -> None:
    p = [*np.random.default_rng(hypotheses).beta(0.3, 1, size=hypotheses), 0.01, 0.01]
    assert holm(p) == pytest.approx(list(multipletests(p, method="holm")[1]))


def test_holm_by_hand_on_the_seed_document_s_three_claims() -> None:
    # Fisher: .0089 * 3, then .30 * 2 = .60, and .50 * 1 raised to the .60 before it.
    assert holm([0.0089, 0.50, 0.30]) == pytest.approx([0.0267, 0.60, 0.60])


@given(P)
def test_holm_never_lowers_a_p_keeps_their_order_and_ends_at_1(p: list[float]) -> None:
    found = holm(p)
    assert all(before <= after <= 1 for before, after in zip(p, found, strict=True))
    assert all(found[i] <= found[j] for i in range(len(p)) for j in range(len(p)) if p[i] < p[j])


def test_one_hypothesis_is_not_corrected_and_none_gives_none() -> None:
    assert holm([0.04]) == [0.04]
    assert holm([]) == []


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=r"not in \[0, 1\]"):
        holm([0.5, bad])
