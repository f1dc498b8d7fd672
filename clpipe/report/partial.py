"""A study of which some arms have no results, and what is left of it.

The hypotheses that need a missing arm cannot be tested. They still count in the correction of the others, as they were
declared together: leaving them out would make the others easier than they were meant to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clpipe.params import Arm, Claim, Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a study lacks; nothing where every arm has results."""

    arms: Mapping[str, Arm] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    """By arm, the reason in words."""
    claims: Mapping[str, list[str]] = field(default_factory=dict)
    """The hypotheses that cannot be tested, with the missing arms that each needs."""


def missing(params: Params, why: Mapping[str, str]) -> Missing:
    """What the study lacks where these arms have no results.

    Args:
        params: The study, whole.
        why: By arm, the reason in words.

    Raises:
        ValueError: Where no arm is left.
    """
    if not set(params.arms) - set(why):
        told = "".join(f"\n  {arm}: {reason}" for arm, reason in why.items())
        raise ValueError(f"no arm has results yet, so there is nothing to report{told}")
    needs = {name: [arm for arm in _needed(params, claim) if arm in why] for name, claim in params.claims.items()}
    return Missing(
        arms={name: arm for name, arm in params.arms.items() if name in why},
        why=why,
        claims={name: arms for name, arms in needs.items() if arms},
    )


def left(params: Params, lacks: Missing) -> Params:
    """The study without what is missing; a control whose arm is missing stands for itself."""
    arms = {
        name: arm.model_copy(update={"control_of": None}) if arm.control_of in lacks.arms else arm
        for name, arm in params.arms.items()
        if name not in lacks.arms
    }
    claims = {name: claim for name, claim in params.claims.items() if name not in lacks.claims}
    models = [model for model in params.study.models if any(arm.model == model for arm in arms.values())]
    study = params.study.model_copy(update={"models": models})
    return params.model_copy(update={"arms": arms, "claims": claims, "study": study})


def control_of(params: Params, arm: str) -> str | None:
    """The arm's control with shuffled labels, the first if there are several."""
    labels = {name: spec.labels or params.learn.labels for name, spec in params.arms.items()}
    controls = [name for name, spec in params.arms.items() if spec.control_of == arm]
    return next((name for name in controls if labels[name] == "shuffled"), None)


def _needed(params: Params, claim: Claim) -> list[str]:
    control = control_of(params, claim.arm) if claim.says in ("learned", "format") else None
    return [name for name in (claim.arm, claim.than, control) if name]
