"""The whole of `params.yaml` checked before anything costs time: sections, names, named files and their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clpipe import arena, named
from clpipe.arena.pool import check_families
from clpipe.crosscheck import KINDS, across, section
from clpipe.given import given_problems
from clpipe.mistakes import ParamsError
from clpipe.params import Params, Split, parse
from clpipe.params_file import mapping
from clpipe.suitable import mismatches


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
    problems += _against_prompt(values, whole)
    if params is not None:
        problems += mismatches(params)
    if problems or params is None:
        raise ParamsError(path, list(dict.fromkeys(problems)))
    return params


def _against_prompt(values: Mapping[str, Any], families: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Answers that no reply could give, and sides that no task could have."""
    lines = section(values, "prompt").get("lines", "one")
    for name, options in families.items():
        kind = options.get("kind", name)
        if lines == "one" and kind in arena.names() and getattr(arena.load(kind), "lines", "one") == "all":
            yield (
                f"prompt.lines: answers of {name} have several lines, but a reply ends with its first; say "
                "`lines: all` and raise prompt.max_new_tokens (about 120 for a short program)"
            )
    harder = section(section(values, "split"), "heldout").get("harder")
    if section(values, "arena").get("hardest") == 5 and isinstance(harder, int) and harder > 0:
        yield "split.heldout.harder: no task is harder than difficulty 5; lower arena.hardest or ask for none"


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
    try:
        split = Split.model_validate(section(values, "split"))
    except ValidationError:
        return  # the schema tells
    known = split.heldout.same_template
    for name, options in families.items():
        tasks = options.get("tasks")
        if isinstance(tasks, int) and tasks < known + split.validation + 1:
            yield (
                f"split: {known} held-out tasks of the same template and {split.validation} validation tasks of each "
                f"family, but arena.families.{name}.tasks is {tasks}; at least {known + split.validation + 1} are "
                "needed, in practice three times that"
            )
    yield from given_problems(families, split, _episodes(values))


def _episodes(values: Mapping[str, Any]) -> dict[str, int]:
    """Episodes of each arm, where they are told."""
    default = section(values, "learn").get("episodes")
    arms = {name: arm for name, arm in section(values, "arms").items() if isinstance(arm, Mapping)}
    told = {name: arm.get("episodes", default) for name, arm in arms.items()}
    return {name: number for name, number in told.items() if isinstance(number, int)}
