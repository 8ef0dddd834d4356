"""The capability: tables, units, warnings, charts, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from xinzhi.core import InputError, dumps
from xinzhi.data import embedded_panel, load_region_set
from xinzhi.data.contiguity import load_contiguity
from xinzhi.measure.disparity import (
    DisparityResult,
    beta_convergence,
    dagum,
    disparity,
    local_moran,
    markov,
    moran,
    theil_t,
)
from xinzhi.measure.disparity.disparity_plots import KINDS
from xinzhi.measure.disparity.disparity_result import COLUMNS
from xinzhi.measure.disparity.markov import class_bounds, classified

CHINA = load_region_set("china31")
GROUPS = {region.name: str(region.group) for region in CHINA.regions}
BORDERS = load_contiguity("china31")


def gdp() -> xr.DataArray:
    """Return the gross regional product of 31 regions, 2006-2024."""
    frame = embedded_panel().frame
    chosen = frame[(frame["indicator"] == "gdp") & (frame["region"].isin(CHINA.names))]
    chosen = chosen[chosen["vintage"] == "nbs_gdp_regions_2006_2024"]
    wide = chosen.pivot(index="region", columns="year", values="value").loc[list(CHINA.names)]
    years = [int(year) for year in wide.columns]
    return xr.DataArray(
        wide.to_numpy(dtype=float, copy=True), [("region", list(CHINA.names)), ("year", years)]
    )


@pytest.fixture(scope="module")
def result() -> DisparityResult:
    return disparity(gdp(), GROUPS, BORDERS, draws=100, permutations=99, seed=1, unit="CNY_100m")


def test_every_table_has_its_columns(result: DisparityResult):
    assert {name: tuple(table.columns) for name, table in result.tables.items()} == COLUMNS
    assert next(iter(result.tables)) == "total"
    assert all(len(table) for name, table in result.tables.items() if name != "controls")
    assert result.units["mean"] == "CNY_100m"
    assert result.parameters["neighbours"] == "china31"
    assert '"gini":' in dumps(result.to_dict())


def test_tables_repeat_what_the_functions_say(result: DisparityResult):
    values = gdp()
    last = values.sel(year=2024).values
    names = list(dict.fromkeys(GROUPS.values()))
    codes = np.array([names.index(GROUPS[name]) for name in CHINA.names])
    parts, t = dagum(last, codes), theil_t(last, codes)
    row = result.tables["total"].iloc[-1]
    assert row["year"] == 2024
    for name in ("gini", "within", "between", "transvariation"):
        assert row[name] == pytest.approx(float(getattr(parts, name)))
    assert row["theil_t_between"] == pytest.approx(float(t.between))
    shares = row[["within_share", "between_share", "transvariation_share"]].sum()
    assert shares == pytest.approx(1)
    groups = result.tables["groups"].query("year == 2024")
    assert groups["within"].sum() == pytest.approx(row["within"])
    assert groups["group"].tolist() == names
    pairs = result.tables["pairs"].query("year == 2024")
    assert len(pairs) == 6
    assert pairs["between"].sum() == pytest.approx(row["between"])
    assert pairs["transvariation"].sum() == pytest.approx(row["transvariation"])
    means = groups.set_index("group")["mean"]
    assert all(means[a] >= means[b] for a, b in zip(pairs["first"], pairs["second"], strict=True))
    beta = result.tables["beta"].iloc[0]
    fit = beta_convergence(values.values, values["year"].values.astype(float))
    assert (beta["model"], beta["coefficient"]) == ("absolute", pytest.approx(fit.coefficient))
    index = moran(last, BORDERS.weights(CHINA.names), 99, 1)
    assert result.tables["moran"].iloc[-1]["moran"] == pytest.approx(index.index)
    local = result.tables["local_moran"].query("year == 2024")
    expected = local_moran(last, BORDERS.weights(CHINA.names), 99, 1)
    np.testing.assert_allclose(local["q_value"], expected.q_value)


def test_markov_table_is_the_pooled_chain(result: DisparityResult):
    data = gdp().values
    relative = data / data.mean(axis=0)
    chain = markov(classified(relative, class_bounds(relative, 4)), 4)
    table = result.tables["markov"].query("neighbours == 'all'")
    np.testing.assert_array_equal(table["count"], chain.transitions.ravel())
    by_neighbours = result.tables["markov"].query("neighbours != 'all'")
    assert by_neighbours["count"].sum() == table["count"].sum() == 31 * 18


def test_intervals_hold_their_values(result: DisparityResult):
    table = result.tables["intervals"].query("measure == 'gini'")
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"] + 0.05).all()  # few values: draws come out low


def test_warnings_say_what_was_decided(result: DisparityResult):
    chinese = [note.zh for note in result.warnings]
    assert any("海南没有陆地邻省" in note for note in chinese)
    assert any("俱乐部的划分随数值单位而变" in note for note in chinese)
    assert any("depend on the unit" in note.en for note in result.warnings)


def test_one_year_and_rows_without_regions():
    found = disparity(gdp().sel(year=2024, drop=True), GROUPS, draws=0)
    assert "year" not in found.tables["total"]
    assert found.tables["total"]["gini"].iloc[0] > 0
    for name in ("beta", "clubs", "markov", "moran", "intervals"):
        assert found.tables[name].empty
    assert any("one point in time only" in note.en for note in found.warnings)
    assert any("只有一个时点" in note.zh for note in found.warnings)


def test_without_groups_nothing_is_divided():
    found = disparity(gdp(), draws=0)
    total = found.tables["total"]
    assert total[["within", "between_share", "theil_l_within"]].isna().all(axis=None)
    assert (total["gini"] > 0).all()
    assert found.tables["groups"].empty


def test_short_panels_have_no_clubs_and_say_why():
    found = disparity(gdp().isel(year=slice(0, 14)), draws=0)
    assert found.tables["clubs"].empty
    notes = [note for note in found.warnings if "convergence clubs not computed" in note.en]
    assert "at least 15 years, got 14" in notes[0].en
    assert "至少需要 15 年，现为 14 年" in notes[0].zh


def test_gaps_and_zeros_are_said():
    values = gdp()
    values[3, 5] = np.nan
    found = disparity(values, GROUPS, BORDERS, draws=20, permutations=9)
    assert found.tables["total"]["count"].iloc[5] == 30
    assert any(note.en.startswith("1 value(s) missing") for note in found.warnings)
    assert any("clubs leave out 1 region(s) with gaps: 山西" in n.en for n in found.warnings)
    assert any("有缺失的 1 个地区：山西" in note.zh for note in found.warnings)
    values[3, 5] = 0
    found = disparity(values, draws=0)
    english = [note.en for note in found.warnings]
    assert any("no convergence or clubs" in note for note in english)
    assert any("Theil's L is not defined (2011)" in note for note in english)
    assert any("不能取对数" in note.zh for note in found.warnings)
    assert np.isnan(found.tables["total"]["theil_l"].iloc[5])
    assert found.tables["beta"].empty


def test_a_region_cut_off_by_gaps_stops_moran_of_that_year_only():
    values = gdp()
    values.loc["广东", 2024] = np.nan  # 海南's only neighbour
    found = disparity(values, None, BORDERS, draws=0, permutations=9)
    assert 2024 not in found.tables["moran"]["year"].tolist()
    notes = [note for note in found.warnings if "of 2024 not computed" in note.en]
    assert "has no neighbour" in notes[0].en
    assert "2024 年 Moran 指数" in notes[0].zh


def test_controls_make_convergence_conditional():
    values = gdp()
    control = np.log(values / values.mean("region")).expand_dims(control=["share"])
    control = control + np.random.default_rng(0).normal(size=control.shape)
    found = disparity(values, controls=control, draws=0)
    models = found.tables["beta"]["model"].tolist()
    assert models == ["absolute", "conditional", "panel_fixed_effects"]
    assert found.tables["controls"]["control"].tolist() == ["share", "share"]
    with pytest.raises(InputError, match="controls and values differ in year: 2024") as error:
        disparity(values, controls=control.isel(year=slice(0, -1)), draws=0)
    assert "不一致：2024" in error.value.text("zh")
    with pytest.raises(InputError, match="controls need region, year and control") as error:
        disparity(values.sel(year=2024, drop=True), controls=control)
    assert "三维" in error.value.text("zh")


def test_permuting_regions_permutes_results():
    values = gdp()
    order = np.random.default_rng(0).permutation(31)
    first = disparity(values, GROUPS, BORDERS, draws=0, permutations=0)
    second = disparity(values.isel(region=order), GROUPS, BORDERS, draws=0, permutations=0)
    numbers = first.tables["total"].to_numpy(dtype=float)
    np.testing.assert_allclose(second.tables["total"].to_numpy(dtype=float), numbers, rtol=1e-9)
    one = first.tables["local_moran"].set_index(["region", "year"])["local_moran"].sort_index()
    other = second.tables["local_moran"].set_index(["region", "year"])["local_moran"].sort_index()
    np.testing.assert_allclose(other, one)
    clubs = (r.tables["clubs"].set_index("region")["club"].sort_index() for r in (first, second))
    assert next(clubs).equals(next(clubs))


def test_the_same_seed_gives_the_same_numbers(result: DisparityResult):
    again = disparity(gdp(), GROUPS, BORDERS, draws=100, permutations=99, seed=1, unit="CNY_100m")
    assert dumps(again.to_dict()) == dumps(result.to_dict())


def test_what_cannot_be_used_is_refused():
    values = gdp()
    negative = values.copy()
    negative[2, 3] = -1
    twice = values.isel(region=[0, 1, 0])
    empty = values.copy()
    empty[:, 2] = np.nan
    cases = (
        (lambda: disparity(negative), "河北 2009: -1", "河北 2009：-1"),
        (lambda: disparity(twice), "regions twice: 北京", "地区重复：北京"),
        (lambda: disparity(empty), "2008: at least two values", "2008 年需要至少两个数值"),
        (
            lambda: disparity(values, {"北京": "east"}),
            r"30 region\(s\) without a group: 天津",
            "30 个地区没有分组：天津",
        ),
    )
    for call, message, chinese in cases:
        with pytest.raises(InputError, match=message) as error:
            call()
        assert chinese in error.value.text("zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_charts(result: DisparityResult, kind: str, lang):
    spec = result.plot(kind, lang, region="上海").to_dict()
    title = str(spec["title"])
    expected = {
        "decomposition": ("基尼系数", "Gini"),
        "convergence": ("β", "Beta"),
        "density": ("变异系数", "variation"),
        "clubs": ("收敛俱乐部", "clubs"),
        "moran": ("Moran 指数", "Moran's I"),
    }[kind]
    assert expected[lang == "en"] in title
    assert "datasets" in spec


def test_charts_without_years_or_groups():
    found = disparity(gdp().sel(year=2024, drop=True), None, BORDERS, draws=0, permutations=0)
    assert "Gini coefficient 0.415" in str(found.plot().to_dict()["title"])
    assert "Moran's I" in str(found.plot("moran").to_dict()["title"])
    assert found.plot("density").to_dict()["datasets"]
    for call, message in (
        (lambda: found.plot("clubs"), "no results of clubs to draw"),
        (lambda: found.plot("convergence"), "no results of convergence to draw"),
        (lambda: found.plot("pie"), "no chart pie"),
        (lambda: found.plot("moran", region="Bavaria"), "no region Bavaria"),
    ):
        with pytest.raises(InputError, match=message):
            call()
    with pytest.raises(InputError, match="no year 1999"):
        disparity(gdp(), draws=0).plot("density", year=1999)


def test_many_observations_in_groups_get_fewer_draws():
    random = np.random.default_rng(0)
    names = [str(k) for k in range(60_000)]
    values = xr.DataArray(random.lognormal(size=60_000), [("region", names)])
    found = disparity(values, {name: str(k % 30) for k, name in enumerate(names)})
    assert found.parameters["draws"] == 0
    assert found.tables["intervals"].empty
    assert len(found.tables["pairs"]) == 30 * 29 / 2
