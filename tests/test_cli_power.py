"""`clpipe power`: what a person is told of a study before it is run."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clpipe import store
from clpipe.arena import drawing, pool
from clpipe.cli_power import power
from clpipe.evaluation.power import Study, detectable

ROOT = Path(__file__).parents[1]
PLAN = ("--tasks", "300", "--templates", "40", "--seeds", "5")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    app = typer.Typer()
    app.command()(power)
    return CliRunner().invoke(app, list(words))


def test_the_smallest_gain_is_said_with_its_terms_and_what_more_takes() -> None:
    done = call(*PLAN)
    gain = detectable(Study(tasks=300, templates=40, seeds=5, loss=0.05, rho=0.3, seed_sd=0.05))
    assert done.exit_code == 0, done.output
    assert gain is not None
    assert f"This study can tell a gain of {100 * gain:.1f} points or more over other wordings and seeds" in done.output
    assert "(80 % power, two-sided 5 %, 5 % lost)" in done.output
    assert "300 tasks in 40 wordings, worth 102 independent ones" in done.output
    assert re.search(r"A gain of 10\.0 points takes about \d+ tasks in \d+ wordings and \d+ seeds\.", done.output)
    assert re.search(r"A gain of 5\.0 points takes about \d+ tasks", done.output)


def test_a_large_study_is_told_so_and_one_seed_is_told_what_it_leaves_open() -> None:
    large = call("--tasks", "5000", "--templates", "5000", "--seeds", "20", "--seed-sd", "0.02")
    assert "A gain of 5.0 points it can tell as it is." in large.output
    one = call("--tasks", "300", "--templates", "40", "--seeds", "1")
    assert "over other wordings, and nothing of other seeds" in one.output
    assert "other seeds (t)" not in one.output


def test_json_has_the_same_numbers() -> None:
    done = call(*PLAN, "--json")
    found = json.loads(done.output)
    assert found["study"]["tasks"] == 300
    assert found["together"] == pytest.approx(0.150, abs=0.001)
    assert set(found["needed"]) == {"0.1", "0.05"}
    assert found["needed"]["0.1"]["seeds"] >= 5


def test_a_study_of_nothing_can_tell_no_gain() -> None:
    done = call("--tasks", "4", "--templates", "2", "--seeds", "2")
    assert done.exit_code == 0
    assert "This study can tell no gain at all" in done.output


def test_what_is_not_said_is_taken_from_the_study(nowhere: Path) -> None:
    shutil.copy(ROOT / "studies" / "default.yaml", nowhere / "params.yaml")
    family = pool.build("comparison", {})
    assert not hasattr(family, "path")
    tasks = [next(drawing.draws(seed, "comparison", family, 1)) for seed in range(20)]  # type: ignore[arg-type]
    store.write_records(nowhere / "data" / "tasks" / "heldout.jsonl", tasks)
    found = json.loads(call("--json").output)["study"]
    assert (found["tasks"], found["seeds"]) == (400, 5)
    assert found["templates"] == len({task.template for task in tasks})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--tasks: say how many, for there is no params.yaml to take it from"),
        (("--tasks", "300", "--seeds", "5"), "--templates: say how many, for there is no data/tasks/heldout.jsonl"),
        ((*PLAN, "--rho", "2"), "rho: 2 is not possible; at least 0 and at most 1 is needed"),
        ((*PLAN, "--loss", "0.5"), "loss: 0.5 is not possible; at least 0 and below 0.5 is needed"),
        ((*PLAN, "--power", "1"), "power: 1 is not possible"),
        (("--tasks", "30", "--templates", "40", "--seeds", "5"), "templates: 40 is not possible; at least 2 and at mo"),
    ],
)
def test_a_mistake_is_one_message(words: tuple[str, ...], told: str) -> None:
    done = call(*words)
    assert done.exit_code == 1
    assert told in done.output
    assert "Traceback" not in done.output


def test_its_help_names_an_example_that_runs() -> None:
    said = re.sub(r"[\s│]+", " ", call("--help").output)
    example = re.search(r"Example: clpipe power ([^.]*)\.", said)
    assert example
    assert call(*example.group(1).split()).exit_code == 0
