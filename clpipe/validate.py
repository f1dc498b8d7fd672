"""The whole of `params.yaml` checked before anything costs time: also the named files and their options."""

from __future__ import annotations

from pathlib import Path

from clpipe import named
from clpipe.arena.pool import check_families
from clpipe.params import Params, ParamsError, read

KINDS = ("methods", "strategies", "streams")


def load(path: Path = Path("params.yaml")) -> Params:
    """The validated params; raises ParamsError with every problem found, a line each."""
    params = read(path)
    problems = check_families(params.arena.families) + _split_problems(params)
    for kind in KINDS:
        for name, options in getattr(params, kind).items():
            problems += _options_problems(kind, name, options, f"{kind}.{name}")
    for arm_name, arm in params.arms.items():
        for kind in KINDS:
            own = getattr(arm, f"{named.singular(kind)}_options")
            if own:
                name = getattr(arm, named.singular(kind))
                key = f"arms.{arm_name}.{named.singular(kind)}_options"
                problems += _options_problems(kind, name, {**getattr(params, kind)[name], **own}, key)
    if problems:
        raise ParamsError(path, problems)
    return params


def _options_problems(kind: str, name: str, options: dict[str, object], key: str) -> list[str]:
    try:
        named.build(named.load(f"clpipe.{kind}", name), options, key)
    except LookupError as error:
        return [f"{kind}: {error}"]
    except ValueError as error:
        return str(error).splitlines()
    return []


def _split_problems(params: Params) -> list[str]:
    needed = params.split.validation + params.split.heldout + 1
    return [
        f"split: {params.split.heldout} held-out and {params.split.validation} validation tasks of each family, but "
        f"arena.families.{name}.tasks is {options['tasks']}; at least {needed} are needed, in practice three times that"
        for name, options in params.arena.families.items()
        if isinstance(options.get("tasks"), int) and options["tasks"] < needed
    ]
