"""`clpipe worker`: a part of the study's arms, one after another, for any scheduler that can start a command n times.

The folder it is started in says what the study is and is only read, so workers may share it; the work is done in clones
(clpipe/runner/worker.py). What the store already has is not done again: a worker that was stopped is started again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from clpipe.params import Params
from clpipe.runner import arms, collect, dvc, orders, plan, source, worker
from clpipe.runner.plan import Work
from clpipe.runner.sharding import Shard
from clpipe.runner.source import Source

Say = Callable[[str], None]
TOLD_LINES = 12
_PASSED_ON = ("CLPIPE_DEVICE", "CLPIPE_JOBS")


def prepare(params: Params, say: Say) -> None:
    """Bring or make here what stands before all arms, and push it: once, before the workers."""
    first = plan.upstream(params, plan.chosen(params))
    source.here()
    with arms.alone(say), dvc.terminable(), arms.serial_order():
        dvc.shown("repro", "--pull", *first)
        dvc.shown("push", "--run-cache", *first)
    say(f"ready for workers: {', '.join(first)}")


def run(params: Params, names: Sequence[str], shard: Shard, say: Say) -> None:
    """Do the arms of the shard that the store does not have yet.

    Raises LookupError for a name that is none, RuntimeError when what stands before the arms is not there or an arm
    failed; the others are done then.
    """
    works = {work.arm: work for work in plan.chosen(params, names)}
    own = [works[arm] for arm in shard.take(works)]
    if not own:
        say(f"shard {shard.number}/{shard.of} has no arm")
        return
    here = source.here()
    _refuse_unprepared(params, own)
    settings = passed_on(os.environ)
    with dvc.terminable():
        todo = _left(here, params, own, f"shard-{shard.number}-of-{shard.of}")
        say(f"shard {shard.number}/{shard.of}: {len(own)} of {len(works)} arms, {len(todo)} to do")
        failed = [work.arm for work in todo if not _done(here, params, work, settings, say)]
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(todo)} arms failed: {', '.join(failed)}; their last words stand above; the others "
            "are in the shared store, and the same command does what is left"
        )


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """What a person has set that goes with an order."""
    return {name: environment[name] for name in _PASSED_ON if name in environment}


def _refuse_unprepared(params: Params, works: Sequence[Work]) -> None:
    first = set(plan.upstream(params, works))
    missing = sorted(dvc.changed(*first) & first)
    if missing:
        raise RuntimeError(f"{', '.join(missing)}: not up to date here; `clpipe worker --prepare` first, once for all")


def _left(here: Source, params: Params, works: Sequence[Work], name: str) -> list[Work]:
    """The arms that the store does not have, found out in a clone of this shard."""
    order = orders.of_arms(here, params, name, works, {})
    with worker.clone(order, str(Path.cwd())) as folder:
        worker.fetch(order, folder)
        missing = collect.bring(order.stages, folder)
        shutil.rmtree(folder)
    return [work for work in works if missing & set(orders.stages(work))]


def _done(here: Source, params: Params, work: Work, settings: Mapping[str, str], say: Say) -> bool:
    outcome = worker.work(orders.of_arms(here, params, work.arm, [work], settings), str(Path.cwd()))
    end = "" if outcome.done else "".join(f"\n    {line}" for line in outcome.log.splitlines()[-TOLD_LINES:])
    say(f"{work.arm}: {'done' if outcome.done else 'failed'} after {outcome.seconds:.0f} s{end}")
    return outcome.done
