"""What `metrics.json` holds of forgetting and continual learning, an arm at a time; what has no value is left out."""

from __future__ import annotations

from clpipe.records import Json
from clpipe.report.continual import Stream
from clpipe.report.course import KEPT, Course, Families
from clpipe.report.lost import ArmLost
from clpipe.report.measures import Measures
from clpipe.report.rounded import interval, over_seeds, rounded
from clpipe.report.rules import Rules
from clpipe.report.spread import mean


def of_arm(measures: Measures, name: str) -> dict[str, Json]:
    """`lost` (positive is worse) and `retention` of every arm, `continual` of those on a stream that is shown."""
    found = measures.lost[name]
    values: dict[str, Json] = {"lost": _lost(found), "retention": _retention(found)}
    for stream in measures.streams:
        for course in stream.courses:
            if course.name == name:
                values["continual"] = _continual(stream, course, measures.confidence)
    return values


def _lost(found: ArmLost) -> dict[str, Json]:
    end = found.end
    spans = {"strict": end.strict, "content": end.content, "format": end.format}
    values = {key: value for name, span in spans.items() for key, value in interval(name, name, span).items()}
    return values | interval("calibration", "calibration", end.calibration.lost if end.calibration else None)


def _retention(found: ArmLost) -> dict[str, Json]:
    kept: dict[str, Json] = {
        kind: {
            "base_loss": rounded(each.base),
            **interval("loss_change", "loss_change", each.loss),
            **interval("kl", "kl", each.kl),
        }
        for kind, each in found.kept.items()
    }
    untouched: dict[str, Json] = {
        family: {
            **interval("initial_accuracy", "initial", change.initial),
            **interval("final_accuracy", "final", change.final),
            **interval("gain", "gain", change.gain),
            "tasks": change.tasks,
        }
        for family, change in found.untouched.items()
    }
    return kept | ({"untouched": untouched} if untouched else {})


def _continual(stream: Stream, course: Course, confidence: float) -> dict[str, Json]:
    values: dict[str, Json] = {"tasks": len(course.last.tasks), "stream": stream.name}
    values |= interval("final_accuracy", "final", course.final)
    values |= interval("over_naive", "over_naive", stream.over_naive.get(course.name))
    for name, numbers in course.by_seed.items():
        values |= over_seeds(name, numbers, confidence)
    if course.families:
        values |= _families(course.families, confidence)
    if course.rules:
        values |= _rules(course.rules)
    return values


def _families(found: Families, confidence: float) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name in ("learning_accuracy", *KEPT):
        if name in found.crosswalk:
            values |= over_seeds(name, found.crosswalk[name], confidence)
    half = found.half_life
    ends = {"half_life": half.episodes, "half_life_low": half.low, "half_life_high": half.high}
    values |= {name: rounded(value) for name, value in ends.items() if value is not None}
    return {**values, "crosswalk": {name: rounded(mean(numbers)) for name, numbers in found.crosswalk.items()}}


def _rules(found: Rules) -> dict[str, Json]:
    values: dict[str, Json] = {
        "rules": {rule: rounded(float(table.correct.mean())) for rule, table in found.last.items()}
    }
    changes = [seed for recoveries in found.recoveries.values() for seed in recoveries]
    back = [r.episodes for r in changes if r.episodes is not None]
    if changes:
        values["recovery"] = {"changes": len(changes), "recovered": len(back)}
    if back:
        values["recovery"] = {"changes": len(changes), "recovered": len(back), "episodes": rounded(mean(back))}
    return values
