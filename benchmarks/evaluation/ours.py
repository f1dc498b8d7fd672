"""Asking as clpipe does it: in one process, or as a study does, in single-threaded processes side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluation.questions import Answered, write
from benchmarks.material import Work
from clpipe import side_by_side, validate
from clpipe.evaluator.ask import ask
from clpipe.models import adapter
from clpipe.models.device import peak_memory_mb
from clpipe.models.language_model import LanguageModel
from clpipe.params import Params
from clpipe.records import Task
from clpipe.side_by_side import Say
from clpipe.store import read_json, write_json

POLL_SECONDS = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The tasks of one process; small and picklable."""

    number: int
    shares: int
    folder: Path
    adapter: Path
    tasks: tuple[Task, ...]
    out: Path


def one_process(folder: Path, trained: Path, tasks: Sequence[Task], out: Path) -> dict[str, float]:
    """Ask with all cores as threads of this process."""
    answered, times = _ask(Share(number=0, shares=1, folder=folder, adapter=trained, tasks=tuple(tasks), out=out))
    write(out, answered)
    return {"load_s": times["load_s"], "ask_s": times["end"] - times["begin"]}


def processes_beside(folder: Path, trained: Path, tasks: Sequence[Task], out: Path) -> dict[str, float]:
    """Ask with as many processes as a study would take; the time runs from the moment when all have loaded."""
    count = side_by_side.jobs(len(tasks), Path(Work.read(folder).weights), accelerator=False)
    shares = [
        Share(number=n, shares=count, folder=folder, adapter=trained, tasks=tuple(tasks[n::count]), out=out)
        for n in range(count)
    ]
    for _ in side_by_side.run(_share, shares, count):
        pass
    told = [read_json(out / f"share-{n}.json") for n in range(count)]
    answered = [Answered(**row) for one in told for row in one["answered"]]
    write(out, answered)
    return {
        "load_s": max(one["load_s"] for one in told),
        "ask_s": max(one["end"] for one in told) - min(one["begin"] for one in told),
        "processes": count,
        "peak_memory_of_a_process_mb": max(one["peak_memory_mb"] for one in told),
    }


def asked(params: Params, work: Work) -> Params:
    """The params with the race's length of a reply and batch."""
    prompt = params.prompt.model_copy(update={"max_new_tokens": work.max_new_tokens})
    return params.model_copy(update={"prompt": prompt})


def _share(share: Share, say: Say) -> None:
    answered, times = _ask(share)
    rows = [{"id": row.id, "reply": row.reply, "margin": row.margin} for row in answered]
    write_json(share.out / f"share-{share.number}.json", {"answered": rows, **times})
    say(f"share {share.number} asked")


def _ask(share: Share) -> tuple[list[Answered], dict[str, float]]:
    began = time.monotonic()
    work = Work.read(share.folder)
    params = asked(validate.load(), work)
    model = LanguageModel.load(Path(work.weights), instruction=work.instruction, device="cpu")
    adapter.load(model, share.adapter)
    loaded = time.monotonic()
    _wait_for_all(share)
    begin = time.monotonic()
    replies = ask(model, share.tasks, params)
    end = time.monotonic()
    answered = [
        Answered(id=task.id, reply=reply.text, margin=reply.margin)
        for task, reply in zip(share.tasks, replies, strict=True)
    ]
    memory = peak_memory_mb()
    return answered, {"load_s": loaded - began, "begin": begin, "end": end, "peak_memory_mb": memory}


def _wait_for_all(share: Share) -> None:
    (share.out / f"ready-{share.number}").touch()
    while len(list(share.out.glob("ready-*"))) < share.shares:
        time.sleep(POLL_SECONDS)
