"""The composite index as a whole: identities, conventions, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values, panels

from xinzhi.core import InputError, dumps
from xinzhi.data import embedded_panel, load_system, parse_system
from xinzhi.measure import Method, Uncertainty, index

SYSTEM = make_system(FOUR, direction={"b1": -1})
NORMALISATIONS = ["min-max", "rank"]


def root_scores(result):
    table = result.to_frame()
    return table[table["node"] == "whole"].set_index(["region", "year"])["score"]


@given(
    panels(),
    st.sampled_from(NORMALISATIONS),
    st.sampled_from(["pooled", "yearly"]),
    st.sampled_from(["equal", "entropy", "critic", "pca"]),
    st.sampled_from(["arithmetic", "geometric", "harmonic", "topsis", "arithmetic+geometric"]),
)
def test_scores_stay_in_range_and_ranks_follow_them(values, normalisation, scope, weights, how):
    method = Method(normalisation=normalisation, scope=scope, weighting=weights, aggregation=how)
    result = index(values, SYSTEM, method)
    scores = result.to_frame()["score"]
    assert ((scores >= 0) & (scores <= 1 + 1e-12)).all()
    table = result.to_frame()
    for _, group in table.groupby(["year", "node"], observed=True):
        assert (group["score"].rank(ascending=False, method="min") == group["rank"]).all()
    assert result.to_frame("weights")["weight"].sum() == pytest.approx(1)


@given(panels())
def test_contributions_sum_to_the_score(values):
    result = index(values, SYSTEM)
    parts = result.to_frame("contributions").groupby(["region", "year"], observed=True)
    np.testing.assert_allclose(parts["contribution"].sum(), root_scores(result))
    logs = index(values, SYSTEM, Method(aggregation="geometric"))
    parts = logs.to_frame("contributions").groupby(["region", "year"], observed=True)
    np.testing.assert_allclose(np.exp(parts["contribution"].sum()), root_scores(logs))


@given(panels(), st.permutations(range(6)))
def test_permuting_regions_permutes_results(values, order):
    plain = root_scores(index(values, SYSTEM))
    mixed = root_scores(index(values.isel(region=list(order)), SYSTEM))
    np.testing.assert_allclose(mixed.loc[plain.index], plain, atol=1e-12)


@given(panels(), st.sampled_from([1e-4, 1e4, 7.0]), st.sampled_from(["system", "log"]))
def test_a_change_of_unit_changes_nothing(values, factor, treatment):
    method = Method(treatment=treatment)
    np.testing.assert_allclose(
        root_scores(index(values * factor, SYSTEM, method)),
        root_scores(index(values, SYSTEM, method)),
        atol=1e-9,
    )


@given(panels())
def test_pooled_min_max_keeps_the_order_of_every_indicator(values):
    result = index(values, SYSTEM)
    for name in FOUR_NAMES:
        raw = values.sel(indicator=name).values.ravel()
        z = result.normalised.sel(indicator=name).values.ravel()
        signed = -raw if name == "b1" else raw
        assert (np.diff(z[np.argsort(signed, kind="stable")]) >= 0).all()


def slow_index(data: np.ndarray) -> np.ndarray:
    """The handbook's core case written out cell by cell, as a twin of the array code."""
    regions, years, size = data.shape
    z = np.zeros_like(data)
    for k in range(size):
        low, high = data[:, :, k].min(), data[:, :, k].max()
        for r in range(regions):
            for y in range(years):
                share = (data[r, y, k] - low) / (high - low)
                z[r, y, k] = 1 - share if FOUR_NAMES[k] == "b1" else share
    chains = []
    start = 0
    for names in FOUR.values():
        chains.append(z[:, :, start : start + len(names)].mean(axis=-1))
        start += len(names)
    return np.mean(chains, axis=0)


@given(panels())
def test_the_array_code_equals_its_slow_twin(values):
    found = index(values, SYSTEM).levels.sel(node="whole").values
    np.testing.assert_allclose(found, slow_index(values.values), atol=1e-12)


@settings(max_examples=10)
@given(panels(), st.integers(0, 1000))
def test_the_same_seed_gives_the_same_intervals(values, seed):
    first = index(values, SYSTEM, uncertainty=Uncertainty(draws=60), seed=seed)
    again = index(values, SYSTEM, uncertainty=Uncertainty(draws=60), seed=seed)
    assert dumps(first.to_dict()) == dumps(again.to_dict())


def test_intervals_hold_the_estimate_when_only_noise_is_drawn():
    rng = np.random.default_rng(1)
    values = make_values(rng.lognormal(size=(12, 2, len(FOUR_NAMES))), FOUR_NAMES)
    only_noise = Uncertainty(
        draws=400,
        treatments=(),
        normalisations=(),
        weightings=(),
        aggregations=(),
        weight_spread=0.0,
        noise={"reported": 1e-9},
    )
    table = index(values, SYSTEM, uncertainty=only_noise).to_frame()
    np.testing.assert_allclose(table["score_low"], table["score"], atol=1e-6)
    np.testing.assert_allclose(table["score_high"], table["score"], atol=1e-6)
    assert (table["rank_low"] == table["rank"]).all()
    assert (table["rank_high"] == table["rank"]).all()


def test_more_noise_widens_the_intervals():
    rng = np.random.default_rng(2)
    values = make_values(rng.lognormal(size=(12, 2, len(FOUR_NAMES))), FOUR_NAMES)

    def width(noise: float) -> float:
        kinds = {"treatments": (), "normalisations": (), "weightings": (), "aggregations": ()}
        drawn = Uncertainty(draws=400, weight_spread=0.0, noise={"reported": noise}, **kinds)
        table = index(values, SYSTEM, uncertainty=drawn).to_frame()
        return float((table["score_high"] - table["score_low"]).mean())

    assert width(0.01) < width(0.05) < width(0.2)


def test_doubtful_figures_are_noisier_than_reported_ones():
    system = load_system("four_chains")
    data = system.evaluate(embedded_panel())
    doubtful = data["status"].values == data.attrs["statuses"].index("doubtful")
    assert doubtful.any()
    table = index(data, system).to_frame("indicators")
    assert (table["status"] == "doubtful").sum() == doubtful.sum()


def test_every_draw_is_one_of_the_options_and_z_scores_have_no_geometric_mean():
    rng = np.random.default_rng(3)
    values = make_values(rng.lognormal(size=(10, 1, len(FOUR_NAMES))), FOUR_NAMES)
    result = index(values, SYSTEM, uncertainty=Uncertainty(draws=500))
    choices = result.to_frame("choices")
    assert choices["draws"].sum() == 500
    assert set(choices["normalisation"]) == {"min-max", "z-score", "rank"}
    assert set(choices["treatment"]) == {
        "system",
        "winsorise",
    }  # no logarithms: "none" adds nothing
    geometric_z = (choices["normalisation"] == "z-score") & (choices["aggregation"] == "geometric")
    assert not geometric_z.any()
    only = index(
        values, SYSTEM, Method(aggregation="geometric"), Uncertainty(draws=50, aggregations=())
    )
    assert set(only.to_frame("choices")["normalisation"]) == {"min-max", "rank"}


def test_a_few_draws_give_ranks_but_no_band_and_say_so():
    rng = np.random.default_rng(4)
    values = make_values(rng.lognormal(size=(10, 1, len(FOUR_NAMES))), FOUR_NAMES)
    result = index(values, SYSTEM, uncertainty=Uncertainty(draws=5))
    assert result.to_frame()["score_low"].isna().all()
    assert result.to_frame()["rank_low"].notna().all()
    assert any("no score interval" in warning.en for warning in result.warnings)


def test_given_weights_are_used_and_equal_ones_ignore_them():
    weights = {"a": 0.7, "b": 0.1, "c": 0.1, "d": 0.1, "a1": 0.25, "a2": 0.75}
    weights |= {"b1": 1.0, "c1": 0.5, "c2": 0.5, "d1": 1.0}
    system = make_system(FOUR, weights=weights)
    rng = np.random.default_rng(5)
    values = make_values(rng.lognormal(size=(8, 1, len(FOUR_NAMES))), FOUR_NAMES)
    given = (
        index(values, system, Method(weighting="given")).to_frame("weights").set_index("indicator")
    )
    assert given.loc["a2", "weight"] == pytest.approx(0.7 * 0.75)
    equal = index(values, system).to_frame("weights").set_index("indicator")
    assert equal.loc["a2", "weight"] == pytest.approx(0.25 * 0.5)


def test_weights_of_a_three_level_hierarchy_multiply_down():
    text = """
[system]
id = "deep"
[[node]]
id = "top1"
[[node]]
id = "top2"
[[node]]
id = "low"
parent = "top1"
""" + "".join(
        f'[[indicator]]\nid = "x{k}"\nnode = "{node}"\nunit = "ratio"\n'
        for k, node in enumerate(["low", "low", "top1", "top2"])
    )
    system = parse_system(text.encode(), "deep.toml")
    rng = np.random.default_rng(6)
    values = make_values(rng.lognormal(size=(8, 1, 4)), ["x0", "x1", "x2", "x3"])
    result = index(values, system)
    weights = result.to_frame("weights").set_index("indicator")["weight"]
    assert weights.tolist() == pytest.approx([0.125, 0.125, 0.25, 0.5])
    z = result.normalised.values
    np.testing.assert_allclose(result.levels.sel(node="deep").values, z @ weights.to_numpy())
    with pytest.raises(InputError, match="gives 2 aggregations, but there are 3 levels"):
        index(values, system, Method(aggregation="arithmetic+geometric"))


def test_a_missing_value_leaves_its_score_missing_and_no_other():
    rng = np.random.default_rng(7)
    values = make_values(rng.lognormal(size=(8, 2, len(FOUR_NAMES))), FOUR_NAMES)
    values[3, 1, 0] = np.nan
    result = index(values, SYSTEM, uncertainty=Uncertainty(draws=50))
    gone = result.levels.isnull()
    assert gone.sel(region="R03", year=2021, node="whole")
    assert gone.sel(region="R03", year=2021, node="a")
    assert int(gone.sum()) == 2
    assert "1 values are missing (indicators: a1; regions: R03)" in result.warnings[0].en
    table = result.to_frame()
    hole = (table["region"] == "R03") & (table["year"] == 2021) & table["node"].isin(["whole", "a"])
    assert table.loc[hole, "rank_low"].isna().all()
    assert table.loc[~hole, "rank_low"].notna().all()


def test_the_yearly_scope_compares_within_the_year_only():
    rng = np.random.default_rng(8)
    values = make_values(rng.lognormal(size=(8, 3, len(FOUR_NAMES))), FOUR_NAMES)
    kinds = {"treatments": (), "normalisations": (), "weightings": (), "aggregations": ()}
    little = Uncertainty(draws=100, weight_spread=0.0, noise={"reported": 1e-6}, **kinds)
    yearly = index(values, SYSTEM, Method(scope="yearly"), little)
    alone = index(values.isel(year=[1]), SYSTEM)
    np.testing.assert_allclose(
        yearly.levels.isel(year=1).values, alone.levels.isel(year=0).values, atol=1e-12
    )
    assert yearly.draws is not None
    assert float(abs(yearly.draws - yearly.levels).max()) < 1e-4


def bad(values, system=SYSTEM, method=None) -> str:
    with pytest.raises(InputError) as caught:
        index(values, system, method)
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value.text("en")


def test_bad_input_is_named():
    rng = np.random.default_rng(9)
    good = make_values(rng.lognormal(size=(5, 2, len(FOUR_NAMES))), FOUR_NAMES)
    constant = good.copy()
    constant[:, :, 1] = 3.0
    assert "a2: constant over the regions (all years)" in bad(constant)
    in_a_year = good.copy()
    in_a_year[:, 1, 1] = 3.0
    assert "a2: constant over the regions (2021)" in bad(in_a_year, method=Method(scope="yearly"))
    empty = good.copy()
    empty[:, :, 2] = np.nan
    assert "b1: entirely missing" in bad(empty)
    assert "there is only one region" in bad(good.isel(region=[0]))
    zero = good.copy()
    zero[1, 0, 0] = 0.0
    message = bad(zero, method=Method(treatment="log"))
    assert "a1: 1 value(s) not positive, so no logarithm (R01, 2020)" in message
    assert "a1: has no goalposts" in bad(good, method=Method(normalisation="goalposts"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"treatment": "cut"}, "unknown treatment cut"),
        ({"normalisation": "percent"}, "unknown normalisation percent"),
        ({"weighting": "random"}, "unknown weighting random"),
        ({"aggregation": "median"}, "unknown aggregation median"),
        ({"scope": "monthly"}, "unknown scope monthly"),
        ({"floor": 1.0}, "floor must be in"),
        ({"normalisation": "z-score", "aggregation": "geometric"}, "no geometric or harmonic mean"),
    ],
)
def test_unknown_choices_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        Method(**options)


@pytest.mark.parametrize("options", [{"draws": 0}, {"weight_spread": 1.0}, {"level": 1.0}])
def test_impossible_uncertainty_is_refused(options):
    with pytest.raises(InputError):
        Uncertainty(**options)


def test_too_many_draws_are_refused_before_they_fill_the_memory():
    rng = np.random.default_rng(10)
    values = make_values(rng.lognormal(size=(50, 2, len(FOUR_NAMES))), FOUR_NAMES)
    with pytest.raises(InputError, match="draws would keep"):
        index(values, SYSTEM, uncertainty=Uncertainty(draws=2_000_000))


def test_json_records_have_their_stable_keys():
    rng = np.random.default_rng(11)
    values = make_values(rng.lognormal(size=(5, 1, len(FOUR_NAMES))), FOUR_NAMES)
    result = index(values, SYSTEM, uncertainty=Uncertainty(draws=100))
    record = json.loads(dumps(result.to_dict()))
    keys = {"region", "year", "node", "score", "rank", "rank_low", "rank_high"}
    assert keys <= set(record["scores"][0])
    assert {"indicator", "weight"} <= set(record["weights"][0])
    assert "contributions" in record
    assert result.parameters["floor"] == 0.0


def test_a_floor_of_the_users_own_holds_in_the_draws_too():
    rng = np.random.default_rng(16)
    values = make_values(rng.lognormal(size=(12, 2, len(FOUR_NAMES))), FOUR_NAMES)
    method = Method(aggregation="geometric", floor=0.2)
    table = index(values, SYSTEM, method, Uncertainty(draws=2_000)).to_frame()
    assert table["score"].between(table["score_low"], table["score_high"]).mean() > 0.9
