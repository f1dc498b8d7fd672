"""A real Ray cluster on this machine: a head that computes nothing and nodes that can be killed like machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

GIB = 2**30


class Nodes:
    """The nodes, each with a folder of its own by which its processes are told."""

    def __init__(self, folder: Path, ledger: Path) -> None:
        from ray.cluster_utils import Cluster

        self._folder, self._ledger, self._nodes = folder, ledger, dict[Path, Any]()
        self._cluster = Cluster(initialize_head=True, head_node_args=self._arguments(folder / "head", cpus=0))

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def add(self, name: str) -> Path:
        """Start a node of one core; its folder."""
        folder = self._folder / name
        self._nodes[folder] = self._cluster.add_node(**self._arguments(folder, cpus=1))
        return folder

    def kill(self, folder: Path) -> None:
        """The machine dies: everything of the node at once, and nothing can clear up after itself."""
        for process in _of(folder):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._cluster.remove_node(self._nodes.pop(folder), allow_graceful=False)

    def stop(self) -> None:
        self._cluster.shutdown()

    def _arguments(self, folder: Path, cpus: int) -> dict[str, Any]:
        environment = {"CLPIPE_SCRATCH": str(folder), "LEDGER": str(self._ledger), "RAY_USAGE_STATS_ENABLED": "0"}
        size = {"memory": 4 * GIB, "object_store_memory": 100 * 2**20}
        return {"num_cpus": cpus, "include_dashboard": False, "env_vars": environment, **size}


@contextmanager
def cluster(folder: Path, ledger: Path) -> Iterator[Nodes]:
    nodes = Nodes(folder, ledger)
    try:
        yield nodes
    finally:
        nodes.stop()


def at_work(folder: Path, script: str) -> bool:
    """Whether a process of the node runs that stage in a clone."""
    return any(script in " ".join(_words(process)) for process in _of(folder))


def _of(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            own = process.environ().get("CLPIPE_SCRATCH") == str(folder) and process.pid != os.getpid()
            found += [process] if own else []
    return found


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []
