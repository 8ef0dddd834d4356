"""The likelihood of a frontier against integration over inefficiency, and its gradient."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm, truncnorm

from xinzhi.measure.productivity.frontier_likelihood import (
    FrontierData,
    Parameters,
    inefficiency,
    log_likelihood,
)


def sample(sign: float = 1.0, seed: int = 3) -> FrontierData:
    """Five units over one to four periods."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(5), [4, 1, 3, 2, 4])
    count = len(unit)
    distance = np.concatenate([np.arange(n) - 3.0 for n in (4, 1, 3, 2, 4)])
    x = np.column_stack([np.ones(count), random.normal(size=(count, 2))])
    return FrontierData(random.normal(size=count), x, sign, unit, distance)


POINT = Parameters(np.array([0.3, 0.2, -0.1]), -0.7, 0.2, 0.6, 0.15)


def joint(u: float, data: FrontierData, p: Parameters, rows: np.ndarray) -> float:
    """Density of a unit's observations and its inefficiency u."""
    sigma_v, sigma_u = np.exp(p.log_v / 2), np.exp(p.log_u / 2)
    g = np.exp(-p.eta * data.distance[rows])
    residual = data.y[rows] - data.x[rows] @ p.beta + data.sign * g * u
    start = -p.ratio
    prior = truncnorm.pdf(u, start, np.inf, loc=p.ratio * sigma_u, scale=sigma_u)
    return float(norm.pdf(residual, scale=sigma_v).prod() * prior)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("ratio", [0.0, 1.3, -2.0])
def test_likelihood_is_the_integral_over_inefficiency(sign, ratio):
    data = sample(sign)
    point = Parameters(POINT.beta, POINT.log_v, POINT.log_u, ratio, POINT.eta)
    total = 0.0
    for k in range(data.units):
        rows = np.flatnonzero(data.unit == k)
        total += np.log(quad(joint, 0, 12, args=(data, point, rows), epsabs=0, epsrel=1e-11)[0])
    assert log_likelihood(data, point)[0] == pytest.approx(total, abs=1e-8)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_efficiencies_are_expectations_given_the_residuals(sign):
    data = sample(sign)
    found = inefficiency(data, POINT, 0.9)
    for k in range(data.units):
        rows = np.flatnonzero(data.unit == k)

        def expected(function, rows=rows):
            return quad(lambda u: function(u) * joint(u, data, POINT, rows), 0, 15, epsrel=1e-11)[0]

        mass = expected(lambda u: 1.0)
        for row in rows:
            g = np.exp(-POINT.eta * data.distance[row])
            mean = expected(lambda u, g=g: g * u) / mass
            assert found.mean[row] == pytest.approx(mean, rel=1e-7)
            efficiency = expected(lambda u, g=g: np.exp(-g * u)) / mass
            assert found.efficiency[row] == pytest.approx(efficiency, rel=1e-7)
            # 5 % of the probability lies beyond either end
            bounds = -np.log([found.high[row], found.low[row]]) / g
            below = quad(joint, 0, bounds[0], args=(data, POINT, rows), epsrel=1e-11)[0] / mass
            above = quad(joint, bounds[1], 15, args=(data, POINT, rows), epsrel=1e-11)[0] / mass
            assert (below, above) == pytest.approx((0.05, 0.05), abs=1e-7)


@given(
    st.lists(st.floats(-1.5, 1.5), min_size=7, max_size=7),
    st.sampled_from([1.0, -1.0]),
)
def test_gradient_is_that_of_finite_differences(values, sign):
    data = sample(sign)
    point = np.array(values)
    point[-1] *= 0.2
    gradient = log_likelihood(data, Parameters.of(point))[1]
    step = 1e-6
    for k in range(len(point)):
        ends = []
        for way in (step, -step):
            moved = point.copy()
            moved[k] += way
            ends.append(log_likelihood(data, Parameters.of(moved))[0])
        slope = (ends[0] - ends[1]) / (2 * step)
        assert gradient[k] == pytest.approx(slope, rel=1e-5, abs=1e-4)


def test_nothing_overflows_far_from_the_frontier():
    data = sample()
    far = FrontierData(data.y + 60, data.x, data.sign, data.unit, data.distance)
    value, gradient = log_likelihood(far, POINT)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    found = inefficiency(far, POINT, 0.95)
    assert ((found.low <= found.efficiency) & (found.efficiency <= found.high)).all()
    assert found.efficiency.min() > 0.99


def test_without_inefficiency_all_are_on_the_frontier():
    found = inefficiency(sample(), Parameters(POINT.beta, 0.0, -np.inf, 0.0, 0.0), 0.95)
    assert (found.efficiency == 1).all()
    assert (found.mean == 0).all()
