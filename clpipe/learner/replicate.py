"""One seed of an arm as a piece of work: small and picklable, so that several can go side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clpipe.params import Params
from clpipe.scratch import held, tree
from clpipe.side_by_side import Say
from clpipe.store import md5, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicate:
    """All that one seed of an arm needs; small and picklable."""

    params: Params
    arm: str
    seed: int
    weights: Path
    train: Path
    folder: Path
    """Scratch folder of this seed; holds `adapters/`, `episodes.jsonl`, `done.json` at the end."""


def finished(folder: Path) -> bool:
    """Whether this seed has been learned to the end, and all of it is still there as it was written."""
    done = folder / "done.json"
    return done.exists() and read_json(done).get("files") == files(folder)


def files(folder: Path) -> dict[str, str]:
    """The MD5 of what a finished seed leaves: checkpoints and episodes."""
    episodes = folder / "episodes.jsonl"
    return {**tree(folder / "adapters"), episodes.name: md5(episodes) if episodes.exists() else ""}


def learn(work: Replicate, say: Say) -> None:
    """Learn one seed; `say` gets a note after every episode. Nothing is done when it has been finished before."""
    with held(work.folder, f"arm {work.arm}, seed {work.seed}"):
        if finished(work.folder):
            return
        from clpipe.learner import course  # it brings torch and transformers

        course.run(work, say)


def learn_stacked(works: Sequence[Replicate], say: Say) -> None:
    """Learn several seeds of one arm in one batch; `say` gets a note after every episode of each."""
    from clpipe.learner import stacked  # it brings torch and transformers

    stacked.learn(works, say)
