"""`make ui`: MLflow's pages for the local store, at 127.0.0.1 alone."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from clpipe.failure import reported
from clpipe.tracking import place

HOST = "127.0.0.1"


def check_port(port: int) -> None:
    """Raise ValueError that names the port and the way out, unless it is free."""
    if not 1 <= port <= 65535:
        raise ValueError(f"port {port}: must be a number from 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise ValueError(
                f"port {port} needs the rights of root; choose one above 1023: make ui PORT=5000"
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 5000
            raise ValueError(
                f"port {port} on {HOST} is in use by another program (a server left running?); "
                f"stop that one or choose another port: make ui PORT={other}"
            ) from None


def command(where: place.Place, port: int) -> list[str]:
    """The server's command line; the database's address may hold a password, so it goes by the environment."""
    options = ["--host", HOST, "--port", str(port), "--workers", "1"]
    if where.artifacts is not None:
        options += ["--artifacts-destination", where.artifacts]
    return [sys.executable, "-m", "mlflow", "server", *options]


def serve(root: Path, port: int) -> None:
    """Become the server for the project in `root`.

    Raises:
        ValueError: If the port is taken, or the store is a server with pages of its own.
    """
    where = place.find(root)
    if where.uri.startswith(("http://", "https://")):
        raise ValueError(f"MLFLOW_TRACKING_URI is a server already: open {where.shown} in a browser")
    check_port(port)
    if where.database is not None and not where.database.exists():
        make_tables(where)
    sys.stdout.write(f"MLflow at http://{HOST}:{port} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    os.environ.update({**place.QUIET, "MLFLOW_BACKEND_STORE_URI": where.uri})
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # nothing of ours needs its job processes
    arguments = command(where, port)
    os.execv(arguments[0], arguments)


def make_tables(where: place.Place) -> None:
    """Make an empty local store, before the server's processes race to do it."""
    from clpipe.tracking.runs import alone

    with place.environment(where), alone(where):
        import mlflow

        mlflow.MlflowClient(tracking_uri=where.uri).search_experiments(max_results=1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Show the runs in MLflow's pages.")
    parser.add_argument("--port", type=int, default=5000)
    with reported("ui"):
        serve(Path.cwd(), parser.parse_args().port)


if __name__ == "__main__":
    main()
