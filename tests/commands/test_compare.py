"""`clpipe compare`: paired on what both arms have, and no more said than the ledger says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clpipe.commands import compare
from clpipe.evaluation import accuracy, two_way
from clpipe.params import Claim, Params
from clpipe.records import Outcome
from clpipe.store import write_records
from tests.commands.conftest import ARM, call

OTHER = "smollm2-soft-prompt"


def write(arm: str, right: dict[int, set[int]], tasks: range = range(40), last: int = 80) -> list[Outcome]:
    """Outcomes at episodes 0 (nothing right) and `last`, where each seed has these tasks right."""
    rows = [
        Outcome(
            arm=arm, seed=seed, episode=episode, task_id=f"h{task:02d}", family="sequence", template=f"t{task % 8}",
            difficulty=1, reply="7", correct=episode == last and task in found, margin=None,
        )
        for seed, found in right.items() for episode in (0, last) for task in tasks
    ]  # fmt: skip
    write_records(Path("runs/evaluate") / arm / "outcomes.jsonl", rows)
    return rows


def test_counts_and_accuracies_are_those_of_the_pairs(params: Params) -> None:
    write(ARM, {0: set(range(10)), 1: set(range(12))})
    write(OTHER, {0: {0, 1, 39}, 1: {0}}, last=60)
    found = compare.compare(params, ARM, OTHER)
    finding = found.entry.finding
    assert finding.flips is not None
    # seed 0: 8 of 10 are new, task 39 is lost; seed 1: 11 of 12 are new
    assert (finding.flips.gained, finding.flips.lost) == (8 + 11, 1)
    assert finding.interval.point == pytest.approx((22 - 4) / 80)
    assert [a.point for a in found.accuracies] == pytest.approx([22 / 80, 4 / 80])
    assert (found.episodes, found.seeds, finding.tasks, finding.templates) == ((80, 60), (0, 1), 40, 8)


def test_only_shared_seeds_and_tasks_count(params: Params) -> None:
    write(ARM, {0: {0, 1}, 1: {0}, 2: set(range(40))})
    write(OTHER, {1: {1}, 0: {0}, 5: set()}, tasks=range(30))
    found = compare.compare(params, ARM, OTHER)
    assert found.seeds == (0, 1)
    assert found.entry.finding.tasks == 30
    assert found.entry.finding.interval.point == pytest.approx((3 - 2) / 60)


def test_it_is_the_reports_interval_and_p(params: Params) -> None:
    mine = write(ARM, {0: set(range(20)), 1: set(range(5, 30))})
    theirs = write(OTHER, {0: {3, 4}, 1: {6}})
    after, before = accuracy.scores(mine, 80), accuracy.scores(theirs, 80)
    finding = compare.compare(params, ARM, OTHER).entry.finding
    assert finding.interval == accuracy.change(before, after, params.report.confidence)
    assert finding.p == two_way.p_value(accuracy.difference(before, after))


def test_a_clear_difference_holds_and_its_reverse_does_not(params: Params) -> None:
    write(ARM, {seed: set(range(36)) for seed in range(5)})
    write(OTHER, {seed: {0} for seed in range(5)})
    assert compare.compare(params, ARM, OTHER).entry.verdict == "holds"
    assert compare.compare(params, OTHER, ARM).entry.verdict == "does not hold"
    write(OTHER, {seed: set(range(35 - seed)) for seed in range(5)})
    assert compare.compare(params, ARM, OTHER).entry.verdict == "cannot be told"


def test_one_seed_never_holds(params: Params) -> None:
    write(ARM, {0: set(range(36))})
    write(OTHER, {0: {0}})
    found = compare.compare(params, ARM, OTHER)
    assert found.entry.verdict == "cannot be told"
    assert "more than one seed" in found.sentence


def test_what_was_not_declared_is_exploratory(params: Params) -> None:
    write(ARM, {0: {0, 1, 2}, 1: {0}})
    write(OTHER, {0: {1}, 1: {0}})
    undeclared = params.model_copy(update={"claims": {}})
    assert compare.EXPLORATORY in compare.lines(compare.compare(undeclared, ARM, OTHER))
    claims = {
        "lora-rose": Claim(arm=ARM, says="rose"),
        "in-content": Claim(arm=ARM, says="better", than=OTHER, metric="content"),
        "reverse": Claim(arm=OTHER, says="better", than=ARM),
    }
    assert compare.declared(params.model_copy(update={"claims": claims}), ARM, OTHER) is None
    claims["lora-better"] = Claim(arm=ARM, says="better", than=OTHER)
    found = compare.compare(params.model_copy(update={"claims": claims}), ARM, OTHER)
    assert found.claim == "lora-better"
    assert compare.EXPLORATORY not in compare.lines(found)
    assert "claim 'lora-better'" in compare.lines(found)[-1]


def test_json_says_what_the_lines_say(params: Params) -> None:
    assert params.claims
    write(ARM, {0: {0, 1, 2}, 1: {0}})
    write(OTHER, {0: {1}, 1: {0}})
    found = json.loads(call("compare", ARM, OTHER, "--json").stdout)
    assert [one["arm"] for one in found["arms"]] == [ARM, OTHER]
    assert found["difference"]["point"] == pytest.approx((4 - 2) / 80)
    assert (found["gained"], found["lost"], found["tasks"], found["seeds"]) == (2, 0, 40, [0, 1])
    said = call("compare", ARM, OTHER).stdout
    assert found["sentence"] in said
    assert found["verdict"].capitalize() in said
    assert found["exploratory"] == (compare.EXPLORATORY in said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((ARM, ARM), "cannot be compared with itself"),
        ((ARM, "nope"), "params.yaml has no arm 'nope'"),
        ((ARM, "smollm2-lora-shuffled"), "run `clpipe run smollm2-lora-shuffled`"),
        ((ARM, OTHER), f"{ARM} and {OTHER} share 0 seeds and 40 tasks: nothing can be paired"),
    ],
)
def test_a_mistake_is_one_message(project: Path, words: tuple[str, str], message: str) -> None:
    assert project.exists()
    write(ARM, {0: {0}})
    write(OTHER, {1: {0}})
    done = call("compare", *words)
    assert done.exit_code == 1
    assert message in done.stderr
