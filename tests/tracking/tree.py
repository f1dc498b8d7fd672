"""A small project's results as DVC would leave them, with invented numbers, for the mirror to show."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import yaml

from clpipe import params as parameters
from clpipe.params import Params
from clpipe.records import Episode, Outcome
from clpipe.store import md5, write_json, write_records
from clpipe.tracking import Published, publish

REPOSITORY = Path(__file__).parents[2]
FAMILIES = ("comparison", "sequence")
MODEL = "smollm2-135m-instruct"
ARMS: dict[str, dict[str, Any]] = {
    "lora": {"model": MODEL, "method": "lora", "strategy": "naive", "stream": "mixed"},
    "lora-shuffled": {
        "model": MODEL, "method": "lora", "strategy": "naive", "stream": "mixed",
        "labels": "shuffled", "control_of": "lora",
    },
    "soft": {"model": MODEL, "method": "soft_prompt", "strategy": "naive", "stream": "mixed", "lr": 0.03},
}  # fmt: skip
RIGHT = {"lora": (3, 5, 4), "lora-shuffled": (6, 6, 6), "soft": (1, 2, 1)}
"""Tasks of 6 that each seed answers rightly at the end."""


class Tree:
    """A working tree in `root`."""

    def __init__(self, root: Path, seeds: tuple[int, ...] = (0, 1, 2)) -> None:
        self.root, self.seeds = root, seeds
        self.lock: dict[str, Any] = {"schema": "2.0", "stages": {}}
        self.values = yaml.safe_load((REPOSITORY / "studies" / "default.yaml").read_text())
        self.values |= {"arms": dict(ARMS), "seeds": list(seeds)}
        self.values["learn"] |= {"episodes": 4, "eval_interval": 2, "lr": 0.0003}
        for side in ("train", "validation", "heldout"):
            self._file(f"data/tasks/{side}.jsonl", f"{side}\n")
        self._locked("split", [f"data/tasks/{side}.jsonl" for side in ("train", "validation", "heldout")])
        self._file(f"models/{MODEL}/model.safetensors", "weights")
        for arm in ARMS:
            self.learn(arm)
        self.report()

    @property
    def params(self) -> Params:
        path = self.root / "params.yaml"
        path.write_text(yaml.safe_dump(self.values))
        return parameters.read(path)

    @property
    def database(self) -> Path:
        return self.root / "mlflow.db"

    def publish(self, *, strict: bool = False) -> Published:
        return publish(self.params, self.root, strict=strict)

    def publish_elsewhere(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The same in a process of its own."""
        self.params  # noqa: B018 - writes params.yaml
        code = (
            "import sys, pathlib\nfrom clpipe.params import read\nfrom clpipe.tracking import publish\n"
            "done = publish(read(pathlib.Path('params.yaml')), pathlib.Path.cwd(), strict='--strict' in sys.argv)\n"
            "print(done.message)\nprint(done.warning or '', file=sys.stderr, end='')\n"
            "print('mlflow' in sys.modules)"
        )
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=self.root, env={**os.environ, **environment},
            capture_output=True, text=True, check=False, timeout=400,
        )  # fmt: skip

    def learn(self, arm: str, version: int = 1) -> None:
        """Results of an arm; another version has other content."""
        learned, asked = Path("runs/learn", arm), Path("runs/evaluate", arm)
        for seed in self.seeds:
            folder = f"{learned}/adapters/seed-{seed}/step-00004"
            self._file(f"{folder}/adapter_config.json", json.dumps({"peft_type": "LORA"}))
            self._file(f"{folder}/adapter_model.safetensors", f"{arm} {seed} {version}" * 5000)
        write_records(self.root / learned / "episodes.jsonl", self._episodes(arm, version))
        write_records(self.root / asked / "outcomes.jsonl", self._outcomes(arm))
        write_json(self.root / learned / "summary.json", self._summary(arm))
        seeds = {str(s): {"seconds": 2.5, "episodes": 4, "peak_memory_mb": 700.0} for s in self.seeds}
        timing = {"machine": {}, "jobs": 1, "threads": 1, "seeds": seeds}
        write_json(self.root / learned / "timing.json", timing)
        write_json(self.root / asked / "timing.json", {})
        self.lock_arm(arm)

    def lock_arm(self, arm: str) -> None:
        """What `dvc repro` does when the arm's stages have ended."""
        names = ("adapters", "episodes.jsonl", "summary.json", "timing.json")
        self._locked(f"learn@{arm}", [f"runs/learn/{arm}/{name}" for name in names])
        self._locked(f"evaluate@{arm}", [f"runs/evaluate/{arm}/{n}" for n in ("outcomes.jsonl", "timing.json")])

    def report(self, extra: str = "") -> None:
        """The report on all arms."""
        numbers = {}
        for arm, right in RIGHT.items():
            final = sum(right) / len(right) / 6
            numbers[arm] = {
                "initial_accuracy": 0.0, "initial_low": 0.0, "initial_high": 0.2, "final_accuracy": final,
                "final_low": final / 2, "final_high": final + 0.1, "loss_first": 3.0, "loss_last": 1.0,
                "gain_low": final / 3, "seeds": 3, "episodes": 4, "heldout_tasks": 6,
                "families": {"sequence": {"final_accuracy": final}},
            }  # fmt: skip
        write_json(self.root / "reports/metrics.json", {"arms": numbers})
        self._file("reports/report.html", f"<p>report{extra}</p>")
        self._file("reports/report.md", f"report{extra}")
        self._file("reports/figures/curve.svg", "<svg/>")
        self.judge()

    def judge(self, *claims: dict[str, Any]) -> None:
        """The ledger, of the answers there are now."""
        write_json(self.root / "reports/claims.json", list(claims))
        self._locked("report", ["reports/claims.json"], deps=["runs/evaluate"])

    def _episodes(self, arm: str, version: int) -> Iterator[Episode]:
        for seed in self.seeds:
            for t in range(1, 5):
                yield Episode(
                    arm=arm, seed=seed, t=t, phase="all", task_id=f"task{t}", family=FAMILIES[t % 2], shown="7",
                    reply="7", correct=t % 2 == 0, loss=3.0 / t + version, tokens=2,
                )  # fmt: skip

    def _outcomes(self, arm: str) -> Iterator[Outcome]:
        for index, seed in enumerate(self.seeds):
            for episode in (0, 2, 4):
                for task in range(6):
                    yield Outcome(
                        arm=arm, seed=seed, episode=episode, task_id=f"held{task}", family=FAMILIES[task % 2],
                        template="t", difficulty=1, reply="7", correct=episode == 4 and task < RIGHT[arm][index],
                        margin=1.0,
                    )  # fmt: skip

    def _summary(self, arm: str) -> dict[str, Any]:
        params = self.params
        values = ARMS[arm]
        return {
            "trainable_parameters": 921600, "total_parameters": 135436608, "needs_boundaries": False,
            "labels": values.get("labels", "given"), "method_options": params.method_options(arm),
            "strategy_options": params.strategy_options(arm), "stream_options": params.stream_options(arm),
            "settings": params.learn_settings(arm).model_dump(),
            **{name: values[name] for name in ("model", "method", "strategy", "stream")},
        }  # fmt: skip

    def _file(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def _locked(self, stage: str, paths: list[str], deps: list[str] | None = None) -> None:
        def entries(names: list[str]) -> list[dict[str, str]]:
            return [{"path": path, "hash": "md5", "md5": self._md5(self.root / path)} for path in names]

        self.lock["stages"][stage] = {"cmd": "true", "deps": entries(deps or []), "outs": entries(paths)}
        (self.root / "dvc.lock").write_text(yaml.safe_dump(self.lock))

    def _md5(self, path: Path) -> str:
        if path.is_file():
            return md5(path)
        names = sorted(f.relative_to(path).as_posix() for f in path.rglob("*.*"))
        files = [{"md5": md5(path / name), "relpath": name} for name in names]
        return hashlib.md5(json.dumps(files, sort_keys=True).encode(), usedforsecurity=False).hexdigest() + ".dir"


def claim(arm: str, verdict: str = "holds", says: str = "learned", against: str | None = None) -> dict[str, Any]:
    """A line of the ledger."""
    sentence = f"{arm} {says}: {verdict}"
    return {
        "id": f"{arm}-{says}", "says": says, "arm": arm, "against": against, "verdict": verdict, "sentence": sentence
    }  # fmt: skip


class Ui:
    """What a person sees in MLflow."""

    def __init__(self, tree: Tree) -> None:
        self.client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tree.database}")

    @property
    def experiment(self) -> Any:
        return self.client.get_experiment_by_name("clpipe")

    def runs(self, query: str = "") -> list[Any]:
        return list(self.client.search_runs([self.experiment.experiment_id], query, max_results=1000))

    def parents(self, query: str = "") -> dict[str, Any]:
        """Runs of arms by name; a name twice is an error."""
        runs = [run for run in self.runs(query) if "mlflow.parentRunId" not in run.data.tags]
        names = {run.info.run_name: run for run in runs}
        assert len(names) == len(runs)
        return names

    def current(self) -> list[str]:
        return sorted(self.parents("tags.`clpipe.current` = 'true'"))
