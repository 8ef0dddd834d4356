"""Coupling coordination: identities, the lagging subsystem, obstacles, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import (
    FOUR,
    FOUR_NAMES,
    levels,
    make_system,
    make_values,
    panels,
    weight_vectors,
)

from xinzhi.core import InputError
from xinzhi.measure import (
    Method,
    Uncertainty,
    coordination_degree,
    coupling,
    coupling_degree,
    index,
    obstacle_degrees,
    overall_level,
)
from xinzhi.measure.coupling import NOT_DETERMINED
from xinzhi.measure.coupling_formulas import GRADES, grade_of

SYSTEM = make_system(FOUR)


@given(st.integers(2, 6).flatmap(levels), st.sampled_from(["standard", "wang", "fan"]))
def test_degrees_lie_between_zero_and_one(u, form):
    degree = coupling_degree(u, form)
    if u.max() == 0:
        assert np.isnan(degree)
    else:
        assert 0 <= degree <= 1


@given(st.floats(1e-6, 1), st.integers(2, 7), st.sampled_from(["standard", "wang", "fan"]))
def test_equal_positive_levels_are_coupled_to_degree_one(level, n, form):
    assert coupling_degree(np.full(n, level), form) == pytest.approx(1.0, abs=1e-12)
    if form == "standard":
        assert coupling_degree(np.full(n, level)) == 1.0


@given(st.integers(2, 6).flatmap(lambda n: levels(n, least=1e-3)))
def test_unequal_levels_are_not_coupled_to_degree_one(u):
    assume(u.max() - u.min() > 1e-4)
    for form in ("standard", "wang", "fan"):
        assert coupling_degree(u, form) < 1.0


def test_all_zero_levels_are_missing_not_one():
    for form in ("standard", "wang", "fan"):
        assert np.isnan(coupling_degree(np.zeros(4), form))
        assert np.isnan(coordination_degree(np.zeros(4), form=form))


@given(st.integers(2, 5).flatmap(lambda n: st.tuples(levels(n), weight_vectors(n))))
def test_coordination_is_at_most_the_root_of_the_highest_level(case):
    u, weights = case
    assume(u.max() > 0)
    assert coordination_degree(u, weights) <= np.sqrt(u.max()) + 1e-12


@given(st.integers(2, 5).flatmap(lambda n: levels(n, least=1e-6)))
def test_with_equal_weights_coordination_is_the_root_of_the_geometric_mean(u):
    geometric = np.exp(np.log(u).mean())
    assert coordination_degree(u) == pytest.approx(np.sqrt(geometric), rel=1e-9)


@given(st.integers(2, 5).flatmap(lambda n: levels(n, least=1e-3)), st.floats(0.01, 1))
def test_only_the_standard_form_is_free_of_scale(u, scale):
    assert coupling_degree(u * scale) == pytest.approx(coupling_degree(u), rel=1e-9)


def test_the_modified_forms_depend_on_scale():
    u = np.array([0.2, 0.3, 0.4, 0.5])
    for form in ("wang", "fan"):
        assert coupling_degree(u / 10, form) > coupling_degree(u, form)


def test_very_small_levels_do_not_vanish_in_the_product():
    assert coupling_degree(np.full(6, 1e-80)) == 1.0


def test_grades_are_ten_steps_with_their_lower_ends():
    found = grade_of(np.array([0.0, 0.0999, 0.1, 0.3, 0.55, 0.6, 0.7, 0.9, 1.0, np.nan]))
    assert found.tolist() == [0, 0, 1, 3, 5, 6, 7, 9, 9, -1]
    assert len(GRADES) == 10


@given(panels(), st.sampled_from(["equal", "entropy", "critic"]))
def test_obstacles_sum_to_one(values, weighting):
    result = coupling(index(values, SYSTEM, Method(weighting=weighting)))
    table = result.to_frame("obstacles")
    sums = table.groupby(["region", "year"], observed=True)["obstacle"].sum()
    best = result.index.normalised.min("indicator").stack(k=["region", "year"]).values == 1
    np.testing.assert_allclose(sums[~best], 1.0)
    assert ((table["obstacle"].dropna() >= 0) & (table["obstacle"].dropna() <= 1)).all()


def test_nothing_holds_back_what_is_best_at_everything():
    assert np.isnan(obstacle_degrees(np.ones((1, 3)), np.full(3, 1 / 3))).all()
    shares = obstacle_degrees(np.array([1.0, 0.5, 0.0]), np.array([0.2, 0.4, 0.4]))
    np.testing.assert_allclose(shares, [0, 1 / 3, 2 / 3])


@given(panels(), st.permutations(range(6)))
def test_permuting_regions_permutes_coordination(values, order):
    plain = coupling(index(values, SYSTEM)).to_frame().set_index(["region", "year"])
    mixed = coupling(index(values.isel(region=list(order)), SYSTEM)).to_frame()
    mixed = mixed.set_index(["region", "year"]).loc[plain.index]
    np.testing.assert_allclose(mixed["coordination"], plain["coordination"], atol=1e-12)
    assert (mixed["grade"].cat.codes == plain["grade"].cat.codes).all()


def given_levels(data: np.ndarray, names=("innovation", "industry", "capital")) -> xr.DataArray:
    return xr.DataArray(
        data,
        dims=("region", "year", "subsystem"),
        coords={
            "region": [f"R{k}" for k in range(data.shape[0])],
            "year": list(range(2020, 2020 + data.shape[1])),
            "subsystem": list(names[: data.shape[2]]),
        },
    )


def test_levels_can_be_given_as_they_are():
    data = np.array([[[0.2, 0.4, 0.6]], [[0.5, 0.5, 0.5]], [[0.0, 0.0, 0.0]]])
    result = coupling(given_levels(data))
    table = result.to_frame().set_index("region")
    assert table.loc["R1", "degree"] == 1.0
    assert table.loc["R1", "coordination"] == pytest.approx(np.sqrt(0.5))
    assert table.loc["R0", "level"] == pytest.approx(0.4)
    assert np.isnan(table.loc["R2", "degree"])
    assert result.to_frame("obstacles").empty
    assert (table["lagging"] == NOT_DETERMINED).all()
    assert any("no Monte Carlo draws" in warning.en for warning in result.warnings)
    sizes = result.to_frame("combinations").groupby("size")["subsystems"].nunique()
    assert sizes.to_dict() == {2: 3}
    ratios = result.to_frame("relative").set_index(["region", "subsystem", "other"])["ratio"]
    assert ratios["R0", "innovation", "industry"] == pytest.approx(0.5)
    assert np.isnan(ratios["R2", "innovation", "industry"])


def test_two_subsystems_have_one_pair_which_is_the_whole():
    result = coupling(given_levels(np.array([[[0.2, 0.8]], [[0.4, 0.1]]])))
    pair, whole = result.to_frame("combinations"), result.to_frame()
    assert pair["subsystems"].unique().tolist() == ["innovation+industry"]
    np.testing.assert_allclose(pair["coordination"], whole["coordination"])


def test_four_subsystems_have_six_pairs_and_four_triples():
    rng = np.random.default_rng(0)
    result = coupling(given_levels(rng.random((3, 2, 4)), ("a", "b", "c", "d")))
    one = result.to_frame("combinations").query("region == 'R0' and year == 2020")
    assert one["size"].tolist() == [2] * 6 + [3] * 4


def test_weights_of_the_overall_level_are_explicit():
    data = given_levels(np.array([[[0.2, 0.4, 0.6]], [[0.5, 0.1, 0.9]]]))
    weights = np.array([0.5, 0.25, 0.25])
    table = coupling(data, weights).to_frame()
    np.testing.assert_allclose(table["level"], overall_level(data.values[:, 0], weights))
    with pytest.raises(InputError, match="subsystem weights summing to 1"):
        coupling(data, np.array([0.5, 0.5, 0.5]))


def lagging_panel(gap: float) -> xr.DataArray:
    """Chain d lies below the others by ``gap`` in region R00, everywhere else all are alike."""
    rng = np.random.default_rng(12)
    common = np.linspace(1, 10, 12)[:, None, None] * np.ones((1, 1, len(FOUR_NAMES)))
    data = common * np.exp(0.02 * rng.standard_normal(common.shape))
    data[0] = 9.5
    data[0, :, FOUR_NAMES.index("d1")] = 9.5 - gap
    return make_values(data, FOUR_NAMES)


def test_a_subsystem_lags_only_where_the_draws_agree():
    drawn = Uncertainty(draws=400)
    clear = coupling(index(lagging_panel(7.0), SYSTEM, uncertainty=drawn)).to_frame()
    row = clear[clear["region"] == "R00"].iloc[0]
    assert row["lagging"] == "d"
    assert row["lagging_agreement"] >= 0.8
    unclear = coupling(index(lagging_panel(0.0), SYSTEM, uncertainty=drawn)).to_frame()
    row = unclear[unclear["region"] == "R00"].iloc[0]
    assert row["lagging"] == NOT_DETERMINED
    assert row["lagging_agreement"] < 0.8


def test_shares_of_the_draws_sum_to_one_and_bands_hold_the_estimate_mostly():
    rng = np.random.default_rng(13)
    values = make_values(rng.lognormal(size=(12, 2, len(FOUR_NAMES))), FOUR_NAMES)
    result = coupling(index(values, SYSTEM, uncertainty=Uncertainty(draws=2_000)))
    shares = result.to_frame("lagging").groupby(["region", "year"], observed=True)["share"].sum()
    np.testing.assert_allclose(shares, 1.0)
    table = result.to_frame()
    inside = table["coordination"].between(table["coordination_low"], table["coordination_high"])
    assert inside.mean() > 0.9
    assert (table["rank_low"] <= table["rank_high"]).all()


def test_missing_levels_stay_missing():
    rng = np.random.default_rng(14)
    values = make_values(rng.lognormal(size=(8, 2, len(FOUR_NAMES))), FOUR_NAMES)
    values[2, 0, 0] = np.nan
    table = coupling(index(values, SYSTEM, uncertainty=Uncertainty(draws=300))).to_frame()
    row = table[(table["region"] == "R02") & (table["year"] == 2020)].iloc[0]
    for column in ("degree", "coordination", "rank", "lagging_agreement"):
        assert pd.isna(row[column]), column
    assert row["lagging"] == NOT_DETERMINED
    assert table["coordination"].isna().sum() == 1


def bad(levels, **options) -> str:
    with pytest.raises(InputError) as caught:
        coupling(levels, **options)
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value.text("en")


def test_bad_input_is_named():
    outside = given_levels(np.array([[[0.2, 1.4, 0.6]], [[0.5, 0.5, 0.5]]]))
    message = bad(outside)
    assert "1 level(s) outside [0, 1], for instance 1.4 at position (0, 0, 1)" in message
    assert "Normalise them" in message
    assert "at least two subsystems" in bad(given_levels(np.array([[[0.2]], [[0.3]]])))
    rng = np.random.default_rng(15)
    values = make_values(rng.lognormal(size=(6, 1, len(FOUR_NAMES))), FOUR_NAMES)
    assert "levels from z-scores lie outside" in bad(
        index(values, SYSTEM, Method(normalisation="z-score"))
    )
    flat = make_system({"a": ["a1", "a2"]})
    short = values.sel(indicator=["a1", "a2"])
    assert "coupling needs at least two" in bad(index(short, flat))
    with pytest.raises(InputError, match="unknown form of the coupling degree"):
        coupling_degree(np.array([0.1, 0.2]), "lost coefficient")
