"""`clpipe run --engine ray`: models and arms of a study as tasks of a Ray cluster, brought together at the head.

The head draws the tasks, which takes seconds, and writes the report; every stage that computes with a model runs in a
clone on some machine (clpipe/runner/worker.py) and comes to the head through the shared store, by a `dvc repro --pull`
that can run nothing (clpipe/runner/collect.py). A task whose machine dies is given to another one by Ray; a stage that
fails is no such thing and is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clpipe.params import Params
from clpipe.runner import arms, collect, dvc, lock_file, needs, orders, plan, pool, shards, source
from clpipe.runner.needs import Needs, Place
from clpipe.runner.plan import Work
from clpipe.runner.ray_cluster import Cluster, Task
from clpipe.runner.source import Source
from clpipe.store import read_json, write_text

Say = Callable[[str], None]


def run(params: Params, names: Sequence[str], address: str, given: Mapping[str, Needs], say: Say) -> None:
    """Bring the arms named (all where none is) up to date on the cluster, and the report when no arm is left to do.

    Args:
        params: The study.
        names: Arms, `learn@ARM` or `evaluate@ARM`.
        address: Of the cluster, as `ray.init` takes it; `auto` for the one that this machine belongs to.
        given: What is asked for an arm on each model, before the default.
        say: Where progress is told.

    Raises:
        LookupError: For a name that is none.
        RuntimeError: When code is not committed, nothing is shared, or an arm failed; the others are done then.
    """
    works = plan.chosen(params, names)
    source.here()  # what it refuses, it refuses before any work
    with arms.alone(say), dvc.terminable():
        with arms.serial_order(), Cluster(address) as cluster:
            dvc.shown("repro", "--pull", orders.DRAWN)
            of, failed = _models(params, works, cluster, given, say)
            if not failed:
                of, failed = _arms(params, works, cluster, given, say)
        if failed:
            raise arms.ArmsFailedError(failed, of)
        changed = dvc.changed() if names else set[str]()
        arms.report(params, [work.arm for work in plan.chosen(params) if changed & set(work.stages)], say)


def _models(
    params: Params, works: Sequence[Work], cluster: Cluster, given: Mapping[str, Needs], say: Say
) -> tuple[int, list[str]]:
    """Bring the models of the arms; how many there were to do, and those that failed."""
    names = dict.fromkeys(params.arm(work.arm).model for work in works)
    stages = {model: orders.model_stages(model) for model in names}
    todo = _open(stages)
    if not todo:
        return 0, []
    here, places = _shared([orders.DRAWN]), cluster.places()
    tasks = []
    for model in todo:
        device = os.environ.get("CLPIPE_DEVICE") or params.learn.device
        wanted = given.get(model) or _needs(device, params.models[model].parameters or 0, 1, places)
        tasks.append(Task(order=orders.of_model(here, params, model, _settings(wanted)), needs=wanted))
    return len(todo), _done(tasks, cluster, say)


def _arms(
    params: Params, works: Sequence[Work], cluster: Cluster, given: Mapping[str, Needs], say: Say
) -> tuple[int, list[str]]:
    """Bring the arms; how many there were to do, and those that failed."""
    todo = _open({work.arm: orders.stages(work) for work in works})
    chosen = [work for work in works if work.arm in todo]
    if not chosen:
        return 0, []
    models = dict.fromkeys(params.arm(work.arm).model for work in chosen)
    here = _shared([orders.DRAWN, *(stage for model in models for stage in orders.model_stages(model))])
    places, tasks = cluster.places(), []
    for work in chosen:
        model = params.arm(work.arm).model
        parameters = int(read_json(Path("models") / model / "provenance.json")["parameters"])
        device = arms.wanted_device(params, work.arm)
        wanted = given.get(model) or _needs(device, parameters, len(params.seeds), places)
        order = orders.of_arms(here, params, work.arm, [work], _settings(wanted))
        tasks.append(Task(order=order, needs=wanted))
    return len(chosen), _done(tasks, cluster, say)


def _open(stages: Mapping[str, Sequence[str]]) -> list[str]:
    """The names whose stages neither this folder nor the store has as they should be; what the store has is brought."""
    changed = dvc.changed()
    pending = [name for name, own in stages.items() if changed & set(own)]
    missing = collect.bring([stage for name in pending for stage in stages[name]])
    return [name for name in pending if missing & set(stages[name])]


def _shared(first: Sequence[str]) -> Source:
    """This folder as it is now, with what the workers start from in the store."""
    dvc.shown("push", *first)
    here = source.here()
    return replace(here, lock=lock_file.only(here.lock, first))


def _done(tasks: Sequence[Task], cluster: Cluster, say: Say) -> list[str]:
    """Have the tasks done and bring what came of them; the names of those that failed."""
    outcomes = cluster.run(tasks, source.bundle(), say)
    for outcome in outcomes:
        pool.log(outcome.name).parent.mkdir(parents=True, exist_ok=True)
        write_text(pool.log(outcome.name), outcome.log)
    failed = [outcome.name for outcome in outcomes if not outcome.done]
    missing = collect.bring([stage for task in tasks if task.order.name not in failed for stage in task.order.stages])
    if missing:
        raise RuntimeError(
            f"{', '.join(sorted(missing))}: done on the cluster, but not what is asked for here; was a file changed "
            "meanwhile? `clpipe run` again"
        )
    return failed


def _needs(device: str, parameters: int, seeds: int, places: Sequence[Place]) -> Needs:
    return needs.default(parameters, seeds, needs.on_gpu(device, places), places)


def _settings(wanted: Needs) -> dict[str, str]:
    """The environment of a worker: as many processes as it has cores, where they are what computes."""
    own = {} if wanted.gpus else {"CLPIPE_JOBS": str(wanted.cpus)}
    return {**own, **shards.passed_on(os.environ)}
