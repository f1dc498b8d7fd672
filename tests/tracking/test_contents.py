"""What a person finds in MLflow after the first publication."""

from __future__ import annotations

import json
import math
from pathlib import Path

import mlflow
import pytest

from clpipe.store import md5, sha256
from clpipe.tracking.filters import FILTERS
from tests.tracking.tree import MODEL, REPOSITORY, Tree, Ui

Shown = tuple[Tree, Ui]


def test_an_arm_is_a_parent_and_its_seeds_are_children(shown: Shown) -> None:
    _, ui = shown
    parents = ui.parents()
    assert sorted(parents) == ["lora", "lora-shuffled", "soft"]
    children = ui.runs(f"tags.`mlflow.parentRunId` = '{parents['lora'].info.run_id}'")
    assert sorted(run.info.run_name for run in children) == ["lora seed 0", "lora seed 1", "lora seed 2"]
    assert len(ui.runs()) == 12
    assert {run.data.tags["clpipe.complete"] for run in ui.runs()} == {"true"}
    assert {run.info.status for run in ui.runs()} == {"FINISHED"}


def test_parent_tells_settings_numbers_data_and_report(shown: Shown) -> None:
    tree, ui = shown
    run = ui.parents()["lora"]
    assert run.data.params["lora.r"] == "16"
    assert run.data.params["lr"] == "0.0003"
    assert run.data.params["trainable_parameters"] == "921600"
    assert run.data.metrics["final_accuracy"] == pytest.approx(12 / 18)
    assert run.data.metrics["families/sequence/final_accuracy"] == pytest.approx(12 / 18)
    assert run.data.metrics["episodes_per_second"] == pytest.approx(12 / 7.5)
    assert "66.7% [33.3%, 76.7%] after 4 episodes" in run.data.tags["mlflow.note.content"]
    assert "control `lora-shuffled` ends at 100.0%" in run.data.tags["mlflow.note.content"]
    inputs = {i.tags[0].value: i.dataset for i in run.inputs.dataset_inputs}
    assert inputs["training"].name == "train"
    assert inputs["evaluation"].digest == tree.lock["stages"]["split"]["outs"][2]["md5"]
    files = [f.path for f in ui.client.list_artifacts(run.info.run_id, "report")]
    assert "report/report.html" in files
    assert "report/claims.json" in files
    assert "report/figures" in files
    assert (tree.root / "mlartifacts").is_dir()


def test_child_has_the_curves_of_its_seed_and_its_true_duration(shown: Shown) -> None:
    _, ui = shown
    (run,) = [r for r in ui.runs() if r.info.run_name == "lora seed 1"]

    def curve(name: str) -> list[tuple[int, float]]:
        return [(m.step, m.value) for m in ui.client.get_metric_history(run.info.run_id, name)]

    assert curve("learn/loss") == [(1, 4.0), (2, 2.5), (3, 2.0), (4, 1.75)]
    assert curve("learn/prequential_accuracy") == [(1, 0.0), (2, 0.5), (3, pytest.approx(1 / 3)), (4, 0.5)]
    assert curve("heldout/accuracy") == [(0, 0.0), (2, 0.0), (4, pytest.approx(5 / 6))]
    assert curve("heldout/accuracy/sequence") == [(0, 0.0), (2, 0.0), (4, pytest.approx(2 / 3))]
    assert run.info.end_time - run.info.start_time == 2500
    assert run.data.tags["dvc.adapter_path"] == "runs/learn/lora/adapters/seed-1/step-00004"


def test_challenger_is_the_best_arms_median_seed_and_never_a_control(shown: Shown) -> None:
    _, ui = shown
    (version,) = ui.client.search_model_versions(f"name = 'clpipe-{MODEL}'")
    assert (version.tags["arm"], version.tags["seed"]) == ("lora", "2")
    assert float(version.tags["seed_accuracy"]) == pytest.approx(4 / 6)
    assert ui.client.get_model_version_by_alias(f"clpipe-{MODEL}", "challenger").version == version.version


def test_version_says_what_it_is_and_how_well_it_does(shown: Shown) -> None:
    tree, ui = shown
    (version,) = ui.client.search_model_versions(f"name = 'clpipe-{MODEL}'")
    tags = version.tags
    assert (tags["method"], tags["strategy"], tags["study"], tags["base_model"]) == ("lora", "naive", "default", MODEL)
    assert tags["dvc_md5"] == md5(tree.root / "runs/learn/lora/adapters/seed-2/step-00004/adapter_model.safetensors")
    assert tags["base_sha256"] == sha256(tree.root / "models" / MODEL / "model.safetensors")
    assert float(tags["accuracy"]) == pytest.approx(12 / 18)
    # Seeds answer tasks 0-2, 0-4, 0-3 of 6; even ones are of one template, odd ones of another (k = 2). Of x[c, s] the
    # one is (1, 1, 0) / 12, the other its negative, so V_c = 2 * 2 / 18^2 = 4/324; V_s of seeds at 3/6, 5/6, 4/6 is
    # (2/36) / (3 * 2) = 3/324; V_e = 2 * 2 * (1/36^2 + 1/36^2 + 1/18^2) / (3 * 2) = 1/324: V = (4 + 3 - 1)/324 = 1/54
    assert float(tags["accuracy_standard_error"]) == pytest.approx(math.sqrt(1 / 54))


def test_an_arm_has_the_mean_curve_of_its_seeds(shown: Shown) -> None:
    _, ui = shown
    run = ui.parents()["lora"]
    history = ui.client.get_metric_history(run.info.run_id, "heldout/accuracy")
    assert [(m.step, m.value) for m in history] == [(0, 0.0), (2, 0.0), (4, pytest.approx(12 / 18))]
    (last,) = ui.client.get_metric_history(run.info.run_id, "final_accuracy")
    assert last.step == 4


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("the arms that dvc.lock holds now, a row each, to compare", 3),
        ("their seeds", 9),
        ("what was true before", 0),
        ("arms of one method", 2),
        ("controls", 1),
        ("arms that gained", 3),
        ("what a publication left half-written", 0),
    ],
)
def test_the_documented_filters_find_what_they_say(shown: Shown, what: str, found: int) -> None:
    _, ui = shown
    assert len(ui.runs(FILTERS[what])) == found
    assert FILTERS[what] in ui.experiment.tags["mlflow.note.content"]
    assert FILTERS[what] in (REPOSITORY / "docs/teams.md").read_text()


def test_version_holds_the_adapter_and_little_else(shown: Shown, tmp_path: Path) -> None:
    tree, _ = shown
    mlflow.set_tracking_uri(f"sqlite:///{tree.database}")
    try:
        source = f"models:/clpipe-{MODEL}@challenger"
        folder = Path(mlflow.artifacts.download_artifacts(source, dst_path=str(tmp_path)))
        signature = mlflow.models.get_model_info(source).signature
    finally:
        mlflow.set_tracking_uri(None)
    (adapter,) = folder.rglob("adapter_model.safetensors")
    assert (
        adapter.read_bytes() == (tree.root / "runs/learn/lora/adapters/seed-2/step-00004" / adapter.name).read_bytes()
    )
    assert sum(f.stat().st_size for f in folder.rglob("*")) < adapter.stat().st_size + 100_000
    assert signature.inputs.input_names() == ["prompt"]
    assert signature.outputs.input_names() == ["reply"]
    assert json.loads((folder / "input_example.json").read_text())["columns"] == ["prompt"]
