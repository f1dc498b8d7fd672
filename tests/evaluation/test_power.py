from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clpipe.evaluation import power
from clpipe.evaluation.power import Study

TABLE = {
    20: (40, 46, 53), 30: (29, 34, 40), 50: (19, 23, 28), 100: (11, 14, 18), 200: (6.6, 8.9, 11), 300: (5.0, 6.8, 8.9),
    500: (3.6, 5.0, 6.6), 1000: (2.3, 3.3, 4.5),
}  # fmt: skip
"""Statistics page, §6: points that exact McNemar finds with 80 % power, at 2, 5 and 10 % lost."""
PLAN = Study(tasks=300, templates=40, seeds=5, loss=0.05, rho=0.3, seed_sd=0.03)


@pytest.mark.parametrize("tasks", TABLE)
def test_the_smallest_gain_is_that_of_the_statistics_page(tasks: int) -> None:
    found = [power.minimum_detectable(tasks, loss) for loss in (0.02, 0.05, 0.10)]
    assert [100 * (gain or math.nan) for gain in found] == pytest.approx(TABLE[tasks], abs=0.55 if tasks < 200 else 0.4)


def test_seeds_alone_are_those_of_the_statistics_page() -> None:
    found = [power.seeds_detectable(seeds, 1.0) for seeds in (3, 5, 8, 10)]
    assert found == pytest.approx([3.26, 1.68, 1.16, 1.00], abs=0.006)
    assert power.seeds_detectable(5, 0.05) == pytest.approx(0.084, abs=0.0005)


@pytest.mark.parametrize(
    ("gain", "least", "most"), [(0.20, 65, 85), (0.12, 130, 185), (0.10, 170, 250), (0.05, 500, 820)]
)
def test_the_tasks_needed_are_those_of_the_statistics_page(gain: float, least: int, most: int) -> None:
    # The page gives 5 and 10 % lost, rounded to about five tasks.
    assert [power.tasks_needed(gain, loss) for loss in (0.05, 0.10)] == pytest.approx([least, most], abs=5)


def test_the_power_of_a_few_tasks_by_hand() -> None:
    # At least 6 one-way flips are needed for p < .05: with 6 tasks all must be gained, 0.8^6.
    assert power.exact_power(6, 0.8, 0.0) == pytest.approx(0.8**6)
    assert power.exact_power(5, 1.0, 0.0) == 0
    assert power.minimum_detectable(5, 0.0) is None
    assert power.minimum_detectable(6, 0.0) == pytest.approx(0.8 ** (1 / 6), abs=1e-5)


def test_the_power_is_that_of_simulated_studies() -> None:
    drawn = np.random.default_rng(3).multinomial(100, [0.19, 0.05, 0.76], size=4000)
    flips, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    p = [stats.binomtest(int(g), int(g + lost), 0.5).pvalue if g + lost else 1.0 for g, lost in flips]
    found = sum(n for n, (g, lost), value in zip(times, flips, p, strict=True) if value < 0.05 and g > lost) / 4000
    assert found == pytest.approx(power.exact_power(100, 0.14, 0.05), abs=0.02)


def test_design_effects_of_the_statistics_page() -> None:
    assert 300 / power.design_effect(300, 30, 0.3) == pytest.approx(81, abs=0.5)
    assert 500 / power.design_effect(500, 10, 0.3) == pytest.approx(32, abs=0.5)
    assert power.design_effect(300, 300, 0.9) == 1


@given(st.integers(6, 80), st.floats(0.0, 0.2), st.floats(0.3, 0.95))
@settings(max_examples=30, deadline=None)
def test_the_smallest_gain_has_just_the_power_asked_for(tasks: int, loss: float, wanted: float) -> None:
    found = power.minimum_detectable(tasks, loss, wanted)
    if found is None:
        assert power.exact_power(tasks, 1 - 2 * loss, loss) < wanted
    else:
        assert power.exact_power(tasks, found, loss) == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize(("gain", "loss"), [(0.3, 0.0), (0.2, 0.05), (0.1, 0.02)])
def test_one_task_fewer_is_not_enough(gain: float, loss: float) -> None:
    found = power.tasks_needed(gain, loss)
    assert power.exact_power(found, gain, loss) >= 0.8 > power.exact_power(found - 1, gain, loss)


def test_the_whole_study_by_hand() -> None:
    # Gain 0.1: flips 0.1 + 0.1 - 0.01 = 0.19; design effect 1 + 6.5 * 0.3 = 2.95; V = 2.95 * 0.19 / 300 + 0.0009 / 5.
    tasks, seeds = 2.95 * 0.19 / 300, 0.0009 / 5
    whole = tasks + seeds
    df = whole**2 / (tasks**2 / 39 + seeds**2 / 4)
    wanted = stats.nct.sf(stats.t.ppf(0.975, df), df, 0.1 / whole**0.5)
    assert power.study_power(PLAN, 0.1) == pytest.approx(wanted, abs=1e-4)


def test_the_smallest_gain_of_a_study_has_just_the_power_and_nears_the_exact_test_where_nothing_is_shared() -> None:
    found = power.detectable(PLAN)
    assert found is not None
    assert power.study_power(PLAN, found) == pytest.approx(0.8, abs=0.001)
    alone = power.detectable(Study(tasks=1000, templates=1000, seeds=1, loss=0.05, rho=0.0, seed_sd=0.0))
    assert alone == pytest.approx(power.minimum_detectable(1000, 0.05), abs=0.002)
    over_seeds = power.detectable(Study(tasks=10**6, templates=10**6, seeds=5, loss=0.05, rho=0.0, seed_sd=0.05))
    assert over_seeds == pytest.approx(power.seeds_detectable(5, 0.05), abs=0.001)


@given(
    st.sampled_from(["tasks", "templates", "seeds", "loss", "rho", "seed_sd"]), st.integers(40, 400), st.floats(0, 0.5)
)
@settings(max_examples=30, deadline=None)
def test_more_data_tells_smaller_gains_and_more_doubt_larger_ones(part: str, templates: int, rho: float) -> None:
    plan = Study(tasks=800, templates=templates, seeds=5, loss=0.05, rho=rho, seed_sd=0.03)
    more = {"tasks": 1600, "templates": 2 * templates, "seeds": 10, "loss": 0.1, "rho": rho + 0.1, "seed_sd": 0.06}
    values = {name: getattr(plan, name) for name in Study.__slots__} | {part: more[part]}
    before, after = power.detectable(plan), power.detectable(Study(**values))
    assert before is not None
    assert after is not None
    assert after <= before + 1e-6 if part in ("tasks", "templates", "seeds") else after >= before - 1e-6


def test_the_study_that_is_needed_tells_the_gain_and_keeps_the_proportions() -> None:
    found = power.needed(PLAN, 0.05)
    assert found is not None
    assert power.study_power(found, 0.05) >= 0.8
    assert found.tasks / found.templates == pytest.approx(300 / 40, rel=0.05)
    assert power.study_power(Study(tasks=int(0.97 * found.tasks), templates=int(0.97 * found.templates),
                                   seeds=found.seeds - 1, loss=0.05, rho=0.3, seed_sd=0.03), 0.05) < 0.8  # fmt: skip
    assert power.needed(Study(tasks=2, templates=2, seeds=2, loss=0.4, rho=1.0, seed_sd=1.0), 0.001) is None
    one = power.needed(Study(tasks=60, templates=60, seeds=1, loss=0.05, rho=0.0, seed_sd=0.1), 0.1)
    assert one is not None
    assert one.seeds == 1


def test_with_one_seed_nothing_is_said_of_others() -> None:
    near, far = (Study(tasks=300, templates=40, seeds=1, loss=0.05, rho=0.3, seed_sd=sd) for sd in (0.0, 0.5))
    assert power.detectable(near) == power.detectable(far)
    assert power.answer(far, [0.1]).seeds_alone is None


def test_an_answer_leaves_out_gains_that_cannot_be() -> None:
    found = power.answer(Study(tasks=300, templates=40, seeds=2, loss=0.45, rho=0.3, seed_sd=0.5), [0.05, 0.2])
    assert list(found.needed) == [0.05]
    assert found.seeds_alone is None
    assert found.together is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tasks": 1}, "tasks: 1"),
        ({"templates": 1}, "templates: 1 is not possible; at least 2 and at most 300 is needed"),
        ({"templates": 301}, "templates: 301"),
        ({"seeds": 0}, "seeds: 0"),
        ({"loss": 0.5}, "loss: 0.5 is not possible; at least 0 and below 0.5"),
        ({"rho": 1.1}, "rho: 1.1"),
        ({"seed_sd": -0.1}, "seed_sd: -0.1"),
        ({"seed_sd": math.nan}, "seed_sd: nan"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changed: dict[str, float], told: str) -> None:
    values = {name: getattr(PLAN, name) for name in Study.__slots__} | changed
    with pytest.raises(ValueError, match=told):
        Study(**values)


@pytest.mark.parametrize(("wanted", "level"), [(1.0, 0.05), (0.01, 0.05), (0.8, 0.0), (0.8, 0.9)])
def test_other_powers_and_levels_are_refused(wanted: float, level: float) -> None:
    with pytest.raises(ValueError, match=r"power|level"):
        power.detectable(PLAN, wanted, level)
