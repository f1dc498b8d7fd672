"""`dvc repro` from nothing to report and MLflow, and what an edit runs again."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from peft import PeftModel
from transformers import AutoModelForCausalLM

from clpipe.records import Episode, Outcome, Task
from clpipe.store import read_json, read_records
from tests.pipeline.conftest import command, lay_out, set_params

ARMS = ("lora", "lora-shuffled", "soft-prompt")


def would_run(folder: Path) -> set[str]:
    """The stages that `dvc repro` would run, without the one that always does."""
    out = command(folder, "dvc", "repro", "--dry").stdout
    return set(re.findall(r"Running stage '([^']+)'", out)) - {"publish"}


def hashes(folder: Path) -> dict[str, str]:
    """The md5 of every out in dvc.lock but the clock's."""
    stages = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]
    outs = {o["path"]: o["md5"] for stage in stages.values() for o in stage.get("outs", [])}
    return {path: md5 for path, md5 in outs.items() if "timing" not in path and not path.startswith("reports/")}


def without_clock(folder: Path) -> str:
    """The entries of dvc.lock in their order, without the hashes of files that say how long something took."""
    stages = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]
    for stage in stages.values():
        for file in stage.get("deps", []) + stage.get("outs", []):
            whole = file["path"] in ("runs/baseline", "runs/evaluate", "runs/learn")
            if whole or "timing" in file["path"] or file["path"].startswith("reports/"):
                file |= {"md5": "", "size": 0}
    return json.dumps(stages)


def test_outcomes_cover_every_seed_checkpoint_and_task(finished: Path) -> None:
    heldout = read_records(finished / "data/tasks/heldout.jsonl", Task)
    assert len(heldout) == 30
    for arm in ARMS:
        rows = read_records(finished / f"runs/evaluate/{arm}/outcomes.jsonl", Outcome)
        asked = {
            (seed, t): sum(r.seed == seed and r.episode == t for r in rows) for seed in (0, 1) for t in (0, 10, 20)
        }
        assert asked == {(s, t): 10 if t == 10 else 30 for s in (0, 1) for t in (0, 10, 20)}
        episodes = read_records(finished / f"runs/learn/{arm}/episodes.jsonl", Episode)
        assert len(episodes) == 40
        assert not {e.task_id for e in episodes} & {t.id for t in heldout}


def test_metrics_have_what_other_programs_rely_on(finished: Path) -> None:
    arms = read_json(finished / "reports/metrics.json")["arms"]
    assert set(arms) == set(ARMS)
    expected = {
        "model", "method", "strategy", "stream", "seeds", "episodes", "trainable_parameters", "heldout_tasks",
        "initial_accuracy", "final_accuracy", "final_low", "final_high", "loss_first", "loss_last", "families",
    }  # fmt: skip
    for arm in arms.values():
        assert expected <= set(arm)
        assert arm["seeds"] == 2
        assert arm["heldout_tasks"] == 30
        assert 0 <= arm["final_low"] <= arm["final_accuracy"] <= arm["final_high"] <= 1
        assert {"initial_accuracy", "final_accuracy", "tasks"} <= set(next(iter(arm["families"].values())))
    shown = command(finished, "dvc", "metrics", "show", "--json").stdout
    assert "final_accuracy" in shown


def test_every_claim_declared_is_in_the_ledger(finished: Path) -> None:
    found = {entry["id"]: entry for entry in read_json(finished / "reports/claims.json")}
    assert {name for name, entry in found.items() if entry["family"] == "declared"} == {
        "lora-learned", "lora-over-soft-prompt"
    }  # fmt: skip
    wanted = {"id", "statement", "arm", "metric", "estimate", "low", "high", "p", "p_corrected", "tasks", "templates"}
    assert all(wanted | {"seeds", "verdict", "sentence"} <= entry.keys() for entry in found.values())
    assert found["lora-learned"]["verdict"] == "cannot be told"
    assert (found["lora-learned"]["tasks"], found["lora-learned"]["seeds"]) == (30, 2)
    assert "Not met" in found["lora-learned"]["sentence"] or "would tell" in found["lora-learned"]["sentence"]


def test_the_report_is_one_file_that_needs_no_network(finished: Path) -> None:
    page = (finished / "reports/report.html").read_text()
    assert not re.findall(
        r"""(?:src|href)=["'](?:https?:)?//(?!127\.0\.0\.1:5000)""", page
    )  # the link to the own MLflow
    assert not re.findall(r"""src=["'](?:https?:)?//""", page)
    for arm in ARMS:
        assert arm in page
        assert arm in (finished / "reports/report.md").read_text()
    assert list((finished / "reports/figures").glob("*.png"))


def test_adapters_are_ordinary_peft_folders(finished: Path) -> None:
    for arm in ARMS:
        base = AutoModelForCausalLM.from_pretrained(finished / "models/tiny")
        folder = finished / f"runs/learn/{arm}/adapters/seed-1/step-00020"
        assert PeftModel.from_pretrained(base, str(folder)).peft_config["default"].base_model_name_or_path == "tiny"


def test_mlflow_has_a_parent_an_arm_a_child_a_seed_and_a_challenger(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    import pandas as pd

    uri = f"sqlite:///{finished}/mlflow.db"
    client = mlflow.MlflowClient(uri, uri)
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    parents = [r for r in runs if "mlflow.parentRunId" not in r.data.tags]
    assert len(parents) == 3
    assert len(runs) == 3 + 6
    metrics = read_json(finished / "reports/metrics.json")["arms"]
    for parent in parents:
        arm = parent.data.tags.get("clpipe.arm", parent.info.run_name)
        assert parent.data.metrics["final_accuracy"] == pytest.approx(metrics[str(arm)]["final_accuracy"])
    monkeypatch.setenv("CLPIPE_ROOT", str(finished))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)  # mlflow.set_tracking_uri would set it for all tests after this one
    monkeypatch.chdir(finished)
    with pytest.raises(mlflow.MlflowException, match="champion not found"):
        mlflow.pyfunc.load_model("models:/clpipe-tiny@champion")  # nobody has promoted it
    challenger = mlflow.pyfunc.load_model("models:/clpipe-tiny@challenger")
    replies = challenger.predict(pd.DataFrame({"prompt": ["1 + 1?", "2 + 2?"]}))
    assert len(replies) == 2


def test_a_second_repro_trains_nothing_and_adds_no_run(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(finished, folder, symlinks=True)
    began = time.monotonic()
    done = command(folder, "dvc", "repro")
    assert time.monotonic() - began < 15
    assert "nothing new" in done.stdout
    assert re.findall(r"Running stage '([^']+)'", done.stdout) == ["publish"]


def test_editing_a_method_runs_its_arms_only(copy: Path) -> None:
    path = copy / "clpipe/methods/soft_prompt.py"
    path.write_text(path.read_text() + "\n# edited\n")
    assert {s for s in would_run(copy) if s.startswith("learn@")} == {"learn@soft-prompt"}
    assert not {s for s in would_run(copy) if s.startswith(("arena", "split", "model@", "baseline@"))}


def test_adding_a_seed_learns_that_seed_only(copy: Path) -> None:
    set_params(copy, lambda values: values["seeds"].append(2))
    done = command(copy, "dvc", "repro", "learn@lora")
    assert "1 seeds to learn, 2 kept from before" in done.stderr + done.stdout


def test_two_workspaces_and_arms_at_once_give_the_same_hashes_and_the_same_claims(
    finished: Path, tmp_path: Path, tiny_source: Path
) -> None:
    other = lay_out(tmp_path / "elsewhere" / "other", tiny_source)
    done = command(other, "env", "CLPIPE_JOBS=1", "clpipe", "run", "-j", "3")
    assert len(re.findall(r": done in \d+:\d\d$", done.stdout, re.MULTILINE)) == 3
    assert len(hashes(other)) >= 18
    assert without_clock(other) == without_clock(finished)
    for name in ("claims.json", "metrics.json", "curves.csv"):
        assert (other / "reports" / name).read_bytes() == (finished / "reports" / name).read_bytes()


def test_a_heldout_file_edited_by_hand_is_refused(copy: Path) -> None:
    path = copy / "data/tasks/heldout.jsonl"
    text = path.read_text()
    path.unlink()
    path.write_text(text.replace("Unknown", "Yes", 1))
    words = yaml.safe_load((copy / "dvc.yaml").read_text())["stages"]["evaluate"]["do"]["cmd"]
    words = words.replace("${key}", "lora").replace("${item.model}", "tiny").split()
    done = command(copy, *words, check=False)
    assert done.returncode == 1
    assert "is not the frozen held-out set" in done.stderr
    assert "dvc checkout split" in done.stderr
    assert "Traceback" not in done.stderr
    baseline = command(
        copy, "python", "stages/baseline.py", "--model", "tiny", "--weights", "models/tiny",
        "--tasks", "data/tasks", "--out", "runs/baseline/tiny", check=False,
    )  # fmt: skip
    assert "is not the frozen held-out set" in baseline.stderr


def test_bad_params_stop_the_pipeline_before_any_work(copy: Path) -> None:
    def spoil(values: dict[str, Any]) -> None:
        values["arms"]["lora"]["methd"] = "lora"
        values["split"]["heldout"] = 0

    set_params(copy, spoil)
    done = command(copy, "dvc", "repro", check=False)
    assert done.returncode != 0
    assert "arms.lora.methd: unknown key" in done.stderr
    assert "split.heldout" in done.stderr
    assert "Traceback" not in done.stderr


def test_dvc_lock_is_json_free_of_machine_paths(finished: Path) -> None:
    assert str(finished) not in (finished / "dvc.lock").read_text()
    assert str(finished) not in json.dumps(read_json(finished / "models/tiny/provenance.json"))
