"""The `clpipe` command: help with examples, one message and exit code 1 for a mistake, and a quick start."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clpipe import trial
from clpipe.cli import app
from clpipe.commands import completing
from clpipe.commands.reference import PAGE, Command, commands, with_table
from clpipe.params import Params, ParamsError
from clpipe.params_file import mapping
from clpipe.validate import check

ROOT = Path(__file__).parents[1]
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


@pytest.mark.parametrize("command", commands(app), ids=lambda command: command.words)
def test_the_help_of_each_command_has_an_example_of_it(command: Command) -> None:
    assert command.example.startswith(f"clpipe {command.words}"), command
    done = call(*command.words.split(), "--help")
    assert done.exit_code == 0
    assert f"Example: {command.example}" in re.sub(r"[\s│]+", " ", done.output)


def test_the_page_of_commands_has_every_command_as_its_help_says_it() -> None:
    page = (ROOT / PAGE).read_text()
    assert page == with_table(page, app), "write it anew: python -m clpipe.commands.reference"
    for command in commands(app):
        assert f"\n**`clpipe {command.words}`**" in page, f"{PAGE} has no paragraph on `clpipe {command.words}`"


def test_commands_that_a_script_wants_have_json() -> None:
    found = {command.words for command in commands(app) if command.json}
    assert {"validate", "arms", "compare", "ask", "env", "study list"} <= found


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="the marks"):
        with_table("# Commands\n", app)


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


def test_validate_tells_a_script_what_it_found(project: Path) -> None:
    found = json.loads(call("validate", "--json").stdout)
    assert (found["study"], found["mistakes"], found["params"]) == ("default", [], "params.yaml")
    edit(project, "  clip: 1.0", "  clip: -1")
    done = call("validate", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["mistakes"] == ["learn.clip: input should be greater than 0, not -1"]
    assert "1 mistake" in done.stderr


def test_a_report_outside_of_the_project_is_refused_before_anything_runs(project: Path) -> None:
    edit(project, "reports: reports", "reports: ../outside")
    for words in (("validate",), ("run",)):
        done = call(*words)
        assert done.exit_code == 1
        assert "study.reports: '../outside' leads out of the project" in done.stderr


def test_a_demo_touches_no_folder_of_somebody_else(project: Path) -> None:
    (project / "clpipe").mkdir(exist_ok=True)
    (project / "clpipe/precious.py").touch()
    for folder in (".", str(project), "clpipe"):
        done = call("demo", "--folder", folder)
        assert done.exit_code == 1
        assert "is not empty and no workspace of clpipe's" in done.stderr
    assert (project / "clpipe/precious.py").exists()


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


@pytest.mark.parametrize("opens", [True, False])
def test_the_report_is_opened_in_the_browser(project: Path, monkeypatch: pytest.MonkeyPatch, opens: bool) -> None:
    opened = []

    def browser(address: str) -> bool:
        opened.append(address)
        return opens

    monkeypatch.setattr(webbrowser, "open", browser)
    (project / "reports").mkdir()
    (project / "reports" / "report.html").touch()
    done = call("report", "--open")
    assert opened == [(project / "reports" / "report.html").as_uri()]
    assert done.exit_code == (0 if opens else 1)
    assert opens or "no browser could be started here" in done.stderr


def test_the_list_of_studies_has_a_star_at_the_active_one(project: Path) -> None:
    studies = sorted(path.stem for path in (ROOT / "studies").glob("*.yaml"))
    assert {"default", "demo", "qwen25-coder", "seed-document"} <= set(studies)
    expected = [f"{'*' if name == 'default' else ' '} {name}" for name in studies]
    assert call("study", "list").stdout.splitlines() == expected
    assert json.loads(call("study", "list", "--json").stdout) == {"studies": studies, "active": "default"}
    edit(project, "episodes: 80", "episodes: 60")
    assert json.loads(call("study", "list", "--json").stdout)["active"] is None
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


def test_the_help_takes_less_than_a_second() -> None:
    def spent() -> float:
        times = os.times()  # of the processor, not of the clock: others may be at work on the machine
        return times.children_user + times.children_system

    before = spent()
    subprocess.run([sys.executable, "-m", "clpipe.cli", "--help"], cwd=ROOT, check=True, capture_output=True)
    assert spent() - before < 1


@pytest.mark.parametrize("words", [["nope"], ["validate", "--nope"], ["study", "use"], ["watch", "--every", "soon"]])
def test_wrong_usage_is_exit_code_2(words: list[str]) -> None:
    assert call(*words).exit_code == 2


def test_an_interrupted_command_is_exit_code_130(project: Path) -> None:
    script = project / "stages" / "learn.py"
    script.parent.mkdir()
    script.write_text("import time\ntime.sleep(60)\n")
    busy = subprocess.Popen([sys.executable, "stages/learn.py", "--arm", ARM], cwd=project)
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from clpipe.cli import app; app()"
    words = [sys.executable, "-c", code, "watch", "--every", "0.1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    watching = subprocess.Popen(
        words, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert watching.stdout is not None
        assert watching.stdout.readline().startswith(ARM)
        watching.send_signal(signal.SIGINT)
        error = watching.communicate(timeout=30)[1]
    finally:
        for process in (busy, watching):
            process.kill()
            process.wait()
    assert watching.returncode == 130
    assert error == "\nclpipe watch: interrupted; what was finished is kept\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("clpipe comp", ["compare"]),
        ("clpipe compare smollm2-soft", ["smollm2-soft-prompt", "smollm2-soft-prompt-shuffled"]),
        ("clpipe ask --arm smollm2-soft", ["smollm2-soft-prompt", "smollm2-soft-prompt-shuffled"]),
        ("clpipe study use de", ["default", "demo"]),
    ],
)
def test_the_shell_completes_commands_arms_and_studies(project: Path, typed: str, offered: list[str]) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_CLPIPE_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", "from clpipe.cli import app; app(prog_name='clpipe')"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **words},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == offered, done.stderr


def test_completion_is_silent_where_there_are_no_params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert completing.arms("") == []
    (tmp_path / "params.yaml").write_text("arms: [")
    assert completing.arms("") == []
    assert completing.kept_studies("") == []
