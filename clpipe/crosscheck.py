"""Mistakes that show only when two places of `params.yaml` are held against each other.

Read off the plain mapping, so that they are told together with the mistakes inside the sections.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from clpipe import named
from clpipe.mistakes import explain, unknown
from clpipe.params import Learn
from clpipe.params_claims import claim_problems

KINDS = {"method": "methods", "strategy": "strategies", "stream": "streams"}


def across(values: Mapping[str, Any]) -> list[str]:
    """A line for each mistake; what is not there or not a mapping is left to the schema."""
    problems = []
    models = section(values, "models")
    for name in _prepared(values) or []:
        if name not in models:
            problems.append(f"study.models: {unknown('model', name, models)}")
    seeds = values.get("seeds")
    if isinstance(seeds, list) and len({str(seed) for seed in seeds}) < len(seeds):
        problems.append(f"seeds: each seed once, not {seeds}")
    for name, arm in section(values, "arms").items():
        if isinstance(arm, Mapping):
            problems += _arm(values, name, arm)
    problems += claim_problems(
        section(values, "claims"), section(values, "arms"), section(values, "learn").get("labels")
    )
    return problems


def section(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A section of the mapping; empty where it is missing or no mapping."""
    found = values.get(key)
    return found if isinstance(found, Mapping) else {}


def _prepared(values: Mapping[str, Any]) -> list[str] | None:
    """The names in `study.models`; `None` where it is no list."""
    found = section(values, "study").get("models")
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else None


def _name(arm: Mapping[str, Any], key: str) -> str | None:
    """What the arm names under `key`; `None` where it is no name, which the schema tells."""
    found = arm.get(key)
    return found if isinstance(found, str) else None


def _arm(values: Mapping[str, Any], name: str, arm: Mapping[str, Any]) -> Iterator[str]:
    models, prepared = section(values, "models"), _prepared(values)
    model = _name(arm, "model")
    if model is not None and model not in models:
        yield f"arms.{name}.model: {unknown('model', model, models)}"
    elif model is not None and prepared is not None and model not in prepared:
        yield f"arms.{name}.model: {model!r} is not prepared by this study; add it to study.models"
    for kind, plural in KINDS.items():
        value, known = _name(arm, kind), section(values, plural)
        if value is not None and value not in known:
            yield f"arms.{name}.{kind}: {unknown(kind, value, known)} under {plural}"
    control, arms = _name(arm, "control_of"), section(values, "arms")
    if control is not None and control not in arms:
        yield f"arms.{name}.control_of: {unknown('arm', control, arms)}"
    elif control == name:
        yield f"arms.{name}.control_of: an arm cannot be its own control"
    elif control is not None and isinstance(arms[control], Mapping) and arms[control].get("control_of"):
        yield f"arms.{name}.control_of: {control!r} is itself a control; name the arm it is the control of"
    yield from _settings(values, name, arm)


def _settings(values: Mapping[str, Any], name: str, arm: Mapping[str, Any]) -> Iterator[str]:
    own = {key: arm[key] for key in Learn.model_fields if key in arm}
    try:
        settings = Learn.model_validate({**section(values, "learn"), **own})
    except ValidationError as error:
        lines = explain(error, Learn, f"arms.{name}")
        yield from (line for line in lines if any(line.startswith(f"arms.{name}.{key}:") for key in own))
        return
    arena, train = section(section(values, "arena"), "families"), section(values, "split").get("train")
    place = f"arms.{name}.families" if "families" in arm else "learn.families"
    yield from (f"{place}: {unknown('family', one, arena)}" for one in settings.families or () if one not in arena)
    if arm.get("stream") in named.names("clpipe.streams") and named.load("clpipe.streams", arm["stream"]).draws:
        return
    families = {n: options for n, options in arena.items() if settings.families is None or n in settings.families}
    counted = all(isinstance(options, Mapping) and "tasks" in options for options in families.values())
    if isinstance(train, int) and families and counted and settings.episodes > train * len(families):
        yield (
            f"arms.{name}.episodes: {settings.episodes} episodes, but split.train gives {train} tasks for each of "
            f"{len(families)} families, {train * len(families)} in all, and no task is met twice"
        )
