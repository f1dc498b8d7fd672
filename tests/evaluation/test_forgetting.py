from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clpipe.evaluation import accuracy, forgetting, intervals
from clpipe.records import Outcome, Retained

MARKS = {"R": (True, True), "L": (False, True), "W": (False, False)}
"""Right; right leniently alone; wrong."""


def checkpoint(
    episode: int, marks: list[str], replies: list[str] | None = None, losses: list[list[float]] | None = None
) -> list[Outcome]:
    """One string a seed, in it one mark a task; `replies` likewise, a letter a reply."""
    return [
        Outcome(
            arm="a", seed=seed, episode=episode, task_id=f"{'xy'[task // 2]}{task}", family="xy"[task // 2],
            template="t", difficulty=1, reply=(replies or marks)[seed][task], correct=MARKS[mark][0], margin=None,
            lenient=MARKS[mark][1], gold_loss=losses[seed][task] if losses else None,
        )
        for seed, row in enumerate(marks)
        for task, mark in enumerate(row)
    ]  # fmt: skip


def test_content_and_format_by_hand() -> None:
    # strict: (4 + 3)/8 before, (1 + 2)/8 after; lenient: (4 + 3)/8 and (3 + 2)/8; off form: 0 and 2/8.
    found = forgetting.lost(checkpoint(5, ["RRRR", "RRRW"]), checkpoint(9, ["RLLW", "RRWW"]), 0.95)
    assert found.strict.point == pytest.approx(7 / 8 - 3 / 8)
    assert found.content.point == pytest.approx(7 / 8 - 5 / 8)
    assert found.format.point == pytest.approx(2 / 8)
    assert found.calibration is None


def test_the_intervals_are_those_of_a_paired_change() -> None:
    found = forgetting.lost(checkpoint(0, ["RRRR"]), checkpoint(9, ["RLLW"]), 0.9)
    # Strictly R 1, L 0, W 0; in content R 1, L 1, W 0; off form L alone.
    all_right = accuracy.scores(checkpoint(0, ["RRRR"]), 0)
    marks = {"strict": "RWWW", "content": "RRRW"}
    ends = {name: accuracy.scores(checkpoint(0, [mark]), 0) for name, mark in marks.items()}
    assert found.strict == accuracy.change(ends["strict"], all_right, 0.9)
    assert found.content == accuracy.change(ends["content"], all_right, 0.9)
    none, off_form = (accuracy.scores(checkpoint(0, [mark]), 0) for mark in ("WWWW", "WRRW"))
    assert found.format == accuracy.change(none, off_form, 0.9)


def test_content_survives_while_format_dies() -> None:
    found = forgetting.lost(checkpoint(0, ["RRRR", "RRRR"]), checkpoint(9, ["LLLL", "LLLL"]), 0.95)
    assert (found.strict.point, found.content.point, found.format.point) == (1, 0, 1)


def test_a_learned_format_is_a_loss_below_zero() -> None:
    found = forgetting.lost(checkpoint(0, ["LLWW"]), checkpoint(9, ["RRWW"]), 0.95)
    assert (found.strict.point, found.content.point, found.format.point) == (-0.5, 0, -0.5)


def test_each_family_by_itself() -> None:
    by_family = forgetting.lost_by_family(checkpoint(0, ["RRRL", "RRRR"]), checkpoint(9, ["WWRL", "RWLL"]), 0.95)
    assert list(by_family) == ["x", "y"]
    # x: 4/4 before, 1/4 after, nothing off form; y: 3/4 strict before, 1/4 after, all of it there in content.
    assert [by_family["x"].content.point, by_family["x"].format.point] == [0.75, 0]
    assert [by_family["y"].content.point, by_family["y"].format.point] == [0, 0.5]


def test_calibration_by_hand() -> None:
    before = checkpoint(0, ["RRWW", "RRWW"], ["abcd", "abcd"], [[0.1, 0.2, 1.0, 2.0], [0.1, 0.2, 1.0, 2.0]])
    after = checkpoint(9, ["RRWW", "RWWW"], ["abcd", "aXcX"], [[0.5, 0.1, 1.0, 2.4], [0.105, 0.8, 1.5, 2.1]])
    # changes: seed 0: 0.4, -0.1, 0, 0.4; seed 1: 0.005, (0.6), 0.5, (0.1), where another reply is in brackets
    found = forgetting.lost(before, after, 0.95).calibration
    assert found is not None
    assert found.lost is not None
    assert found.same_reply is not None
    assert found.other_reply is not None
    assert found.lost.point == pytest.approx((0.7 + 1.205) / 8)
    assert found.same_reply.point == pytest.approx((0.7 + 0.505) / 8)
    assert found.other_reply.point == pytest.approx(0.7 / 8)
    assert found.silent.point == pytest.approx(3 / 8)  # 0.4, 0.4 and 0.5; the rise by 0.005 is none
    # Means of templates x, y: 0.15, 0.2 with seed 0 and 0.3025, 0.3 with seed 1. Over the seeds 0.226 and 0.25: less
    # apart (mean square 0.00056) than by chance (0.00069), so that the seeds alone tell the doubt.
    seeds = intervals.student([0.7 / 4, 1.205 / 4], 0.95)
    assert [found.lost.low, found.lost.high] == pytest.approx([seeds.low, seeds.high])


def test_without_all_losses_there_is_no_calibration() -> None:
    before, after = (checkpoint(e, ["RRWW"], losses=[[0.1, 0.2, 1.0, 2.0]]) for e in (0, 9))
    assert forgetting.lost(before, after, 0.95).calibration is not None
    assert forgetting.lost(before, [replace(after[0], gold_loss=None), *after[1:]], 0.95).calibration is None


def test_one_seed_with_one_task_has_no_interval_of_losses() -> None:
    before, after = (checkpoint(e, ["R"], losses=[[0.1]]) for e in (0, 9))
    found = forgetting.lost(before, after, 0.95).calibration
    assert found is not None
    assert (found.lost, found.silent.point) == (None, 0)


def test_each_seed_may_have_its_own_peak() -> None:
    peaks = checkpoint(3, ["RRRR", "RRRR"])[:4] + checkpoint(7, ["RRRR", "RRRR"])[4:]
    last = checkpoint(9, ["RRWW", "RLWW"])
    assert forgetting.lost(peaks, last, 0.95) == forgetting.lost(checkpoint(3, ["RRRR", "RRRR"]), last, 0.95)


def test_other_tasks_a_missing_verdict_and_a_contradiction_are_refused() -> None:
    before, after = checkpoint(0, ["RRRR", "RRRR"]), checkpoint(9, ["RRRR", "RRRR"])
    with pytest.raises(ValueError, match=r"2 seeds and 4 tasks; every seed needs every task exactly once"):
        forgetting.lost(before, after[1:], 0.95)
    with pytest.raises(ValueError, match=r"seeds \(0, 1\) and \(0,\)"):
        forgetting.lost(after[:4], before, 0.95)
    for lenient in (None, False):
        odd = [replace(after[0], lenient=lenient), *after[1:]]
        with pytest.raises(ValueError, match=rf"task x0, seed 0, episode 9: correct is True but lenient is {lenient}"):
            forgetting.lost(before, odd, 0.95)


SEEDS = st.integers(1, 3)
ROWS = st.lists(st.text("RLW", min_size=4, max_size=4), min_size=3, max_size=3)
LOSSES = st.lists(st.lists(st.floats(0, 9), min_size=4, max_size=4), min_size=3, max_size=3)


@given(SEEDS, ROWS, ROWS, LOSSES, LOSSES, st.randoms())
def test_the_parts_add_up_and_swapping_the_checkpoints_turns_the_sign(
    seeds: int,
    marks: list[str],
    later: list[str],
    old: list[list[float]],
    new: list[list[float]],
    shuffle: random.Random,
) -> None:
    before = checkpoint(0, marks[:seeds], losses=old)
    after = checkpoint(9, later[:seeds], losses=new)
    there, back = forgetting.lost(before, after, 0.95), forgetting.lost(after, before, 0.95)
    assert there.strict.point == pytest.approx(there.content.point + there.format.point, abs=1e-12)
    assert back.content.point == pytest.approx(-there.content.point, abs=1e-12)
    assert back.format.point == pytest.approx(-there.format.point, abs=1e-12)
    for part in (there.strict, there.content, there.format):
        assert -1 <= part.low <= part.point <= part.high <= 1
    found = there.calibration
    assert found is not None
    assert found.lost is not None
    assert found.same_reply is not None
    assert found.other_reply is not None
    assert found.lost.point == pytest.approx(found.same_reply.point + found.other_reply.point, abs=1e-9)
    shuffle.shuffle(after)
    assert forgetting.lost(before, after, 0.95) == there


def retained(episode: int, seed: int, item: str, loss: float, kl: float, tokens: int = 10) -> Retained:
    return Retained(
        arm="a", seed=seed, episode=episode, item=item, kind=item.partition("-")[0], tokens=tokens, loss=loss, kl=kl
    )


BASE = [retained(0, 0, "text-01", 2.0, 0), retained(0, 0, "text-02", 3.0, 0), retained(0, 0, "prompt-01", 1.0, 0)]
ROWS_AFTER = [
    retained(9, 4, "text-01", 2.1, 0.2),
    retained(9, 4, "text-02", 3.5, 0.4),
    retained(9, 7, "text-01", 2.3, 0.2),
    retained(9, 7, "text-02", 3.3, 0.6),
    retained(9, 4, "prompt-01", 0.5, 0.1),
    retained(9, 7, "prompt-01", 0.7, 0.3),
]


def test_what_is_kept_of_the_base_by_hand() -> None:
    prompts, texts = forgetting.kept(ROWS_AFTER, BASE, 0.95)
    assert (prompts.kind, prompts.items, prompts.base) == ("prompt", 1, 1.0)
    assert (texts.episode, texts.kind, texts.items, texts.base) == (9, "text", 2, 2.5)
    # texts: +0.1 and +0.5 with seed 4, +0.3 and +0.3 with seed 7; by item 0.2 and 0.4, by seed 0.3 and 0.3.
    items = intervals.student([0.2, 0.4], 0.95)
    assert texts.loss is not None
    assert [texts.loss.point, texts.loss.low, texts.loss.high] == pytest.approx([0.3, items.low, items.high])
    # KL by item 0.2 and 0.5, by seed 0.3 and 0.4: the items are farther apart.
    assert texts.kl is not None
    spread = intervals.student([0.2, 0.5], 0.95)
    assert [texts.kl.point, texts.kl.low, texts.kl.high] == pytest.approx([0.35, spread.low, spread.high])
    # one question: -0.5 and -0.3, the seeds alone tell the doubt.
    seeds = intervals.student([-0.5, -0.3], 0.95)
    assert prompts.loss is not None
    assert [prompts.loss.point, prompts.loss.low] == pytest.approx([-0.4, seeds.low])


def test_the_base_itself_has_lost_nothing() -> None:
    for found in forgetting.kept(BASE, BASE, 0.95):
        assert found.loss is None or (found.loss.low, found.loss.point, found.loss.high) == (0, 0, 0)


def test_checkpoints_come_in_order() -> None:
    later = [replace(row, episode=30) for row in ROWS_AFTER]
    found = forgetting.kept(later + ROWS_AFTER, BASE, 0.95)
    assert [(k.episode, k.kind) for k in found] == [(9, "prompt"), (9, "text"), (30, "prompt"), (30, "text")]


def test_holes_doubles_and_other_tokens_are_refused() -> None:
    for bad in (ROWS_AFTER[1:], [*ROWS_AFTER, ROWS_AFTER[0]], [*ROWS_AFTER, retained(9, 4, "text-03", 1, 0)]):
        with pytest.raises(
            ValueError, match=r"episode 9, text: .* every seed needs every item of the base exactly once"
        ):
            forgetting.kept(bad, BASE, 0.95)
    with pytest.raises(ValueError, match=r"4 rows for 3 items"):
        forgetting.kept(ROWS_AFTER, [*BASE, BASE[0]], 0.95)
    with pytest.raises(ValueError, match=r"text-01: 11 tokens, but 10 in the base"):
        forgetting.kept([replace(ROWS_AFTER[0], tokens=11), *ROWS_AFTER[1:]], BASE, 0.95)
