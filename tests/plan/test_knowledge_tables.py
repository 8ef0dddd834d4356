"""The tables of knowledge: on the synthetic example, and on official figures of 31 regions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import science_technology_panel
from xinzhi.plan.innovation.knowledge_counts import poisson_fixed_effects
from xinzhi.plan.innovation.knowledge_tables import (
    KnowledgeOptions,
    knowledge_tables,
    knowledge_warnings,
)
from xinzhi.plan.innovation.synthetic_knowledge import synthetic_knowledge_tables

EXAMPLE = synthetic_knowledge_tables()


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return knowledge_tables(EXAMPLE["knowledge"], proximity=EXAMPLE["proximity"])


def test_the_example_says_that_it_is_synthetic():
    for table in EXAMPLE.values():
        assert table["unit"].str.contains("合成 synthetic").all()
    again = synthetic_knowledge_tables(seed=0)["knowledge"]
    pd.testing.assert_frame_equal(again, EXAMPLE["knowledge"])


def test_tables_and_their_columns(found):
    assert list(found) == ["stock", "elasticities", "lags", "tests", "fits"]
    assert list(found["elasticities"]) == [
        *("outcome", "term", "lag", "estimate", "standard_error", "low", "high", "p_value"),
        "method",
    ]
    methods = found["fits"].groupby("outcome")["method"].agg(list).to_dict()
    assert methods == {
        "patents": ["poisson_fixed_effects", "fixed_effects", "difference_gmm"],
        "tfp": ["fixed_effects", "difference_gmm"],
    }
    assert found["lags"].groupby("outcome")["chosen"].sum().tolist() == [1, 1]
    assert len(found["tests"]) == 8
    assert found["stock"].notna().all().all()


def test_what_the_example_was_made_with_is_found(found):
    effects = found["elasticities"]
    long = effects[effects["lag"].isna() & (effects["term"] == "stock")]
    long = long.set_index(["outcome", "method"])
    # the generator's elasticities: 0.5 of patents, 0.1 / (1 - 0.4) of productivity
    poisson = long.loc[("patents", "poisson_fixed_effects")]
    assert abs(poisson["estimate"] - 0.5) < 4 * poisson["standard_error"]
    dynamic = long.loc[("tfp", "difference_gmm")]
    assert dynamic["low"] < 0.1 / 0.6 < dynamic["high"]


def test_spillovers_are_the_neighbours_stocks(found):
    stock = found["stock"].set_index(["unit", "year"])
    pairs = EXAMPLE["proximity"]
    name = pairs["unit"].iloc[0]
    mine = pairs[pairs["unit"] == name]
    last = [stock.loc[(other, 2024), "stock"] for other in mine["other"]]
    assert stock.loc[(name, 2024), "spillover"] == pytest.approx(last @ mine["weight"].to_numpy())


def test_spillovers_through_technology():
    panel = EXAMPLE["knowledge"]
    names = panel["unit"].unique()
    technology = pd.DataFrame(
        {
            "unit": np.repeat(names, 2),
            "field": ["chips", "drugs"] * len(names),
            "patents": [3.0, 4.0, *[4.0, 3.0] * (len(names) - 1)],
        }
    )
    options = KnowledgeOptions(dynamic="none", max_lag=0)
    stock = knowledge_tables(panel, options, technology=technology)["stock"]
    last = stock[stock["year"] == 2024].set_index("unit")
    others = last["stock"].drop(names[0]).sum()
    assert last.loc[names[0], "spillover"] == pytest.approx(24 / 25 * others)
    with pytest.raises(InputError) as caught:
        knowledge_tables(panel, options, technology=technology, proximity=EXAMPLE["proximity"])
    assert "只能给出一张" in caught.value.text("zh")
    assert "both give weights of spillovers" in caught.value.text("en")


def test_patents_with_zeros_are_counts_only():
    panel = EXAMPLE["knowledge"].drop(columns="tfp").copy()
    names = panel["unit"].unique()
    panel.loc[panel["unit"] == names[0], "patents"] = 0
    found = knowledge_tables(panel)
    assert found["fits"]["method"].tolist() == ["poisson_fixed_effects"]
    assert found["tests"].empty
    assert found["stock"]["spillover"].isna().all()
    (note,) = knowledge_warnings(found)
    assert note.zh == (
        "patents（poisson_fixed_effects）略去 1 个单位（计数全为零或年份不足）："
        "区域01（合成 synthetic）"
    )
    assert "leaves out 1 unit(s) without any count or with too few years" in note.en


def test_level_equations_on_request():
    panel = EXAMPLE["knowledge"].drop(columns="patents")
    found = knowledge_tables(panel, KnowledgeOptions(dynamic="system", max_lag=0))
    assert found["fits"]["method"].tolist() == ["fixed_effects", "system_gmm"]
    assert set(found["tests"]["method"]) == {"system_gmm"}


def test_expenditure_instead_of_the_stock():
    panel = EXAMPLE["knowledge"].drop(columns="patents").astype({"year": str})
    options = KnowledgeOptions(regressor="expenditure", dynamic="none", max_lag=1, criterion="aic")
    found = knowledge_tables(panel, options)
    assert set(found["elasticities"]["term"]) == {"expenditure"}
    assert found["fits"]["method"].tolist() == ["fixed_effects"]
    assert found["lags"]["lags"].tolist() == [0, 1]


def test_what_a_reader_must_know():
    panel = EXAMPLE["knowledge"]
    few = panel[panel["unit"].isin(panel["unit"].unique()[:12]) & (panel["year"] >= 2017)]
    tables = knowledge_tables(few, KnowledgeOptions(max_lag=0, instruments=(2, None)))
    effects = tables["elasticities"]
    endless = effects["lag"].isna() & (effects["method"] == "difference_gmm")
    tables["elasticities"] = effects.assign(estimate=effects["estimate"].mask(endless))
    tests = tables["tests"]
    tables["tests"] = tests.assign(p_value=0.01)
    notes = knowledge_warnings(tables)
    zh, en = "\n".join(note.zh for note in notes), "\n".join(note.en for note in notes)
    assert "6 个单位末年的知识存量中仍有一成以上是推定的初始存量" in zh
    assert "in 6 unit(s) more than a tenth of the last knowledge stock" in en
    assert "单位只有 12 个，聚类标准误可能偏小" in zh
    assert "there are 12 units only: clustered errors may be too small" in en
    assert "tfp 的工具变量（13 个）多于单位（12 个），Hansen 检验几乎没有意义" in zh
    assert "tfp has 13 instruments for 12 units: Hansen's test tells next to nothing" in en
    assert "patents 的动态面板中，自身滞后的系数之和不小于 1，没有长期效应" in zh
    assert "its own lags sum to one or more: there is no long-run effect" in en
    assert "tfp 的动态面板未通过 Hansen 检验（p = 0.01），估计存疑" in zh
    assert "the dynamic panel of tfp fails the test AR(2) (p = 0.01)" in en
    assert "AR(1)" not in en


PANEL = EXAMPLE["knowledge"]


@pytest.mark.parametrize(
    ("panel", "options", "zh", "en"),
    [
        (
            PANEL.drop(columns="expenditure"),
            {},
            "表 knowledge 缺少列：expenditure",
            "lacks columns",
        ),
        (PANEL[["unit", "year", "expenditure"]], {}, "没有产出列", "no column of an outcome"),
        (PANEL, {"regressor": "rd"}, "regressor 应为 stock 或", "regressor is stock or"),
        (PANEL, {"criterion": "hq"}, "criterion 应为 aic 或 bic", "criterion is aic or bic"),
        (PANEL, {"dynamic": True}, "dynamic 应为 difference 或 system", "dynamic is difference or"),
        (PANEL[PANEL["year"] != 2015], {}, "缺少中间的年份", "miss a period between others"),
        (PANEL.assign(patents=-1), {}, "patents 是计数", "patents is a count"),
        (PANEL.assign(tfp=0), {}, "tfp 应大于 0", "tfp must be above zero"),
    ],
)
def test_wrong_tables_and_options_are_refused(panel, options, zh, en):
    with pytest.raises(InputError) as caught:
        knowledge_tables(panel, KnowledgeOptions(**options))
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


@pytest.fixture(scope="module")
def regions(official_folder: Path) -> pd.DataFrame:
    """Return R&D expenditure [CNY 10k, current prices] and invention grants of 31 regions."""
    source = official_folder / "provinces_science_technology_2000_2023.csv"
    panel = science_technology_panel(source)
    frame = panel.frame[panel.frame["region"].isin(panel.regions.names)]
    spending = frame[(frame["indicator"] == "rd_expenditure") & (frame["vintage"] == "RDActivity")]
    grants = frame[frame["indicator"] == "invention_patents_granted"]
    assert set(spending["unit"].astype(str)) == {"CNY_10k"}
    keys = ["region", "year"]
    table = spending[[*keys, "value"]].merge(grants[[*keys, "value"]], on=keys)
    table = table.set_axis(["unit", "year", "expenditure", "patents"], axis=1)
    return table.astype({"unit": str})


def test_elasticity_of_invention_grants_in_31_regions(regions):
    """Numbers of our own on official figures, a change alarm; the inequalities are the finding."""
    assert regions.groupby("year").size().eq(31).all()
    assert regions["year"].agg(["min", "max"]).tolist() == [2010, 2023]
    found = knowledge_tables(regions)
    poisson, linear, dynamic = (
        found["elasticities"].query("method == @method and term == 'stock' and lag.isna()").iloc[0]
        for method in ("poisson_fixed_effects", "fixed_effects", "difference_gmm")
    )
    assert poisson["estimate"] == pytest.approx(0.496, abs=1e-3)
    assert poisson["standard_error"] == pytest.approx(0.126, abs=1e-3)
    # decreasing returns: above zero and below one, by both static methods
    for row in (poisson, linear):
        assert 0 < row["low"] < row["high"] < 1
    # one lag of the outcome leaves the long run unknown
    assert not dynamic["low"] > 0
    fit = found["fits"].set_index("method").loc["poisson_fixed_effects"]
    assert (fit["observations"], fit["units"], fit["dropped_units"]) == (434, 31, 0)
    assert fit["overdispersion"] > 100


def test_grants_vary_far_more_than_a_poisson_count(regions):
    table = knowledge_tables(regions, KnowledgeOptions(dynamic="none"))["stock"]
    data = table.merge(regions[["unit", "year", "patents"]], on=["unit", "year"])
    estimate = poisson_fixed_effects(data, "patents", {"stock": (0,)})
    naive = np.sqrt(estimate.model_covariance[0, 0])
    assert estimate.standard_errors[0] > 10 * naive
