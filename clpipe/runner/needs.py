"""What an arm asks of the machine that it runs on: cores, GPUs, memory.

The default comes from the weights and the arm's device, in the words of `clpipe.side_by_side`: a process is reckoned at
1 GiB and five bytes a parameter of the base. On a GPU the seeds are one process, else each seed has one, as far as the
largest machine of the cluster reaches. A person who knows better says it for each model, as `MODEL=gpus:0.5,cpus:2`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clpipe.mistakes import unknown

GIB = 2**30
_KEYS = ("cpus", "gpus", "memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is kept free for one arm."""

    cpus: int
    gpus: float
    """Below 1 several arms share a GPU."""
    memory: int
    """Bytes; 0 where nobody counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What one machine of the cluster has in all."""

    cpus: int
    gpus: float
    memory: int
    """Bytes."""


def parse(texts: Sequence[str], models: Collection[str]) -> dict[str, Needs]:
    """What is asked for each model, from words such as `smollm2-135m-instruct=gpus:1,cpus:4,memory:16` (GiB).

    Raises LookupError for a model that is none, ValueError for what is no number or no such key.
    """
    found = {}
    for text in texts:
        model, equals, rest = text.partition("=")
        if not equals:
            raise ValueError(f"--needs: must be MODEL=cpus:4,gpus:1,memory:16 (GiB), not {text!r}")
        if model not in models:
            raise LookupError(f"--needs: {unknown('model', model, models)}")
        found[model] = _needs(model, rest)
    return found


def on_gpu(device: str, places: Sequence[Place]) -> bool:
    """Whether an arm with that device in its params runs on a GPU of this cluster; RuntimeError if it must and cannot.

    `auto` is a GPU where any machine has one, so that all seeds and arms of a study compute alike.
    """
    some = any(place.gpus > 0 for place in places)
    if device == "cuda" and not some:
        raise RuntimeError("device: cuda is asked for, but no machine of the cluster offers a GPU (`ray status`)")
    return device == "cuda" or (device == "auto" and some)


def default(parameters: int, seeds: int, gpu: bool, places: Sequence[Place]) -> Needs:
    """What an arm asks for on a base of so many parameters; RuntimeError when no machine could ever hold it."""
    each = GIB + 5 * parameters
    wanted = 1 if gpu else seeds
    able = [place for place in places if place.gpus > 0] if gpu else places
    processes = max((min(wanted, place.cpus, place.memory // each) for place in able), default=0)
    if processes < 1:
        raise RuntimeError(
            f"one process of this base needs a core and {each / GIB:.1f} GiB, and no machine of the cluster has both; "
            "ask for less with --needs MODEL=cpus:1,memory:0, or add a larger machine"
        )
    return Needs(cpus=processes, gpus=1.0 if gpu else 0.0, memory=processes * each)


def _needs(model: str, text: str) -> Needs:
    values = {"cpus": 1.0, "gpus": 0.0, "memory": 0.0}
    for part in text.split(","):
        key, _, number = part.partition(":")
        if key not in _KEYS:
            raise ValueError(f"--needs {model}: {unknown('key', key, _KEYS)}")
        try:
            values[key] = float(number)
        except ValueError:
            raise ValueError(f"--needs {model}: {key} must be a number, not {number!r}") from None
    if not (values["cpus"] >= 1 and values["cpus"].is_integer()):
        raise ValueError(f"--needs {model}: cpus must be a whole number of 1 or more, not {values['cpus']:g}")
    if not (0 <= values["gpus"] < 1000 and 0 <= values["memory"] < 2**20):
        raise ValueError(f"--needs {model}: gpus and memory must be 0 or more, not {text!r}")
    return Needs(cpus=int(values["cpus"]), gpus=values["gpus"], memory=int(values["memory"] * GIB))
