"""What of params.yaml and dvc.lock travels to a worker: all that its arms depend on, and no more."""

from __future__ import annotations

from pathlib import Path

import yaml

from clpipe import studies
from clpipe.runner.lock_file import only
from clpipe.runner.source import params_for
from clpipe.validate import check

ROOT = Path(__file__).parents[2]


def test_a_worker_has_its_arm_what_it_controls_and_everything_its_stages_depend_on() -> None:
    whole = yaml.safe_load(studies.text(ROOT, "continual"))
    for name, arm in whole["arms"].items():
        text = params_for(whole, [name])
        found = yaml.safe_load(text)
        check(found, Path("params.yaml"))
        assert found["arms"][name] == arm
        assert set(found["arms"]) == {name, *filter(None, [arm.get("control_of")])}
        assert found["study"]["models"] == [arm["model"]]
        apart = {"arms", "claims", "study"}
        assert {k: v for k, v in found.items() if k not in apart} == {k: v for k, v in whole.items() if k not in apart}


def test_of_the_lock_file_go_the_entries_named() -> None:
    text = (ROOT / "dvc.lock").read_text()
    stages = yaml.safe_load(text)["stages"]
    wanted = ["split", next(name for name in stages if name.startswith("model@"))]
    assert yaml.safe_load(only(text, wanted)) == {"schema": "2.0", "stages": {name: stages[name] for name in wanted}}
    assert only("", ["split"]) == ""
