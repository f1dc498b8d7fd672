"""The whole of `params.yaml` checked before anything costs time: sections, names, named files and their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clpipe import named
from clpipe.arena.pool import check_families
from clpipe.crosscheck import KINDS, across, section
from clpipe.mistakes import ParamsError
from clpipe.params import Params, parse
from clpipe.params_file import mapping


def load(path: Path = Path("params.yaml")) -> Params:
    """The validated params; raises ParamsError with every mistake found, a line each."""
    return check(mapping(path), path)


def check(values: dict[str, Any], path: Path) -> Params:
    """The params in a plain mapping; raises ParamsError with every mistake found, a line each."""
    params, problems = parse(values)
    problems += across(values)
    families = section(section(values, "arena"), "families")
    whole = {name: options for name, options in families.items() if isinstance(options, Mapping)}
    problems += check_families(whole)
    problems += _split(values, whole)
    problems += _options(values)
    if problems or params is None:
        raise ParamsError(path, list(dict.fromkeys(problems)))
    return params


def _options(values: Mapping[str, Any]) -> Iterator[str]:
    for kind in KINDS.values():
        for name, options in section(values, kind).items():
            if isinstance(options, Mapping):
                yield from _built(kind, name, options, f"{kind}.{name}")
    for arm_name, arm in section(values, "arms").items():
        for single, kind in KINDS.items():
            own = section(arm, f"{single}_options") if isinstance(arm, Mapping) else {}
            chosen = str(arm.get(single)) if own else ""
            if chosen in section(values, kind):
                base, key = section(section(values, kind), chosen), f"arms.{arm_name}.{single}_options"
                told = _built(kind, chosen, base, key)  # what the arm takes over is told at its place
                yield from (line for line in _built(kind, chosen, {**base, **own}, key) if line not in told)


def _built(kind: str, name: str, options: Mapping[str, Any], key: str) -> list[str]:
    try:
        named.build(named.load(f"clpipe.{kind}", name), options, key)
    except LookupError as error:
        return [f"{kind}: {error}"]
    except ValueError as error:
        return str(error).splitlines()
    return []


def _split(values: Mapping[str, Any], families: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    sides = section(values, "split")
    heldout, validation = sides.get("heldout"), sides.get("validation")
    if not isinstance(heldout, int) or not isinstance(validation, int):
        return
    for name, options in families.items():
        tasks = options.get("tasks")
        if isinstance(tasks, int) and tasks < heldout + validation + 1:
            yield (
                f"split: {heldout} held-out and {validation} validation tasks of each family, but "
                f"arena.families.{name}.tasks is {tasks}; at least {heldout + validation + 1} are needed, in practice "
                "three times that"
            )
