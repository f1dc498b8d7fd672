"""`clpipe run --engine ray` on a real cluster of several nodes, one of which is killed in the middle of an arm."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.pipeline.conftest import lay_out
from tests.scaling import nodes
from tests.scaling.conftest import ARMS, HERE, MODEL, ROOT, Project, share
from tests.tiny import build_tiny_model

pytest.importorskip("ray", reason="Ray is not installed: `make test-ray` installs the extra and runs this")
pytestmark = [pytest.mark.ray, pytest.mark.timeout(1800)]

PATIENCE = 900.0
OF_ARMS = ("learn", "evaluate", "copies")


def begin(project: Project, address: str, *words: str) -> subprocess.Popen[str]:
    command = ["clpipe", "run", "--engine", "ray", "--address", address, *words]
    return subprocess.Popen(
        command, cwd=project.folder, env=project.environment({}), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip


def until(seen: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert running.poll() is None, running.communicate()[0][-5000:]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def ended(running: subprocess.Popen[str]) -> str:
    told = running.communicate(timeout=PATIENCE)[0]
    assert running.returncode == 0, told[-5000:]
    return told


def host(project: Project, stage: str, folders: list[Path]) -> Path:
    """The node on which the stage runs."""
    where = next(Path(run["folder"]) for run in project.runs() if run["stage"] == stage)
    return next(folder for folder in folders if where.is_relative_to(folder))


def test_a_node_that_dies_in_the_middle_loses_no_arm_and_the_head_runs_none(project: Project, tmp_path: Path) -> None:
    with nodes.cluster(tmp_path, project.ledger) as cluster:
        folders = [cluster.add("node-1"), cluster.add("node-2")]
        mark = project.tell("slow-first")
        running = begin(project, cluster.address)
        until(lambda: "learn@first" in project.ran(), running)
        cluster.kill(host(project, "learn@first", folders))
        mark.unlink()
        told = ended(running)
        assert project.ran("learn") == ["learn@first", "learn@first", "learn@first-shuffled", "learn@second"]
        assert sum("ended" not in run for run in project.runs()) == 1  # the one that was killed
        in_head = [run["stage"] for run in project.runs() if Path(run["folder"]) == project.folder]
        assert sorted(in_head) == ["arena", "publish", "report", "split", "verify"]
        assert {run["CLPIPE_JOBS"] for run in project.runs() if run["stage"].partition("@")[0] in OF_ARMS} == {"1"}
        assert "Report: reports/report.html" in told
        done = {path.stem for path in (project.ledger / "seen").iterdir()}
        assert {project.timing(arm)["run"] for arm in ARMS} <= done

        project.forget()
        again = ended(begin(project, cluster.address))
        assert project.ran() == ["publish"]
        assert "to do on" not in again


def test_an_arm_that_fails_is_told_with_its_words_and_stops_no_other(project: Project, tmp_path: Path) -> None:
    with nodes.cluster(tmp_path, project.ledger) as cluster:
        cluster.add("node-1")
        project.tell("fail-first-shuffled")
        running = begin(project, cluster.address, "--needs", f"{MODEL}=cpus:1")
        told = running.communicate(timeout=PATIENCE)[0]
    assert running.returncode == 1
    assert "clpipe run: 1 of 3 arms failed; what the others did is kept" in told
    assert "clpipe learn first-shuffled: the loss is not a number" in told
    assert project.ran("evaluate") == ["evaluate@first", "evaluate@second"]
    assert {project.timing(arm)["stage"] for arm in ("first", "second")} == {"learn@first", "learn@second"}
    assert project.ran("report") == []


@pytest.fixture
def tiny(tmp_path: Path) -> Project:
    """The real stages before the report, on a random model that is nothing but small."""
    folder = lay_out(tmp_path / "head", build_tiny_model(tmp_path / "tiny"))
    for stage in ("report", "publish"):
        shutil.copy(HERE.parent / "stub_stage.py", folder / "stages" / f"{stage}.py")
    values = yaml.safe_load((folder / "params.yaml").read_text())
    arms = {name: values["arms"][name] for name in ("lora", "soft-prompt")}
    values |= {"arms": arms, "claims": {}, "seeds": [0]}
    (folder / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    share(folder, ROOT)
    found = Project(folder)
    found.forget()
    return found


def test_real_learning_survives_a_killed_node_and_gives_what_one_machine_gives(tiny: Project, tmp_path: Path) -> None:
    with nodes.cluster(tmp_path, tiny.ledger) as cluster:
        folders = [cluster.add("node-1"), cluster.add("node-2")]
        running = begin(tiny, cluster.address)
        victims: list[Path] = []

        def learning() -> bool:
            victims[:] = [folder for folder in folders if nodes.at_work(folder, "stages/learn.py")]
            return bool(victims)

        until(learning, running)
        cluster.kill(victims[0])
        ended(running)
    lock = yaml.safe_load((tiny.folder / "dvc.lock").read_text())["stages"]
    assert {f"{stage}@{arm}" for stage in OF_ARMS for arm in ("lora", "soft-prompt")} <= set(lock)
    outs = {out["path"]: out["md5"] for out in lock["learn@lora"]["outs"]}
    kept = outs.pop("runs/learn/lora/timing.json")  # the head never pushes an arm: what is in the store is a worker's
    assert hashlib.md5((tiny.folder / "runs/learn/lora/timing.json").read_bytes()).hexdigest() == kept
    assert (tmp_path / "store/files/md5" / kept[:2] / kept[2:]).is_file()

    tiny.call("dvc", "repro", "--force", "--single-item", "learn@lora", CLPIPE_JOBS="1")  # here, alone
    again = yaml.safe_load((tiny.folder / "dvc.lock").read_text())["stages"]["learn@lora"]["outs"]
    alone = {out["path"]: out["md5"] for out in again}
    assert alone.pop("runs/learn/lora/timing.json") != kept
    assert alone == outs
