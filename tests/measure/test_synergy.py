"""Composite-system synergy: a case worked by hand, the sign rule, identities, bad input.

No printed table with its raw data could be found for this method, so the numbers of the worked case
are ours, by hand from the formulas of Meng and Han (2000).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values, panels

from xinzhi.core import InputError, dumps
from xinzhi.measure.synergy import order_degree, order_parameters, synergy, synergy_degree

SYSTEM = make_system(FOUR)
CHANGES = st.integers(2, 5).flatmap(
    lambda k: arrays(float, k, elements=st.floats(-1, 1).filter(lambda d: abs(d) > 1e-6 or d == 0))
)


def test_two_subsystems_worked_by_hand():
    """Innovation: R&D 10, 20, 30 and patents 1, 5, 3. Environment: emissions 8, 6, 4, less is more.

    Bounds by region: u(R&D) = 0, 1/2, 1; u(patents) = 0, 1, 1/2; u(emissions) = 0, 1/2, 1.
    Linear order degrees with equal weights: innovation 0, 3/4, 3/4; environment 0, 1/2, 1.
    From the first year: changes (3/4, 1/2) and (3/4, 1): √(3/8) = 0.61237 and √(3/4) = 0.86603.
    From the year before: (3/4, 1/2), then (0, 1/2): 0.61237 and 0.
    """
    system = make_system(
        {"innovation": ["rd", "patents"], "environment": ["emissions"]},
        direction={"emissions": -1},
    )
    data = np.array([[[10, 1, 8], [20, 5, 6], [30, 3, 4]]], dtype=float)
    values = make_values(data, ["rd", "patents", "emissions"], ["上海"])
    result = synergy(values, system, bounds="region")
    table = result.to_frame()
    assert table.columns.tolist() == ["region", "year", "base_year", "synergy", "sign"]
    np.testing.assert_allclose(table["synergy"], [np.nan, 0.612372, 0.866025], atol=1e-6)
    assert table["base_year"].isna().tolist() == [True, False, False]
    degrees = result.to_frame("order_degrees")["order_degree"].to_numpy().reshape(3, 2)
    np.testing.assert_allclose(degrees, [[0, 0], [0.75, 0.5], [0.75, 1]])
    before = synergy(values, system, bounds="region", base="previous").to_frame()
    np.testing.assert_allclose(before["synergy"], [np.nan, 0.612372, 0], atol=1e-6)
    assert before["base_year"].tolist()[1:] == [2020, 2021]
    # linear form, weighted by the order parameters: (1/2)(3/4) + (1/2)(1/2) and so on
    linear = synergy(values, system, bounds="region", synergy_mean="linear").to_frame()
    np.testing.assert_allclose(linear["synergy"], [np.nan, 0.625, 0.875])
    # geometric order degrees of innovation: 0, √(1/2), √(1/2)
    geometric = synergy(values, system, bounds="region", order_mean="geometric").to_frame()
    expected = [np.nan, np.sqrt(np.sqrt(0.5) * 0.5), np.sqrt(np.sqrt(0.5))]
    np.testing.assert_allclose(geometric["synergy"], expected)
    assert '"synergy": null' in dumps(result.to_dict())


@given(CHANGES, st.sampled_from(["linear", "geometric"]))
def test_sign_rule(changes, mean):
    degree, sign = synergy_degree(changes, mean=mean)
    if changes.min() > 0:
        assert sign == 1
        assert degree > 0
    elif changes.min() < 0:
        assert sign == -1
        assert degree <= 0
    else:
        assert sign == degree == 0
    assert abs(degree) <= np.abs(changes).max() + 1e-12


@given(CHANGES)
def test_equal_changes_are_the_synergy_and_turn_with_the_sign(changes):
    size = np.full(len(changes), abs(changes[0]))
    for mean in ("linear", "geometric"):
        up, down = (synergy_degree(s * size, mean=mean)[0] for s in (1, -1))
        assert up == pytest.approx(abs(changes[0]))
        assert down == pytest.approx(-up)


@given(CHANGES, st.randoms(use_true_random=False))
def test_order_of_subsystems_does_not_matter(changes, random):
    mixed = changes.copy()
    random.shuffle(mixed)
    for mean in ("linear", "geometric"):
        one, other = synergy_degree(changes, mean=mean)[0], synergy_degree(mixed, mean=mean)[0]
        assert other == pytest.approx(one, abs=1e-12)


@given(arrays(float, 4, elements=st.floats(0, 1)))
def test_geometric_order_is_at_most_the_linear_one(parameters):
    weights = np.full(4, 0.25)
    linear, geometric = (order_degree(parameters, weights, m) for m in ("linear", "geometric"))
    assert geometric <= linear + 1e-12


@given(panels(), st.permutations(range(6)), st.sampled_from(["pooled", "region"]))
def test_permuting_regions_permutes_synergy(values, order, bounds):
    varied = (np.ptp(values.values, axis=1) > 0).all()
    assume(bounds == "pooled" or varied)
    plain = synergy(values, SYSTEM, bounds).to_frame().set_index(["region", "year"])
    mixed = synergy(values.isel(region=list(order)), SYSTEM, bounds).to_frame()
    mixed = mixed.set_index(["region", "year"]).loc[plain.index]
    np.testing.assert_allclose(mixed["synergy"], plain["synergy"], atol=1e-12)


@given(panels(), st.floats(0.1, 10))
def test_units_do_not_matter(values, factor):
    plain, scaled = (synergy(v, SYSTEM).to_frame()["synergy"] for v in (values, values * factor))
    np.testing.assert_allclose(scaled, plain, atol=1e-6)


def test_no_change_is_no_synergy():
    data = np.random.default_rng(0).random((3, 1, 6)).repeat(2, axis=1)
    table = synergy(make_values(data, FOUR_NAMES), SYSTEM).to_frame()
    assert table.loc[table["year"] == 2021, "synergy"].tolist() == [0, 0, 0]
    assert table.loc[table["year"] == 2021, "sign"].tolist() == [0, 0, 0]


def test_base_year_goalposts_weights_and_gaps():
    rng = np.random.default_rng(1)
    values = make_values(rng.random((3, 4, 6)), FOUR_NAMES)
    later = synergy(values, SYSTEM, base=2021).to_frame().set_index(["region", "year"])["synergy"]
    assert later.loc["R00"].isna().tolist() == [True, True, False, False]
    posts = make_system(FOUR, goalposts=(0.0, 2.0))
    result = synergy(values, posts, bounds="goalposts", weighting="entropy")
    parameters = result.to_frame("order_parameters")["order_parameter"].to_numpy()
    np.testing.assert_allclose(parameters.reshape(3, 4, 6), values / 2)
    assert sum(result.parameters["weights"].values()) == pytest.approx(1)
    gap = synergy(values.isel(year=[0, 1, 3]), SYSTEM, base="previous")
    assert any("2023 compare with an earlier year" in w.en for w in gap.warnings)
    last = synergy(values, SYSTEM, base=2023)
    assert any("no synergy" in w.en for w in last.warnings)
    # unsorted years are put in order
    mixed = synergy(values.isel(year=[2, 0, 3, 1]), SYSTEM).to_frame()
    np.testing.assert_allclose(mixed["synergy"], synergy(values, SYSTEM).to_frame()["synergy"])


def test_values_beyond_the_bounds_count_as_the_bound():
    values = order_parameters(np.array([-1.0, 3.0]), np.zeros(2), np.ones(2), np.array([1, -1]))
    assert values.tolist() == [0, 0]


def test_missing_values_stay_missing():
    values = make_values(np.random.default_rng(2).random((3, 3, 6)), FOUR_NAMES)
    values[1, 1, 2] = np.nan
    result = synergy(values, SYSTEM)
    table = result.to_frame().set_index(["region", "year"])["synergy"]
    assert np.isnan(table["R01", 2021])
    assert np.isfinite(table["R01", 2022])
    assert any("1 values are missing" in w.en for w in result.warnings)


def test_bad_input_says_what_is_wrong():
    values = make_values(np.random.default_rng(2).random((3, 3, 6)), FOUR_NAMES)
    with pytest.raises(InputError, match="no base year 1999"):
        synergy(values, SYSTEM, base=1999)
    with pytest.raises(InputError, match="two years needed"):
        synergy(values.isel(year=[0]), SYSTEM)
    for option in ({"bounds": "best"}, {"order_mean": "topsis"}, {"weighting": "pca"}):
        with pytest.raises(InputError, match="unknown"):
            synergy(values, SYSTEM, **option)
    with pytest.raises(InputError, match="b1: has no goalposts"):
        synergy(values, SYSTEM, bounds="goalposts")
    with pytest.raises(InputError, match="1 subsystem"):
        synergy(values[:, :, :2], make_system({"a": ["a1", "a2"]}))
    flat = values.copy()
    flat[1, :, 0] = 0.5
    with pytest.raises(InputError, match="a1: constant in R01") as caught:
        synergy(flat, SYSTEM, bounds="region")
    assert "取值不变" in caught.value.text("zh")
    flat[:] = 0.5
    with pytest.raises(InputError, match="and 1 more"):
        synergy(flat, SYSTEM)
