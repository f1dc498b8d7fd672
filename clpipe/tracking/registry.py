"""Adapters in MLflow's model registry: a version for each adapter, and which of them is the challenger.

The alias `champion` is not given here: that takes the ledger of claims, see `clpipe.tracking.promotion`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clpipe.store import sha256
from clpipe.tracking import package
from clpipe.tracking.held import digest
from clpipe.tracking.results import NotHereError, Result, adapter_md5, read
from clpipe.tracking.runs import Store
from clpipe.tracking.state import State, Tally

CHAMPION, CHALLENGER = "champion", "challenger"
MEASURED = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_standard_error", "seed_accuracy")
"""Tags of a version that a new evaluation of the same adapter may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One adapter to register."""

    result: Result
    seed: int
    challenger: bool


def model_name(base: str) -> str:
    """The registered model of all adapters on the base model `base`."""
    return f"clpipe-{base}"


def register(store: Store, state: State, tally: Tally) -> None:
    """Register what `tracking.register_adapters` asks for, each adapter once."""
    mode = state.params.tracking.register_adapters
    if mode == "none":
        return
    best = set(best_arms(state).values())
    for name, held in state.held.items():
        if name not in state.metrics or (mode == "best" and name not in best):
            continue
        try:
            result = read(state.root, held)
            for candidate in _candidates(result, mode == "all", name in best):
                _version(store, state, candidate, tally)
        except NotHereError as error:
            if (problem := f"{name} ({error})") not in tally.problems:
                tally.problems.append(problem)


def best_arms(state: State) -> dict[str, str]:
    """For each base model the arm with the highest final accuracy, the first of equals; a control is no candidate."""
    best: dict[str, str] = {}
    for name, arm in state.params.arms.items():
        control = arm.control_of is not None or state.params.learn_settings(name).labels != "given"
        if control or name not in state.held or name not in state.metrics:
            continue
        rival = best.setdefault(arm.model, name)
        if state.metrics[name]["final_accuracy"] > state.metrics[rival]["final_accuracy"]:
            best[arm.model] = name
    return best


def typical_seed(result: Result) -> int:
    """The seed whose final accuracy is the median (the lower of two; of equals the lowest seed).

    Taking the best seed would show luck as skill; what the median does is what the arm does.
    """
    order = np.argsort(result.final, kind="stable")
    middle = result.final[order[(len(order) - 1) // 2]]
    return result.seeds[int(np.flatnonzero(result.final == middle)[0])]


def _candidates(result: Result, every_seed: bool, best: bool) -> Iterator[Candidate]:
    typical = typical_seed(result)
    for seed in result.seeds if every_seed else (typical,):
        yield Candidate(result=result, seed=seed, challenger=best and seed == typical)


def _version(store: Store, state: State, candidate: Candidate, tally: Tally) -> None:
    tags = _tags(state, candidate)
    name = model_name(tags["base_model"])
    if not store.client.search_registered_models(f"name = '{name}'"):
        store.client.create_registered_model(name, description="Adapters learned by clpipe; the base is not inside.")
    version = _found(store, name, tags)
    if version is None:
        key = digest(candidate.result.held.key, str(candidate.seed))
        run_id = store.known()[key].info.run_id
        model = package.log(store, state, candidate.result, candidate.seed, run_id, tags)
        version = store.client.create_model_version(
            name, f"models:/{model}", run_id=run_id, tags=tags, description=_description(tags), model_id=model
        )
        tally.versions.append(f"{name} version {version.version}")
    if candidate.challenger:
        _challenge(store, name, str(version.version), tally)


def _challenge(store: Store, name: str, version: str, tally: Tally) -> None:
    """Make a version the challenger; the champion has none where it is the best itself."""
    aliases = store.client.get_registered_model(name).aliases
    if str(aliases.get(CHAMPION)) == version:
        if CHALLENGER in aliases:
            store.client.delete_registered_model_alias(name, CHALLENGER)
    elif str(aliases.get(CHALLENGER)) != version:
        store.client.set_registered_model_alias(name, CHALLENGER, version)
        tally.challengers.append(f"{name} version {version}")


def _found(store: Store, name: str, tags: dict[str, str]) -> Any:
    versions = store.client.search_model_versions(f"name = '{name}' and tags.dvc_md5 = '{tags['dvc_md5']}'")
    for version in versions[:1]:
        for key in MEASURED:
            if version.tags.get(key) != tags[key]:
                store.client.set_model_version_tag(name, version.version, key, tags[key])
        return version
    return None


def _tags(state: State, candidate: Candidate) -> dict[str, str]:
    result, seed = candidate.result, candidate.seed
    numbers, model = state.metrics[result.held.arm], result.summary["model"]
    weights = Path("models", model, "model.safetensors")
    if not (state.root / weights).exists():
        raise NotHereError(f"{weights} is not here, and an adapter is registered with the SHA-256 of its base")
    tags = {
        "study": state.params.study.name,
        "arm": result.held.arm,
        **{name: result.summary[name] for name in ("method", "strategy", "labels")},
        "seed": seed,
        "accuracy": numbers["final_accuracy"],
        "accuracy_low": numbers["final_low"],
        "accuracy_high": numbers["final_high"],
        "accuracy_standard_error": result.standard_error,
        "seed_accuracy": float(result.final[result.seeds.index(seed)]),
        "dvc_md5": adapter_md5(state.root, result.adapter(seed)),
        "git_commit": state.commit or "",
        "base_model": model,
        "base_sha256": sha256(state.root / weights),
    }
    return {name: str(value) for name, value in tags.items()}


def _description(tags: dict[str, str]) -> str:
    accuracy, low, high, error = (float(tags[name]) for name in MEASURED[:4])
    return (
        f"{tags['method']}, strategy {tags['strategy']}, arm {tags['arm']}, seed {tags['seed']}. Held-out accuracy of "
        f"the arm when this was registered: {accuracy:.1%} [{low:.1%}, {high:.1%}], standard error {error:.1%}. "
        "The challenger is the best arm's seed of median accuracy; the arm was chosen by this number, a little too "
        "good where arms are close. `clpipe promote` asks the ledger of claims before it is the champion."
    )
