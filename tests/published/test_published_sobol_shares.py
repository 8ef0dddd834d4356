r"""Sobol shares of the Ishigami function, which are known exactly.

Ishigami and Homma (1990), Proceedings of ISUMA '90, 398-403. The paper was not at hand; the shares
follow from the function by integration:

.. math:: f = \sin x_1 + a\sin^2 x_2 + b x_3^4\sin x_1,\quad x_i \sim U(-\pi, \pi)

.. math:: V = \tfrac{a^2}8+\tfrac{b\pi^4}5+\tfrac{b^2\pi^8}{18}+\tfrac12,\quad
    V_1 = \tfrac12\big(1+\tfrac{b\pi^4}5\big)^2,\quad V_2 = \tfrac{a^2}8,\quad
    V_{13} = b^2\pi^8\big(\tfrac1{18}-\tfrac1{50}\big)
"""

import numpy as np
import pytest

from xinzhi.measure.sensitivity import sobol

A, B = 7.0, 0.1
CHOICES = dict.fromkeys(("x1", "x2", "x3"), (-np.pi, np.pi))


def ishigami(x):
    return np.sin(x[:, 0]) * (1 + B * x[:, 2] ** 4) + A * np.sin(x[:, 1]) ** 2


def analytic():
    first = 0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(first) + together
    total = first[0] + together, first[1], together
    return np.array(first) / variance, np.array(total) / variance, variance


def test_the_analytic_shares_are_those_usually_quoted():
    first, total, _ = analytic()
    assert np.round(first, 4).tolist() == [0.3139, 0.4424, 0.0]
    assert np.round(total, 4).tolist() == [0.5576, 0.4424, 0.2437]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ishigami(seed):
    first, total, variance = analytic()
    shares = sobol(ishigami, CHOICES, n=8_192, seed=seed)
    np.testing.assert_allclose(shares.first[:, 0], first, atol=0.02)
    np.testing.assert_allclose(shares.total[:, 0], total, atol=0.02)
    np.testing.assert_allclose(shares.variance, variance, rtol=0.02)
    np.testing.assert_allclose(shares.mean, A / 2, rtol=0.01)


def test_intervals_hold_the_analytic_shares_about_as_often_as_they_say():
    first, total, _ = analytic()
    held = []
    for seed in range(40):
        shares = sobol(ishigami, CHOICES, n=512, seed=seed)
        held.append(np.abs(shares.first[:, 0] - first) <= shares.first_error[:, 0])
        held.append(np.abs(shares.total[:, 0] - total) <= shares.total_error[:, 0])
    # the resampling knows nothing of the sequence's evenness, so it errs on the wide side
    assert np.mean(held) >= 0.93
