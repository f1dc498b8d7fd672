"""A team's back ends, started once: PostgreSQL, an S3 server, MLflow's tracking server before them, cuttable wires."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.backends import servers
from tests.backends.proxy import Proxy
from tests.backends.servers import PASSWORD, S3, Postgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """What a team has, with a wire before each server."""

    postgres: Postgres
    s3: S3
    logs: Path
    to_postgres: Proxy
    """Between MLflow's server and PostgreSQL."""
    to_s3: Proxy
    """Between MLflow's server and S3; also that of DVC and of direct clients."""
    to_mlflow: Proxy
    """Between a client and MLflow's server."""

    @property
    def uri(self) -> str:
        """The tracking server, with a user and password before it as a team's gateway has."""
        return f"http://clpipe:{PASSWORD}@127.0.0.1:{self.to_mlflow.port}"

    @property
    def secrets(self) -> list[str]:
        """What must show nowhere."""
        return [PASSWORD, self.s3.secret, self.s3.key]

    def shown(self, text: str) -> list[str]:
        """The secrets that a text shows."""
        return [secret for secret in self.secrets if secret in text]


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backends]:
    logs = tmp_path_factory.mktemp("logs")
    with ExitStack() as stack:
        store = stack.enter_context(servers.s3(logs / "s3"))
        database = stack.enter_context(servers.postgres())
        to_s3, to_postgres = Proxy(store.port), Proxy(database.port)
        uri, environment = database.uri(to_postgres.port), store.environment(to_s3.port)
        address = stack.enter_context(servers.mlflow_server(logs / "mlflow", uri, environment))
        to_mlflow = Proxy(int(address.rsplit(":", 1)[1]))
        for wire in (to_s3, to_postgres, to_mlflow):
            stack.callback(wire.close)
        yield Backends(
            postgres=database, s3=store, logs=logs, to_postgres=to_postgres, to_s3=to_s3, to_mlflow=to_mlflow
        )


@pytest.fixture(autouse=True)
def _no_servers_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "DVC_EXP_NAME", "DVC_ROOT", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _wires_mended(backends: Backends) -> Iterator[None]:
    yield
    for wire in (backends.to_s3, backends.to_postgres, backends.to_mlflow):
        wire.mend()
