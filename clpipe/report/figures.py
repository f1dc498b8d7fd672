"""Every figure of the report, by the name of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from matplotlib.figure import Figure

from clpipe.evaluation import losses
from clpipe.report import (
    along,
    before_after,
    canvas,
    continual_figures,
    decomposition,
    family_curves,
    heat_figures,
    learning,
    lost_figures,
    overview_figure,
    pareto,
    speed,
)
from clpipe.report.continual import Stream
from clpipe.report.measures import Measures

Makers = dict[str, Callable[[], Figure]]


def draw(measures: Measures) -> Iterator[tuple[str, Figure]]:
    """Each figure with its name; use it before asking for the next, because the style is set for one at a time."""
    for name, make in _makers(measures).items():
        with canvas.styled(name):
            yield name, make()


def _makers(measures: Measures) -> Makers:
    window = measures.results.params.report.loss_window
    return {
        "overview": partial(overview_figure.overview, measures),
        "overview-narrow": partial(overview_figure.narrow, measures),
        "learning": partial(learning.figure, measures),
        "families-curves": partial(family_curves.figure, measures),
        **({"decomposition": partial(decomposition.figure, measures)} if decomposition.section(measures) else {}),
        **({"speed": partial(speed.figure, measures)} if speed.sections(measures) else {}),
        "pareto": partial(pareto.figure, measures),
        "losses": lambda: along.figure(
            measures, lambda a: losses.smoothed(a.loss, window), "loss, nats a token", share=False
        ),
        "stream": lambda: along.figure(
            measures, lambda a: losses.prequential(a.correct), "right first attempts so far", share=True
        ),
        "families": lambda: before_after.figure(measures, lambda arm: arm.families),
        "sides": lambda: before_after.figure(measures, lambda arm: arm.sides),
        "retention": partial(lost_figures.retention, measures),
        **_continual(measures.streams),
    }


def _continual(streams: Sequence[Stream]) -> Makers:
    makers: Makers = {}
    for stream in streams:
        if stream.drifts:
            makers[f"rules-{stream.name}"] = partial(continual_figures.rules, stream)
        else:
            makers[f"matrix-{stream.name}"] = partial(heat_figures.accuracy, stream)
            makers[f"forgetting-{stream.name}"] = partial(heat_figures.forgetting, stream)
    if streams:
        makers["prequential"] = partial(continual_figures.prequential, streams)
    return makers
