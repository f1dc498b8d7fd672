"""The first screen: the ledger's words, and numbers against a count by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clpipe import store
from clpipe.records import Outcome
from clpipe.report import overview, results
from clpipe.report.claim_words import sentence
from clpipe.report.measures import Measures, measure
from tests.report import tree


@pytest.fixture(scope="module")
def measures(made: Path) -> Measures:
    return measure(results.read(tree.params(tasks=20), made))


def test_its_sentences_are_those_of_the_ledger_the_most_asked_for_first(measures: Measures) -> None:
    said = overview.section(measures).text
    by_id = {entry.finding.id: sentence(entry, measures.smallest) for entry in measures.ledger}
    assert len(by_id) == 4
    assert said == (by_id["lora-learned"], by_id["lora-over-soft-prompt"], by_id["soft-prompt-rose"])


def test_without_a_declared_hypothesis_nothing_is_claimed(measures: Measures) -> None:
    bare = replace(measures, ledger=())
    assert overview.section(bare).text == (overview.NOTHING,)
    assert [row.cells[1].text for row in overview.table(bare).rows] == ["none declared"] * 2


def test_a_row_an_arm_with_its_verdicts_and_its_gain_taken_apart(measures: Measures, made: Path) -> None:
    lora, soft = overview.table(measures).rows
    assert [lora.cells[0].text, soft.cells[0].text] == ["tiny-lora", "tiny-soft-prompt"]
    verdicts = {e.finding.id: e.verdict.replace(" ", "\u00a0") for e in measures.ledger}
    assert [mark.text[2:] for mark in lora.cells[1].marks] == [
        f"learned: {verdicts['lora-learned']}",
        f"format: {verdicts['lora-format']}",
        f"better than tiny-soft-prompt: {verdicts['lora-over-soft-prompt']}",
    ]
    share = {}
    for name in ("tiny-lora", "tiny-lora-shuffled"):
        rows = store.read_records(made / f"runs/evaluate/{name}/outcomes.jsonl", Outcome)
        share[name] = {at: sum(o.correct for o in rows if o.episode == at) / 300 for at in (0, 160)}
    form = 100 * (share["tiny-lora-shuffled"][160] - share["tiny-lora"][0])
    task = 100 * (share["tiny-lora"][160] - share["tiny-lora-shuffled"][160])
    assert [lora.cells[3].text, lora.cells[4].text] == [f"+{form:.1f}", f"+{task:.1f}"]
    assert [soft.cells[3].text, soft.cells[4].note] == ["not known", "no control"]


def test_cost_is_time_parameters_and_memory(measures: Measures) -> None:
    cell = overview.table(measures).rows[0].cells[5]
    # 140, 149 and 158 seconds, 160 episodes: 149 / 60 = 2.48 minutes and 149 / 160 = 0.93 seconds
    assert cell.text == "2.5\u00a0min a seed"
    assert "0.93\u00a0s an episode" in cell.note
    assert "922\u00a0k of 135\u00a0M trainable" in cell.note
    assert "1.3\u00a0GB at most" in cell.note


def test_what_was_lost_is_the_rise_of_the_loss_on_texts(measures: Measures) -> None:
    # rise 0.1 * FINAL a text, as tests/report/test_lost.py works out
    assert [row.cells[6].text for row in overview.table(measures).rows] == ["+0.062", "+0.014"]


def test_one_seed_has_a_time_without_an_interval(fresh: Path) -> None:
    found = measure(results.read(tree.params(seeds=(0,), tasks=4), fresh))
    assert "[" not in overview.table(found).rows[0].cells[5].note
