"""Which stages the arms that were named come to, and what must stand before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clpipe.mistakes import unknown
from clpipe.params import Params

LEARN, EVALUATE = "learn", "evaluate"


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done for an arm."""

    arm: str
    stages: tuple[str, ...]
    """In the order in which they run."""


def chosen(params: Params, names: Sequence[str] = ()) -> list[Work]:
    """The work of the arms named, all where none is, in the order of params.yaml.

    A name is an arm, `learn@ARM`, or `evaluate@ARM`, which needs what is learned. Raises LookupError for any other.
    """
    wanted: dict[str, bool] = {}  # arm: whether it is evaluated
    for name in names or params.arms:
        stage, at, arm = name.partition("@") if "@" in name else ("", "", name)
        if at and stage not in (LEARN, EVALUATE):
            raise LookupError(f"`clpipe run` takes arms, learn@ARM and evaluate@ARM; for {name!r}: `dvc repro {name}`")
        if arm not in params.arms:
            raise LookupError(f"params.yaml has {unknown('arm', arm, params.arms)}")
        wanted[arm] = wanted.get(arm, False) or stage != LEARN
    return [
        Work(arm, (f"{LEARN}@{arm}", f"{EVALUATE}@{arm}") if wanted[arm] else (f"{LEARN}@{arm}",))
        for arm in params.arms
        if arm in wanted
    ]


def upstream(params: Params, works: Sequence[Work]) -> list[str]:
    """The stages that the work starts from, and `verify`: what it refuses must not be learned."""
    models = [m for m in params.study.models if any(params.arm(work.arm).model == m for work in works)]
    asked = [m for m in models if any(params.arm(w.arm).model == m and len(w.stages) > 1 for w in works)]
    return ["arena", "verify", "split", *(f"model@{m}" for m in models), *(f"baseline@{m}" for m in asked)]
