"""What the ledger says of hand-made outcome tables: no word more than they bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from clpipe.evaluation.ledger import Entry
from clpipe.params import Claim
from clpipe.records import NOVELTIES, Outcome
from clpipe.report import claims, results
from clpipe.report.claim_words import sentence
from clpipe.report.results import Results
from tests.report import tree

TRUE, CONTROL, OTHER = "tiny-lora", "tiny-lora-shuffled", "tiny-soft-prompt"
CLAIMS = {
    "learned": Claim(arm=TRUE, says="learned"),
    "format": Claim(arm=TRUE, says="format"),
    "better": Claim(arm=TRUE, says="better", than=OTHER),
}
NOTHING, FORM, SKILL = 0.05, 0.30, 0.60
SMALLEST = 0.05
Levels = Mapping[str, tuple[float, float]]
"""True accuracy of each arm at its start and at its end."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Results:
    root = tmp_path_factory.mktemp("claims")
    study = tree.params(seeds=(0,), tasks=4)
    tree.make(root, study)
    return results.read(study, root)


def outcomes(arm: str, levels: Sequence[float], tasks: int, seeds: int, draw: int) -> list[Outcome]:
    """Answers to the same tasks at episode 0 and at the end; a task's difficulty is the same for all, 40 wordings."""
    hard = np.random.default_rng(7).random(tasks)
    rng = np.random.default_rng([draw, *arm.encode()])
    return [
        Outcome(
            arm=arm, seed=seed, episode=episode, task_id=f"task-{i:04d}", family=tree.FAMILIES[i % 5],
            template=f"t{i % 8}", difficulty=1, novelty=NOVELTIES[0], reply="x", margin=None,
            correct=bool(0.5 * hard[i] + 0.5 * rng.random() < level),
        )
        for seed in range(seeds)
        for episode, level in zip((0, 80), levels, strict=True)
        for i in range(tasks)
    ]  # fmt: skip


def made(template: Results, levels: Levels, *, tasks: int = 400, seeds: int = 5, draw: int = 0) -> dict[str, Entry]:
    """The ledger of a study with these levels."""
    arms = {
        name: replace(files, outcomes=outcomes(name, levels[name], tasks, seeds, draw))
        for name, files in template.arms.items()
    }
    none = [replace(o, correct=False) for o in outcomes("m", (0.0, 0.0), tasks, 1, draw) if o.episode == 0]
    nearest = [replace(o, correct=False) for o in outcomes("n", (0.0, 0.0), tasks, seeds, draw) if o.episode == 80]
    report = template.params.report.model_copy(update={"smallest_gain": SMALLEST})
    study = replace(
        template,
        params=template.params.model_copy(update={"claims": CLAIMS, "report": report}),
        arms=arms,
        baselines={"tiny": {"zero-shot": none, "majority": none}},
        copies={name: {"nearest": nearest} for name in arms},
    )
    return {entry.finding.id: entry for entry in claims.ledger_of(study)}


def said(found: Mapping[str, Entry], name: str) -> str:
    return sentence(found[name], SMALLEST)


def test_real_learning_is_called_learning(template: Results) -> None:
    found = made(template, {TRUE: (NOTHING, SKILL), CONTROL: (NOTHING, FORM), OTHER: (NOTHING, FORM)})
    assert {name: entry.verdict for name, entry in found.items()} == dict.fromkeys(CLAIMS, "holds")
    assert said(found, "learned").startswith("tiny-lora learned its task: with right answers it ends +")
    assert "its control with shuffled labels ends +" in said(found, "format")
    assert all(condition.met for condition in found["learned"].finding.conditions)


def test_format_alone_is_not_called_learning(template: Results) -> None:
    found = made(template, {TRUE: (NOTHING, FORM), CONTROL: (NOTHING, FORM), OTHER: (NOTHING, FORM)})
    assert found["format"].verdict == "holds"
    assert found["learned"].verdict != "holds"
    assert "learned its task:" not in said(found, "learned")


def test_an_arm_that_stands_above_a_harmed_control_alone_is_not_called_learning(template: Results) -> None:
    found = made(template, {TRUE: (FORM, FORM), CONTROL: (FORM, NOTHING), OTHER: (FORM, FORM)})
    assert found["learned"].finding.interval.low > 0
    assert found["learned"].verdict == "cannot be told"
    assert "Not met: above its own start" in said(found, "learned")
    assert found["learned"].needed is None


def test_where_nothing_is_learned_all_claims_fail(template: Results) -> None:
    found = made(template, {arm: (NOTHING, NOTHING) for arm in (TRUE, CONTROL, OTHER)}, tasks=1200)
    assert {entry.verdict for entry in found.values()} == {"does not hold"}
    assert said(found, "learned").startswith("tiny-lora did not learn its task by 5 points or more")
    assert said(found, "better").startswith("tiny-lora does not end 5 points or more above tiny-soft-prompt")


def test_too_little_data_says_so_and_how_much_would_do(template: Results) -> None:
    found = made(template, {TRUE: (NOTHING, 0.4), CONTROL: (NOTHING, FORM), OTHER: (NOTHING, FORM)}, tasks=20)
    learned = found["learned"]
    assert learned.verdict == "cannot be told"
    assert said(found, "learned").startswith("Whether tiny-lora learned its task cannot be told with this much data")
    assert learned.needed is not None
    assert (learned.needed.tasks >= 300, learned.needed.templates >= 30, learned.needed.seeds >= 5) == (True,) * 3
    assert f"About {learned.needed.tasks:,} tasks" in said(found, "learned")


def test_one_seed_is_never_enough_and_named_as_the_reason(template: Results) -> None:
    levels = {TRUE: (NOTHING, 0.9), CONTROL: (NOTHING, NOTHING), OTHER: (NOTHING, NOTHING)}
    found = made(template, levels, seeds=1)
    assert {found[name].verdict for name in ("learned", "better")} == {"cannot be told"}
    assert "Not met: at least 5 seeds" in said(found, "learned")
    assert "Not met: more than one seed" in said(found, "better")
    assert "With one seed nothing is known of other orders and starts." in said(found, "better")


def test_a_harmful_arm_does_not_hold(template: Results) -> None:
    found = made(template, {TRUE: (FORM, NOTHING), CONTROL: (FORM, FORM), OTHER: (FORM, FORM)})
    assert {found[name].verdict for name in ("learned", "better")} == {"does not hold"}


def test_holm_is_over_the_declared_claims(template: Results) -> None:
    found = made(template, {TRUE: (NOTHING, SKILL), CONTROL: (NOTHING, FORM), OTHER: (NOTHING, FORM)})
    p = sorted(entry.finding.p for entry in found.values())
    corrected = sorted(entry.p_corrected for entry in found.values())
    assert corrected[0] == pytest.approx(3 * p[0])
    assert all(entry.p_corrected >= entry.finding.p for entry in found.values())


def test_the_flips_are_counted_over_all_seeds(template: Results) -> None:
    levels = {TRUE: (NOTHING, SKILL), CONTROL: (NOTHING, FORM), OTHER: (NOTHING, FORM)}
    flips = made(template, levels)["learned"].finding.flips
    after, before = (
        np.array([o.correct for o in outcomes(arm, levels[arm], 400, 5, 0) if o.episode == 80])
        for arm in (TRUE, CONTROL)
    )
    assert flips is not None
    assert (flips.gained, flips.lost) == (int((after & ~before).sum()), int((~after & before).sum()))


def test_a_claim_of_content_counts_right_answers_with_other_words_around_them() -> None:
    rows = [replace(o, correct=False, lenient=True) for o in outcomes(TRUE, (0.0, 0.0), 4, 1, 0)]
    assert all(o.correct for o in claims.by_metric(rows, "content"))
    assert not any(o.correct for o in claims.by_metric(rows, "accuracy"))


@pytest.mark.parametrize(
    ("row", "verdict", "p", "corrected", "tasks"),
    [(0, "holds", 0.0089, 0.027, None), (1, "cannot be told", 0.50, 0.60, (130, 185)),
     (2, "cannot be told", 0.30, 0.60, (65, 85))],
)  # fmt: skip
def test_the_seed_documents_claims_have_the_verdicts_of_the_statistics_page(
    template: Results, row: int, verdict: str, p: float, corrected: float, tasks: tuple[int, int] | None
) -> None:
    entry = claims.given(template)[row]
    assert entry.verdict == verdict
    assert entry.finding.p == pytest.approx(p, rel=0.02)
    assert entry.p_corrected == pytest.approx(corrected, rel=0.02)
    if tasks:
        assert entry.needed is not None
        assert tasks[0] <= entry.needed.tasks <= tasks[1]
