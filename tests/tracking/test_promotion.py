"""A challenger becomes the champion by the ledger of claims, or by force with a reason that is kept."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from clpipe.cli_promote import promote as command
from clpipe.store import write_json
from clpipe.tracking.promotion import Promoted, promote
from tests.tracking.tree import ARMS, MODEL, RIGHT, Tree, Ui, claim

NAME = f"clpipe-{MODEL}"
Pair = tuple[Tree, Ui]


def aliases(ui: Ui) -> dict[str, str]:
    found = ui.client.get_registered_model(NAME).aliases
    return {alias: ui.client.get_model_version(NAME, version).tags["arm"] for alias, version in found.items()}


def tags(ui: Ui, alias: str = "champion") -> dict[str, Any]:
    return dict(ui.client.get_model_version_by_alias(NAME, alias).tags)


def judge(tree: Tree, *claims: dict[str, Any]) -> None:
    tree.judge(*claims)
    tree.publish()


def go(tree: Tree, reason: str | None = None) -> Promoted:
    return promote(tree.params, tree.root, reason=reason)


def crowned(tree: Tree) -> None:
    """The arm `lora` is the champion."""
    judge(tree, claim("lora"))
    go(tree)


def soft_is_better(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The arm `soft` is evaluated anew, and ends above `lora`."""
    monkeypatch.setitem(RIGHT, "soft", (6, 6, 5))
    tree.learn("soft", version=2)
    tree.report()


def test_publication_makes_a_challenger_and_never_a_champion(published: Pair) -> None:
    assert aliases(published[1]) == {"challenger": "lora"}


def test_first_champion_must_have_learned(published: Pair) -> None:
    tree, ui = published
    with pytest.raises(ValueError, match="not shown that lora learned: no such claim is declared"):
        go(tree)
    judge(tree, claim("lora", "cannot be told"), claim("soft"), claim("lora", says="rose"))
    with pytest.raises(ValueError, match=r"lora-learned: cannot be told \(lora learned: cannot be told\).*--force"):
        go(tree)
    assert aliases(ui) == {"challenger": "lora"}
    judge(tree, claim("lora"))
    done = go(tree)
    assert re.search(r"version 1 \(arm lora\) is the champion, by the claim lora-learned", done.message)
    assert aliases(ui) == {"champion": "lora"}
    found = tags(ui)
    assert (found["promoted_by"], found["promoted_over"]) == ("lora-learned", "none")
    assert found["promoted_reason"] == "lora learned: holds"
    assert datetime.fromisoformat(found["promoted_at"]).tzinfo is not None


def test_the_champion_stays_when_it_is_published_again(published: Pair) -> None:
    tree, ui = published
    crowned(tree)
    judge(tree, claim("lora", "cannot be told"))
    assert aliases(ui) == {"champion": "lora"}
    assert go(tree).message == f"promote: {NAME} version 1 is the champion already"


def test_champion_of_another_arm_is_followed_only_by_a_better_one(
    published: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, ui = published
    crowned(tree)
    soft_is_better(tree, monkeypatch)
    judge(tree, claim("soft"), claim("soft", says="better", against="lora-shuffled"))
    assert aliases(ui) == {"champion": "lora", "challenger": "soft"}
    with pytest.raises(ValueError, match="not shown that soft is better than lora: no such claim"):
        go(tree)
    judge(tree, claim("soft", says="better", against="lora"))
    assert "over version 1" in go(tree).message
    assert aliases(ui) == {"champion": "soft"}
    assert tags(ui)["promoted_over"] == "1"


def test_new_version_of_the_champions_arm_needs_to_have_learned_again(published: Pair) -> None:
    tree, ui = published
    crowned(tree)
    tree.learn("lora", version=2)
    judge(tree, claim("lora", "does not hold"))
    assert aliases(ui) == {"champion": "lora", "challenger": "lora"}
    with pytest.raises(ValueError, match="lora-learned: does not hold"):
        go(tree)
    judge(tree, claim("lora"))
    assert go(tree).over == "1"


def test_champion_of_another_study_is_not_followed_without_force(published: Pair) -> None:
    tree, ui = published
    crowned(tree)
    tree.values["study"]["name"] = "other"
    tree.learn("lora", version=2)
    judge(tree, claim("lora"))
    with pytest.raises(ValueError, match="not shown that lora is better than lora of study default"):
        go(tree)
    assert aliases(ui) == {"champion": "lora", "challenger": "lora"}


def test_force_keeps_reason_date_and_who_was_champion(published: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, ui = published
    crowned(tree)
    soft_is_better(tree, monkeypatch)
    judge(tree)
    assert "by force: half the memory" in go(tree, "half the memory").message
    found = tags(ui)
    assert (found["promoted_by"], found["promoted_reason"], found["promoted_over"]) == ("force", "half the memory", "1")
    assert datetime.fromisoformat(found["promoted_at"]).tzinfo is not None


def test_ledger_that_was_edited_or_is_older_than_the_answers_is_refused(published: Pair) -> None:
    tree, ui = published
    write_json(tree.root / "reports/claims.json", [claim("lora")])
    with pytest.raises(ValueError, match=r"claims\.json is not the one that dvc\.lock names.*dvc repro report"):
        go(tree)
    judge(tree, claim("lora"))
    with (tree.root / "runs/evaluate/soft/outcomes.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(ValueError, match="made from other results than those in runs/evaluate"):
        go(tree)
    (tree.root / "reports/claims.json").unlink()
    with pytest.raises(ValueError, match=r"reports/claims\.json is not here"):
        go(tree)
    assert aliases(ui) == {"challenger": "lora"}


def test_challenger_of_other_results_is_not_judged_by_this_ledger(published: Pair) -> None:
    tree, _ = published
    tree.learn("lora", version=2)
    tree.judge(claim("lora"))
    with pytest.raises(ValueError, match=r"is not what dvc\.lock holds here.*clpipe publish"):
        go(tree)


def test_a_model_that_is_not_there_and_a_store_that_is_away_are_named(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LookupError, match=f"no arm has the model 'gpt'; there are: {MODEL}"):
        promote(tree.params, tree.root, "gpt")
    with pytest.raises(LookupError, match="has no challenger: `clpipe publish`"):
        promote(tree.params, tree.root, MODEL)
    monkeypatch.setitem(ARMS, "other", {**ARMS["lora"], "model": "qwen25-coder-05b-instruct"})
    tree.values["arms"] = dict(ARMS)
    with pytest.raises(LookupError, match="which model\\?; there are: qwen25-coder-05b-instruct, smollm2"):
        promote(tree.params, tree.root)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:1")
    with pytest.raises(RuntimeError, match=r"MLflow at http://\*\*\*@127\.0\.0\.1:1 could not be asked") as error:
        promote(tree.params, tree.root, f"clpipe-{MODEL}")
    assert "secret" not in str(error.value)


def test_nothing_published_is_said_without_making_a_store(tree: Tree) -> None:
    tree.database.unlink()
    with pytest.raises(LookupError, match="nothing has been published"):
        go(tree)
    assert not tree.database.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--force"], "--force takes a reason: --reason TEXT"),
        (["--force", "--reason", " "], "--force takes a reason"),
        (["--reason", "because"], "--reason is for --force alone"),
    ],
)
def test_force_and_reason_go_together(words: list[str], said: str) -> None:
    app = typer.Typer()
    app.command()(command)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert f"clpipe promote: {said}" in done.stderr
