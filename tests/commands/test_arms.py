"""`clpipe arms`: one word for each arm, and how far it has come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from clpipe.commands import arms
from clpipe.commands.processes import AtWork, at_work, recognised
from clpipe.params import Params
from clpipe.records import Outcome
from clpipe.runner import dvc
from clpipe.store import write_records
from tests.commands.conftest import ARM, Begin, call, scratch_episodes

LEARN, EVALUATE = f"learn@{ARM}", f"evaluate@{ARM}"
QUIET = AtWork(arms={}, pipeline=False)


@pytest.mark.parametrize(
    ("todo", "locked", "running", "failed", "expected"),
    [
        ((), True, False, False, "done"),
        ((), True, False, True, "done"),  # the log is of an earlier run, mended since by `dvc repro`
        ((LEARN,), True, False, False, "changed"),
        ((LEARN,), True, False, True, "failed"),
        ((LEARN,), False, False, False, "never run"),
        ((LEARN,), False, False, True, "failed"),
        ((LEARN,), False, True, True, "running"),
        ((), True, True, False, "running"),
    ],
)
def test_an_arm_has_one_state(todo: tuple[str, ...], locked: bool, running: bool, failed: bool, expected: str) -> None:
    assert arms.state_of(todo, locked=locked, running=running, failed=failed) == expected


def one(params: Params, changed: set[str], locked: set[str], work: AtWork = QUIET) -> arms.ArmState:
    return next(s for s in arms.states(params, changed, locked, work) if s.arm == ARM)


def test_an_arm_that_is_done_has_learned_all_its_episodes(params: Params) -> None:
    found = one(params, set(), {LEARN, EVALUATE})
    whole = params.learn_settings(ARM).episodes * len(params.seeds)
    assert (found.state, found.done, found.episodes, found.todo) == ("done", whole, whole, ())


def test_an_arm_that_is_only_to_be_evaluated_has_learned_all_its_episodes(params: Params) -> None:
    found = one(params, {EVALUATE}, {LEARN})
    assert (found.state, found.done, found.todo) == ("changed", found.episodes, (EVALUATE,))


def test_what_stands_before_an_arm_is_to_do_for_it(params: Params) -> None:
    model = params.arms[ARM].model
    found = one(params, {"split", f"model@{model}", "model@other", LEARN}, {LEARN})
    assert found.todo == ("split", f"model@{model}", LEARN)


def test_a_running_arm_shows_the_episodes_of_the_folders_that_are_written(params: Params) -> None:
    scratch_episodes(ARM, 0, [3.0] * 30, key="older")
    scratch_episodes(ARM, 0, [3.0] * 12)
    scratch_episodes(ARM, 1, [3.0] * 5)
    scratch_episodes("smollm2-lora-shuffled", 2, [3.0] * 7)
    found = one(params, {LEARN}, {LEARN}, AtWork(arms={ARM: "learn"}, pipeline=True))
    assert (found.state, found.done) == ("running", 12 + 5)


def test_what_was_learned_with_other_settings_does_not_count(params: Params) -> None:
    scratch_episodes(ARM, 0, [3.0] * 30)
    assert one(params, {LEARN}, {LEARN}).done == 0


def test_the_end_of_a_log_says_that_an_arm_failed(params: Params) -> None:
    log = Path(".clpipe/logs") / f"{ARM}.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"learning\nERROR: failed to reproduce '{LEARN}': failed to run: python stages/learn.py\n")
    assert one(params, {LEARN}, set()).state == "failed"
    log.write_text("learning\nERROR: interrupted by the user\n")
    assert one(params, {LEARN}, set()).state == "never run"


def test_the_accuracy_is_of_the_last_checkpoint_over_all_seeds(project: Path) -> None:
    assert project.exists()
    rows = [
        Outcome(
            arm=ARM, seed=seed, episode=episode, task_id=f"h{task}", family="sequence", template="t", difficulty=1,
            reply="7", correct=episode == 80 and task <= seed, margin=None,
        )
        for seed in (0, 1) for episode in (0, 80) for task in range(4)
    ]  # fmt: skip
    write_records(Path("runs/evaluate") / ARM / "outcomes.jsonl", rows)
    assert arms.last_accuracy(ARM) == 3 / 8  # seed 0 has task 0 right, seed 1 tasks 0 and 1, of 4 each
    assert arms.last_accuracy("other") is None


def test_the_table_names_stages_as_they_are_called_in_the_row(params: Params) -> None:
    console = Console(width=200, record=True)
    console.print(arms.table(arms.states(params, {LEARN, EVALUATE}, {LEARN}, QUIET)))
    row = next(line for line in console.export_text().splitlines() if line.startswith(f"{ARM} "))
    assert row.split()[:4] == [ARM, "changed", "learn", "evaluate"]


def test_json_has_every_arm(project: Path, monkeypatch: pytest.MonkeyPatch, begin: Begin) -> None:
    def changed() -> set[str]:
        return {LEARN}

    monkeypatch.setattr(dvc, "changed", changed)
    (project / "dvc.lock").write_text(f"schema: '2.0'\nstages:\n  {LEARN}:\n    cmd: true\n")
    begin("learn", "smollm2-soft-prompt")
    done = call("arms", "--json")
    assert done.exit_code == 0, done.output
    found = {row["arm"]: row for row in json.loads(done.stdout)}
    assert found[ARM]["state"] == "changed"
    assert found[ARM]["todo"] == [LEARN]
    assert found["smollm2-soft-prompt"]["state"] == "running"
    assert found["smollm2-lora-shuffled"]["state"] == "never run"


def test_a_stage_is_seen_while_it_runs_in_this_folder_and_nowhere_else(
    project: Path, begin: Begin, tmp_path_factory: pytest.TempPathFactory
) -> None:
    process = begin("evaluate", ARM)
    assert at_work(project) == AtWork(arms={ARM: "evaluate"}, pipeline=True)
    assert at_work(tmp_path_factory.mktemp("other")) == QUIET
    process.kill()
    process.wait()
    assert at_work(project) == QUIET


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["/x/bin/python", "stages/evaluate.py", "--arm", "a"], ("evaluate", ("a",))),
        (["python", "stages/arena.py", "--out", "x"], ("starting", ())),
        (["python", "stages/learn.py", "--arm"], ("starting", ())),
        (["/x/python", "/x/bin/dvc", "repro"], ("starting", ())),
        (["python", "/x/bin/clpipe", "run", "-j", "2"], ("starting", ())),
        (["python", "/x/bin/clpipe", "watch"], None),
        (["dvc", "status"], None),
        (["grep", "-r", "stages/learn.py --arm a"], None),
        ([], None),
    ],
)
def test_command_lines_are_told_apart(words: list[str], expected: object) -> None:
    assert recognised(words) == expected
