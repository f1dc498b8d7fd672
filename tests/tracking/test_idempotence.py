"""Same content, same run: whatever happens to the tree, nothing is there twice and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clpipe.store import read_json, write_json
from clpipe.tracking import Published, publish
from clpipe.tracking.runs import Store
from tests.tracking.conftest import clear
from tests.tracking.tree import MODEL, Tree, Ui

Pair = tuple[Tree, Ui]


def counts(done: Published) -> tuple[int, int, int]:
    assert done.tally is not None
    return done.tally.created, done.tally.healed, done.tally.retired


def test_second_publication_opens_no_store(shown: Pair) -> None:
    tree, _ = shown
    again = tree.publish_elsewhere()
    assert (again.stdout, again.stderr) == ("publish: nothing new\nFalse\n", "")


def test_without_the_stamp_nothing_is_made_twice(published: Pair) -> None:
    tree, ui = published
    clear(tree)
    done = tree.publish()
    assert done.message == "publish: nothing new"
    assert counts(done) == (0, 0, 0)
    assert len(ui.runs()) == 12
    assert len(ui.client.search_model_versions(f"name = 'clpipe-{MODEL}'")) == 1


def test_of_what_two_publishers_wrote_at_once_one_is_current(published: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a shared server nothing keeps the second from beginning before the first has written."""
    tree, ui = published
    before = {run.info.run_id for run in ui.runs()}
    clear(tree)
    known, asked = Store.known, []

    def at_first_nothing(store: Store) -> dict[str, object]:
        asked.append(store)
        return known(store) if len(asked) > 1 else {}

    monkeypatch.setattr(Store, "known", at_first_nothing)
    assert counts(tree.publish())[0] == len(before)
    assert len(ui.runs()) == 2 * len(before)
    assert {run.info.run_id for run in ui.runs("tags.`clpipe.current` = 'true'")} == before


def test_new_content_is_a_new_run_and_going_back_makes_none(published: Pair) -> None:
    tree, ui = published
    first = ui.parents()["lora"].info.run_id
    tree.learn("lora", version=2)
    assert counts(tree.publish()) == (4, 0, 4)
    assert len(ui.runs()) == 16
    assert ui.parents("tags.`clpipe.current` = 'true'")["lora"].info.run_id != first
    tree.learn("lora", version=1)
    assert counts(tree.publish()) == (0, 0, 4)
    assert len(ui.runs()) == 16
    assert ui.parents("tags.`clpipe.current` = 'true'")["lora"].info.run_id == first
    assert len(ui.client.search_model_versions(f"name = 'clpipe-{MODEL}'")) == 2
    assert ui.client.get_model_version_by_alias(f"clpipe-{MODEL}", "challenger").run_id in {
        run.info.run_id for run in ui.runs(f"tags.`mlflow.parentRunId` = '{first}'")
    }


def test_arm_taken_out_retires_and_comes_back(published: Pair) -> None:
    tree, ui = published
    arm = tree.values["arms"].pop("soft")
    assert counts(tree.publish()) == (0, 0, 4)
    assert ui.current() == ["lora", "lora-shuffled"]
    tree.values["arms"]["soft"] = arm
    assert counts(tree.publish()) == (0, 0, 0)
    assert ui.current() == ["lora", "lora-shuffled", "soft"]
    assert len(ui.runs()) == 12


def test_another_study_leaves_this_one_current(published: Pair) -> None:
    tree, ui = published
    tree.values["study"]["name"] = "other"
    assert counts(tree.publish()) == (12, 0, 0)
    assert len(ui.runs("tags.`clpipe.current` = 'true'")) == 24


def test_newer_report_refreshes_the_parents(published: Pair) -> None:
    tree, ui = published
    tree.report(" anew")
    numbers = read_json(tree.root / "reports/metrics.json")
    numbers["arms"]["soft"]["final_accuracy"] = 0.5
    write_json(tree.root / "reports/metrics.json", numbers)
    done = tree.publish()
    assert done.tally is not None
    assert (done.tally.refreshed, done.tally.created) == (3, 0)
    run = ui.parents()["soft"]
    assert run.data.metrics["final_accuracy"] == 0.5
    page = ui.client.download_artifacts(run.info.run_id, "report/report.html")
    assert Path(page).read_text() == "<p>report anew</p>"


@pytest.mark.parametrize("calls", [1, 3, 9])
def test_crash_in_the_middle_is_healed(tree: Tree, calls: int) -> None:
    finish: Callable[..., None] = Store.finish
    left = [calls]

    def fail_in_the_end(*arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        finish(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "finish", fail_in_the_end)
        with pytest.raises(KeyboardInterrupt):
            tree.publish()
    ui = Ui(tree)
    assert ui.runs("tags.`clpipe.complete` = 'false'")
    created, healed, _ = counts(tree.publish())
    assert healed > 0
    assert created < 12
    runs = ui.runs()
    assert len(runs) == len({run.data.tags["clpipe.key"] for run in runs}) == 12
    assert {run.data.tags["clpipe.complete"] for run in runs} == {"true"}
    (child,) = [run for run in runs if run.info.run_name == "lora seed 0"]
    assert len(ui.client.get_metric_history(child.info.run_id, "learn/loss")) == 4


def test_deleted_database_is_made_anew(published: Pair) -> None:
    tree, _ = published
    tree.database.unlink()
    assert "12 runs new" in tree.publish_elsewhere().stdout


def test_experiment_copy_adds_and_changes_nothing_else(published: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, ui = published
    copy = tree.root / ".dvc/tmp/exps/standalone/tmpabc"
    copy.mkdir(parents=True)
    other = Tree(copy)
    other.learn("lora", version=7)
    other.report(" of the experiment")
    monkeypatch.setenv("DVC_EXP_NAME", "warm-owl")
    done = publish(other.params, copy)
    assert counts(done) == (4, 0, 0)
    assert done.tally is not None
    assert (done.tally.refreshed, done.tally.versions) == (0, [])
    assert len(ui.runs("tags.`dvc.exp_name` = 'warm-owl'")) == 4
    assert len(ui.runs("tags.`clpipe.current` = 'true'")) == 12
    assert not (copy / "mlflow.db").exists()
    monkeypatch.delenv("DVC_EXP_NAME")
    assert tree.publish().tally is None
