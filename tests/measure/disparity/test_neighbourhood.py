"""Markov chains, Moran's I and densities: known answers, slow twins, refusals."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from xinzhi.core import InputError
from xinzhi.measure.disparity import (
    kernel_density,
    local_moran,
    markov,
    moran,
    silverman_bandwidth,
    spatial_markov,
)
from xinzhi.measure.disparity.markov import class_bounds, classified
from xinzhi.measure.disparity.moran import QUADRANTS, false_discovery

LINE = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)


def test_transitions_by_hand():
    chain = markov(np.array([[0, 0, 1], [1, 0, 0], [1, 1, -1]]), 2)
    assert chain.transitions.tolist() == [[2, 1], [1, 1]]
    assert chain.probabilities.tolist() == [
        [pytest.approx(2 / 3), pytest.approx(1 / 3)],
        [0.5, 0.5],
    ]
    assert chain.ergodic.tolist() == pytest.approx([0.6, 0.4])


def test_a_chain_that_parts_has_no_single_long_run():
    assert np.isnan(markov(np.array([[0, 0], [1, 1]]), 2).ergodic).all()
    left = markov(np.array([[0, 1], [0, 0]]), 2)  # nobody was seen to leave the second class
    assert np.isnan(left.probabilities[1]).all()
    assert np.isnan(left.ergodic).all()


def test_long_run_shares_are_where_the_chain_settles():
    codes = np.random.default_rng(0).integers(0, 4, (40, 30))
    chain = markov(codes, 4)
    settled = np.linalg.matrix_power(chain.probabilities, 200)
    np.testing.assert_allclose(chain.ergodic, settled[0], atol=1e-12)


def test_chains_under_all_neighbours_add_up():
    random = np.random.default_rng(1)
    codes, lags = random.integers(0, 3, (20, 12)), random.integers(0, 2, (20, 12))
    chains, test = spatial_markov(codes, lags, 3, 2)
    total = sum(chain.transitions for chain in chains)
    assert np.array_equal(total, markov(codes, 3).transitions)
    tables = [np.stack([c.transitions[a] for c in chains]) for a in range(3)]
    pearson = [stats.chi2_contingency(table, correction=False) for table in tables]
    assert test.pearson == pytest.approx(sum(found.statistic for found in pearson))
    assert test.degrees_of_freedom == sum(found.dof for found in pearson)
    ratio = [stats.chi2_contingency(t, correction=False, lambda_="log-likelihood") for t in tables]
    assert test.likelihood_ratio == pytest.approx(sum(found.statistic for found in ratio))


def test_classes_are_quantiles_and_bounds_belong_below():
    bounds = class_bounds(np.array([[1.0, 2, 3, 4, np.nan]]), 2)
    assert bounds.tolist() == [2.5]
    assert classified(np.array([2.5, 2.6, np.nan]), bounds).tolist() == [0, 1, -1]
    for values, message, chinese in (
        ([1.0, 1, 1], "1 different values cannot be parted into 2 classes", "分成 2 类"),
        ([1.0, 1, 1, 1, 2], "quantiles of 4 classes coincide", ""),
    ):
        classes = 2 if chinese else 4
        with pytest.raises(InputError) as error:
            class_bounds(np.array(values + ([3.0, 4.0] if classes == 4 else [])), classes)
        assert message in str(error.value)
        assert chinese in error.value.text("zh")


def test_moran_against_all_permutations():
    values = np.array([1.0, 4, 2, 7, 3, 9])
    w = LINE / LINE.sum(axis=1, keepdims=True)

    def index(order: tuple[int, ...]) -> float:
        z = values[list(order)] - values.mean()
        return float(z @ w @ z / (z @ z))

    every = np.array([index(order) for order in permutations(range(6))])
    found = moran(values, LINE, permutations=9999, seed=0)
    assert found.index == pytest.approx(index(tuple(range(6))))
    assert found.expected == pytest.approx(every.mean())
    assert found.standard_deviation == pytest.approx(every.std())
    fewer = min((every >= found.index - 1e-12).mean(), (every <= found.index + 1e-12).mean())
    assert found.permutation_p_value == pytest.approx(min(1, 2 * fewer), abs=0.02)
    again = moran(values, LINE, permutations=9999, seed=0)
    assert again == found


def test_local_moran_has_the_mean_of_the_whole_and_exact_permutations():
    values = np.array([1.0, 2, 2.5, 7, 8, 9])
    found = local_moran(values, LINE, permutations=9999, seed=0)
    assert found.index.mean() == pytest.approx(moran(values, LINE, 0).index)
    names = [QUADRANTS[k] for k in found.quadrant]
    assert names == ["low_low"] * 3 + ["high_high"] * 3
    # the first region has one neighbour: the five others are as likely as each other
    z = (values - values.mean()) / values.std()
    draws = z[0] * z[1:]
    above = (draws >= found.index[0] - 1e-12).mean()
    below = (draws <= found.index[0] + 1e-12).mean()
    assert found.p_value[0] == pytest.approx(min(1, 2 * min(above, below)), abs=0.03)
    assert (found.q_value >= found.p_value - 1e-15).all()


def test_false_discovery_is_that_of_scipy():
    p = np.random.default_rng(0).random(31) ** 2
    np.testing.assert_allclose(false_discovery(p), stats.false_discovery_control(p))


def test_moran_of_no_pattern_is_rarely_significant():
    random = np.random.default_rng(0)
    ring = np.roll(np.eye(30), 1, axis=0) + np.roll(np.eye(30), -1, axis=0)
    p = [moran(random.normal(size=30), ring, 199, k).permutation_p_value for k in range(200)]
    assert 0.01 < np.mean(np.array(p) <= 0.05) < 0.10


def test_permuting_regions_permutes_local_indices():
    random = np.random.default_rng(4)
    values, order = random.normal(size=6), random.permutation(6)
    first, second = (
        local_moran(values, LINE, 0),
        local_moran(values[order], LINE[np.ix_(order, order)], 0),
    )
    np.testing.assert_allclose(second.index, first.index[order])
    assert np.isnan(first.p_value).all()


def test_what_moran_cannot_take_is_refused():
    values = np.arange(6.0)
    island = LINE.copy()
    island[0, 1] = island[1, 0] = 0
    cases = (
        (values, island, "region 1 has no neighbour", "第 1 个地区没有邻居"),
        (values, LINE - 2, "must not be negative", "不为负"),
        (values, LINE + np.eye(6), "0 on the diagonal", "对角线为 0"),
        (np.ones(6), LINE, "not all equal", "数值不全相同"),
        (np.array([1, np.nan, 2, 3, 4, 5]), LINE, "no gaps", "无缺失"),
    )
    for data, weights, message, chinese in cases:
        for measure in (moran, local_moran):
            with pytest.raises(InputError, match=message) as error:
                measure(data, weights)
            assert chinese in error.value.text("zh")


def test_density_is_that_of_scipy_and_sums_to_one():
    values = np.random.default_rng(0).lognormal(size=50)
    width = silverman_bandwidth(values)
    low, high = np.quantile(values, [0.25, 0.75])
    assert width == pytest.approx(0.9 * min(values.std(ddof=1), (high - low) / 1.34) * 50**-0.2)
    points = np.linspace(values.min() - 5 * width, values.max() + 5 * width, 2001)
    density = kernel_density(values, points, width)
    reference = stats.gaussian_kde(values, bw_method=width / values.std(ddof=1))
    np.testing.assert_allclose(density, reference(points), rtol=1e-9)
    assert np.trapezoid(density, points) == pytest.approx(1, abs=1e-5)
    assert silverman_bandwidth(np.ones(5)) == 0
