"""Every number of the report, computed once from the results; tables, figures and metrics only show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clpipe.evaluation import accuracy
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.ledger import Entry
from clpipe.report import claims
from clpipe.report.arm_measures import ArmMeasures, arm_measures, ends
from clpipe.report.continual import Stream, streams
from clpipe.report.lost import ArmLost, arm_lost
from clpipe.report.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The numbers of the study."""

    results: Results
    arms: Mapping[str, ArmMeasures]
    baselines: Mapping[str, Mapping[str, Scores]]
    """By model, then by name of the baseline."""
    lost: Mapping[str, ArmLost]
    """By arm."""
    streams: tuple[Stream, ...]
    """Those of continual learning; none in a study of naive arms on mixed streams."""
    ledger: tuple[Entry, ...]
    """What may be said of the hypotheses declared before the runs."""
    given: tuple[Entry, ...]
    """The same of the claims of the seed document."""

    @property
    def confidence(self) -> float:
        """Of every interval."""
        return self.results.params.report.confidence

    @property
    def smallest(self) -> float:
        """Smallest difference of accuracies worth having."""
        return self.results.params.report.smallest_gain

    def groups(self) -> list[list[ArmMeasures]]:
        """Each arm that is no control, followed by its controls."""
        return [[a, *(self.arms[c] for c in a.over_controls)] for a in self.arms.values() if not a.is_control]

    def heads(self) -> list[ArmMeasures]:
        """The arms that are no control."""
        return [group[0] for group in self.groups()]

    def declared(self, arm: str) -> list[Entry]:
        """What was declared of an arm before the runs."""
        return [e for e in self.ledger if e.finding.arm == arm]


def measure(results: Results) -> Measures:
    """Compute everything; raises ValueError where arms, controls and baselines were not asked the same tasks."""
    for name, arm in results.params.arms.items():
        if arm.control_of is not None and results.params.arms[arm.control_of].control_of is not None:
            raise ValueError(
                f"arms.{name}.control_of: {arm.control_of!r} is a control itself; name the arm it controls"
            )
    tables = {name: ends(files) for name, files in results.arms.items()}
    baselines = {
        model: {name: accuracy.scores(outcomes, 0) for name, outcomes in found.items()}
        for model, found in results.baselines.items()
    }
    arms = {
        name: arm_measures(results, tables, baselines[files.spec.model], files) for name, files in results.arms.items()
    }
    lost = {
        name: arm_lost(files, results.retained[files.spec.model], results.params.report.confidence)
        for name, files in results.arms.items()
    }
    return Measures(
        results=results,
        arms=arms,
        baselines=baselines,
        lost=lost,
        streams=streams(results),
        ledger=claims.ledger_of(results),
        given=claims.given(results),
    )
