"""The ledger as a table: every number of an entry, and nothing where it is not known."""

from __future__ import annotations

from clpipe.evaluation.claims import Condition
from clpipe.evaluation.ledger import Entry, Finding, Needed
from clpipe.evaluation.mcnemar import Flips
from clpipe.records import Interval
from clpipe.report import ledger_tables

GAP = Interval(point=0.086, low=0.052, high=0.119)
FOUND = Finding(
    id="a-learned", says="learned", statement="a learns its task", arm="a", against="b", metric="accuracy",
    interval=GAP, p=0.00012, flips=Flips(gained=210, lost=38), tasks=400, templates=81, seeds=5,
    conditions=(Condition("at least 5 seeds", True, 5), Condition("above b", False, GAP), Condition("alone", True)),
)  # fmt: skip
HOLDS = Entry(finding=FOUND, p_corrected=0.00048, verdict="holds", needed=None)


def test_a_row_has_estimate_tests_flips_and_data() -> None:
    cells = ledger_tables.ledger([HOLDS], 0.95).rows[0].cells
    said = [cell.text.replace("\u00a0", " ") for cell in cells]
    assert said == ["a learns its task", "", "+8.6", "0.00012", "0.00048", "+210 / −38", "400 tasks", "—"]
    assert cells[1].marks[0].text == "✓\u00a0holds"
    assert cells[2].note == "[+5.2, +11.9]"
    assert cells[6].note == "81 wordings\n5 seeds"


def test_what_would_tell_is_there_where_it_cannot_be_told() -> None:
    needed = Needed(tasks=1200, templates=240, seeds=15)
    open_entry = Entry(finding=FOUND, p_corrected=0.3, verdict="cannot be told", needed=needed)
    cells = ledger_tables.ledger([open_entry], 0.95).rows[0].cells
    assert (cells[1].marks[0].kind, cells[1].marks[0].text) == ("open", "?\u00a0cannot\u00a0be\u00a0told")
    assert (cells[7].text, cells[7].note) == ("1,200 tasks", "240 wordings\n15 seeds")


def test_what_was_not_kept_is_not_known() -> None:
    bare = Finding(
        id="s", says="rose", statement="s rose", arm="s", against=None, metric="accuracy", interval=GAP, p=0.5,
        flips=None, tasks=25, templates=None, seeds=1,
    )  # fmt: skip
    cells = ledger_tables.ledger([Entry(finding=bare, p_corrected=1.0, verdict="does not hold", needed=None)], 0.95)
    assert [cells.rows[0].cells[i].text for i in (5, 7)] == ["not known", "—"]
    assert "wordings not known" in cells.rows[0].cells[6].note


def test_each_condition_is_marked_with_what_was_found() -> None:
    (row,) = ledger_tables.conditions([HOLDS]).rows
    assert [(mark.kind, mark.text) for mark in row.cells[1].marks] == [
        ("holds", "✓\u00a0at least 5 seeds: 5"),
        ("not", "✗\u00a0above b: +8.6 [+5.2, +11.9]"),
        ("holds", "✓\u00a0alone"),
    ]


def test_a_verdict_says_what_it_is_about() -> None:
    better = Entry(finding=FOUND, p_corrected=0.0, verdict="does not hold", needed=None)
    assert ledger_tables.mark(better).text == "✗\u00a0learned: does\u00a0not\u00a0hold"
