"""A Ray cluster that does orders; the only file that knows Ray, which is an optional extra (`clpipe[ray]`).

Ray sends Python objects as pickles and runs what reaches its ports: a cluster is for a network of one's own.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from clpipe.runner import worker
from clpipe.runner.needs import Needs, Place
from clpipe.runner.pool import clock
from clpipe.runner.worker import Order, Outcome
from clpipe.store import replacing

DEATHS = 20
"""How often the machine of one task may die; more is no bad luck."""
POLL_SECONDS = 0.5
NOTE_SECONDS = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An order and what is kept free for it."""

    order: Order
    needs: Needs


class Cluster:
    """A connection to the cluster at an address, for the length of a `with` block."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> Cluster:
        """Connect; RuntimeError without Ray or without a cluster."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray = _ray()
        try:
            ray.init(address=self._address, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise RuntimeError(f"no Ray cluster at {self._address!r} (`ray start --head` makes one): {error}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect; Ray then ends what of this is still at work."""
        _ray().shutdown()

    def places(self) -> list[Place]:
        """The machines that are up, with all that each of them has."""
        alive = [node["Resources"] for node in _ray().nodes() if node["Alive"]]
        return [
            Place(cpus=int(has.get("CPU", 0)), gpus=float(has.get("GPU", 0)), memory=int(has.get("memory", 0)))
            for has in alive
        ]

    def run(self, tasks: Sequence[Task], bundle: bytes, say: Say) -> list[Outcome]:
        """Do the tasks, as many at once as there is room for; a task whose machine dies is done again elsewhere."""
        ray = _ray()
        stored = ray.put(bundle)
        names = {_submitted(ray, task, stored): task.order.name for task in tasks}
        outcomes, waiting, noted = list[Outcome](), list(names), time.monotonic()
        say(f"{len(tasks)} to do on {len(self.places())} machines: {', '.join(names.values())}")
        while waiting:
            ended, waiting = ray.wait(waiting, timeout=POLL_SECONDS)
            for one in ended:
                outcomes.append(_outcome(ray, one, names[one]))
                say(_told(outcomes[-1]))
            if time.monotonic() - noted >= NOTE_SECONDS:
                noted = time.monotonic()
                say(f"... at work or waiting for room: {', '.join(names[one] for one in waiting)}")
        return outcomes


def on_machine(order: Order, bundle: bytes) -> Outcome:
    """Do an order here, the repository coming as one file."""
    folder = worker.scratch() / "repositories"
    folder.mkdir(exist_ok=True)
    path = folder / f"{order.commit}.bundle"
    if not path.exists():
        with replacing(path) as new:
            new.write_bytes(bundle)
    return worker.work(order, str(path))


def _ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError:
        raise RuntimeError("Ray is not installed; `pip install 'clpipe[ray]'` in this environment") from None
    return ray


def _submitted(ray: Any, task: Task, bundle: Any) -> Any:
    wanted = task.needs
    memory = {"memory": wanted.memory} if wanted.memory else {}
    remote = ray.remote(on_machine).options(
        name=task.order.name, num_cpus=wanted.cpus, num_gpus=wanted.gpus, max_retries=DEATHS, **memory
    )
    return remote.remote(task.order, bundle)


def _outcome(ray: Any, ended: Any, name: str) -> Outcome:
    try:
        found: Outcome = ray.get(ended)
    except ray.exceptions.RayError as error:  # its machines died too often, or its memory was too small
        return Outcome(name=name, done=False, seconds=0.0, machine="the cluster", log=f"{error}\n")
    return found


def _told(outcome: Outcome) -> str:
    if outcome.done:
        return f"{outcome.name}: done in {clock(outcome.seconds)} on {outcome.machine}"
    return f"{outcome.name}: failed on {outcome.machine}, see .clpipe/logs/{outcome.name}.log"
