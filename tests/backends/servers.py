"""Servers that these tests start and end themselves, on ports of their own, with passwords that must show nowhere."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "pg-Zw8qT5-never-to-be-seen"
BUCKET = "clpipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A cluster of its own."""

    port: int
    bin: Path

    def uri(self, port: int | None = None, password: str = PASSWORD) -> str:
        """The address, on another port if a proxy stands before it."""
        return f"postgresql://clpipe:{password}@127.0.0.1:{port or self.port}/postgres"

    def dump(self) -> str:
        """All that is in it."""
        words = [str(self.bin / "pg_dump"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "clpipe", "postgres"]
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class S3:
    """moto's server, which asks who one is once its user is made."""

    port: int
    key: str
    secret: str

    def environment(self, port: int | None = None, secret: str | None = None) -> dict[str, str]:
        """What a client of it has in its environment."""
        return {
            "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": secret or self.secret,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "2",
            "MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
        }  # fmt: skip

    def client(self) -> Any:
        """Of boto3, with the right key."""
        return pytest.importorskip("boto3").client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1",
            aws_access_key_id=self.key, aws_secret_access_key=self.secret,
        )  # fmt: skip

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Everything in the bucket."""
        client, found = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix):
            for entry in page.get("Contents", []):
                found[entry["Key"]] = client.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[Postgres]:
    """PostgreSQL from Debian's package, run by a user without rights; skips where it is missing."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    if not folders:
        pytest.skip("PostgreSQL is not here: apt-get install -y postgresql")
    home, port = Path(tempfile.mkdtemp(prefix="clpipe-postgres-")), free_port()
    user = _unprivileged(home)
    (home / "password").write_text(PASSWORD)
    (home / "password").chmod(0o644)

    def pg(*words: str) -> None:
        subprocess.run([str(folders[0] / words[0]), *words[1:]], cwd=home, user=user, check=True, capture_output=True)

    data, log = str(home / "data"), str(home / "log")
    try:
        secure = ["--auth=scram-sha-256", "--username=clpipe", f"--pwfile={home / 'password'}", "--no-sync"]
        pg("initdb", "-D", data, *secure)
        (home / "password").unlink()
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
        pg("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
        try:
            yield Postgres(port=port, bin=folders[0])
        finally:
            pg("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged(home: Path) -> str | None:
    """Who runs PostgreSQL, which refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(home, user)
    return user


@contextmanager
def s3(log: Path) -> Iterator[S3]:
    """An S3 server: moto's, from PyPI (MinIO has no package in either); skips where it is missing."""
    boto3 = pytest.importorskip("boto3", reason="boto3 is not here: pip install 'clpipe[backends]'")
    pytest.importorskip("moto.server", reason="moto is not here: pip install 'clpipe[backends]'")
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(words, log, {}, f"http://127.0.0.1:{port}/moto-api/"):
        anyone: dict[str, Any] = {
            "endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1",
            "aws_access_key_id": "anyone", "aws_secret_access_key": "anyone",
        }  # fmt: skip
        boto3.client("s3", **anyone).create_bucket(Bucket=BUCKET)
        iam = boto3.client("iam", **anyone)
        iam.create_user(UserName="clpipe")
        allowed = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
        iam.put_user_policy(UserName="clpipe", PolicyName="all", PolicyDocument=allowed)
        key = iam.create_access_key(UserName="clpipe")["AccessKey"]
        ask = urllib.request.Request(
            f"http://127.0.0.1:{port}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(ask).close()  # from now on it asks who one is
        yield S3(port=port, key=key["AccessKeyId"], secret=key["SecretAccessKey"])


@contextmanager
def mlflow_server(log: Path, database: str, environment: dict[str, str]) -> Iterator[str]:
    """MLflow's tracking server; gives its address."""
    port = free_port()
    words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    own = {
        "MLFLOW_BACKEND_STORE_URI": database, "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{BUCKET}/mlflow",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true", **environment,
    }  # fmt: skip
    with running(words, log, own, f"http://127.0.0.1:{port}/health"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(words: list[str], log: Path, environment: dict[str, str], address: str) -> Iterator[None]:
    """A server from when `address` answers to the end of the block."""
    with log.open("a") as file:
        server = subprocess.Popen(
            words, env={**os.environ, **environment}, cwd=log.parent, stdout=file, stderr=file, start_new_session=True
        )
    try:
        until = time.monotonic() + 180
        while not _answers(address):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.3)
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
    return True
