"""`clpipe watch`: what is drawn, and when it ends."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from clpipe.commands import watch
from clpipe.commands.scratches import Point, points
from clpipe.params import Params
from tests.commands.conftest import ARM, Begin, call, scratch_episodes


def test_one_picture_shows_the_arm_its_episodes_loss_and_first_attempts(begin: Begin, params: Params) -> None:
    begin("learn", ARM)
    scratch_episodes(ARM, 0, [4.0, 2.0])
    scratch_episodes(ARM, 1, [2.0])
    done = call("watch", "--once")
    assert done.exit_code == 0, done.output
    row = next(line for line in done.stdout.splitlines() if line.startswith(ARM))
    whole = params.learn_settings(ARM).episodes * len(params.seeds)
    assert row.split()[1:3] == ["learn", f"3/{whole}"]
    assert " 2.50 " in row  # mean of (4 + 2) / 2 and 2
    assert row.rstrip().endswith("50 %")  # nobody right at first, then the one that came so far: (0 + 1) / 2


def test_where_nothing_runs_one_picture_says_so(project: Path) -> None:
    assert project.exists()
    done = call("watch", "--once")
    assert (done.exit_code, done.stdout) == (0, watch.NOTHING + "\n")


def test_stages_before_the_arms_are_no_arm(begin: Begin, project: Path) -> None:
    begin("learn", "arm-of-another-study")
    assert project.exists()
    assert "no arm is at work" in call("watch", "--once").stdout


@pytest.mark.parametrize("terminal", [False, True])
def test_it_goes_on_until_nothing_runs(terminal: bool, begin: Begin, params: Params, project: Path) -> None:
    process = begin("learn", ARM)
    scratch_episodes(ARM, 0, [4.0])
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=200)
    thread = threading.Thread(
        target=lambda: watch.watch(params, project, console, once=False, seconds=0.05), daemon=True
    )
    thread.start()
    scratch_episodes(ARM, 0, [4.0, 2.0])
    until = time.monotonic() + 20
    while "3.00" not in out.getvalue() and time.monotonic() < until:
        time.sleep(0.02)
    assert thread.is_alive()
    process.kill()
    process.wait()
    thread.join(20)
    assert not thread.is_alive()
    assert "3.00" in out.getvalue()  # (4 + 2) / 2
    assert out.getvalue().rstrip().endswith("`clpipe run` does the rest")


def test_a_line_that_did_not_change_is_not_said_again(begin: Begin, params: Params, project: Path) -> None:
    process = begin("learn", ARM)
    scratch_episodes(ARM, 0, [4.0])
    out = io.StringIO()
    threading.Timer(0.6, process.kill).start()
    watch.watch(params, project, Console(file=out, width=200), once=False, seconds=0.05)
    assert out.getvalue().count("loss 4.00") == 1


def test_half_a_line_is_left_for_later(project: Path) -> None:
    assert project.exists()
    folder = scratch_episodes(ARM, 0, [4.0, 2.0])
    path = folder / "episodes.jsonl"
    path.write_text(path.read_text()[:-20])
    assert [p.t for p in points(folder)] == [1]
    path.write_text("")
    assert points(folder) == []
    path.unlink()
    assert points(folder) == []


SEEDS = st.lists(st.lists(st.floats(0, 20), max_size=40), min_size=1, max_size=4)


@given(SEEDS, st.integers(1, 15))
def test_curves_have_the_length_of_the_longest_seed_and_stay_within_its_values(
    seeds: list[list[float]], window: int
) -> None:
    drawn = [[Point(t=t, loss=v, correct=t % 3 == 0) for t, v in enumerate(losses, 1)] for losses in seeds]
    loss, right = watch.curves(drawn, window)
    assert len(loss) == len(right) == max(map(len, seeds))
    values = [value for losses in seeds for value in losses]
    assert all(min(values) - 1e-9 <= value <= max(values) + 1e-9 for value in loss)
    assert all(0 <= share <= 1 for share in right)


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 30))
def test_a_curve_has_a_block_a_value_as_far_as_there_is_room(values: list[float], width: int) -> None:
    assert len(watch.bars(values, 5.0, width)) == min(width, len(values))


def test_a_log_line_is_no_markup(begin: Begin, project: Path) -> None:
    assert project.exists()
    log = Path(".clpipe/logs") / f"{ARM}.log"
    log.parent.mkdir(parents=True)
    log.write_text("loss [red]2.0[/red] [/nothing]\n")
    begin("learn", ARM)
    assert "[red]2.0[/red] [/nothing]" in call("watch", "--once").stdout
