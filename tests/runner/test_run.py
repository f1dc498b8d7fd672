"""`clpipe run` on stages that only write files: order, sharing, failures, interruption."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest
import yaml

from tests.runner.conftest import ARMS, Workspace, copy

LORA, SHUFFLED, SOFT = ARMS
GONE_SECONDS = 10


def stages(text: str) -> dict[str, object]:
    """What a lock file says of each stage."""
    return dict(yaml.safe_load(text)["stages"])


def edit_soft_prompt(space: Workspace) -> None:
    path = space.folder / "clpipe/methods/soft_prompt.py"
    path.write_text(path.read_text() + "\n# edited\n")


def until_slow(space: Workspace, number: int) -> None:
    """Wait until so many slow arms have started their workers."""
    deadline = time.monotonic() + 60
    while sum("follow_parent" in " ".join(p.cmdline()) for p in space.processes()) < number:
        assert time.monotonic() < deadline, space.seen()
        time.sleep(0.1)


def test_the_lock_file_is_that_of_a_serial_run(bare: Path, serial: Path, tmp_path: Path) -> None:
    space = copy(bare, tmp_path)
    space.mark("together", "3")
    done = space.call("clpipe", "run", "-j", "3", CLPIPE_JOBS="1")
    assert space.lock() == Workspace(serial).lock()
    assert len(re.findall(r"^(\S+): done in \d+:\d\d$", done.stdout, re.MULTILINE)) == 3
    assert "Report: reports/report.html" in done.stdout
    assert "learn@" in (space.folder / f".clpipe/logs/{LORA}.log").read_text()
    space.forget()
    again = space.call("clpipe", "run")
    assert set(space.seen()) == {"publish"}
    assert "started" not in again.stdout
    assert space.lock() == Workspace(serial).lock()


@pytest.mark.slow
def test_entries_that_were_there_keep_their_places(space: Workspace, serial: Path) -> None:
    space.call("dvc", "repro", f"evaluate@{SOFT}")
    before = list(stages(space.lock()))
    space.call("clpipe", "run", "-j", "2", CLPIPE_JOBS="1")
    expected = stages(Workspace(serial).lock())
    assert stages(space.lock()) == expected
    assert list(stages(space.lock())) == before + [name for name in expected if name not in before]


def test_an_edit_of_one_arm_runs_that_arm_with_all_cores(serial: Path, tmp_path: Path) -> None:
    space = copy(serial, tmp_path)
    edit_soft_prompt(space)
    done = space.call("clpipe", "run", "-j", "2")
    assert "1 of 3 arms to do, 1 at once" in done.stdout
    # what they write has not changed, so the report has not either
    assert set(space.seen()) == {f"learn@{SOFT}", f"evaluate@{SOFT}", "publish"}
    assert int(space.seen()[f"learn@{SOFT}"]["CLPIPE_JOBS"]) >= 1


def test_named_arms_run_alone_and_the_last_ones_bring_the_report(space: Workspace, serial: Path) -> None:
    done = space.call("clpipe", "run", f"learn@{SHUFFLED}", LORA, CLPIPE_JOBS="5")
    assert f"still to do: {SHUFFLED}, {SOFT}; `clpipe run` does them" in done.stdout
    assert set(space.seen()) == {f"learn@{LORA}", f"learn@{SHUFFLED}", f"evaluate@{LORA}"}
    assert space.seen()[f"learn@{LORA}"]["CLPIPE_JOBS"] == "5"  # the user's word
    done = space.call("clpipe", "run", SHUFFLED, SOFT)
    assert "Report: reports/report.html" in done.stdout
    assert stages(space.lock()) == stages(Workspace(serial).lock())


def test_each_arm_has_a_gpu_of_its_own_of_those_the_user_names(space: Workspace) -> None:
    space.mark("together", "3")
    space.call("clpipe", "run", *(f"learn@{arm}" for arm in ARMS), CUDA_VISIBLE_DEVICES="MIG-1,MIG-2,MIG-3")
    seen = space.seen().values()
    assert sorted(s["CUDA_VISIBLE_DEVICES"] for s in seen) == ["MIG-1", "MIG-2", "MIG-3"]
    assert {s["CLPIPE_JOBS"] for s in seen} == {None}


def test_a_failed_arm_is_told_and_stops_no_other(space: Workspace, serial: Path) -> None:
    mark = space.mark(f"fail-{SHUFFLED}")
    done = space.call("clpipe", "run", "-j", "2", check=False, CLPIPE_JOBS="1")
    assert done.returncode == 1
    assert "clpipe run: 1 of 3 arms failed; what the others did is kept" in done.stderr
    assert f"{SHUFFLED}, the end of .clpipe/logs/{SHUFFLED}.log:" in done.stderr
    assert f"clpipe learn {SHUFFLED}: the loss is not a number" in done.stderr
    assert "Traceback" not in done.stderr
    assert "No report of the other arms: " in done.stdout  # what these stages write is none
    assert set(space.seen()) == {*(f"learn@{arm}" for arm in ARMS), f"evaluate@{LORA}", f"evaluate@{SOFT}"}
    mark.unlink()
    space.forget()
    space.call("clpipe", "run", "-j", "2", CLPIPE_JOBS="1")
    copies = {f"copies@{arm}" for arm in ARMS}
    assert set(space.seen()) == {f"learn@{SHUFFLED}", f"evaluate@{SHUFFLED}", *copies, "report", "publish"}
    assert stages(space.lock()) == stages(Workspace(serial).lock())


def test_a_failure_before_the_arms_is_told(space: Workspace) -> None:
    (space.folder / "stages/split.py").write_text("raise SystemExit('clpipe split: no')\n")
    done = space.call("clpipe", "run", check=False)
    assert done.returncode == 1
    assert "clpipe split: no" in done.stderr
    assert "failed; its own message stands above" in done.stderr
    assert not space.seen()


def test_bad_params_and_names_stop_it_before_any_work(space: Workspace) -> None:
    done = space.call("clpipe", "run", "smollm2-lorra", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'smollm2-lora'?" in done.stderr
    assert space.call("clpipe", "run", "-j", "0", check=False).returncode == 2
    done = space.call("clpipe", "run", check=False, CLPIPE_JOBS="many")
    assert done.returncode == 1
    assert "CLPIPE_JOBS: must be a whole number" in done.stderr
    path = space.folder / "params.yaml"
    path.write_text(path.read_text().replace("clip: 1.0", "clip: -1"))
    done = space.call("clpipe", "run", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "learn.clip: input should be greater than 0" in done.stderr
    assert not space.seen()


def test_stopped_in_any_way_it_leaves_no_process_and_goes_on(space: Workspace, serial: Path) -> None:
    marks = [space.mark(f"slow-{arm}") for arm in (LORA, SOFT)]
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        running = space.begin("clpipe", "run", "-j", "2", CLPIPE_JOBS="1")
        until_slow(space, 2)  # the second one after the shuffled arm
        running.send_signal(sign)
        _, told = running.communicate(timeout=30)
        deadline = time.monotonic() + GONE_SECONDS
        while space.processes():
            assert time.monotonic() < deadline, space.processes()
            time.sleep(0.1)
        if sign == signal.SIGKILL:
            assert running.returncode == -signal.SIGKILL
        else:
            assert running.returncode == 130
            assert "clpipe run: interrupted; what was finished is kept" in told
    assert f"evaluate@{SHUFFLED}" in stages(space.lock())
    for mark in marks:
        mark.unlink()
    space.forget()
    space.call("clpipe", "run", "-j", "2", CLPIPE_JOBS="1")
    assert f"learn@{SHUFFLED}" not in space.seen()
    assert stages(space.lock()) == stages(Workspace(serial).lock())


def test_two_runs_in_one_folder_do_not_mix(space: Workspace) -> None:
    space.mark(f"slow-{LORA}")
    running = space.begin("clpipe", "run", f"learn@{LORA}")
    until_slow(space, 1)
    done = space.call("clpipe", "run", check=False)
    assert done.returncode == 1
    assert "another `clpipe run` is at work in this folder" in done.stderr
    running.terminate()
    running.communicate(timeout=30)
    assert running.returncode == 130
