"""Agreement with creditriskengine 0.31.0 and py-vsk 0.0.8, as ``record_guarantee.py`` wrote it.

creditriskengine draws every single loan in years of opposite factors, two by two; it takes the
derivative of the granularity adjustment by finite differences.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.plan.finance.guarantee_losses import loss_distribution
from xinzhi.plan.finance.guarantee_pools import loan_pools
from xinzhi.plan.finance.guarantee_vasicek import (
    granularity_adjustment,
    vasicek_density,
    vasicek_distribution,
    vasicek_fit,
    vasicek_quantile,
)

FOUND = json.loads((Path(__file__).parent / "guarantee.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", FOUND["models"], ids=lambda one: f"p={one['probability']}")
def test_closed_forms(model):
    p, rho = model["probability"], model["correlation"]
    shares, levels = np.array(FOUND["shares"]), np.array(FOUND["levels"])
    np.testing.assert_allclose(vasicek_density(shares, p, rho), model["density"], rtol=1e-9)
    np.testing.assert_allclose(
        vasicek_distribution(shares, p, rho), model["distribution"], rtol=1e-9
    )
    quantile = vasicek_quantile(p, rho, levels)
    np.testing.assert_allclose(quantile, model["quantile"], rtol=1e-9)
    np.testing.assert_allclose(0.45 * quantile, model["loss_quantile"], rtol=1e-9)


def test_fit_of_a_history():
    found = vasicek_fit(FOUND["rates"])
    # the peer searches where there is a closed form
    assert found.probability == pytest.approx(FOUND["fit"]["P"], rel=1e-3)
    assert found.correlation == pytest.approx(FOUND["fit"]["Rho"], rel=1e-3)


def test_granularity_of_unequal_loans():
    exposure, probability, given, count = np.array(FOUND["book"]).T
    rho = FOUND["correlation"]
    for level, share in zip(FOUND["levels"], FOUND["granularity"], strict=True):
        found = granularity_adjustment(probability, rho, level, exposure * given, count)
        assert found / (exposure @ count) == pytest.approx(share, rel=1e-4)


def test_loans_drawn_one_by_one():
    exposure, probability, given, count = np.array(FOUND["book"]).T
    times = count.astype(int)
    pools = loan_pools(
        np.repeat(exposure * given, times), np.repeat(probability, times), FOUND["correlation"]
    )
    exact = loss_distribution(pools, lattice_unit=1.0)
    assert FOUND["mean"] == pytest.approx(exact.mean(), rel=0.01)
    for amount, share in zip(FOUND["amounts"], FOUND["exceeding"], strict=True):
        chance = exact.exceeding(amount)
        assert abs(share - chance) < 4 * np.sqrt(chance * (1 - chance) / FOUND["years"])
