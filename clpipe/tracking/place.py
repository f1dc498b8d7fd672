"""Where MLflow's store is, and the environment in which MLflow is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clpipe.tracking.redaction import redacted as redacted

COPY = "/.dvc/tmp/exps/"
"""In the path of the temporary copy in which `dvc exp run --temp` or `--queue` works."""

DATABASES = ("sqlite:", "postgresql", "mysql", "mssql")
"""Addresses at which there is no server of MLflow between us and the database."""

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""MLflow's own values let a dead server hold up a pipeline for minutes; what the person has set goes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store of runs, and who is writing."""

    uri: str
    database: Path | None
    """The file of a local SQLite store."""
    experiment_copy: bool
    """Whether DVC works in a temporary copy: the run history gets its runs, and nothing of the main tree changes."""
    experiment: str | None
    """Name of DVC's experiment, where one is running."""
    artifacts: str | None
    """Where artifacts lie, for a database that we write ourselves; a server decides itself."""

    @property
    def shown(self) -> str:
        """The address without user and password."""
        return redacted(self.uri)


def find(root: Path, environ: Mapping[str, str] = os.environ) -> Place:
    """The store for the project in `root`: MLFLOW_TRACKING_URI, else `mlflow.db` in the main working tree.

    The artifacts of a database go to MLFLOW_DEFAULT_ARTIFACT_ROOT, else to `mlartifacts` beside it or in that tree.
    """
    here = root.resolve()
    copy = COPY in here.as_posix()
    main = Path(here.as_posix().split(COPY)[0]) if copy else here
    uri = environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"
    database = None
    if uri.startswith("sqlite:///") and ":memory:" not in uri:
        database = main / uri.removeprefix("sqlite:///").split("?")[0]
        uri = f"sqlite:///{database}"
    return Place(
        uri=uri,
        database=database,
        experiment_copy=copy,
        experiment=environ.get("DVC_EXP_NAME") or None,
        artifacts=_artifacts(uri, database.parent if database else main, environ),
    )


def _artifacts(uri: str, folder: Path, environ: Mapping[str, str]) -> str | None:
    if not uri.startswith(DATABASES):
        return None
    return environ.get("MLFLOW_DEFAULT_ARTIFACT_ROOT") or (folder / "mlartifacts").as_uri()


@contextmanager
def environment(place: Place) -> Iterator[None]:
    """Environment variables for MLflow, which reads most of them at import; put back at the end."""
    values = {**QUIET, **{k: v for k, v in PATIENCE.items() if k not in os.environ}, "MLFLOW_TRACKING_URI": place.uri}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
