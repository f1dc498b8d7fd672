"""From results to runs: a parent for each arm, a child for each seed, found again by the hash of their content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clpipe.tracking import contents
from clpipe.tracking.held import Held, digest
from clpipe.tracking.results import NotHereError, Result, adapter_md5, read
from clpipe.tracking.runs import ARM, CURRENT, KEY, PARENT_KEY, REPORT, Store, complete
from clpipe.tracking.state import State, Tally

REPORT_FILES = ("report.html", "report.md", "metrics.json", "claims.json", "curves.csv")
DATASETS = {"data/tasks/train.jsonl": "training", "data/tasks/heldout.jsonl": "evaluation"}


class Mirror:
    """One publication's way through the arms."""

    def __init__(self, store: Store, state: State, tally: Tally) -> None:
        self.store, self.state, self.tally = store, state, tally
        self.known = store.known()

    def write(self) -> None:
        """Write what is missing in the store, then mark what is current."""
        for name in self.state.params.arms:
            held = self.state.held.get(name)
            if held is None:
                self.tally.problems.append(f"{name} (no results in dvc.lock)")
                continue
            try:
                self._arm(held)
            except NotHereError as error:
                self.tally.problems.append(f"{name} ({error})")
        if not self.store.place.experiment_copy:
            self._mark_current({held.key for held in self.state.held.values()})

    def _arm(self, held: Held) -> None:
        run = self.known.get(held.key)
        if run is not None and complete(run):
            self._refresh(held, run)
            return
        if held.arm not in self.state.metrics:
            raise NotHereError(f"not in {self.state.params.study.reports}/metrics.json")
        result = read(self.state.root, held)
        seconds = max(result.seconds(seed) for seed in result.seeds)
        run = self._begin(run, held.arm, seconds, {KEY: held.key, PARENT_KEY: held.key, ARM: held.arm})
        for seed in result.seeds:
            self._seed(result, seed, run.info.run_id)
        self._settings(result, run)
        self._report(result, run)
        self.store.finish(run, seconds, {f"dvc.{what}": md5 for what, md5 in held.md5s.items()})

    def _begin(self, run: Any, name: str, seconds: float, tags: dict[str, str]) -> Any:
        if run is not None:
            self.tally.healed += 1
            return run
        if self.state.commit:
            tags["mlflow.source.git.commit"] = self.state.commit
        self.tally.created += 1
        return self.store.create(name, seconds, tags)

    def _seed(self, result: Result, seed: int, parent: str) -> None:
        held, seconds = result.held, result.seconds(seed)
        key = digest(held.key, str(seed))
        run = self.known.get(key)
        if run is not None and complete(run):
            self.store.set_tags(run, {"mlflow.parentRunId": parent})
            return
        folder = result.adapter(seed)
        md5 = adapter_md5(self.state.root, folder)
        tags = {KEY: key, PARENT_KEY: held.key, ARM: held.arm, "clpipe.seed": str(seed)}
        run = self._begin(run, f"{held.arm} seed {seed}", seconds, tags)
        self.store.log_points(run, contents.curve(result, seed), seconds)
        self.store.log_numbers(run, contents.cost(result, seed), result.episodes_of(seed))
        places = {"dvc.adapter_path": folder.as_posix(), "dvc.adapter_md5": md5}
        self.store.finish(run, seconds, {**places, "mlflow.parentRunId": parent})

    def _settings(self, result: Result, run: Any) -> None:
        from mlflow.data.dataset_source_registry import resolve_dataset_source
        from mlflow.data.meta_dataset import MetaDataset
        from mlflow.entities import DatasetInput, InputTag, Param

        wanted = contents.params_of(self.state.params, result)
        new = [Param(name, value) for name, value in wanted.items() if name not in run.data.params]
        self.store.client.log_batch(run.info.run_id, params=new)
        inputs = []
        for path, context in DATASETS.items():
            if path in self.state.data:
                source = resolve_dataset_source((self.state.root / path).as_uri())
                dataset = MetaDataset(source=source, name=Path(path).stem, digest=self.state.data[path])
                inputs.append(DatasetInput(dataset._to_mlflow_entity(), [InputTag("mlflow.data.context", context)]))
        self.store.client.log_inputs(run.info.run_id, inputs)

    def _refresh(self, held: Held, run: Any) -> None:
        stale = run.data.tags.get(REPORT) != self.state.report and held.arm in self.state.metrics
        if stale and not self.store.place.experiment_copy:
            self._report(read(self.state.root, held), run)
            self.tally.refreshed += 1

    def _report(self, result: Result, run: Any) -> None:
        arm, run_id, reports = result.held.arm, run.info.run_id, self.state.reports
        numbers = contents.summary_metrics(result, self.state.metrics[arm])
        self.store.log_numbers(run, numbers, max(result.episodes_of(seed) for seed in result.seeds))
        self.store.log_points(run, contents.mean_curve(result), max(result.seconds(seed) for seed in result.seeds))
        for name in REPORT_FILES:
            if (reports / name).exists():
                self.store.client.log_artifact(run_id, str(reports / name), "report")
        if (reports / "figures").is_dir():
            self.store.client.log_artifacts(run_id, str(reports / "figures"), "report/figures")
        text = contents.note(self.state.params, arm, self.state.metrics)
        self.store.set_tags(run, {"mlflow.note.content": text, REPORT: self.state.report})

    def _mark_current(self, keys: set[str]) -> None:
        """Mark what dvc.lock holds; of runs that two publishers wrote at once, one."""
        first = {run.info.run_id for run in self.store.known().values()}
        for run in self.store.all():
            held = run.data.tags.get(PARENT_KEY) in keys and run.info.run_id in first
            wanted = "true" if held else "false"
            before = run.data.tags.get(CURRENT)
            if before != wanted:
                self.store.set_tags(run, {CURRENT: wanted})
                self.tally.retired += before == "true"
