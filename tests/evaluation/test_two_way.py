from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from clpipe.evaluation import clustered, intervals, two_way

TABLES = st.tuples(st.integers(1, 5), st.integers(2, 12)).flatmap(
    lambda size: st.tuples(
        arrays(np.float64, size, elements=st.sampled_from([-1.0, 0.0, 1.0])),
        st.lists(st.sampled_from("abcd"), min_size=size[1], max_size=size[1]),
    )
)
PAIRS = ["a", "a", "b", "b", "c", "c"]


def test_one_seed_by_hand() -> None:
    # Templates a (2 tasks), b (1), c (1); mean 0.5. Sums of deviations: a 1, b and c -0.5; over n: 0.25, -0.125 twice.
    # W2 = (4 + 1 + 1) / 16 = 0.375, W3 = (8 + 1 + 1) / 64 = 0.15625, k = 1 / 0.625 = 1.6.
    # V = 1.6 (0.0625 + 2 / 64) = 0.15; df = 0.390625 / (0.375 + 0.140625 - 0.3125) = 1.923.
    found = two_way.estimate(np.array([[1.0, 1, 0, 0]]), ["a", "a", "b", "c"])
    assert (found.point, found.centre) == (0.5, 0.5)
    assert found.variance == pytest.approx(0.15)
    assert found.df == pytest.approx(0.390625 / 0.203125)
    assert (found.parts.templates, found.parts.seeds) == (1, 0)


def test_one_seed_with_equal_templates_is_the_cluster_robust_error_of_the_evaluation_harnesses() -> None:
    # CR0: sqrt(sum over clusters of (sum of deviations)^2) / n. CR1, as inspect_ai's `stderr(cluster=)` has it, and
    # Miller (2024) without the factor: times sqrt(G / (G - 1)).
    values, n = np.array([1.0, 1, 1, 0, 0, 0]), 6
    sums = [sum(values[i] - 0.5 for i in pair) for pair in ((0, 1), (2, 3), (4, 5))]
    cr0 = math.sqrt(sum(s**2 for s in sums)) / n
    found = two_way.estimate(values[None], PAIRS)
    assert math.sqrt(found.variance) == pytest.approx(cr0 * math.sqrt(3 / 2))
    assert found.df == pytest.approx(2)


def test_tasks_that_stand_alone_have_the_standard_error_of_the_mean() -> None:
    # lm-eval's mean_stderr: sample standard deviation (n - 1) over the root of n.
    values = np.array([1.0, 0, 0, 1, 1])
    found = two_way.estimate(values[None], list("abcde"))
    assert math.sqrt(found.variance) == pytest.approx(stats.sem(values))
    assert found.df == pytest.approx(4)


def test_seeds_and_templates_by_hand_from_the_mean_squares() -> None:
    # Two tasks a template. Means of seed and template: 0.5 1 0 / 1 1 0.5, so seeds 0.5 and 2.5/3, templates .75 1 .25.
    values = np.array([[1.0, 0, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0]])
    cells = values.reshape(2, 3, 2).mean(axis=2)
    rows, columns, mean = cells.mean(axis=1), cells.mean(axis=0), cells.mean()
    of_templates = 2 * ((columns - mean) ** 2).sum() / 2
    of_seeds = 3 * ((rows - mean) ** 2).sum() / 1
    of_both = ((cells - rows[:, None] - columns + mean) ** 2).sum() / 2
    found = two_way.estimate(values, PAIRS)
    assert of_templates > of_both < of_seeds
    assert found.variance == pytest.approx((of_templates + of_seeds - of_both) / 6)
    squares = of_templates**2 / 2 + of_seeds**2 / 1 + of_both**2 / 2
    assert found.df == pytest.approx((of_templates + of_seeds - of_both) ** 2 / squares)
    assert found.parts.templates == pytest.approx((of_templates - of_both) / (of_templates + of_seeds - of_both))


def test_a_component_below_0_is_cut_off_and_takes_its_degrees_of_freedom_along() -> None:
    # All templates are 0.5 right over the seeds: nothing is from templates. Seeds: 0, 1, so V = 2 * 0.25 / 2.
    only_seeds = two_way.estimate(np.array([[0.0] * 6, [1.0] * 6]), PAIRS)
    assert [only_seeds.variance, only_seeds.df] == pytest.approx([0.25, 1])
    assert (only_seeds.parts.templates, only_seeds.parts.seeds) == (0, 1)
    # Both seeds are half right, and in both it is the same templates: nothing is from seeds.
    only_templates = two_way.estimate(np.array([[1.0, 1, 0, 0, 1, 0]] * 2), PAIRS)
    assert only_templates.variance == pytest.approx(two_way.estimate(np.array([[1.0, 1, 0, 0, 1, 0]]), PAIRS).variance)
    assert only_templates.df == pytest.approx(2)
    # Turned round from seed to seed: all is what seeds and templates do together.
    neither = two_way.estimate(np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]]), ["a", "a", "b", "b"])
    assert (neither.parts.templates, neither.parts.seeds) == (0, 0)
    assert neither.variance > 0


@pytest.mark.parametrize("of_seeds", [0.0, 0.2])
def test_on_average_the_variance_is_what_means_vary_by_also_with_templates_of_uneven_size(of_seeds: float) -> None:
    rng, sizes = np.random.default_rng(11), [1, 1, 2, 2, 3, 3, 4, 8]
    place = np.repeat(np.arange(8), sizes)
    template = rng.normal(size=(20000, 1, 8))[:, :, place]
    values = template + math.sqrt(of_seeds) * rng.normal(size=(20000, 4, 1)) + rng.normal(size=(20000, 4, len(place)))
    found = two_way.moments(values, two_way.layout([str(p) for p in place]))
    truth = sum(n**2 for n in sizes) / 24**2 + of_seeds / 4 + 1 / (24 * 4)
    assert found.mean.var() == pytest.approx(truth, rel=0.05)
    assert 0.85 * truth < found.variance.mean() < 1.05 * truth


def test_a_template_that_holds_all_tasks_lets_each_task_stand_for_itself() -> None:
    values = np.array([[1.0, 0, 0, 1, 1]])
    assert two_way.estimate(values, ["a"] * 5) == two_way.estimate(values, list("abcde"))


def test_one_task_cannot_tell_of_others() -> None:
    with pytest.raises(ValueError, match="at least 2 tasks, not 1"):
        two_way.estimate(np.array([[1.0], [0.0]]), ["a"])


@pytest.mark.parametrize("sizes", [[5, 5, 5, 5], [1] * 9])
def test_with_templates_of_one_size_the_degrees_of_freedom_are_one_less_than_there_are(sizes: list[int]) -> None:
    names = [str(i) for i, size in enumerate(sizes) for _ in range(size)]
    found = two_way.layout(names)
    assert found.df == pytest.approx(len(sizes) - 1)
    assert found.factor == pytest.approx(len(sizes) / (len(sizes) - 1))


@given(st.lists(st.integers(1, 30), min_size=2, max_size=12))
def test_uneven_templates_never_count_for_more_than_there_are(sizes: list[int]) -> None:
    found = two_way.layout([str(i) for i, size in enumerate(sizes) for _ in range(size)])
    assert 1 - 1e-9 <= found.df <= len(sizes) - 1 + 1e-9
    assert found.factor >= len(sizes) / (len(sizes) - 1) - 1e-9


@given(sizes=st.lists(st.integers(1, 12), min_size=2, max_size=8))
def test_the_closed_form_is_satterthwaite_s_for_the_quadratic_form(sizes: list[int]) -> None:
    # Residuals (I - w 1') r of independent template sums r with variances n_c: df = tr(A)^2 / tr(A A).
    weights = np.array(sizes) / sum(sizes)
    left = np.eye(len(sizes)) - np.outer(weights, np.ones(len(sizes)))
    form = left.T @ left @ np.diag(sizes)
    found = two_way.layout([str(i) for i, size in enumerate(sizes) for _ in range(size)])
    assert found.df == pytest.approx(np.trace(form) ** 2 / np.trace(form @ form))
    assert found.factor == pytest.approx(sum(sizes) / np.trace(form))


@given(TABLES)
def test_the_order_of_seeds_and_tasks_changes_nothing_and_the_parts_are_shares(
    made: tuple[np.ndarray, list[str]],
) -> None:
    values, names = made
    order = np.random.default_rng(len(names)).permutation(len(names))
    one = two_way.estimate(values, names)
    two = two_way.estimate(values[::-1][:, order], [names[i] for i in order])
    assert [one.point, one.variance] == pytest.approx([two.point, two.variance])
    assert one.parts.templates >= 0
    assert one.parts.seeds >= 0
    assert one.parts.templates + one.parts.seeds <= 1 + 1e-9


@given(TABLES)
def test_p_is_below_the_level_just_where_the_interval_leaves_0_out(made: tuple[np.ndarray, list[str]]) -> None:
    values, names = made
    found = two_way.single(clustered.gain(values, names), float(values.mean()))
    interval = two_way.interval(found, 0.9)
    p = two_way.p_value(found)
    assert found.variance > 0
    assert abs(p - 0.1) < 1e-9 or (p < 0.1) == (interval.low > 0 or interval.high < 0)


def test_p_without_any_spread() -> None:
    assert two_way.p_value(two_way.estimate(np.zeros((2, 4)), list("aabb"))) == 1
    assert two_way.p_value(two_way.estimate(np.ones((2, 4)), list("aabb"))) == 0


def test_many_tables_at_once_are_each_as_alone() -> None:
    values = np.random.default_rng(2).integers(0, 2, size=(7, 3, 6)).astype(float)
    together = two_way.moments(values, two_way.layout(PAIRS))
    for i, table in enumerate(values):
        alone = two_way.estimate(table, PAIRS)
        assert [together.variance[i], together.df[i]] == pytest.approx([alone.variance, alone.df])


def test_a_gain_of_nothing_keeps_about_the_width_of_the_rule_of_three() -> None:
    # 30 tasks, none changed: two of 32 were added, so V = 2 / (32 * 31); exact bounds of a rate never seen are 11.6 %.
    found = clustered.gain(np.zeros((5, 30)), [str(i) for i in range(30)])
    assert float(found.variance) == pytest.approx(2 / (32 * 31))
    assert float(found.df) == pytest.approx(29)


def test_added_tasks_bring_no_degrees_of_freedom() -> None:
    names = [str(i // 10) for i in range(30)]
    assert float(clustered.gain(np.ones((1, 30)), names).df) == pytest.approx(2)
    assert float(clustered.gain(np.ones((1, 1)), ["a"]).df) == 1


def test_a_share_has_the_tasks_in_effect_of_korn_and_graubard() -> None:
    # 4 templates of 5, p = 0.5: means 1, 1, 0, 0, V = (4 * 0.25 / 3) / 4 = 1/12, so 0.25 / V = 3 tasks in effect.
    values, names = np.repeat([1.0, 1, 0, 0], 5)[None], [str(i // 5) for i in range(20)]
    low, high = clustered.share_bounds(values, names, 0.95)
    wanted = intervals.score_bounds(np.float64(0.5), 3.0, float(stats.t.ppf(0.975, 3)))
    assert (float(low), float(high)) == pytest.approx(tuple(map(float, wanted)))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_right_or_all_wrong_counts_the_tasks(value: float) -> None:
    low, high = clustered.share_bounds(np.full((3, 20), value), [str(i // 5) for i in range(20)], 0.95)
    wanted = intervals.score_bounds(np.float64(value), 20.0, float(stats.t.ppf(0.975, 3)))
    assert (float(low), float(high)) == pytest.approx(tuple(map(float, wanted)))


def test_answers_are_never_worth_more_than_there_are() -> None:
    # Two templates, both half right: their spread is 0 by chance, and 4 tasks are still but 4 tasks.
    low, high = clustered.share_bounds(np.array([[1.0, 0, 1, 0]]), ["a", "a", "b", "b"], 0.95)
    wanted = intervals.score_bounds(np.float64(0.5), 4.0, float(stats.t.ppf(0.975, 1)))
    assert (float(low), float(high)) == pytest.approx(tuple(map(float, wanted)))


def test_seeds_that_answer_alike_are_as_one() -> None:
    row = np.array([[1.0, 1, 0, 1, 0, 0, 0, 1]])
    for names in (list("abcdefgh"), list("aabbccdd")):
        one, five = (clustered.share_bounds(np.repeat(row, times, axis=0), names, 0.95) for times in (1, 5))
        assert [float(end) for end in five] == pytest.approx([float(end) for end in one])
