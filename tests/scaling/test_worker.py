"""`clpipe worker`: shards in clones, meeting in the shared store; the head then runs nothing of theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clpipe.runner import collect, worker
from clpipe.runner.worker import Order
from tests.mounted import mounted
from tests.scaling.conftest import ARMS, MODEL, Project

OF_ARMS = ("learn", "evaluate", "copies")
EACH_ARM_ONCE = sorted(f"{stage}@{arm}" for stage in OF_ARMS for arm in ARMS)


def test_two_shards_do_every_arm_once_and_the_head_brings_them_all(project: Project, tmp_path: Path) -> None:
    path = project.folder / "params.yaml"  # it travels with the work, without a commit
    path.write_text(path.read_text().replace("lr: 0.01", "lr: 0.02"))
    project.clpipe("worker", "--prepare")
    assert project.ran() == ["arena", f"baseline@{MODEL}", f"model@{MODEL}", "split", "verify"]
    project.forget()
    for number in (1, 2):  # machines of their own: nothing but the store is common to them
        told = project.clpipe("worker", "--shard", f"{number}/2", CLPIPE_SCRATCH=str(tmp_path / f"machine-{number}"))
        assert f"shard {number}/2: {3 - number} of 3 arms, {3 - number} to do" in told.stdout
    assert project.ran() == EACH_ARM_ONCE
    for run in project.runs():  # first, first-shuffled, second are dealt 1, 2, 1
        expected = "machine-2" if run["stage"].endswith("@first-shuffled") else "machine-1"
        assert Path(run["folder"]).is_relative_to(tmp_path / expected / "clones")
    assert not [path for path in tmp_path.glob("machine-*/clones/*") if path.is_dir()]
    assert not (project.folder / "runs/learn").exists()

    workers = {path.stem for path in (project.ledger / "seen").iterdir()}
    project.forget()
    project.call("dvc", "repro", "--pull")
    assert project.ran() == ["publish", "report"]
    assert {project.timing(arm)["run"] for arm in ARMS} <= workers

    again = project.clpipe("worker", CLPIPE_SCRATCH=str(tmp_path / "machine-3"))
    assert "shard 1/1: 3 of 3 arms, 0 to do" in again.stdout
    assert project.ran() == ["publish", "report"]


@pytest.mark.slow
def test_an_arm_that_fails_stops_no_other_and_is_all_that_is_left(project: Project) -> None:
    project.clpipe("worker", "--prepare")
    project.forget()
    mark = project.tell("fail-first-shuffled")
    done = project.clpipe("worker", check=False)
    assert done.returncode == 1
    assert "clpipe worker: 1 of 3 arms failed: first-shuffled" in done.stderr
    assert "clpipe learn first-shuffled: the loss is not a number" in done.stdout
    assert project.ran("evaluate") == ["evaluate@first", "evaluate@second"]
    mark.unlink()
    project.forget()
    assert "3 of 3 arms, 1 to do" in project.clpipe("worker").stdout
    assert project.ran() == [f"{stage}@first-shuffled" for stage in sorted(OF_ARMS)]


def test_what_would_mislead_a_worker_stops_it_before_any_work(project: Project) -> None:
    def refused(*words: str) -> str:
        done = project.clpipe("worker", *words, check=False)
        assert (done.returncode, project.ran(*OF_ARMS)) == (1, [])
        return done.stderr

    assert "--shard: must be i/n" in refused("--shard", "0/2")
    assert "split, verify: not up to date here; `clpipe worker --prepare` first" in refused("--shard", "1/2")
    learner = project.folder / "clpipe/learner/loop.py"
    text = learner.read_text()
    learner.write_text(text + "\n# edited\n")
    assert "not committed, and workers take the commit" in refused()
    assert "clpipe/learner/loop.py" in refused()
    learner.write_text(text)
    project.call("dvc", "remote", "default", "--unset")
    assert "no shared store: `dvc remote add --default" in refused("--prepare")
    project.call("dvc", "remote", "add", "--default", "web", "https://example.org/store")
    assert "carries no run cache" in refused("--prepare")


def test_where_no_file_may_be_executed_the_guard_is_not_trusted(tmp_path: Path) -> None:
    """Else the real `python` would be found, and stages would run where none may."""
    with mounted(tmp_path / ".clpipe", "noexec"), pytest.raises(RuntimeError, match="noexec"):
        collect.bring(["learn"], tmp_path)


def test_arms_of_another_study_or_store_have_clones_of_their_own() -> None:
    def place(study: str, remote: str) -> str:
        order = Order(
            name="lora", stages=(), first=(), commit="c", params=f"study: {{name: {study}}}", lock="",
            remote=("store", remote), versions={},
        )  # fmt: skip
        return worker.place(order)

    places = {place(study, remote) for study in ("a", "b") for remote in ("s3://x", "s3://y")}
    assert len(places) == 4
    assert all(re.fullmatch("lora-[0-9a-f]{8}", name) for name in places)
