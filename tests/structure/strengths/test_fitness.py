"""Fitness: a fixed point, found or said not to be found."""

from __future__ import annotations

import numpy as np
import pytest
from tests.structure.strengths.volume_cases import trade

from xinzhi.core import InputError
from xinzhi.structure.strengths.fitness import fitness
from xinzhi.structure.strengths.specialisation import location_quotient

HELD = (location_quotient(trade(14, 35, seed=3)[:, :, 0]) >= 1).astype(float)


def test_it_is_a_fixed_point():
    found = fitness(HELD, 1e-13, 20_000)
    assert found.converged
    assert found.warnings == ()
    again = HELD @ found.complexity
    np.testing.assert_allclose(again / again.mean(), found.fitness, atol=1e-11)
    worth = 1 / (HELD.T @ (1 / found.fitness))
    np.testing.assert_allclose(worth / worth.mean(), found.complexity, atol=1e-11)
    assert found.fitness.mean() == pytest.approx(1)
    assert found.complexity.mean() == pytest.approx(1)


def test_permuting_permutes_and_twice_the_activities_change_nothing():
    found = fitness(HELD, 1e-12, 20_000)
    turned = fitness(HELD[::-1, ::-1], 1e-12, 20_000)
    np.testing.assert_allclose(turned.fitness, found.fitness[::-1], atol=1e-9)
    doubled = fitness(np.hstack([HELD, HELD]), 1e-12, 20_000)
    np.testing.assert_allclose(doubled.fitness, found.fitness, atol=1e-9)
    np.testing.assert_allclose(doubled.complexity[:35], found.complexity, atol=1e-9)


def test_what_has_no_link_is_missing():
    padded = np.zeros((15, 36))
    padded[:14, :35] = HELD
    found, whole = fitness(padded), fitness(HELD)
    assert np.isnan(found.fitness[14])
    assert np.isnan(found.complexity[35])
    np.testing.assert_allclose(found.fitness[:14], whole.fitness)


def test_a_limit_that_is_not_reached_is_said():
    found = fitness(np.array([[1.0, 1.0], [1.0, 0.0]]), 1e-9, 50)
    assert not found.converged
    (warning,) = found.warnings
    assert warning.zh.startswith("适合度迭代 50 次后仍变动")
    assert warning.zh.endswith("尚未收敛")
    assert "after 50 iterations: not converged" in warning.en


def test_a_fitness_that_vanishes_is_said():
    found = fitness(np.array([[1.0, 1, 1, 1], [1, 0, 0, 0]]))
    (warning,) = found.warnings
    assert warning.zh == "1 个地区的适合度趋于 0，只有排名有意义"
    assert warning.en == "the fitness of 1 region(s) tends to 0: only ranks have a meaning"


def test_a_fitness_that_falls_below_the_smallest_number_does_no_harm():
    found = fitness(np.array([[1.0] * 9, [1.0] + [0.0] * 8]), 1e-300, 3000)
    assert np.isfinite(found.fitness).all()
    assert found.fitness[1] < 1e-200


@pytest.mark.parametrize(("tolerance", "iterations"), [(0, 10), (-1, 10), (1e-9, 0)])
def test_limits_outside_their_range_are_refused(tolerance, iterations):
    with pytest.raises(InputError) as caught:
        fitness(HELD, tolerance, iterations)
    assert "容差应大于 0，迭代次数至少为 1" in caught.value.text("zh")
    assert "the tolerance must be above 0 and iterations at least 1" in caught.value.text("en")
