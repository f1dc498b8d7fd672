from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clpipe.evaluation import transfer

NAN = float("nan")
SEQFT = np.array(
    [[97.01, NAN, NAN, NAN], [89.11, 55.25, NAN, NAN], [74.76, 53.45, 72.28, NAN], [79.53, 52.67, 48.84, 90.03]]
)
"""Sequential fine-tuning of T5-large in the first order of O-LoRA's repository, exact match in per cent."""
MATRICES = st.integers(2, 6).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(0, 1)))


def close(value: float | None) -> object:
    return pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (transfer.final_accuracy, 67.77),
        (transfer.learning_accuracy, 78.64),
        (transfer.accuracy_row_means, 75.95),
        (transfer.accuracy_diaz_rodriguez, 71.29),
        (transfer.bwt_gem, -14.50),
        (transfer.bwt_sapt, -10.87),
        (transfer.bwt_diaz_rodriguez, -12.58),
        (transfer.forgetting_avalanche, 14.50),
        (transfer.forgetting_chaudhry, 14.50),
        (transfer.forgetting_mammoth, 14.50),
    ],
)
def test_one_published_matrix_has_these_values_and_its_upper_triangle_is_not_read(
    formula: Callable[[transfer.Matrix], float | None], value: float
) -> None:
    # To the half of the last digit, for the /T value is -10.875 exactly and is printed either way.
    assert formula(SEQFT) == pytest.approx(value, abs=0.005 + 1e-9)


def test_the_three_backward_transfers_of_one_matrix_by_hand() -> None:
    # Last row against diagonal: -17.48, -2.58, -23.44 and 0. The pairs before: -7.90; -22.25 and -1.80.
    found = transfer.crosswalk(SEQFT)
    assert found["bwt_gem"] == close(-(17.48 + 2.58 + 23.44) / 3)
    assert found["bwt_sapt"] == close(-(17.48 + 2.58 + 23.44) / 4)
    assert found["bwt_diaz_rodriguez"] == close(-(7.90 + 22.25 + 1.80 + 17.48 + 2.58 + 23.44) / 6)


def test_the_crosswalk_names_every_formula_once() -> None:
    found = transfer.crosswalk(SEQFT)
    assert list(found) == [f.__name__ for f in (*transfer.ACCURACIES, *transfer.CHANGES, transfer.fwt_gem)]
    assert found["fwt_gem"] is None
    assert transfer.crosswalk(np.eye(2), np.zeros(2))["fwt_gem"] == 0


def test_forgetting_differs_where_a_family_rose_later() -> None:
    # First family: 0.4 when learned, 0.9 at best, 0.7 in the end. Second: 0.5, then 0.6.
    matrix = np.array([[0.4, NAN, NAN], [0.9, 0.5, NAN], [0.7, 0.6, 0.8]])
    assert transfer.forgetting_avalanche(matrix) == close((0.4 - 0.7 + 0.5 - 0.6) / 2)
    assert transfer.forgetting_chaudhry(matrix) == close((0.9 - 0.7 + 0.5 - 0.6) / 2)
    assert transfer.forgetting_mammoth(matrix) == close((0.9 - 0.7 + 0.6 - 0.6) / 2)


def test_what_was_known_before_it_was_learned_is_not_forgotten() -> None:
    assert transfer.forgetting_chaudhry(np.array([[0.5, 0.9, 0.0], [0.5, 0.3, 0.0], [0.5, 0.3, 1.0]])) == 0


def test_forward_transfer_is_against_the_stored_base() -> None:
    # Second family before it was learned: 0.4, base 0.1. Third: 0.2, base 0.3. Cells elsewhere do not count.
    matrix = np.array([[1.0, 0.4, NAN], [1.0, 1.0, 0.2], [1.0, 1.0, 1.0]])
    assert transfer.fwt_gem(matrix, np.array([0.7, 0.1, 0.3])) == close((0.3 - 0.1) / 2)
    assert transfer.fwt_gem(SEQFT, np.zeros(4)) is None


def test_with_one_family_changes_are_undefined_and_not_0() -> None:
    found = transfer.crosswalk(np.array([[0.6]]), np.array([0.1]))
    assert [name for name, value in found.items() if value == 0.6] == [f.__name__ for f in transfer.ACCURACIES]
    assert all(found[f.__name__] is None for f in transfer.CHANGES)
    assert found["fwt_gem"] is None


def test_a_matrix_with_a_hole_and_a_base_that_does_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"not one of shape \(2, 3\)"):
        transfer.final_accuracy(np.ones((2, 3)))
    with pytest.raises(ValueError, match="at least one family"):
        transfer.final_accuracy(np.ones((0, 0)))
    with pytest.raises(ValueError, match="on and below the diagonal"):
        transfer.final_accuracy(np.array([[1.0, 1.0], [NAN, 1.0]]))
    for bad in ([0.0], [0.0, NAN]):
        with pytest.raises(ValueError, match="2 finite values"):
            transfer.fwt_gem(np.ones((2, 2)), np.array(bad))


@given(MATRICES)
def test_the_definitions_are_related_as_their_formulae_say(matrix: np.ndarray) -> None:
    families = len(matrix)
    gem = transfer.bwt_gem(matrix) or 0.0
    assert transfer.forgetting_avalanche(matrix) == close(-gem)
    assert transfer.bwt_sapt(matrix) == close(gem * (families - 1) / families)
    first, most, padded = (f(matrix) for f in transfer.CHANGES[3:])
    assert -1 <= (first or 0) <= (most or 0) <= (padded or 0) <= 1
    assert (padded or 0) >= 0
    if families == 2:
        assert transfer.bwt_diaz_rodriguez(matrix) == close(gem)


@given(MATRICES)
def test_the_upper_triangle_changes_forward_transfer_alone(matrix: np.ndarray) -> None:
    other = np.tril(matrix) + np.triu(np.full_like(matrix, NAN), k=1)
    assert transfer.crosswalk(other) == transfer.crosswalk(matrix)


@given(st.integers(2, 6), st.floats(0, 1))
def test_a_constant_matrix_has_no_transfer_and_no_forgetting(families: int, level: float) -> None:
    found = transfer.crosswalk(np.full((families, families), level), np.full(families, level))
    assert [found[f.__name__] for f in transfer.CHANGES] == [close(0)] * 6
    assert found["fwt_gem"] == close(0)
    assert [found[f.__name__] for f in transfer.ACCURACIES] == [close(level)] * 4
