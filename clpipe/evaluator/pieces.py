"""Some held-out tasks for one checkpoint (or the bare base), asked in processes side by side.

A process loads the base once and puts one checkpoint of a seed after the other on it. What has been asked is kept under
a name made from the checkpoint's own bytes: two arms that start from the same adapter are asked once.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from clpipe import scratch, side_by_side
from clpipe.arena import judge
from clpipe.evaluator.ask import ask, outcome
from clpipe.evaluator.retain import retained
from clpipe.models.device import machine, resolve
from clpipe.params import Params
from clpipe.progress import Progress
from clpipe.records import Example, Outcome, Retained, Task
from clpipe.side_by_side import Say
from clpipe.store import md5, read_json, read_records, write_records

OUTCOMES, RETAINED = "outcomes.jsonl", "retention.jsonl"
METHOD = "method.json"  # of a checkpoint's folder, as clpipe.models.adapter writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One checkpoint and the tasks to ask it; small and picklable."""

    params: Params
    arm: str
    seed: int
    episode: int
    weights: Path
    adapter: Path | None
    """Folder of the checkpoint, or `None` for the bare base."""
    examples: tuple[Example, ...] = ()
    """Solved tasks that stand before every question."""
    precision: str
    device: str
    heldout: Path
    chosen: tuple[str, ...]
    """Ids of the tasks to ask."""

    retention: Path | None
    """Folder of the general texts and prompts, where it is to be measured what becomes of them."""

    @property
    def folder(self) -> Path:
        """Where what it gave is kept: under a name made from everything that decides it."""
        decisive = {
            "adapter": {} if self.adapter is None else scratch.tree(self.adapter),
            "examples": [asdict(example) for example in self.examples],
            "weights": scratch.contents(self.weights),
            "heldout": md5(self.heldout),
            "chosen": self.chosen,
            "prompt": self.params.prompt.model_dump(),
            "batch_size": self.params.evaluate.batch_size,
            "device": [resolve(self.device), self.precision],
            "retention": None if self.retention is None else scratch.contents(self.retention),
        }
        modules = [
            __name__,
            "clpipe.models.adapter",
            "clpipe.models.language_model",
            *(f"clpipe.methods.{name}" for name in self._methods()),
            *judge.modules(),
        ]
        return scratch.ROOT / "outcomes" / scratch.fingerprint(modules, decisive)

    def _methods(self) -> list[str]:
        told = self.adapter / METHOD if self.adapter else None
        return [read_json(told)["method"]] if told and told.exists() else []


@dataclass(frozen=True, slots=True)
class Asked:
    """What one piece gave."""

    outcomes: list[Outcome]
    retained: list[Retained]


def ask_all(label: str, pieces: Sequence[Piece]) -> tuple[list[Asked], dict[str, Any]]:
    """What every piece gave, and how long it took on which machine; none is asked twice.

    A piece that several seeds share (the same adapter before the first episode) is asked before the others.
    """
    began = time.monotonic()
    side_by_side.warm_up()
    paths = [piece.folder for piece in pieces]
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
    return [_asked(piece, path) for piece, path in zip(pieces, paths, strict=True)], timing


def _asked(piece: Piece, path: Path) -> Asked:
    arm, seed, episode = piece.arm, piece.seed, piece.episode
    outcomes = [replace(r, arm=arm, seed=seed, episode=episode) for r in read_records(path / OUTCOMES, Outcome)]
    retained = [replace(r, arm=arm, seed=seed, episode=episode) for r in read_records(path / RETAINED, Retained)]
    return Asked(outcomes, retained)


def _by_seed(pieces: Sequence[Piece], paths: Sequence[Path]) -> list[list[tuple[Piece, Path]]]:
    """Checkpoints of one seed together, in the order given; pieces without an adapter each for itself."""
    groups: dict[Path, list[tuple[Piece, Path]]] = defaultdict(list)
    for piece, path in zip(pieces, paths, strict=True):
        groups[piece.adapter.parent if piece.adapter else path].append((piece, path))
    return list(groups.values())


def _ask(group: list[tuple[Piece, Path]], say: Say) -> None:
    from clpipe.models import adapter  # it brings torch
    from clpipe.models.language_model import LanguageModel
    from clpipe.models.window import put_before

    first = group[0][0]
    model = LanguageModel.load(
        first.weights,
        instruction=first.params.prompt.instruction,
        precision=first.precision,
        device=first.device,
        lines=first.params.prompt.lines,
    )
    tasks = {task.id: task for task in read_records(first.heldout, Task)}
    for piece, path in group:
        if path.exists():
            continue
        if piece.adapter is not None:
            adapter.load(model, piece.adapter)
        elif piece.examples:
            put_before(model, piece.examples, "baseline.shots")
        whose = (piece.arm, piece.seed, piece.episode)
        chosen = [tasks[task_id] for task_id in piece.chosen]
        replies = ask(model, chosen, piece.params)
        rows = [
            outcome(task, reply.text, reply, arm=piece.arm, seed=piece.seed, episode=piece.episode)
            for task, reply in zip(chosen, replies, strict=True)
        ]
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        write_records(temporary / OUTCOMES, rows)
        write_records(temporary / RETAINED, retained(model, piece.retention, whose) if piece.retention else ())
        _keep(temporary, path)
        right = sum(row.correct for row in rows)
        say(f"seed {piece.seed}, after {piece.episode} episodes: {right} of {len(rows)} right")


def _keep(temporary: Path, path: Path) -> None:
    """Give a piece its name; another arm may have asked the same in the meantime, with the same replies."""
    try:
        temporary.rename(path)
    except OSError:
        if not path.exists():
            raise
        shutil.rmtree(temporary)
