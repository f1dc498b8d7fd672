"""Whether method, strategy and stream of an arm go together, told before anything costs time."""

from __future__ import annotations

from collections.abc import Iterator

from clpipe import named
from clpipe.models.method import FROZEN, LOW_RANK, WEIGHTS, Method
from clpipe.params import Params
from clpipe.strategy import Strategy
from clpipe.streams import Stream

LACKS = {
    WEIGHTS: "it learns by gradient steps, and the method has nothing that learns",
    LOW_RANK: "it works on LoRA's pairs of matrices, and the method has none (lora does)",
    FROZEN: "it changes no weights, so that the method must be frozen",
}


def mismatches(params: Params) -> Iterator[str]:
    """A line `arms.NAME...: problem` for each thing in an arm that does not suit another."""
    for arm in params.arms:
        try:
            parts = _parts(params, arm)
            params.learn_settings(arm)
        except (LookupError, ValueError):
            continue  # told at its place
        yield from (f"arms.{arm}.{line}" for line in _arm(params, arm, *parts))


def _parts(params: Params, arm: str) -> tuple[Method, Strategy, Stream]:
    spec = params.arms[arm]
    own = (
        ("methods", spec.method, params.method_options(arm)),
        ("strategies", spec.strategy, params.strategy_options(arm)),
        ("streams", spec.stream, params.stream_options(arm)),
    )
    method, strategy, stream = (named.build(named.load(f"clpipe.{kind}", name), o, kind) for kind, name, o in own)
    return method, strategy, stream


def _arm(params: Params, arm: str, method: Method, strategy: Strategy, stream: Stream) -> Iterator[str]:
    spec, settings = params.arms[arm], params.learn_settings(arm)
    shown, others = params.families(arm)
    for need in sorted(strategy.needs - method.traits):
        yield f"strategy: {spec.strategy!r} cannot be used with method {spec.method!r}: {LACKS[need]}"
    if strategy.needs_boundaries and not stream.boundaries(shown):
        yield (
            f"strategy: {spec.strategy!r} must be told where a phase ends, and stream {spec.stream!r} (as it is set) "
            "has no such moments; take one of several blocks (blocked or recurring with two families or more, drift "
            "with width 0 and two concepts) or another strategy"
        )
    if strategy.beforehand != "nothing" and not stream.foreseeable:
        wanted = "the whole stream" if strategy.beforehand == "stream" else "tasks that the stream will not show"
        yield f"strategy: {spec.strategy!r} needs {wanted} beforehand, and nobody knows {spec.stream!r} beforehand"
    if strategy.beforehand in ("spare", "others") and getattr(stream, "concepts", ("given",))[0] != "given":
        yield (
            f"strategy: {spec.strategy!r} is shown tasks beforehand as they were drawn, and the stream begins with "
            f"another rule; let {spec.stream!r} begin with the concept 'given'"
        )
    if stream.draws and settings.labels != "given":
        yield f"labels: {settings.labels!r} needs a known set of tasks, and {spec.stream!r} draws without end"
    if settings.labels == "unrelated" and len(shown) < 2:
        yield "labels: 'unrelated' takes answers of other families, and the stream shows a single one"
    yield from (f"method_options.{line}" for line in method.problems(shown))
    yield from (f"strategy_options.{line}" for line in strategy.problems(shown, others, settings.episodes))
    yield from (f"stream_options.{line}" for line in stream.problems(shown, settings.episodes))
