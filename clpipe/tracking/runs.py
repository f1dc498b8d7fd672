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

from clpipe.tracking import filters, stamp
from clpipe.tracking.contents import Point
from clpipe.tracking.place import DATABASES, Place, environment

BATCH = 1000
"""MLflow takes this many metrics at once."""
CONNECT_SECONDS = 10
"""How long a database may take to answer."""
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

    def stamped(self) -> str | None:
        """The state of DVC that the store was last brought to, see `clpipe.tracking.stamp`."""
        tags: dict[str, str] = self.client.get_experiment(self.experiment).tags
        return tags.get(stamp.tag(self.study))

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

    def log_numbers(self, run: Any, numbers: Mapping[str, float], episodes: int) -> None:
        """Metrics of a whole run of so many episodes; the latest value counts."""
        from mlflow.entities import Metric

        metrics = [Metric(name, value, now(), episodes) for name, value in numbers.items()]
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
        _check_answers(place)
        import mlflow

        logging.getLogger("alembic").setLevel(logging.WARNING)
        logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of errors that MLflow has dealt with
        logger = logging.getLogger("mlflow")
        before = logger.level
        logger.setLevel(logging.CRITICAL)  # it prints pages of what it raises; we say it in a line
        mlflow.set_tracking_uri(place.uri)  # the registry of a local store asks for the global one
        try:
            client = mlflow.MlflowClient(tracking_uri=place.uri)
            yield Store(client=client, place=place, experiment=_experiment(client, place, experiment), study=study)
        finally:
            logger.setLevel(before)
            mlflow.set_tracking_uri(None)


def _check_answers(place: Place) -> None:
    """Raise SQLAlchemyError now if a database is away or refuses us: MLflow would ask it for two minutes, aloud."""
    if not place.uri.startswith(DATABASES):
        return
    from sqlalchemy import create_engine

    patience = {"connect_timeout": CONNECT_SECONDS} if place.uri.startswith("postgresql") else {}
    engine = create_engine(place.uri, connect_args=patience)
    try:
        engine.connect().close()
    finally:
        engine.dispose()


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
    """What a store that is away, shut or full raises, or a missing driver; only of libraries that are loaded."""
    names = {
        "mlflow.exceptions": "MlflowException",
        "sqlalchemy.exc": "SQLAlchemyError",
        "urllib3.exceptions": "HTTPError",
        "botocore.exceptions": "BotoCoreError",
        "boto3.exceptions": "Boto3Error",
        "google.api_core.exceptions": "GoogleAPIError",
        "azure.core.exceptions": "AzureError",
    }
    loaded = [getattr(sys.modules[module], name) for module, name in names.items() if module in sys.modules]
    if "botocore.exceptions" in sys.modules:  # a refusal of S3 is no BotoCoreError
        loaded.append(sys.modules["botocore.exceptions"].ClientError)
    return (OSError, ImportError, *loaded)


def _experiment(client: Any, place: Place, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        tags = {"mlflow.note.content": filters.note()}
        return str(client.create_experiment(name, artifact_location=place.artifacts, tags=tags))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _worth(run: Any) -> tuple[bool, int]:
    return complete(run), -run.info.start_time
