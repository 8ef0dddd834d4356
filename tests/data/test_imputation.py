"""Imputation: known cells stay, the methods are exact where they should be, errors are measured."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data import Panel, load_region_set, parse_system
from xinzhi.data.imputation import (
    IMPUTATION_METHODS,
    imputation_influence,
    impute,
    left_out_panels,
)
from xinzhi.measure.influence import imputation_rank_influence, imputed_rank_change

CHINA = load_region_set("china31")
YEARS = np.arange(2010, 2020)
NAMES = CHINA.names[:4]


def panel_of(values: np.ndarray, years: np.ndarray = YEARS, **others: np.ndarray) -> Panel:
    """Return a panel of (region, year) arrays, NaN where there is no figure."""
    parts = []
    for name, array in {"measure": values, **others}.items():
        region, year = np.nonzero(~np.isnan(array))
        parts.append(
            pd.DataFrame(
                {
                    "region": np.array(NAMES)[region],
                    "year": years[year],
                    "indicator": name,
                    "value": array[region, year],
                }
            )
        )
    return Panel.from_frame(pd.concat(parts), regions=CHINA, name="invented")


def array_of(panel: Panel, years: np.ndarray = YEARS) -> np.ndarray:
    return panel.to_array(["measure"], years=years).reindex(region=NAMES).to_numpy()[:, :, 0]


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))
positive = st.floats(0.01, 1e6, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def masks(draw: st.DrawFn, least: int = 2) -> np.ndarray:
    """Draw which cells (region, year) are known: at least some of each region."""
    size = (len(NAMES), len(YEARS))
    mask = np.array(
        draw(st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]))
    )
    mask = mask.reshape(size)
    assume((mask.sum(axis=1) >= least).all())
    return mask


def inside(mask: np.ndarray) -> np.ndarray:
    """Return the cells between the first and the last known one of each region, by a plain loop."""
    result = np.zeros_like(mask)
    for r, row in enumerate(mask):
        known = np.flatnonzero(row)
        result[r, known[0] : known[-1] + 1] = True
    return result


# Laws


@given(mask=masks(), data=st.data(), method=st.sampled_from(IMPUTATION_METHODS), ends=st.booleans())
def test_known_cells_stay_and_filled_ones_are_marked(
    mask: np.ndarray, data: st.DataObject, method: str, ends: bool
):
    drawn = data.draw(st.lists(numbers, min_size=mask.size, max_size=mask.size))
    values = np.where(mask, np.array(drawn).reshape(mask.shape), np.nan)
    panel = panel_of(values)
    filled = impute(panel, method, extrapolate=ends)  # type: ignore[arg-type]
    result = array_of(filled)
    np.testing.assert_array_equal(result[mask], values[mask])
    status = filled.status_array(["measure"], years=YEARS).reindex(region=NAMES).to_numpy()[:, :, 0]
    new = ~mask & ~np.isnan(result)
    assert set(status[new]) <= {"imputed"}
    assert set(status[mask]) == {"reported"}
    if not ends:
        assert not (new & ~inside(mask)).any()
    sources = set(filled.to_frame().query("status == 'imputed'")["source"])
    assert all(re.fullmatch("插补：.+ / imputed: .+", source) for source in sources)
    counted = filled.warnings[-1] if filled.warnings else None
    if new.any():
        assert counted is not None
        assert f"measure: {new.sum()} cells imputed by {method}" in counted.en
        assert f"measure：用 {method} 插补 {new.sum()} 个单元格" in counted.zh
    twice = impute(filled, method, extrapolate=ends)  # type: ignore[arg-type]
    if method != "regression":
        np.testing.assert_array_equal(array_of(twice), result)


@given(
    mask=masks(),
    start=st.lists(numbers, min_size=4, max_size=4),
    ends=st.booleans(),
    data=st.data(),
)
def test_linear_data_are_recovered(
    mask: np.ndarray, start: list[float], ends: bool, data: st.DataObject
):
    slope = np.array(data.draw(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4)))
    whole = np.array(start)[:, None] + slope[:, None] * (YEARS - YEARS[0])
    result = array_of(
        impute(panel_of(np.where(mask, whole, np.nan)), "linear", years=YEARS, extrapolate=ends)
    )
    there = np.full_like(mask, True) if ends else inside(mask)
    np.testing.assert_allclose(result[there], whole[there], rtol=1e-9, atol=1e-6)
    assert np.isnan(result[~there]).all()


@given(
    mask=masks(),
    start=st.lists(positive, min_size=4, max_size=4),
    ends=st.booleans(),
    data=st.data(),
)
def test_constant_growth_is_recovered(
    mask: np.ndarray, start: list[float], ends: bool, data: st.DataObject
):
    growth = np.array(data.draw(st.lists(st.floats(0.5, 2.0), min_size=4, max_size=4)))
    whole = np.array(start)[:, None] * growth[:, None] ** (YEARS - YEARS[0])
    result = array_of(
        impute(panel_of(np.where(mask, whole, np.nan)), "growth", years=YEARS, extrapolate=ends)
    )
    there = np.full_like(mask, True) if ends else inside(mask)
    np.testing.assert_allclose(result[there], whole[there], rtol=1e-9)
    assert np.isnan(result[~there]).all()


@given(mask=masks(), data=st.data())
def test_linear_agrees_with_a_loop_of_numpy_interpolation(mask: np.ndarray, data: st.DataObject):
    drawn = data.draw(st.lists(numbers, min_size=mask.size, max_size=mask.size))
    values = np.where(mask, np.array(drawn).reshape(mask.shape), np.nan)
    result = array_of(impute(panel_of(values), "linear"))
    for r, row in enumerate(mask):
        expected = np.interp(YEARS, YEARS[row], values[r, row], left=np.nan, right=np.nan)
        np.testing.assert_allclose(result[r], expected, rtol=1e-9, atol=1e-6)


@given(mask=masks(), data=st.data())
def test_nearest_agrees_with_a_loop(mask: np.ndarray, data: st.DataObject):
    drawn = data.draw(st.lists(numbers, min_size=mask.size, max_size=mask.size))
    values = np.where(mask, np.array(drawn).reshape(mask.shape), np.nan)
    result = array_of(impute(panel_of(values), "nearest", years=YEARS, extrapolate=True))
    for r, row in enumerate(mask):
        for t in range(len(YEARS)):
            known = np.flatnonzero(row)
            near = min(known, key=lambda k: (abs(k - t), k))
            assert result[r, t] == values[r, near]


@given(mask=masks(least=3), data=st.data())
def test_regression_recovers_a_line_on_the_covariate(mask: np.ndarray, data: st.DataObject):
    z = np.array(
        data.draw(
            st.lists(
                st.floats(1, 100).map(lambda x: round(x, 2)), min_size=40, max_size=40, unique=True
            )
        )
    ).reshape(mask.shape)
    a, b = (np.array(data.draw(st.lists(st.floats(-50, 50), min_size=4, max_size=4))) for _ in "ab")
    whole = a[:, None] + b[:, None] * z
    panel = panel_of(np.where(mask, whole, np.nan), driver=z)
    filled = impute(panel, "regression", ["measure"], covariate="driver")
    result = array_of(filled)
    there = inside(mask)
    np.testing.assert_allclose(result[there], whole[there], rtol=1e-6, atol=1e-5)
    new = filled.to_frame().query("status == 'imputed'")
    assert set(new["source"]) <= {
        "插补：地区内对 driver 回归 / imputed: regression on driver within the region"
    }


def effects_by_dummies(values: np.ndarray) -> np.ndarray:
    """Return the fit on region and year dummies, NaN where they do not determine it."""
    known = ~np.isnan(values)
    regions, size = values.shape
    design = np.zeros((regions, size, regions + size))
    for r in range(regions):
        for t in range(size):
            design[r, t, r] = design[r, t, regions + t] = 1
    rows = design[known]
    solution = np.linalg.lstsq(rows, values[known], rcond=None)[0]
    space = np.linalg.pinv(rows) @ rows
    determined = np.abs(design @ space - design).max(axis=2) < 1e-8
    return np.where(determined, design @ solution, np.nan)


@given(mask=masks(), data=st.data(), logs=st.booleans())
def test_regression_on_effects_agrees_with_dummies(
    mask: np.ndarray, data: st.DataObject, logs: bool
):
    drawn = np.array(
        data.draw(st.lists(st.floats(1, 1000).map(lambda x: round(x, 2)), min_size=40, max_size=40))
    )
    values = np.where(mask, drawn.reshape(mask.shape), np.nan)
    if not logs:
        values -= 500.0
        assume((values[mask] <= 0).any())
    fitted = np.exp(effects_by_dummies(np.log(values))) if logs else effects_by_dummies(values)
    panel = panel_of(values)
    result = array_of(impute(panel, "regression", years=YEARS, extrapolate=True))
    np.testing.assert_allclose(result, np.where(mask, values, fitted), rtol=1e-6, atol=1e-6)


# Cases


def test_a_year_that_no_region_has_is_interpolated_and_has_no_year_effect():
    values = np.outer([1.0, 2.0, 3.0, 4.0], np.arange(1.0, 11.0))
    values[:, 4] = np.nan
    panel = panel_of(values)
    np.testing.assert_allclose(array_of(impute(panel, "linear"))[:, 4], [5.0, 10.0, 15.0, 20.0])
    left = impute(panel, "regression")
    assert np.isnan(array_of(left)[:, 4]).all()
    assert left.warnings[-1].en == "measure: 0 cells imputed by regression, 4 could not be filled"
    assert "4 个无法填补" in left.warnings[-1].zh


def test_growth_needs_positive_figures():
    values = np.array([[1.0, np.nan, 4.0], [0.0, np.nan, 4.0], [-1.0, np.nan, -4.0], [2, 2, 2]])
    result = array_of(impute(panel_of(values, YEARS[:3]), "growth"), YEARS[:3])
    np.testing.assert_allclose(result[:, 1], [2.0, np.nan, np.nan, 2.0])


def test_only_the_years_asked_for_are_filled():
    values = np.full((4, 10), np.nan)
    values[:, [0, 9]] = [[0.0, 9.0]] * 4
    result = array_of(impute(panel_of(values), "linear", years=[2013, 2014, 2025]))
    assert np.flatnonzero(~np.isnan(result[0])).tolist() == [0, 3, 4, 9]
    later = impute(panel_of(values), "linear", years=[2021], extrapolate=True)
    assert later.to_array(["measure"]).sel(year=2021).to_numpy()[:, 0].tolist() == [11.0] * 4


def test_a_value_outside_the_plausible_range_is_not_filled_in():
    frame = panel_of(np.tile([10.0, 6.0, 2.0], (4, 1)), YEARS[:3]).to_frame()
    frame = frame.assign(indicator="gdp", unit="CNY_100m")
    panel = Panel.from_frame(frame, regions=CHINA)
    filled = impute(panel, "linear", years=[2013], extrapolate=True)
    assert 2013 not in filled.years
    assert "could not be filled" in filled.warnings[-1].en


def test_the_unit_and_the_preferred_vintage_are_kept():
    frame = panel_of(np.array([[1.0, np.nan, 3.0]] * 4), YEARS[:3]).to_frame()
    frame = frame.assign(indicator="gdp", unit="CNY_10k")
    both = pd.concat([frame.assign(vintage="a"), frame.assign(vintage="b", value=7.0)])
    panel = Panel.from_frame(both, regions=CHINA, preferred={"gdp": "a"})
    filled = impute(panel, "linear")
    new = filled.to_frame().query("status == 'imputed'")
    assert set(new["vintage"]) == {"a"}
    assert set(new["unit"]) == {"CNY_10k"}
    assert set(new["value"]) == {2.0}
    with pytest.raises(InputError, match="several vintages and none is chosen"):
        impute(Panel.from_frame(both, regions=CHINA), "linear")


def test_a_panel_without_gaps_is_returned_as_it_is():
    panel = panel_of(np.ones((4, 10)))
    filled = impute(panel, "linear")
    assert filled.frame is panel.frame
    assert filled.warnings == panel.warnings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "spline"}, "no imputation method spline"),
        ({"method": "linear", "covariate": "driver"}, "method linear takes no covariate"),
        ({"method": "linear", "indicators": ["mesure"]}, "no indicator mesure in the data"),
        ({"method": "regression", "covariate": "drivr"}, "no indicator drivr in the data"),
        (
            {"method": "regression", "covariate": "driver", "indicators": ["driver"]},
            "indicator driver cannot be its own covariate",
        ),
    ],
)
def test_bad_arguments_are_input_errors(arguments: dict[str, object], message: str):
    panel = panel_of(np.ones((4, 10)), driver=np.ones((4, 10)))
    for function in (impute, imputation_influence):
        with pytest.raises(InputError) as caught:
            function(panel, **arguments)  # type: ignore[operator]
        assert message in caught.value.text("en")
        assert re.search("[\u4e00-\u9fff]", caught.value.text("zh"))


def test_a_constant_covariate_or_too_few_years_fill_nothing():
    values = np.array([[1.0, np.nan, 3.0]] * 4)
    z = np.array([[1.0, 2.0, 3.0]] * 4)
    panel = panel_of(values, YEARS[:3], driver=z)
    assert (
        2011
        not in impute(panel, "regression", ["measure"], covariate="driver")
        .select(["measure"])
        .years
    )
    constant = panel_of(np.array([[1.0, 2.0, np.nan, 3.0]] * 4), YEARS[:4], driver=np.ones((4, 4)))
    filled = impute(constant, "regression", ["measure"], covariate="driver")
    assert filled.select(["measure"]).years == (2010, 2011, 2013)


# The leave-out test


def test_every_inner_cell_is_left_out_once_and_its_error_is_exact():
    values = np.array([[0.0, 1.0, 4.0, 9.0, 16.0]] * 4)
    result = imputation_influence(panel_of(values, YEARS[:5]), "linear")
    cells = result.to_frame("cells")
    assert len(cells) == 4 * 3
    assert not cells.duplicated(["region", "year"]).any()
    assert cells["error"].tolist() == [1.0] * 12  # (t−1)² and (t+1)² average to t² + 1
    errors = result.to_frame().iloc[0]
    assert errors["cells"] == 12
    for measure in ("mean_error", "mean_absolute_error", "root_mean_square_error"):
        assert errors[measure] == 1.0
    assert errors["mean_absolute_percentage_error"] == pytest.approx(100 * (1 + 1 / 4 + 1 / 9) / 3)
    ends = imputation_influence(panel_of(values, YEARS[:5]), "linear", extrapolate=True)
    assert ends.to_frame().loc[0, "cells"] == 20


def test_where_the_method_is_exact_the_error_is_nil():
    values = np.outer([1.0, 2.0, 3.0, 4.0], 1.1 ** np.arange(10))
    for method in ("growth", "regression"):
        errors = imputation_influence(panel_of(values), method).to_frame()  # type: ignore[arg-type]
        assert errors.loc[0, "mean_absolute_error"] < 1e-12
        assert errors.loc[0, "mean_absolute_percentage_error"] < 1e-9


def test_a_percentage_of_zero_is_missing():
    values = np.array([[1.0, 0.0, 1.0]] * 4)
    errors = imputation_influence(panel_of(values, YEARS[:3]), "linear").to_frame()
    assert pd.isna(errors.loc[0, "mean_absolute_percentage_error"])


def test_without_an_inner_cell_there_is_nothing_to_test():
    with pytest.raises(InputError) as caught:
        imputation_influence(panel_of(np.ones((4, 2)), YEARS[:2]), "linear")
    assert "no known cell on which linear could be tested" in caught.value.text("en")
    assert "至少需要三年" in caught.value.text("zh")


def test_left_out_panels_differ_only_in_the_marked_cells():
    values = np.random.default_rng(0).uniform(1, 2, (4, 10))
    panel = panel_of(values)
    seen = np.zeros(values.shape, dtype=int)
    for changed, count in left_out_panels(panel, "linear", ["measure"]):
        imputed = (
            changed.status_array(["measure"]).reindex(region=NAMES).to_numpy()[:, :, 0] == "imputed"
        )
        assert imputed.sum() == count
        assert imputed.sum(axis=1).max() == 1
        np.testing.assert_array_equal(array_of(changed)[~imputed], values[~imputed])
        seen += imputed
    assert (seen[:, 1:-1] == 1).all()
    assert seen[:, [0, -1]].sum() == 0


# Ranks

SYSTEM = parse_system(
    """
[system]
id = "two"
title = { zh = "两项", en = "Two" }

[[indicator]]
id = "first"
node = "two"
formula = "measure"

[[indicator]]
id = "second"
node = "two"
formula = "driver"
""".encode(),
    "two.toml",
)


def test_ranks_with_and_without_imputed_cells():
    first = np.outer([1.0, 2.0, 3.0, 4.0], np.ones(10)) + np.arange(10)
    panel = panel_of(first, driver=first**2)
    holes = first.copy()
    holes[3, 5] = np.nan
    filled = impute(panel_of(holes, driver=first**2), "linear", ["measure"])
    table = imputed_rank_change(filled, SYSTEM).to_frame().set_index(["region", "year"])
    hit = table.loc[(NAMES[3], 2015)]
    assert hit["rank"] == 1
    assert pd.isna(hit["rank_without"])
    assert hit["imputed"] == 1
    assert table["imputed"].sum() == 1
    others = table.loc[(list(NAMES[:3]), 2015), :]
    # Without the region they move up by one; in all other years nothing changes.
    assert others["change"].tolist() == [1.0] * 3
    assert (table.drop(index=2015, level="year")["change"] == 0).all()
    with pytest.raises(InputError, match="no cell that system two uses is imputed"):
        imputed_rank_change(panel, SYSTEM)


def test_the_leave_out_test_of_ranks_counts_the_replaced_cells():
    steady = np.outer([1.0, 2.0, 3.0, 4.0], np.ones(10)) + np.arange(10)
    exact = imputation_rank_influence(panel_of(steady, driver=steady), SYSTEM, "linear")
    summary = exact.to_frame().iloc[0]
    assert summary["cells"] == 2 * 4 * 8
    assert summary["largest_change"] == 0
    ranks = exact.to_frame("ranks")
    assert ranks["runs"].sum() == 4 * 8
    assert ranks.loc[ranks["year"].isin([2010, 2019]), "runs"].sum() == 0

    jump = steady.copy()
    jump[0, 5] = 30.0  # first for one year, which no interpolation can know
    moved = imputation_rank_influence(
        panel_of(jump, driver=steady), SYSTEM, "linear", indicators=["measure"]
    )
    table = moved.to_frame("ranks").set_index(["region", "year"])
    assert table.loc[(NAMES[0], 2015), "rank"] == 1
    assert table.loc[(NAMES[0], 2015), "rank_high"] == 4
    assert moved.to_frame().loc[0, "largest_change"] == 3
    with pytest.raises(InputError, match="no known cell on which linear"):
        imputation_rank_influence(
            panel_of(steady[:, :2], YEARS[:2], driver=steady[:, :2]), SYSTEM, "linear"
        )
