"""Counts of patents: Poisson regression with fixed effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.knowledge_cases import random_panel

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.innovation.knowledge_counts import poisson_fixed_effects


def two_years(counts: list[tuple[float, float]]) -> pd.DataFrame:
    """Return units with a regressor that is 0 in the first year and 1 in the second."""
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{k}" for k in range(len(counts))], 2),
            "year": [2001, 2002] * len(counts),
            "step": [0.0, 1.0] * len(counts),
            "patents": np.ravel(counts),
        }
    )


def estimated(panel: pd.DataFrame, **options):
    options = {"logarithms": False, "time_effects": False, **options}
    return poisson_fixed_effects(panel, "patents", {"step": (0,)}, **options)


def test_two_years_by_hand():
    # conditional on totals each count of the second year is binomial with p = e^b / (1 + e^b)
    found = estimated(two_years([(4, 6), (1, 3), (5, 11)]), correction="none")
    first, second = 10, 20
    assert found.estimates[0] == pytest.approx(np.log(second / first))
    p, total = second / (first + second), first + second
    assert found.model_covariance[0, 0] == pytest.approx(1 / (total * p * (1 - p)))
    scores = np.array([6 - 10 * p, 3 - 4 * p, 11 - 16 * p])
    assert found.covariance[0, 0] == pytest.approx(
        (scores**2).sum() * found.model_covariance[0, 0] ** 2
    )
    corrected = estimated(two_years([(4, 6), (1, 3), (5, 11)]))
    assert corrected.covariance == pytest.approx(found.covariance * 3 / 2)
    binomial = [
        np.log(210) + 6 * np.log(p) + 4 * np.log(1 - p),
        np.log(4) + 3 * np.log(p) + np.log(1 - p),
        np.log(4368) + 11 * np.log(p) + 5 * np.log(1 - p),
    ]
    assert found.log_likelihood == pytest.approx(sum(binomial))


def test_units_that_tell_nothing_are_left_out_and_named():
    base = two_years([(4, 6), (1, 3)])
    more = two_years([(4, 6), (1, 3), (0, 0), (2, 9)])
    more.loc[7, "patents"] = np.nan
    found = estimated(more)
    assert found.dropped == (("u2", "zero"), ("u3", "short"))
    assert found.units == 2
    assert found.estimates == pytest.approx(estimated(base).estimates)
    assert found.covariance == pytest.approx(estimated(base).covariance)


def test_counts_answer_to_years_as_dummies_do():
    panel = random_panel(3, units=12)
    found = poisson_fixed_effects(panel, "count", {"x": (0,), "z": (0,)})
    # the mean at the maximum meets every unit's and every year's total: the Poisson equations
    logs = np.log(panel[["x", "z"]].to_numpy())
    units, years = panel["unit"].to_numpy(), panel["year"].to_numpy()
    mean = np.exp(logs @ found.estimates)
    for _ in range(200):
        for labels in (years, units):
            for label in np.unique(labels):
                mine = labels == label
                mean[mine] *= panel["count"].to_numpy()[mine].sum() / mean[mine].sum()
    assert logs.T @ (panel["count"].to_numpy() - mean) == pytest.approx([0, 0], abs=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 60), st.floats(0.05, 20))
def test_elasticities_know_no_units_and_no_order(seed, scale):
    panel = random_panel(seed, missing=0.1)
    found = poisson_fixed_effects(panel, "count", {"x": (0,)})
    changed = panel.assign(x=scale * panel["x"]).sample(frac=1, random_state=seed)
    changed["unit"] = changed["unit"].map(lambda name: f"z{9 - int(name[1:])}")
    again = poisson_fixed_effects(changed, "count", {"x": (0,)})
    assert again.estimates == pytest.approx(found.estimates, abs=1e-7)
    assert again.covariance == pytest.approx(found.covariance, rel=1e-5)
    # ten times the counts: the same elasticity, and model errors smaller by the root of ten
    tenfold = poisson_fixed_effects(panel.assign(count=10 * panel["count"]), "count", {"x": (0,)})
    assert tenfold.estimates == pytest.approx(found.estimates, abs=1e-7)
    assert tenfold.model_covariance * 10 == pytest.approx(found.model_covariance, rel=1e-5)
    assert tenfold.covariance == pytest.approx(found.covariance, rel=1e-5)


def test_negative_counts_are_refused():
    with pytest.raises(InputError) as caught:
        estimated(two_years([(4, -6), (1, 3)]))
    assert "patents 是计数，1 行为负：u0 2002 -6" in caught.value.text("zh")
    assert "is a count, and 1 row(s) are negative: u0 2002 -6" in caught.value.text("en")


def test_a_panel_of_zeros_is_refused():
    with pytest.raises(InputError) as caught:
        estimated(two_years([(0, 0), (1, 3), (0, 0)]))
    assert "patents 几乎全为零：只有 1 个单位有计数" in caught.value.text("zh")
    assert "nearly all zero: 1 unit(s) have any count" in caught.value.text("en")


def test_a_regressor_that_parts_zeros_from_counts_has_no_estimate():
    with pytest.raises(ComputationError) as caught:
        estimated(two_years([(0, 6), (0, 3), (0, 2)]))
    assert "似然没有最大值" in caught.value.text("zh")
    assert "恰好区分了计数为零与不为零的行" in caught.value.text("zh")
    assert "has no maximum" in caught.value.text("en")
    assert "may part rows with counts from those without" in caught.value.text("en")


def test_steps_of_one_year_are_explained_by_years():
    with pytest.raises(InputError, match="leave nothing of step"):
        estimated(two_years([(4, 6), (1, 3)]), time_effects=True)
