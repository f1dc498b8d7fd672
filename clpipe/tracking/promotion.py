"""`clpipe promote`: the challenger becomes the champion where the ledger of claims supports it, or by force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clpipe.params import Params
from clpipe.tracking import grounds, place, state
from clpipe.tracking.grounds import Support
from clpipe.tracking.publication import trouble
from clpipe.tracking.registry import CHALLENGER, CHAMPION, model_name
from clpipe.tracking.runs import PARENT_KEY, Store, opened, troubles
from clpipe.tracking.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What a promotion did."""

    model: str
    """The registered model."""
    version: str
    arm: str
    over: str | None
    """The version that was the champion before."""
    support: Support | None
    """`None` where the challenger had been the champion already."""

    @property
    def message(self) -> str:
        """One line for a person."""
        if self.support is None:
            return f"promote: {self.model} version {self.version} is the champion already"
        over = f", over version {self.over}" if self.over else ""
        how = "by force" if self.support.by == "force" else f"by the claim {self.support.by}"
        return (
            f"promote: {self.model} version {self.version} (arm {self.arm}) is the champion{over}, "
            f"{how}: {self.support.reason}"
        )


def promote(params: Params, root: Path, model: str | None = None, reason: str | None = None) -> Promoted:
    """Make a base model's challenger its champion.

    Args:
        params: The study.
        root: The project: where dvc.lock, runs and reports are.
        model: A base model or its registered model; `None` where the study has only one.
        reason: Why it is done without the ledger's support; it is kept as a tag of the version.

    Raises:
        ValueError: If the ledger does not support it, or is not of these results.
        LookupError: If there is no such model or no challenger.
        RuntimeError: If the store could not be reached.
    """
    where, now = place.find(root), state.read(params, root)
    name = registered(params, model)
    if where.database is not None and not where.database.exists():
        raise LookupError(f"{where.shown} is not there: nothing has been published; run `clpipe publish`")
    try:
        with opened(where, params.tracking.experiment, params.study.name) as store:
            return _promoted(store, now, name, reason)
    except troubles() as error:
        raise RuntimeError(f"MLflow at {where.shown} could not be asked ({trouble(error)}); nothing changed") from None


def registered(params: Params, model: str | None) -> str:
    """The registered model's name; raises LookupError that says which models the study has."""
    bases = sorted({arm.model for arm in params.arms.values()})
    if model is None and len(bases) == 1:
        return model_name(bases[0])
    base = (model or "").removeprefix(model_name(""))
    if base not in bases:
        raise LookupError(
            f"{f'no arm has the model {model!r}' if model else 'which model?'}; there are: {', '.join(bases)}"
        )
    return model_name(base)


def _promoted(store: Store, now: State, name: str, reason: str | None) -> Promoted:
    found = store.client.search_registered_models(f"name = '{name}'")
    aliases = {alias: str(version) for alias, version in (found[0].aliases if found else {}).items()}
    if CHALLENGER not in aliases and CHAMPION in aliases:
        aliases[CHALLENGER] = aliases[CHAMPION]
    if CHALLENGER not in aliases:
        raise LookupError(f"{name} has no challenger: `clpipe publish` makes the best adapter of the study one")
    version = store.client.get_model_version(name, aliases[CHALLENGER])
    arm, over = version.tags["arm"], aliases.get(CHAMPION)
    if over == aliases[CHALLENGER]:
        return Promoted(model=name, version=over, arm=arm, over=None, support=None)
    support = Support(by="force", reason=reason) if reason else _supported(store, now, version, over)
    tags = {"by": support.by, "reason": support.reason, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    for key, value in {**tags, "over": over or "none"}.items():
        store.client.set_model_version_tag(name, version.version, f"promoted_{key}", value)
    store.client.set_registered_model_alias(name, CHAMPION, version.version)
    store.client.delete_registered_model_alias(name, CHALLENGER)
    return Promoted(model=name, version=str(version.version), arm=arm, over=over, support=support)


def _supported(store: Store, now: State, version: Any, over: str | None) -> Support:
    arm, study = version.tags["arm"], now.params.study.name
    held = now.held.get(arm)
    key = store.client.get_run(version.run_id).data.tags.get(PARENT_KEY)
    if version.tags.get("study", study) != study or held is None or key != held.key:
        raise ValueError(
            f"the challenger, {version.name} version {version.version} (study {version.tags.get('study', study)}, arm "
            f"{arm}), is not what dvc.lock holds here, so the ledger here says nothing of it: run `clpipe publish`, or "
            "promote it at its own commit (tag git_commit)"
        )
    champion = _arm_of(store, version.name, over, study)
    try:
        return grounds.support(grounds.ledger(now), grounds.needed(arm, champion))
    except ValueError as error:
        raise ValueError(f"{version.name} version {version.version} stays the challenger: {error}.{FORCE}") from None


FORCE = " To promote it all the same, say why: clpipe promote --force --reason '...' (kept as a tag of the version)"


def _arm_of(store: Store, name: str, version: str | None, study: str) -> str | None:
    """The arm of a version, with its study where that is another: no claim here can compare with it."""
    if version is None:
        return None
    tags = store.client.get_model_version(name, version).tags
    arm, other = tags.get("arm", f"version {version}"), tags.get("study", study)
    return str(arm) if other == study else f"{arm} of study {other}"
