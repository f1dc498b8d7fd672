from __future__ import annotations

from pathlib import Path

import pytest

from clpipe import store
from clpipe.records import Episode, Outcome
from clpipe.report import results
from clpipe.report.measures import measure
from tests.report import tree

STUDY = tree.params(seeds=(0,), tasks=4)


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("runs/learn/tiny-lora/episodes.jsonl", "learn@tiny-lora"),
        ("runs/learn/tiny-lora/summary.json", "learn@tiny-lora"),
        ("runs/learn/tiny-lora/timing.json", "learn@tiny-lora"),
        ("runs/evaluate/tiny-soft-prompt/outcomes.jsonl", "evaluate@tiny-soft-prompt"),
        ("runs/evaluate/tiny-soft-prompt/timing.json", "evaluate@tiny-soft-prompt"),
        ("runs/evaluate/tiny-lora/retention.jsonl", "evaluate@tiny-lora"),
        ("runs/baseline/tiny/outcomes.jsonl", "baseline@tiny"),
        ("runs/baseline/tiny/retention.jsonl", "baseline@tiny"),
        ("runs/copies/tiny-lora/outcomes.jsonl", "copies@tiny-lora"),
        ("data/tasks/certificate.json", "split"),
        ("data/tasks/heldout.jsonl", "split"),
    ],
)
def test_a_missing_file_is_named_with_its_stage(fresh: Path, path: str, stage: str) -> None:
    (fresh / path).unlink()
    with pytest.raises(FileNotFoundError) as error:
        results.read(STUDY, fresh)
    assert path in str(error.value)
    assert f"`dvc repro {stage}`" in str(error.value)


def test_a_missing_seed_document_is_in_git(fresh: Path) -> None:
    (fresh / "data/seed_document.json").unlink()
    with pytest.raises(FileNotFoundError, match="git checkout"):
        results.read(STUDY, fresh)


def test_a_missing_field_is_named(fresh: Path) -> None:
    store.write_json(fresh / "runs/evaluate/tiny-lora/timing.json", {"jobs": 1})
    with pytest.raises(
        ValueError, match=r"(?s)timing.json: not what `dvc repro evaluate@tiny-lora` writes.*machine: m"
    ):
        results.read(STUDY, fresh)


def test_other_seeds_than_the_params_are_refused(fresh: Path) -> None:
    with pytest.raises(ValueError, match=r"holds seeds \[0\], but params.yaml says seeds: \[0, 1, 2\]; run `dvc repro"):
        results.read(tree.params(tasks=4), fresh)


def test_a_last_checkpoint_before_the_last_episode_is_refused(fresh: Path) -> None:
    path = fresh / "runs/learn/tiny-lora/episodes.jsonl"
    store.write_records(path, store.read_records(path, Episode)[:-1])
    with pytest.raises(ValueError, match="the last checkpoint is episode 160, but 159 episodes"):
        results.read(STUDY, fresh)


def test_a_lost_baseline_is_named(fresh: Path) -> None:
    path = fresh / "runs/baseline/tiny/outcomes.jsonl"
    store.write_records(path, [o for o in store.read_records(path, Outcome) if o.arm != "tiny/majority"])
    with pytest.raises(ValueError, match="no outcome of tiny/majority; run `dvc repro baseline@tiny`"):
        results.read(STUDY, fresh)


def test_an_arm_that_is_gone_does_not_matter(fresh: Path) -> None:
    (fresh / "runs/learn/gone").mkdir()
    assert list(results.read(STUDY, fresh).arms) == list(tree.ARMS)


def test_a_control_of_a_control_is_refused(fresh: Path) -> None:
    arms = {**tree.ARMS, "tiny-soft-prompt": {"method": "soft_prompt", "control_of": "tiny-lora-shuffled"}}
    study = tree.params(seeds=(0,), tasks=4, arms=arms)
    with pytest.raises(ValueError, match="'tiny-lora-shuffled' is a control itself"):
        measure(results.read(study, fresh))


def test_a_mistake_in_the_seed_document_is_named(fresh: Path) -> None:
    path = fresh / "data/seed_document.json"
    document = store.read_json(path)
    document["rows"][0]["n"] = 0
    store.write_json(path, document)
    with pytest.raises(ValueError, match=r"seed_document.json:\nrows.0.n: input should be greater than or equal to 1"):
        results.read(STUDY, fresh)
