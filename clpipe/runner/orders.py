"""The orders that a study comes to: one for each model, then one for each arm, none for what the head does itself.

The tasks are drawn, verified and split at the head: it takes seconds, and their certificates are files in git that a
run cache does not carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clpipe.params import Params
from clpipe.runner import lock_file
from clpipe.runner.plan import EVALUATE, Work
from clpipe.runner.source import Source, params_for
from clpipe.runner.worker import Order

DRAWN = "split"
"""The stage whose outputs are the tasks; DVC runs what comes before it."""

COPIES = "copies"


def stages(work: Work) -> tuple[str, ...]:
    """The stages of an arm, in their order; `copies` needs what was learned and belongs to the asking."""
    asked = f"{EVALUATE}@{work.arm}" in work.stages
    return (*work.stages, f"{COPIES}@{work.arm}") if asked else work.stages


def model_stages(model: str) -> tuple[str, ...]:
    """The stages of a model, in their order."""
    return (f"model@{model}", f"baseline@{model}")


def of_model(source: Source, params: Params, model: str, settings: Mapping[str, str]) -> Order:
    """To fetch the weights and ask them without any training."""
    arms = [name for name, arm in params.arms.items() if arm.model == model][:1]
    return _order(source, model, model_stages(model), (DRAWN,), arms, settings)


def of_arms(source: Source, params: Params, name: str, works: Sequence[Work], settings: Mapping[str, str]) -> Order:
    """To learn the arms one after another, and ask them."""
    arms = [work.arm for work in works]
    models = dict.fromkeys(params.arm(arm).model for arm in arms)
    first = (DRAWN, *(stage for model in models for stage in model_stages(model)))
    return _order(source, name, tuple(stage for work in works for stage in stages(work)), first, arms, settings)


def _order(
    source: Source,
    name: str,
    own: tuple[str, ...],
    first: tuple[str, ...],
    arms: Sequence[str],
    settings: Mapping[str, str],
) -> Order:
    return Order(
        name=name,
        stages=own,
        first=first,
        commit=source.commit,
        params=params_for(source.params, arms),
        lock=lock_file.only(source.lock, first),
        remote=source.remote,
        versions=source.versions,
        settings=settings,
    )
