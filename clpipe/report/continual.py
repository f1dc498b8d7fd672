"""Continual learning: the arms that met the same stream, beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clpipe.evaluation import accuracy, drift
from clpipe.params import Options
from clpipe.records import Interval
from clpipe.report.course import Course, course
from clpipe.report.results import ArmFiles, Results

PLAIN = ("mixed", "naive")
"""The stream and the strategy of a study in which nothing is continual but the learning."""
LINES = 12
"""More changes of phase than this are not drawn: then the phases alternate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The arms of one model that met the same stream."""

    name: str
    """Of its figures too."""
    model: str
    options: Options
    families: tuple[str, ...]
    """Met by an arm in some seed."""
    episodes: int
    seeds: int
    courses: tuple[Course, ...]
    naive: str | None
    """The arm that the others are set against: the first that learns from every lesson as it comes, no control."""
    over_naive: Mapping[str, Interval]
    """Final accuracy minus that of the naive arm, by arm, paired by seed and task."""
    changes: tuple[int, ...]
    """First episodes of the phases after the first, where all seeds of all arms share them."""

    @property
    def drifts(self) -> bool:
        """Whether its rule changes."""
        return self.courses[0].rules is not None


def streams(results: Results) -> tuple[Stream, ...]:
    """Every stream that is another than `mixed`, or that an arm met with another strategy than `naive`."""
    groups: dict[tuple[str, ...], list[ArmFiles]] = {}
    for files in results.arms.values():
        groups.setdefault(_key(files), []).append(files)
    shown = [g for g in groups.values() if any((a.summary.stream, a.summary.strategy) != PLAIN for a in g)]
    kinds = [group[0].summary.stream for group in shown]
    found = []
    for i, group in enumerate(shown):
        earlier = kinds[:i].count(kinds[i])
        found.append(_stream(results, kinds[i] + (f"-{earlier + 1}" if earlier else ""), group))
    return tuple(found)


def _key(files: ArmFiles) -> tuple[str, ...]:
    """What makes a stream the same for each seed."""
    summary, length = files.summary, max(e.t for e in files.episodes)
    options = sorted(summary.stream_options.items())
    return summary.model, summary.stream, str(options), str(summary.settings.get("families")), str(length)


def _stream(results: Results, name: str, arms: Sequence[ArmFiles]) -> Stream:
    met = tuple(sorted({e.family for files in arms for e in files.episodes}))
    courses = tuple(course(results, files, met) for files in arms)
    naive = next((c for c in courses if _is_naive(c.files)), None)
    points = {places for files in arms for places in drift.change_points(files.episodes).values()}
    shared = next(iter(points)) if len(points) == 1 else ()
    confidence = results.params.report.confidence
    return Stream(
        name=name,
        model=arms[0].summary.model,
        options=arms[0].summary.stream_options,
        families=met,
        episodes=max(e.t for e in arms[0].episodes),
        seeds=len(results.params.seeds),
        courses=courses,
        naive=naive.name if naive else None,
        over_naive={
            c.name: accuracy.change(naive.last, c.last, confidence) for c in courses if naive and c is not naive
        },
        changes=shared if len(shared) <= LINES else (),
    )


def _is_naive(files: ArmFiles) -> bool:
    summary = files.summary
    return summary.strategy == "naive" and summary.trainable_parameters > 0 and files.spec.control_of is None
