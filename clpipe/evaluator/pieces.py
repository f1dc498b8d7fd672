"""Some held-out tasks for one checkpoint (or the bare base), asked in processes side by side.

A process loads the base once and puts one checkpoint of a seed after the other on it. What has been asked is kept under
a name made from the adapter's own bytes: two arms that start from the same adapter are asked once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clpipe import scratch, side_by_side
from clpipe.arena import judge
from clpipe.evaluator.ask import ask, outcome
from clpipe.models.device import machine, resolve
from clpipe.params import Params
from clpipe.progress import Progress
from clpipe.records import Outcome, Task
from clpipe.side_by_side import Say
from clpipe.store import md5, read_records, write_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One checkpoint and the tasks to ask it; small and picklable."""

    params: Params
    arm: str
    seed: int
    episode: int
    weights: Path
    adapter: Path | None
    """PEFT folder, or `None` for the bare base."""
    precision: str
    device: str
    heldout: Path
    chosen: tuple[str, ...]
    """Ids of the tasks to ask."""

    @property
    def outcomes(self) -> Path:
        """Where the outcomes are kept: under a name made from everything that decides them."""
        files = [] if self.adapter is None else [md5(self.adapter / f"adapter_{f}") for f in _ADAPTER_FILES]
        decisive = {
            "adapter": files,
            "weights": scratch.contents(self.weights),
            "heldout": md5(self.heldout),
            "chosen": self.chosen,
            "prompt": self.params.prompt.model_dump(),
            "batch_size": self.params.evaluate.batch_size,
            "device": [resolve(self.device), self.precision],
        }
        modules = [__name__, "clpipe.models.adapter", "clpipe.models.language_model", *judge.modules()]
        key = scratch.fingerprint(modules, decisive)
        return scratch.ROOT / "outcomes" / f"{key}.jsonl"


_ADAPTER_FILES = ("config.json", "model.safetensors")


def ask_all(label: str, pieces: Sequence[Piece]) -> tuple[list[list[Outcome]], dict[str, Any]]:
    """The outcomes of every piece, and how long it took on which machine; none is asked twice.

    A piece that several seeds share (the same adapter before the first episode) is asked before the others.
    """
    began = time.monotonic()
    side_by_side.warm_up()
    paths = [piece.outcomes for piece in pieces]
    work = {path: piece for piece, path in zip(pieces, paths, strict=True) if not path.exists()}
    shared = [[(piece, path)] for path, piece in work.items() if paths.count(path) > 1]
    groups = [group for group in _by_seed(pieces, paths) if any(path in work for _, path in group)]
    device = resolve(pieces[0].device)
    processes = side_by_side.jobs(len(groups), pieces[0].weights, device == "cuda")
    progress = Progress(label, len(work))
    for groups_at_once in (shared, groups):
        for note in side_by_side.run(_ask, groups_at_once, processes):
            progress.advance(note)
    seconds = round(time.monotonic() - began, 2)
    replies = sum(len(piece.chosen) for piece in work.values())
    timing = {
        "machine": machine(device),
        "jobs": processes,
        "threads": 1,
        "seconds": seconds,
        "replies": replies,
        "kept": len(pieces) - len(work),
    }
    rows = [
        [replace(row, arm=piece.arm, seed=piece.seed, episode=piece.episode) for row in read_records(path, Outcome)]
        for piece, path in zip(pieces, paths, strict=True)
    ]
    return rows, timing


def _by_seed(pieces: Sequence[Piece], paths: Sequence[Path]) -> list[list[tuple[Piece, Path]]]:
    """Checkpoints of one seed together, in the order given; pieces without an adapter each for itself."""
    groups: dict[Path, list[tuple[Piece, Path]]] = defaultdict(list)
    for piece, path in zip(pieces, paths, strict=True):
        groups[piece.adapter.parent if piece.adapter else path].append((piece, path))
    return list(groups.values())


def _ask(group: list[tuple[Piece, Path]], say: Say) -> None:
    from clpipe.models import adapter  # it brings torch
    from clpipe.models.language_model import LanguageModel

    first = group[0][0]
    model = LanguageModel.load(
        first.weights,
        instruction=first.params.prompt.instruction,
        precision=first.precision,
        device=first.device,
        lines=first.params.prompt.lines,
    )
    tasks = {task.id: task for task in read_records(first.heldout, Task)}
    earlier: dict[str, str] = {}
    for piece, path in group:
        if path.exists():  # asked before: its replies are drafts all the same, so that the rounding is the same too
            earlier |= {row.task_id: row.reply for row in read_records(path, Outcome)}
            continue
        if piece.adapter is not None:
            adapter.load(model, piece.adapter)
        chosen = [tasks[task_id] for task_id in piece.chosen]
        replies = ask(model, chosen, piece.params, earlier)
        rows = [
            outcome(task, reply.text, reply.margin, arm=piece.arm, seed=piece.seed, episode=piece.episode)
            for task, reply in zip(chosen, replies, strict=True)
        ]
        write_records(path, rows)
        earlier |= {row.task_id: row.reply for row in rows}
        right = sum(row.correct for row in rows)
        say(f"seed {piece.seed}, after {piece.episode} episodes: {right} of {len(rows)} right")
