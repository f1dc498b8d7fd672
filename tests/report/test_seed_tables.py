"""The seed document as given data, and what can be said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from clpipe.report import results, seed_tables
from clpipe.report.measures import Measures, measure
from clpipe.report.seed_document import SeedDocument
from tests.report import tree

DOCUMENT = SeedDocument.read(tree.REPOSITORY / "data/seed_document.json")


@pytest.fixture(scope="module")
def measures(made: Path) -> Measures:
    return measure(results.read(tree.params(tasks=20), made))


def test_the_rows_are_those_of_the_document() -> None:
    assert [(r.correct_before, r.correct_after, r.n) for r in DOCUMENT.rows] == [(11, 22, 30), (4, 7, 25), (4, 8, 20)]
    assert [r.trainable_parameters for r in DOCUMENT.rows] == [1081344, 344064, 16384]


def test_its_type_totals_are_added_up_where_every_n_is_printed() -> None:
    assert [seed_tables.type_totals(r) for r in DOCUMENT.rows] == [(12, 22), None, None]


def test_every_row_has_ours_of_the_same_method_beside_it(measures: Measures) -> None:
    names = [r.cells[0].note.split(",")[0] for r in seed_tables.beside(measures).rows]
    assert names == ["seed document", "tiny-lora", "seed document", "tiny-lora", "seed document", "tiny-soft-prompt"]


def test_its_counts_are_tested_and_the_verdict_is_left_to_the_ledger(measures: Measures) -> None:
    table = seed_tables.tests(measures)
    assert [r.cells[2].text for r in table.rows] == ["p = 0.0089", "p = 0.5", "p = 0.3"]  # Fisher
    assert [e.verdict for e in measures.given] == ["holds", "cannot be told", "cannot be told"]


def test_no_size_fits_an_impossible_pair() -> None:
    assert seed_tables.possible_sizes(17, 20, 25) == []
    assert seed_tables.possible_sizes(20, 50, 20) == [10, 20]


def test_no_arm_of_the_method_is_said(measures: Measures) -> None:
    row = DOCUMENT.rows[0].model_copy(update={"nearest": DOCUMENT.rows[0].nearest.model_copy(update={"method": "x"})})
    assert seed_tables.nearest(row, measures) is None
