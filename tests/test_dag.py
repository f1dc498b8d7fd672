"""DVC does not follow imports, so `deps` in dvc.yaml must name every file whose edit can change a stage's bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from clpipe import named
from clpipe.imports import PLUMBING, closure

ROOT = Path(__file__).parents[1]
STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
FOLDERS = tuple(f"clpipe/arena/{name}" for name in ("families", "judges", "logic", "solvers", "words"))
JUDGES = [f"clpipe.arena.judges.{name}" for name in named.names("clpipe.arena.judges")]
KINDS = ("method", "strategy", "stream")
TEMPLATES = {"report": {f"clpipe/report/{name}" for name in ("browser.js", "page.css", "page.html.j2")}}


def shared(*packages: str) -> list[str]:
    """The modules that files found by name need beside themselves, in dotted form."""
    own = [f"clpipe.{package}.{name}" for package in packages for name in named.names(f"clpipe.{package}")]
    files = {p.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for p in closure(own)}
    return sorted(module.removesuffix(".__init__") for module in files - set(own))


FOUND_BY_NAME = {
    "arena": [f"clpipe.arena.families.{name}" for name in named.names("clpipe.arena.families")],
    "verify": [*JUDGES, *(f"clpipe.arena.solvers.{name}" for name in named.names("clpipe.arena.solvers"))],
    "baseline": JUDGES,
    "copies": JUDGES,
    "learn": [*JUDGES, *shared("methods", "strategies", "streams")],
    "evaluate": [*JUDGES, *shared("methods"), "clpipe.strategy", "clpipe.meta"],  # whether the start is changed
    "report": JUDGES,
}


def body(stage: str) -> dict[str, Any]:
    entry: dict[str, Any] = STAGES[stage]
    found: dict[str, Any] = entry.get("do", entry)
    return found


def needed(stage: str) -> set[str]:
    """The files of the stage's script as DVC should name them: families as one folder, named files by template."""
    files = {p.relative_to(ROOT).as_posix() for p in closure([f"stages.{stage}", *FOUND_BY_NAME.get(stage, [])])}
    files |= TEMPLATES.get(stage, set())
    return {next((folder for folder in FOLDERS if f.startswith(folder + "/")), f) for f in files}


@pytest.mark.parametrize("stage", [s for s in STAGES if s != "publish"])
def test_deps_are_the_import_closure(stage: str) -> None:
    declared = {d for d in body(stage)["deps"] if d.startswith(("clpipe/", "stages/")) and "${" not in d}
    assert declared == needed(stage) - {"stages/__init__.py"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_named_file_brings_nothing_that_the_stage_does_not_name(kind: str) -> None:
    package = {"method": "methods", "strategy": "strategies", "stream": "streams"}[kind]
    assert f"clpipe/{package}/${{item.{kind}}}.py" in body("learn")["deps"]
    for name in named.names(f"clpipe.{package}"):
        own = f"clpipe/{package}/{name}.py"
        files = {p.relative_to(ROOT).as_posix() for p in closure([f"clpipe.{package}.{name}"])}
        assert files - {own} <= needed("learn"), own
        if kind == "method":
            assert files - {own} <= needed("evaluate"), own


def test_every_path_of_a_command_is_declared() -> None:
    for stage in STAGES:
        declared = [
            str(next(iter(x)) if isinstance(x, dict) else x)
            for key in ("deps", "outs", "metrics")
            for x in body(stage).get(key, [])
        ]
        words = [w for w in body(stage)["cmd"].split() if "/" in w]
        for word in words:
            assert any(d == word or d.startswith(word + "/") for d in declared), (stage, word)


def test_learning_cannot_see_the_heldout_set() -> None:
    assert not [d for d in body("learn")["deps"] if "heldout" in d or "validation" in d]


def test_plumbing_exists() -> None:
    for module in PLUMBING:
        assert (ROOT / (module.replace(".", "/") + ".py")).exists()
