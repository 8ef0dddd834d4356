"""Malmquist, Malmquist–Luenberger and Luenberger against slow twins, laws and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure.productivity.frontier_samples import (
    arrays,
    labelled,
    panels,
    seeds,
    slow_distance,
)

from xinzhi.core import InputError
from xinzhi.measure.productivity.index_decompositions import REFERENCES
from xinzhi.measure.productivity.indices import malmquist, malmquist_luenberger
from xinzhi.measure.productivity.kernel import INFEASIBLE
from xinzhi.measure.productivity.luenberger import luenberger
from xinzhi.measure.productivity.period_levels import SpanScores, without_logarithm

references = st.sampled_from(REFERENCES)
APART = ["pure_efficiency_change", "scale_efficiency_change", "technical_change"]
RAY_DESLI = ["pure_efficiency_change", "pure_technical_change", "scale_change"]


def spans_of(reference: str, t: int, periods: int) -> list[range]:
    """Return the periods of the technologies that t and t + 1 are compared against."""
    return {
        "adjacent": [range(t, t + 1), range(t + 1, t + 2)],
        "sequential": [range(0, t + 1), range(0, t + 2)],
        "biennial": [range(t, t + 2)],
        "global": [range(0, periods)],
    }[reference]


def slow_levels(values, moved, level, returns, span, period, unit):
    point = tuple(part[unit, period] for part in values)
    rows = len(values[0]) * len(span)
    technology = tuple(part[:, list(span)].reshape(rows, part.shape[2]) for part in values)
    direction = tuple(part * flag for part, flag in zip(point, moved, strict=True))
    return level(slow_distance(point, technology, direction, returns))


def slow_changes(values, moved, level, reference, unit, t):
    """Return the index, its crs parts and its parts with scale apart, as differences of levels."""
    periods = values[0].shape[1]

    def at(returns, span, period):
        return slow_levels(values, moved, level, returns, span, period, unit)

    own = [
        spans_of("sequential" if reference == "sequential" else "adjacent", t, periods)[k]
        for k in (0, 1)
    ]
    used = spans_of(reference, t, periods)

    def index(returns):
        return np.mean([at(returns, s, t + 1) - at(returns, s, t) for s in used])

    def efficiency(returns):
        return at(returns, own[1], t + 1) - at(returns, own[0], t)

    total, pure = efficiency("crs"), efficiency("vrs")
    return {
        "index": index("crs"),
        "efficiency_change": total,
        "technical_change": index("crs") - total,
        "pure_efficiency_change": pure,
        "scale_efficiency_change": total - pure,
        "pure_technical_change": index("vrs") - pure,
        "scale_change": index("crs") - index("vrs"),
    }


CASES = {
    # radial output efficiency is 1 / (1 + distance along the outputs), without undesirable outputs
    "malmquist": ((0, 1, 1), lambda d: -np.log1p(d), True),
    "malmquist_luenberger": ((0, 1, 1), lambda d: -np.log1p(d), True),
    "luenberger": ((1, 1, 1), lambda d: -d, False),
}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("name", CASES)
def test_every_part_agrees_with_programs_solved_one_by_one(name, reference):
    values = arrays(3, units=6)
    inputs, outputs, undesirable = panels(3, units=6)
    if name == "malmquist":
        values = (*values[:2], values[2][..., :0])
        table = malmquist(inputs, outputs, reference, "vrs").to_frame()
    elif name == "luenberger":
        table = luenberger(inputs, outputs, undesirable, reference, "vrs").to_frame()
    else:
        table = malmquist_luenberger(inputs, outputs, undesirable, reference, "vrs").to_frame()
    moved, level, ratio = CASES[name]
    missing = 0
    for unit in range(6):
        for t in range(2):
            row = table[(table["unit"] == f"u{unit}") & (table["base_period"] == 2001 + t)].iloc[0]
            expected = slow_changes(values, moved, level, reference, unit, t)
            expected[name] = expected.pop("index")
            for part, value in expected.items():
                value = np.exp(value) if ratio else value
                np.testing.assert_allclose(row[part], value, rtol=1e-6, atol=1e-8, err_msg=part)
                missing += np.isnan(value)
            assert (row["status"] == "optimal") == (not any(map(np.isnan, expected.values())))
    assert missing < 6 * 2 * 7


@settings(max_examples=15)
@given(seeds, references)
def test_malmquist_multiplies_back_in_both_ways(seed, reference):
    inputs, outputs, _ = panels(seed)
    table = malmquist(inputs, outputs, reference, "vrs").to_frame()
    index = table["malmquist"]
    np.testing.assert_allclose(
        table["efficiency_change"] * table["technical_change"], index, rtol=1e-12
    )
    np.testing.assert_allclose(table[APART].prod(axis=1), index, rtol=1e-12)
    solved = table["status"] == "optimal"
    np.testing.assert_allclose(table.loc[solved, RAY_DESLI].prod(axis=1), index[solved], rtol=1e-12)
    assert solved.any()


@settings(max_examples=15)
@given(seeds, references)
def test_green_indices_recombine(seed, reference):
    inputs, outputs, undesirable = panels(seed)
    ratio = malmquist_luenberger(inputs, outputs, undesirable, reference, "vrs").to_frame()
    ratio = ratio[ratio["status"] == "optimal"]
    for parts in (["efficiency_change", "technical_change"], APART, RAY_DESLI):
        np.testing.assert_allclose(
            ratio[parts].prod(axis=1), ratio["malmquist_luenberger"], rtol=1e-11
        )
    added = luenberger(inputs, outputs, undesirable, reference, "vrs").to_frame()
    added = added[added["status"] == "optimal"]
    for parts in (["efficiency_change", "technical_change"], APART, RAY_DESLI):
        np.testing.assert_allclose(added[parts].sum(axis=1), added["luenberger"], atol=1e-11)


@settings(max_examples=15)
@given(seeds, references)
def test_nothing_changes_between_identical_periods(seed, reference):
    values = [np.repeat(part[:, :1], 3, axis=1) for part in arrays(seed)]
    inputs, outputs, undesirable = (
        labelled([f"v{k}{i}" for i in range(part.shape[2])], part) for k, part in enumerate(values)
    )
    parts = ["efficiency_change", "technical_change", *APART, *RAY_DESLI, "cumulative"]
    for result, still in (
        (malmquist(inputs, outputs, reference, "vrs"), 1.0),
        (malmquist_luenberger(inputs, outputs, undesirable, reference, "vrs"), 1.0),
        (luenberger(inputs, outputs, undesirable, reference, "vrs"), 0.0),
    ):
        np.testing.assert_allclose(result.to_frame()[parts], still, atol=1e-8)


@settings(max_examples=15)
@given(seeds)
def test_the_global_indices_are_circular(seed):
    inputs, outputs, undesirable = panels(seed, periods=4)
    table = malmquist(inputs, outputs, "global").to_frame().set_index(["unit", "period"])
    scores = malmquist(inputs, outputs, "global").to_frame("distances")
    pooled = scores[scores["technology_from"] != scores["technology_to"]]
    pooled = pooled.set_index(["unit", "period"])["efficiency"].unstack()
    chained = table["cumulative"].unstack()
    np.testing.assert_allclose(chained[2004], pooled[2004] / pooled[2001], rtol=1e-12)
    result = malmquist_luenberger(inputs, outputs, undesirable, "global")
    scores = result.to_frame("distances")
    pooled = scores[scores["technology_from"] != scores["technology_to"]]
    pooled = 1 + pooled.set_index(["unit", "period"])["inefficiency"].unstack()
    chained = result.to_frame().set_index(["unit", "period"])["cumulative"].unstack()
    np.testing.assert_allclose(chained[2004], pooled[2001] / pooled[2004], rtol=1e-12)


@settings(max_examples=15)
@given(seeds, references)
def test_units_of_measurement_and_orientation_leave_the_index_alone(seed, reference):
    inputs, outputs, _ = panels(seed)
    one = malmquist(inputs, outputs, reference).to_frame()
    other = malmquist(inputs * [1e4, 1e-3], outputs * [1e-5, 1e2], reference).to_frame()
    turned = malmquist(inputs, outputs, reference, orientation="input").to_frame()
    for table in (other, turned):
        np.testing.assert_allclose(table["malmquist"], one["malmquist"], rtol=1e-7)


@settings(max_examples=15)
@given(seeds)
def test_a_sequential_technology_never_regresses(seed):
    inputs, outputs, _ = panels(seed, periods=4)
    table = malmquist(inputs, outputs, "sequential", "vrs").to_frame()
    assert (table["technical_change"] >= 1 - 1e-9).all()
    pure = table["pure_technical_change"].dropna()
    assert (pure >= 1 - 1e-9).all()


def test_progress_of_all_units_is_technical_change():
    inputs, outputs, _ = panels(5)
    grown = outputs.mul(1.1 ** (outputs.index.get_level_values("period") - 2001), axis=0)
    still = malmquist(inputs, outputs).to_frame()
    table = malmquist(inputs, grown).to_frame()
    np.testing.assert_allclose(table["malmquist"], still["malmquist"] * 1.1)
    np.testing.assert_allclose(table["efficiency_change"], still["efficiency_change"])
    np.testing.assert_allclose(table["technical_change"], still["technical_change"] * 1.1)


def test_means_are_over_rows_without_a_gap():
    inputs, outputs, undesirable = panels(3, units=6)
    result = malmquist(inputs, outputs, returns="vrs")
    table, means = result.to_frame(), result.to_frame("means")
    solved = table[table["status"] == "optimal"]
    assert means["units"].tolist() == solved.groupby("period").size().tolist()
    np.testing.assert_allclose(means[RAY_DESLI].prod(axis=1), means["malmquist"])
    first = solved[solved["period"] == 2002]["malmquist"]
    assert means["malmquist"][0] == pytest.approx(first.prod() ** (1 / len(first)))
    added = luenberger(inputs, outputs, undesirable, "global")
    expected = added.to_frame().groupby("period")["luenberger"].mean()
    np.testing.assert_allclose(added.to_frame("means")["luenberger"], expected)


def test_infeasible_programs_are_rows_and_one_warning():
    # in 2002 no mix of units emits as much as u0 in 2001, whatever share it abates
    inputs = labelled(["x"], np.ones((2, 2, 1)))
    outputs = labelled(["y"], np.array([[[4.0], [4.0]], [[3.0], [4.0]]]))
    undesirable = labelled(["b"], np.array([[[9.0], [1.0]], [[1.0], [1.0]]]))
    result = malmquist_luenberger(inputs, outputs, undesirable)
    table = result.to_frame().set_index("unit")
    assert table.loc["u0", "status"] == "infeasible"
    assert table.loc["u0", "reason"] == "no point of the reference reaches the unit"
    assert np.isnan(table.loc["u0", "malmquist_luenberger"])
    assert table.loc["u1", "status"] == "optimal"
    zh, en = result.warnings[-1]
    assert "1 pair(s) of unit and period have a program without a solution" in en
    assert en.endswith("see the table distances: u0 2001")
    assert "1 个单元与时期的规划无解（参考集中没有可行点）" in zh
    assert zh.endswith("详见 distances 表：u0 2001")
    rows = result.to_frame("distances")
    lost = rows[rows["status"] == "infeasible"]
    assert lost[["unit", "period", "technology_from"]].to_numpy().tolist() == [["u0", 2001, 2002]]


def test_a_unit_that_misses_a_year_is_null_there_and_its_chain_ends():
    inputs, outputs, _ = panels(1, periods=4)
    gone = [("u0", 2003), ("u1", 2001)]
    result = malmquist(inputs.drop(gone), outputs.drop(gone))
    table = result.to_frame().set_index(["unit", "period"])
    assert table.loc["u0", "status"].tolist() == ["optimal", "missing", "missing"]
    assert table.loc[("u0", 2003), "reason"] == "the unit lacks one of the two periods"
    assert table.loc["u0", "cumulative"].isna().tolist() == [False, True, True]
    # u1 enters in 2002, and its chain begins there
    late = table.loc["u1"]
    assert late["cumulative"].isna().tolist() == [True, False, False]
    assert late["cumulative"][2003] == late["malmquist"][2003]
    assert "2 pair(s) of unit and period are missing" in result.warnings[0].en
    assert result.warnings[0].en.endswith("u0 2003, u1 2001")
    assert result.warnings[0].zh.startswith("缺少 2 个单元与时期的数据")


def test_a_distance_without_a_logarithm_counts_as_infeasible():
    scores = SpanScores(np.array([[0.5, -1.0, -2.0]]), np.zeros((1, 3), dtype=np.int8))
    kept = without_logarithm(scores)
    np.testing.assert_array_equal(kept.scores, [[0.5, np.nan, np.nan]])
    assert kept.status.tolist() == [[0, INFEASIBLE, INFEASIBLE]]
    assert kept.status.dtype == np.int8


def test_the_order_of_rows_does_not_matter():
    inputs, outputs, _ = panels(2)
    shuffled = inputs.sample(frac=1, random_state=0)
    keys = ["unit", "period"]
    one = malmquist(inputs, outputs, "biennial", "vrs").to_frame().sort_values(keys)
    other = malmquist(shuffled, outputs, "biennial", "vrs").to_frame().sort_values(keys)
    pd.testing.assert_frame_equal(
        one.reset_index(drop=True), other.reset_index(drop=True), rtol=1e-9
    )


def test_parameters_and_units_tell_what_was_done():
    inputs, outputs, undesirable = panels(2)
    result = luenberger(inputs, outputs, undesirable, "global", direction="output")
    assert result.parameters == {
        "method": "luenberger",
        "reference": "global",
        "returns": "crs",
        "direction": "output",
        "inputs": ["capital", "labour"],
        "outputs": ["goods", "services"],
        "undesirable": ["emissions"],
    }
    assert result.units["luenberger"] == "ratio"
    assert list(result.tables) == ["indices", "means", "distances"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference": "annual"}, ("unknown reference technology annual", "未知的参考技术 annual")),
        ({"returns": "nirs"}, ("unknown returns nirs", "未知的规模报酬 nirs")),
        ({"orientation": "both"}, ("unknown orientation both", "未知的导向 both")),
    ],
)
def test_unknown_options_are_refused(change, words):
    inputs, outputs, _ = panels(0)
    with pytest.raises(InputError) as caught:
        malmquist(inputs, outputs, **change)
    assert words[0] in caught.value.text("en")
    assert words[1] in caught.value.text("zh")


def test_an_unknown_direction_is_refused():
    inputs, outputs, _ = panels(0)
    with pytest.raises(InputError, match="unknown direction up") as caught:
        luenberger(inputs, outputs, direction="up")
    assert "未知的方向 up" in caught.value.text("zh")


def test_data_without_periods_are_refused():
    inputs, outputs, _ = panels(0)
    inputs, outputs = inputs.xs(2001, level="period"), outputs.xs(2001, level="period")
    with pytest.raises(InputError, match="an index needs periods") as caught:
        malmquist(inputs, outputs)
    assert "投入表的行标签只有单元" in caught.value.text("zh")
    assert "set_index" in caught.value.text("en")


def test_a_single_period_is_refused():
    inputs, outputs, _ = panels(0, periods=1)
    with pytest.raises(InputError, match="no unit is observed in two neighbouring") as caught:
        malmquist(inputs, outputs)
    assert "共 1 期" in caught.value.text("zh")


def test_a_missing_value_is_refused_with_its_place():
    inputs, outputs, _ = panels(0)
    inputs.loc[("u2", 2002), "labour"] = np.nan
    with pytest.raises(InputError, match="u2 2002 labour"):
        malmquist(inputs, outputs)


def test_malmquist_luenberger_needs_undesirable_outputs():
    inputs, outputs, undesirable = panels(0)
    with pytest.raises(InputError, match="needs undesirable outputs") as caught:
        malmquist_luenberger(inputs, outputs, undesirable.iloc[:, :0])
    assert "需要非期望产出" in caught.value.text("zh")
