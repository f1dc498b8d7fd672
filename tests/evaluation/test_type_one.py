"""How often "learned" is written of an arm that is no better than its control with shuffled labels: 5 % at the most."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from clpipe.evaluation import accuracy, bootstrap, claims, intervals, two_way
from clpipe.evaluation.accuracy import Scores
from clpipe.evaluation.claims import Evidence
from clpipe.records import Interval
from tests.evaluation.simulated import World, answers

STUDIES, TASKS, TEMPLATES, SEEDS = 2000, 300, 40, 5
SURE = Interval(point=1.0, low=1.0, high=1.0)
"""Over its start, majority and nearest neighbour: without a doubt, so that the control alone decides."""


def studies(count: int, of_seeds: float) -> World:
    """Arms have the hardness of templates and tasks each for itself, which leaves the most to chance."""
    places = np.arange(TASKS) % TEMPLATES
    return World(replicates=count, seeds=SEEDS, places=places, of_templates=0.25, of_tasks=0.2, of_seeds=of_seeds)


def table(world: World, correct: NDArray[np.float64]) -> Scores:
    tasks = tuple(f"{i:03}" for i in range(TASKS))
    templates = tuple(f"f/{name}" for name in world.templates)
    return Scores(seeds=tuple(range(SEEDS)), tasks=tasks, families=("f",) * TASKS, templates=templates, correct=correct)


def learned(control: Scores, arm: Scores) -> bool:
    """The whole rule, with the evidence as the report has it; one condition unmet is enough to stop."""
    over_control = accuracy.change(control, arm, 0.95)
    if over_control.low <= 0:
        return False
    evidence = Evidence(
        tasks=len(arm.tasks),
        templates=len(set(arm.templates)),
        seeds=len(arm.seeds),
        over_control=over_control,
        over_control_seeds=intervals.student(arm.by_seed - control.by_seed, 0.95),
        over_control_templates=bootstrap.mean(arm.by_task - control.by_task, arm.templates, 0.95, 0),
        over_start=SURE,
        over_majority=SURE,
        over_nearest=SURE,
    )
    return all(condition.met for condition in claims.conditions(evidence))


def rates(world: World, control: float, arm: float) -> tuple[float, float]:
    """How often "learned" is written, and how often the two-sided test alone says that the two are not equal."""
    rng = np.random.default_rng([round(1000 * world.of_seeds), round(1000 * arm)])
    pairs = [
        (table(world, one), table(world, other))
        for one, other in zip(answers(rng, world, control), answers(rng, world, arm), strict=True)
    ]
    told = [two_way.p_value(accuracy.difference(*pair)) < 0.05 for pair in pairs]
    return float(np.mean([learned(*pair) for pair in pairs])), float(np.mean(told))


@pytest.mark.parametrize("of_seeds", [0.0, 0.03, 0.25])
def test_an_arm_that_is_as_good_as_its_control_is_hardly_ever_said_to_have_learned(of_seeds: float) -> None:
    # Seeds that differ by chance, that bring as much variance as the templates do, and eight times as much.
    false, told = rates(studies(STUDIES, of_seeds), 0.4, 0.4)
    assert 0.005 < false <= 0.05
    assert told == pytest.approx(0.05, abs=0.02)


def test_an_arm_that_is_much_better_is_said_to_have_learned() -> None:
    assert rates(studies(200, 0.03), 0.3, 0.55)[0] > 0.8
