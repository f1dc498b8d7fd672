"""MLflow's store of runs: opened safely, asked by key, written in batches."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from filelock import FileLock

from clpipe.tracking.contents import Point
from clpipe.tracking.place import Place, environment

BATCH = 1000
"""MLflow takes this many metrics at once."""
STUDY, ARM, KEY, PARENT_KEY = "clpipe.study", "clpipe.arm", "clpipe.key", "clpipe.parent_key"
COMPLETE, CURRENT, REPORT = "clpipe.complete", "clpipe.current", "clpipe.report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The runs of one study in one experiment of MLflow."""

    client: Any
    place: Place
    experiment: str
    """MLflow's id of the experiment."""
    study: str

    def known(self) -> dict[str, Any]:
        """The study's runs by key; of two with one key the complete one, then the older."""
        return {run.data.tags[KEY]: run for run in sorted(self.all(), key=_worth) if KEY in run.data.tags}

    def all(self) -> Iterator[Any]:
        """Every run of the study that nobody has deleted."""
        token = None
        while True:
            query = f"tags.`{STUDY}` = '{self.study}'"
            page = self.client.search_runs([self.experiment], query, max_results=1000, page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def create(self, name: str, seconds: float, tags: Mapping[str, str]) -> Any:
        """A run that began `seconds` ago and is not complete yet."""
        own = {STUDY: self.study, COMPLETE: "false", CURRENT: "false" if self.place.experiment_copy else "true"}
        if self.place.experiment:
            own["dvc.exp_name"] = self.place.experiment
        start = now() - round(seconds * 1000)
        return self.client.create_run(self.experiment, start_time=start, tags={**own, **tags}, run_name=name)

    def log_points(self, run: Any, points: Iterable[Point], seconds: float) -> None:
        """Metrics over episodes. Their times follow from the run's start: written twice, they are there once."""
        from mlflow.entities import Metric

        rows = list(points)
        last = max((step for _, _, step in rows), default=0) or 1
        start = run.info.start_time
        metrics = [Metric(name, value, start + round(seconds * 1000 * t / last), t) for name, value, t in rows]
        for first in range(0, len(metrics), BATCH):
            self.client.log_batch(run.info.run_id, metrics=metrics[first : first + BATCH])

    def log_numbers(self, run: Any, numbers: Mapping[str, float]) -> None:
        """Metrics of a whole run; the latest value counts."""
        from mlflow.entities import Metric

        metrics = [Metric(name, value, now(), 0) for name, value in numbers.items()]
        for first in range(0, len(metrics), BATCH):
            self.client.log_batch(run.info.run_id, metrics=metrics[first : first + BATCH])

    def set_tags(self, run: Any, tags: Mapping[str, str]) -> None:
        """Set several tags in one call."""
        from mlflow.entities import RunTag

        self.client.log_batch(run.info.run_id, tags=[RunTag(name, value) for name, value in tags.items()])

    def finish(self, run: Any, seconds: float, tags: Mapping[str, str]) -> None:
        """End a run at its true time and mark it complete, last of all."""
        end = run.info.start_time + round(seconds * 1000)
        self.client.set_terminated(run.info.run_id, status="FINISHED", end_time=end)
        self.set_tags(run, tags)
        self.client.set_tag(run.info.run_id, COMPLETE, "true")


def complete(run: Any) -> bool:
    """Whether everything of a run was written."""
    return bool(run.data.tags.get(COMPLETE) == "true")


def now() -> int:
    """Milliseconds since 1970, as MLflow counts."""
    return time.time_ns() // 1_000_000


@contextmanager
def opened(place: Place, experiment: str, study: str) -> Iterator[Store]:
    """The store, with its tables and the experiment made if need be; one writer at a time on a local one."""
    with environment(place), alone(place), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's, about itself
        import mlflow

        logging.getLogger("alembic").setLevel(logging.WARNING)
        mlflow.set_tracking_uri(place.uri)  # the registry of a local store asks for the global one
        try:
            client = mlflow.MlflowClient(tracking_uri=place.uri)
            yield Store(client=client, place=place, experiment=_experiment(client, place, experiment), study=study)
        finally:
            mlflow.set_tracking_uri(None)


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """No other clpipe process writes to the local store meanwhile; SQLite's tables do not survive a race."""
    if place.database is None:
        yield
        return
    place.database.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place.database}.lock", timeout=600):
        yield


def troubles() -> tuple[type[Exception], ...]:
    """What a store that is away, shut or full raises; only of libraries that are loaded."""
    names = {
        "mlflow.exceptions": "MlflowException",
        "sqlalchemy.exc": "SQLAlchemyError",
        "botocore.exceptions": "BotoCoreError",
        "boto3.exceptions": "Boto3Error",
        "google.api_core.exceptions": "GoogleAPIError",
        "azure.core.exceptions": "AzureError",
    }
    loaded = [getattr(sys.modules[module], name) for module, name in names.items() if module in sys.modules]
    return (OSError, *loaded)


def _experiment(client: Any, place: Place, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name, artifact_location=place.artifacts))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _worth(run: Any) -> tuple[bool, int]:
    return complete(run), -run.info.start_time
