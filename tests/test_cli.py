"""The `clpipe` command: help with examples, one message and exit code 1 for a mistake, and a quick start."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clpipe import trial
from clpipe.cli import app
from clpipe.params import Params, ParamsError
from clpipe.params_file import mapping
from clpipe.validate import check

ROOT = Path(__file__).parents[1]
COMMANDS = ["validate", "run", "report", "demo", "trial", "study list", "study use", "study save"]
COMMANDS += ["arena sample", "arena stats", "arena write", "arena gallery"]
ARM = "smollm2-lora"
VALUES = mapping(ROOT / "studies" / "default.yaml")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the committed params and studies, made the working directory."""
    shutil.copytree(ROOT / "studies", tmp_path / "studies")
    shutil.copy(ROOT / "studies" / "default.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLPIPE_DEBUG", raising=False)
    return tmp_path


def tried(changes: list[str]) -> Params:
    return check(trial.changed(VALUES, ARM, changes), Path("params.yaml"))


def call(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def edit(project: Path, old: str, new: str) -> None:
    path = project / "params.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command: str) -> None:
    done = call(*command.split(), "--help")
    assert done.exit_code == 0
    assert f"Example: clpipe {command}" in re.sub(r"[\s│]+", " ", done.output)


def test_no_command_is_left_out_of_these_tests() -> None:
    found = [c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        found += [
            f"{group.name} {c.name or getattr(c.callback, '__name__', '')}"
            for c in group.typer_instance.registered_commands
        ]
    assert sorted(found) == sorted(COMMANDS)


def test_good_params_are_said_to_be_good(project: Path) -> None:
    assert project.exists()
    done = call("validate")
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.fullmatch(r"params\.yaml: study 'default', \d+ arms, \d+ seeds: no mistake\n", done.stdout)


def test_bad_params_end_with_every_mistake_and_no_traceback(project: Path) -> None:
    edit(project, "  clip: 1.0", "  clip: -1")
    edit(project, "loss_window", "loss_windw")
    done = subprocess.run(
        [sys.executable, "-m", "clpipe.cli", "validate"],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("\nclpipe validate: params.yaml: 3 mistakes\n")
    assert "learn.clip: input should be greater than 0, not -1" in done.stderr
    assert "report.loss_window: missing" in done.stderr
    assert "report.loss_windw: unknown key" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_params_are_named(project: Path) -> None:
    done = call("validate", str(project / "absent.yaml"))
    assert done.exit_code == 1
    assert "absent.yaml" in done.stderr
    assert isinstance(done.exception, SystemExit)


def test_a_report_that_is_not_there_names_the_command_that_makes_it(project: Path) -> None:
    done = call("report")
    assert done.exit_code == 1
    assert done.stderr == "\nclpipe report: reports/report.html is not there yet: run `dvc repro`\n"
    (project / "reports").mkdir()
    (project / "reports" / "report.html").touch()
    done = call("report")
    assert done.exit_code == 0
    assert "reports/report.html" in done.stdout


def test_the_list_of_studies_has_a_star_at_the_active_one(project: Path) -> None:
    studies = sorted(path.stem for path in (ROOT / "studies").glob("*.yaml"))
    assert {"default", "demo", "qwen25-coder", "seed-document"} <= set(studies)
    expected = [f"{'*' if name == 'default' else ' '} {name}" for name in studies]
    assert call("study", "list").stdout.splitlines() == expected
    edit(project, "episodes: 160", "episodes: 80")
    lines = call("study", "list").stdout.splitlines()
    assert lines[-1] == "* params.yaml, edited"
    assert [line[0] for line in lines[:-1]] == [" "] * len(studies)


def test_a_study_is_used_kept_and_left(project: Path) -> None:
    assert call("study", "use", "demo").exit_code == 0
    edit(project, "episodes: 20", "episodes: 25")
    refused = call("study", "use", "default")
    assert refused.exit_code == 1
    assert "params.yaml has been edited" in refused.stderr
    assert call("study", "save", "mine").stdout == "kept as studies/mine.yaml\n"
    assert "* mine" in call("study", "list").stdout.splitlines()
    assert call("study", "use", "default").exit_code == 0
    assert (project / "params.yaml").read_bytes() == (ROOT / "studies" / "default.yaml").read_bytes()


def test_an_unknown_study_is_named(project: Path) -> None:
    assert project.exists()
    done = call("study", "use", "demmo")
    assert done.exit_code == 1
    assert done.stderr.startswith("\nclpipe study use: no study 'demmo' (did you mean 'demo'?); there is ")
    assert "default, demo" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nope"], "params.yaml has no arm 'nope'"),
        (["nope", "lr=1"], "params.yaml has no arm 'nope'"),
        ([ARM, "lr"], "a change is KEY=VALUE, such as lr=1e-3, not 'lr'"),
        ([ARM, "--seeds", "1,x"], "--seeds: whole numbers with commas between, such as 100,101, not '1,x'"),
        ([ARM, "lr=-1"], f"params.yaml: 1 mistake\n  arms.{ARM}.lr: input should be greater than 0, not -1"),
    ],
)
def test_a_bad_trial_is_told_before_anything_is_learned(project: Path, words: list[str], message: str) -> None:
    assert project.exists()
    done = call("trial", *words)
    assert done.exit_code == 1
    assert message in done.stderr


def test_a_trial_changes_the_arm_it_names_and_nothing_else() -> None:
    before = copy.deepcopy(VALUES)
    found = tried(["lr=1e-3", "episodes=7", "loss_on=sequence", "clip=null", "method_options.r=4"])
    settings = found.learn_settings(ARM)
    assert (settings.lr, settings.episodes, settings.loss_on, settings.clip) == (1e-3, 7, "sequence", None)
    assert found.method_options(ARM)["r"] == 4
    as_it_was = tried([])
    assert as_it_was.learn_settings(ARM).episodes != 7
    assert found.model_copy(update={"arms": found.arms | {ARM: as_it_was.arms[ARM]}}) == as_it_was
    assert before == VALUES


def test_a_trial_takes_lists() -> None:
    assert tried(["method_options.target_modules=[q_proj]"]).method_options(ARM)["target_modules"] == ["q_proj"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["lrr=1"], r"arms\.smollm2-lora\.lrr: unknown key; no key 'lrr' \(did you mean 'lr'\?\)"),
        (["episodes=1e3"], r"arms\.smollm2-lora\.episodes: input should be a valid integer, not 1000\.0"),
        (["lr=-1", "method=lorra"], r"params\.yaml: 2 mistakes\n"),
        (["method_options.r=0"], r"arms\.smollm2-lora\.method_options\.r: must be 1 or more, not 0"),
        (["episodes=100000"], r"arms\.smollm2-lora\.episodes: 100000 episodes, but split\.train gives"),
    ],
)
def test_a_change_that_is_not_allowed_is_told_like_a_mistake_in_the_file(changes: list[str], message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        tried(changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("lr", "a change is KEY=VALUE, such as lr=1e-3, not 'lr'"),
        ("model.x=1", "'model.x=1': there is nothing to set under model, it is no mapping"),
        ("model.x.y=1", "'model.x.y=1': there is nothing to set under model.x, it is no mapping"),
        ("method_options.r=[", "'[' is not YAML"),
    ],
)
def test_a_change_that_cannot_be_read_is_a_value_error(change: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        tried([change])


def test_help_and_validation_start_without_anything_heavy() -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from clpipe.cli import app\n"
        "for words in (['--help'], ['validate'], ['study', 'list']):\n"
        "    assert CliRunner().invoke(app, words).exit_code == 0, words\n"
        "print(sorted({'torch', 'mlflow', 'transformers', 'peft', 'dvc', 'scipy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
