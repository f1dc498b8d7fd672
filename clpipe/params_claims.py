"""The section `claims` of `params.yaml`: hypotheses about arms, declared before the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from clpipe.mistakes import unknown
from clpipe.params_section import Section


class Claim(Section):
    """One hypothesis: a difference of accuracies at the last checkpoint is above 0."""

    arm: str
    says: Literal["learned", "rose", "format", "better"]
    """`learned`: above its control with shuffled labels, and all that the word demands; `rose`: above its own start;
    `format`: that control is above the arm's own start; `better`: above the arm `than`."""
    than: str | None = None
    metric: Literal["accuracy", "content"] = "accuracy"
    """`accuracy`: the whole reply is the answer; `content`: the answer is in the reply."""


def claim_problems(claims: Mapping[str, Any], arms: Mapping[str, Any], labels: object) -> Iterator[str]:
    """A line for each claim that names an arm that is not there or lacks what it is to be compared with.

    `labels` is what arms learn from that say nothing of it.
    """
    controlled = _controlled(arms, labels)
    for name, claim in claims.items():
        if isinstance(claim, Mapping):  # else told by the schema
            arm, says = claim.get("arm"), claim.get("says")
            yield from (f"claims.{name}{line}" for line in _arm(arm, says, arms, controlled))
            yield from (f"claims.{name}.than: {line}" for line in _than(claim.get("than"), arm, says, arms))


def _arm(arm: object, says: object, arms: Mapping[str, Any], controlled: list[object]) -> Iterator[str]:
    if isinstance(arm, str) and arm not in arms:
        yield f".arm: {unknown('arm', arm, arms)}"
    elif says in ("learned", "format") and arm not in controlled:
        yield (
            f": says {says!r}, which takes a control with shuffled labels; add an arm with `labels: shuffled, "
            f"control_of: {arm}`, or say `rose`"
        )


def _than(than: object, arm: object, says: object, arms: Mapping[str, Any]) -> Iterator[str]:
    if says == "better" and not than:
        yield f"missing; the arm that {arm} is to be better than"
    elif than is not None and says in ("learned", "rose", "format"):
        yield "only a claim that says `better` is measured against another arm"
    elif isinstance(than, str) and than not in arms:
        yield unknown("arm", than, arms)
    elif than is not None and than == arm:
        yield "an arm cannot be better than itself"


def _controlled(arms: Mapping[str, Any], labels: object) -> list[object]:
    """Arms that have a control with shuffled labels."""
    every = [arm for arm in arms.values() if isinstance(arm, Mapping)]
    return [arm.get("control_of") for arm in every if arm.get("labels", labels) == "shuffled"]
