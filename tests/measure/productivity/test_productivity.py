"""The front of all methods: it calls the method's own function, and refuses what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from firm_simulation import simulated_firms

from xinzhi.core import InputError
from xinzhi.data.firm_panel import firm_panel
from xinzhi.measure.productivity import (
    METHODS,
    ProductivityResult,
    Stage,
    bootstrap_efficiency,
    dea,
    directional_distance,
    firm_productivity,
    growth_accounting,
    labour_productivity,
    luenberger,
    malmquist,
    malmquist_luenberger,
    network_efficiency,
    productivity,
    sbm,
    stochastic_frontier,
    super_efficiency,
)

ROLES: dict[str, Any] = {"unit": "county", "inputs": ["k", "l"], "outputs": ["y"]}


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    """Twelve counties over three years."""
    random = np.random.default_rng(3)
    rows = []
    for year in (2019, 2020, 2021):
        for place in range(12):
            k, labour = random.uniform(1, 10, 2)
            y = k**0.4 * labour**0.6 * random.beta(5, 2) * 1.02 ** (year - 2019)
            rows.append((f"c{place:02d}", year, k, labour, y, 0.5 * y, 0.3 * y))
    return pd.DataFrame(rows, columns=["county", "year", "k", "l", "y", "waste", "patents"])


@pytest.fixture(scope="module")
def one_year(counties: pd.DataFrame) -> pd.DataFrame:
    return counties[counties["year"] == 2020]


def same(result: ProductivityResult, own: Any) -> None:
    assert list(result.tables) == list(own.tables)
    for name, table in own.tables.items():
        pd.testing.assert_frame_equal(result.tables[name], table)
    assert {**result.parameters, **own.parameters, "method": result.parameters["method"]} == dict(
        result.parameters
    )
    assert set(own.warnings) <= set(result.warnings)


def refused(frame: Any, method: str, **given: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        productivity(frame, method, **given)
    return caught.value


def test_frontier_methods_are_their_own_functions(one_year: pd.DataFrame):
    table = one_year.sort_values("county").set_index("county")
    x, y, b = table[["k", "l"]], table[["y"]], table[["waste"]]
    same(productivity(one_year, "dea", returns="crs", **ROLES), dea(x, y, "crs"))
    same(productivity(one_year, "super", **ROLES), super_efficiency(x, y))
    with_waste = {**ROLES, "undesirable": ["waste"]}
    same(productivity(one_year, "sbm", **with_waste), sbm(x, y, b))
    same(productivity(one_year, "sbm", **ROLES), sbm(x, y))
    same(
        productivity(one_year, "directional", direction="graph", **with_waste),
        directional_distance(x, y, b, direction="graph"),
    )
    same(
        productivity(one_year, "bootstrap", replications=100, seed=5, **ROLES),
        bootstrap_efficiency(x, y, replications=100, seed=5),
    )


def test_indices_are_their_own_functions(counties: pd.DataFrame):
    table = counties.sort_values(["county", "year"]).set_index(["county", "year"])
    x, y, b = table[["k", "l"]], table[["y"]], table[["waste"]]
    given = {**ROLES, "time": "year"}
    same(
        productivity(counties, "malmquist", reference="global", returns="vrs", **given),
        malmquist(x, y, "global", "vrs"),
    )
    same(productivity(counties, "luenberger", **given), luenberger(x, y))
    same(
        productivity(counties, "malmquist-luenberger", undesirable=["waste"], **given),
        malmquist_luenberger(x, y, b),
    )


def test_stages_are_columns_by_name(one_year: pd.DataFrame):
    table = one_year.sort_values("county").set_index("county")
    stages = {"research": (["k", "l"], ["patents"]), "products": (["patents"], ["y"])}
    result = productivity(one_year, "network", unit="county", stages=stages)
    own = network_efficiency(
        [Stage(name, table[list(a)], table[list(b)]) for name, (a, b) in stages.items()]
    )
    same(result, own)
    assert result.parameters["stages"][1]["outputs"] == ["y"]


def test_growth_reallocation_and_stochastic_frontier(counties: pd.DataFrame):
    given = {**ROLES, "time": "year"}
    same(
        productivity(counties, "growth-accounting", capital_share=0.5, **given),
        growth_accounting(counties, ["k", "l"], "y", unit="county", time="year", capital_share=0.5),
    )
    same(
        productivity(counties, "sfa", **given),
        stochastic_frontier(counties, ["k", "l"], "y", unit="county", time="year"),
    )
    sectors = counties.rename(columns={"county": "sector"})
    result = productivity(
        sectors, "reallocation", time="year", inputs=["l"], outputs=["y"], sector="sector"
    )
    same(result, labour_productivity(sectors, "y", "l", sector="sector", time="year"))
    assert result.parameters["form"] == "shift-share"
    nominal = productivity(
        sectors,
        "reallocation",
        time="year",
        inputs=["l"],
        outputs=["y"],
        sector="sector",
        nominal_output="waste",
    )
    assert nominal.parameters["form"] == "tang-wang"


def test_firms_from_a_table_or_a_panel():
    frame = simulated_firms(1, 60)
    given = {"unit": "firm", "time": "year", "outputs": ["value_added"], "proxy": "proxy"}
    result = productivity(frame, "acf", inputs=["capital", "workers"], replications=0, **given)
    panel = firm_panel(frame, "firm", "year", "value_added", "workers", "capital", "proxy")
    same(result, firm_productivity(panel, "acf", replications=0))
    same(
        productivity(panel, "acf", replications=0), firm_productivity(panel, "acf", replications=0)
    )
    assert (result.parameters["capital"], result.parameters["labour"]) == (["capital"], ["workers"])
    turned = productivity(
        frame,
        "ols",
        inputs=["workers", "capital"],
        labour="workers",
        replications=0,
        **given,
    )
    assert turned.parameters["labour"] == ["workers"]
    assert turned.to_frame()["input"].to_list() == ["workers", "capital"]


def test_every_result_names_method_and_roles(one_year: pd.DataFrame):
    result = productivity(one_year, "dea", **ROLES)
    parameters = dict(result.parameters)
    assert parameters["method"] == "dea"
    assert parameters["unit"] == "county"
    assert parameters["inputs"] == ["k", "l"]
    assert parameters["returns"] == "vrs"
    assert set(result.tables) == {"efficiency", "slacks", "peers"}


def test_periods_on_one_frontier_are_said(counties: pd.DataFrame):
    result = productivity(counties, "dea", time="year", **ROLES)
    assert len(result.to_frame()) == len(counties)
    assert "compared with one frontier" in result.warnings[0].en
    assert "与同一前沿比较" in result.warnings[0].zh
    moved = productivity(counties, "malmquist", time="year", **ROLES)
    assert not any("one frontier" in warning.en for warning in moved.warnings)


def test_the_order_of_columns_and_rows_does_not_matter(one_year: pd.DataFrame):
    shuffled = one_year.sample(frac=1, random_state=0)[one_year.columns[::-1]]
    same(productivity(shuffled, "dea", **ROLES), productivity(one_year, "dea", **ROLES))


# What does not fit is refused


def test_an_unknown_method_lists_those_there_are(one_year: pd.DataFrame):
    error = refused(one_year, "fdh", **ROLES)
    assert "no method named fdh" in str(error)
    assert all(name in str(error) for name in METHODS)
    assert "没有名为 fdh 的方法" in error.text("zh")


def test_an_option_of_another_method_is_refused(one_year: pd.DataFrame):
    error = refused(one_year, "dea", proxy="k", **ROLES)
    assert "dea has no option proxy" in str(error)
    assert "Its options are: returns, orientation" in str(error)
    assert "dea 没有选项 proxy" in error.text("zh")


def test_undesirable_outputs_where_a_method_has_none(one_year: pd.DataFrame):
    error = refused(one_year, "dea", undesirable=["waste"], **ROLES)
    assert "dea has no undesirable outputs" in str(error)
    assert "Take one of: sbm, directional, luenberger, malmquist-luenberger" in str(error)
    assert "dea 不含非期望产出" in error.text("zh")


def test_all_that_is_lacking_is_named_at_once(one_year: pd.DataFrame):
    error = refused(one_year, "acf")
    for words in ("--unit", "--time", "--inputs", "--outputs", "--proxy"):
        assert words in str(error)
    assert "acf 还需要：单元列（--unit）、时间列（--time）" in error.text("zh")
    assert "the column of periods (--time)" in str(refused(one_year, "malmquist", **ROLES))
    assert "stages (--stage)" in str(refused(one_year, "network", unit="county"))


def test_stages_beside_inputs(one_year: pd.DataFrame):
    stages = {"a": (["k"], ["y"]), "b": (["y"], ["waste"])}
    error = refused(one_year, "network", stages=stages, **ROLES)
    assert "are those of its stages" in str(error)
    assert "由各环节给出" in error.text("zh")


def test_roles_of_capital_and_labour(counties: pd.DataFrame):
    given = {"unit": "county", "time": "year", "outputs": ["y"]}
    error = refused(counties, "growth-accounting", inputs=["k", "l", "waste"], **given)
    assert "3 input(s) and cannot tell which are labour" in str(error)
    assert "看不出哪些是劳动" in error.text("zh")
    error = refused(counties, "growth-accounting", inputs=["k"], labour="l", **given)
    assert "labour (l) must be some of the inputs (k)" in str(error)
    assert "劳动（l）应是投入（k）的一部分" in error.text("zh")
    error = refused(counties, "growth-accounting", inputs=["k", "l"], labour=["k", "l"], **given)
    assert "the rest being capital" in str(error)


def test_several_outputs_of_a_method_with_one(counties: pd.DataFrame):
    roles = {**ROLES, "outputs": ["y", "waste"], "time": "year"}
    error = refused(counties, "sfa", **roles)
    assert "sfa takes one output; 2 are given" in str(error)
    assert "sfa 只取一项产出，现有 2 项" in error.text("zh")


def test_reallocation_without_sectors(counties: pd.DataFrame):
    error = refused(counties, "reallocation", time="year", inputs=["l"], outputs=["y"])
    assert "needs the column of sectors and one input, labour" in str(error)
    assert "需要行业列 sector" in error.text("zh")


def test_a_panel_of_firms_is_for_firms_and_holds_its_columns():
    panel = firm_panel(
        simulated_firms(1, 20), "firm", "year", "value_added", "workers", "capital", "proxy"
    )
    error = refused(panel, "dea")
    assert "dea takes a table, not a panel of firms" in str(error)
    assert "而不是企业面板" in error.text("zh")
    error = refused(panel, "acf", unit="firm")
    assert "holds its columns already" in str(error)
    assert "企业面板已含各列" in error.text("zh")


# Bad data


def with_value(frame: pd.DataFrame, column: str, value: float) -> pd.DataFrame:
    changed = frame.copy()
    changed.loc[changed.index[0], column] = value
    return changed


def test_missing_zero_and_negative_values(counties: pd.DataFrame, one_year: pd.DataFrame):
    assert "value(s) are missing" in str(refused(with_value(one_year, "k", np.nan), "dea", **ROLES))
    assert "negative" in str(refused(with_value(one_year, "k", -1), "dea", **ROLES))
    assert "not positive" in str(refused(with_value(one_year, "k", 0), "sbm", **ROLES))
    given = {**ROLES, "time": "year"}
    for bad in (0, -1):
        error = refused(with_value(counties, "k", bad), "growth-accounting", **given)
        assert "k must be above zero: c00 2019" in str(error)


def test_a_unit_that_lacks_a_year(counties: pd.DataFrame):
    gap = counties.drop(counties.query("county == 'c03' and year == 2020").index)
    result = productivity(gap, "malmquist", time="year", **ROLES)
    row = result.to_frame().query("unit == 'c03'")
    assert row["malmquist"].isna().all()
    assert any("c03 2020" in warning.en for warning in result.warnings)


def test_constant_columns_and_few_units_are_said(one_year: pd.DataFrame):
    few = one_year.head(2).assign(k=1.0)
    said = [warning.en for warning in productivity(few, "dea", **ROLES).warnings]
    assert any("tell none apart: k" in text for text in said)
    assert any("2 units are fewer than 3 variables" in text for text in said)


# Charts


def charted(result: ProductivityResult) -> dict[str, Any]:
    for lang in ("zh", "en"):
        spec = result.plot(lang=lang).to_dict()
        title = str(spec["title"]["text"])
        assert any("\u4e00" <= sign <= "\u9fff" for sign in title) == (lang == "zh")
    return spec


def rows_of(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """Return the rows of the first data set that has the column."""
    return next(rows for rows in spec["datasets"].values() if rows and column in rows[0])


def test_the_ranking_shows_the_corrected_scores_with_their_intervals(one_year: pd.DataFrame):
    result = productivity(one_year, "bootstrap", replications=100, **ROLES)
    table = result.to_frame().sort_values("efficiency_corrected", ascending=False)
    rows = rows_of(charted(result), "low")
    assert [row["label"] for row in rows] == table["unit"].to_list()
    np.testing.assert_allclose([row["value"] for row in rows], table["efficiency_corrected"])
    np.testing.assert_allclose([row["high"] for row in rows], table["efficiency_high"])
    charted(productivity(one_year, "super", **ROLES))


def test_parts_that_are_stacked_add_up_to_the_dot(counties: pd.DataFrame):
    given = {**ROLES, "time": "year"}
    one = counties[counties["county"] == "c01"]
    for result in (
        productivity(counties, "malmquist", **given),
        productivity(counties, "luenberger", **given),
        productivity(counties, "growth-accounting", **given),
        productivity(one, "growth-accounting", **given),
        productivity(
            counties, "reallocation", time="year", inputs=["l"], outputs=["y"], sector="county"
        ),
    ):
        spec = charted(result)
        totals = {row["label"]: row["total"] for row in rows_of(spec, "total")}
        sums = pd.DataFrame(rows_of(spec, "term")).groupby("label")["value"].sum()
        assert set(sums.index) == set(totals)
        for label, total in totals.items():
            assert sums[label] == pytest.approx(total, abs=1e-12)


def test_firms_have_a_chart_and_another_kind_is_refused(one_year: pd.DataFrame):
    frame = simulated_firms(1, 60)
    result = productivity(
        frame,
        "ols",
        unit="firm",
        time="year",
        inputs=["capital", "workers"],
        outputs=["value_added"],
        proxy="proxy",
        replications=0,
    )
    charted(result)
    with pytest.raises(InputError) as caught:
        productivity(one_year, "dea", **ROLES).plot("peers")
    assert "no chart named peers; there is: efficiency" in str(caught.value)
    assert "没有名为 peers 的图" in caught.value.text("zh")
