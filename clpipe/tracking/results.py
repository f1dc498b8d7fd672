"""The files of one arm, read for the mirror and held against `dvc.lock`."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, two_way
from clpipe.records import Episode, Outcome
from clpipe.scratch import tree
from clpipe.store import md5, read_json, read_records
from clpipe.tracking.held import Held


class NotHereError(Exception):
    """Results that `dvc.lock` knows are not in the working tree, or are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything that the mirror shows of an arm."""

    held: Held
    root: Path
    summary: Mapping[str, Any]
    timing: Mapping[str, Any]
    episodes: tuple[Episode, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the arm, in order."""
        return tuple(sorted({o.seed for o in self.outcomes}))

    @property
    def final(self) -> NDArray[np.float64]:
        """Held-out accuracy after the last episode of each seed, in the order of `seeds`."""
        return accuracy.scores(self.outcomes, accuracy.checkpoints(self.outcomes)[-1]).by_seed

    @property
    def standard_error(self) -> float:
        """Of the mean of `final`, over other seeds and other templates; a fraction."""
        table = accuracy.scores(self.outcomes, accuracy.checkpoints(self.outcomes)[-1])
        return math.sqrt(two_way.estimate(table.correct, table.templates).variance)

    def episodes_of(self, seed: int) -> int:
        """How many episodes a seed learned."""
        return sum(episode.seed == seed for episode in self.episodes)

    def seconds(self, seed: int) -> float:
        """Wall time of one seed's learning."""
        return float(self.timing["seeds"][str(seed)]["seconds"])

    def adapter(self, seed: int) -> Path:
        """The PEFT folder of a seed's last checkpoint, relative to the root."""
        step = accuracy.checkpoints(self.outcomes)[-1]
        return Path("runs", "learn", self.held.arm, "adapters", f"seed-{seed}", f"step-{step:05d}")


def adapter_md5(root: Path, folder: Path) -> str:
    """The MD5 of an adapter's weights, the one that DVC files them under; of several files together, that of theirs.

    Raises:
        NotHereError: If the checkpoint is not in the working tree.
    """
    found = tree(root / folder)
    learned = {name: value for name, value in found.items() if not name.endswith("adapter_config.json")}
    learned.pop("method.json", None)
    if not found or (not learned and "method.json" not in found):
        raise NotHereError(f"{folder / 'adapter_model.safetensors'} is not here")
    if len(learned) == 1:
        return next(iter(learned.values()))
    return hashlib.md5(json.dumps(found, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def read(root: Path, held: Held) -> Result:
    """Read an arm's results.

    Raises:
        NotHereError: If a file is missing or is not the one that `dvc.lock` names.
    """
    learned, asked = Path("runs/learn", held.arm), Path("runs/evaluate", held.arm)
    files = [learned / "summary.json", learned / "timing.json", learned / "episodes.jsonl", asked / "outcomes.jsonl"]
    for file in files:
        if not (root / file).exists():
            raise NotHereError(f"{file} is not here")
    for file, what in ((files[2], "episodes"), (files[3], "outcomes")):
        if md5(root / file) != held.md5s[what]:
            raise NotHereError(f"{file} is not the one that dvc.lock names")
    return Result(
        held=held,
        root=root,
        summary=read_json(root / files[0]),
        timing=read_json(root / files[1]),
        episodes=tuple(read_records(root / files[2], Episode)),
        outcomes=tuple(read_records(root / files[3], Outcome)),
    )
