"""Leading indicators from panels and results: by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from xinzhi.core import InputError, Result
from xinzhi.data import Panel, RegionSet, embedded_panel
from xinzhi.measure import coupling
from xinzhi.stress.leading import (
    chain_decoupling,
    changes,
    concentration,
    import_dependence,
    indicator_title,
    inventory_cover,
    joined,
    panel_shares,
    productivity_slowdown,
)
from xinzhi.structure.chokepoints_result import ChokepointsResult


def array(values: list[list[float]], regions: list[str], years: list[int]) -> xr.DataArray:
    return xr.DataArray(np.array(values), {"region": regions, "year": years}, ("region", "year"))


def refused(match: str, chinese: str, function: object, *arguments: object) -> None:
    with pytest.raises(InputError, match=match) as caught:
        function(*arguments)
    assert chinese in caught.value.text("zh")


def test_ratios_of_the_embedded_figures():
    panel = embedded_panel()
    found = panel_shares(panel)
    both = panel.to_array(["value_added_secondary", "gdp"]).sel(region="上海", year=2023).values
    own = found.sel(region="上海", year=2023, indicator="secondary_share")
    assert float(own) == pytest.approx(both[0] / both[1])
    assert found.attrs["directions"]["secondary_share"] == -1
    assert found.attrs["directions"]["fiscal_gap"] == 1
    rows = pd.DataFrame({"region": ["a"], "year": [2020], "indicator": ["x"], "value": [1.0]})
    mine = Panel.from_frame(rows, RegionSet.from_names(["a"]))
    refused("none of the ratios", "没有可作先行指标的比率", panel_shares, mine)


def test_dependence_of_several_tables():
    rows = pd.DataFrame(
        {
            "year": [2012, 2012, 2017, 2017],
            "code": [None, "01", None, "01"],
            "total_dependence": [0.10, 0.5, 0.12, 0.6],
        }
    )
    result = ChokepointsResult(tables={"change": rows})
    found = import_dependence(result, "上海")
    assert found.sel(indicator="import_dependence").values.tolist() == [[0.10, 0.12]]
    assert found.attrs["directions"] == {"import_dependence": 1}
    refused("give its name", "没有地区名", import_dependence, result)
    many = ChokepointsResult(tables={"change": rows.assign(region="甲")})
    assert import_dependence(many)["region"].values.tolist() == ["甲"]
    one = ChokepointsResult(tables={"change": rows.iloc[:0]})
    refused("no change of dependence", "看不出依赖度的变化", import_dependence, one, "上海")


def test_growth_of_productivity():
    rows = pd.DataFrame(
        {
            "unit": ["a", "a", "b"],
            "period": [2001, 2002, 2002],
            "tfp_growth": [0.02, 0.01, 0.03],
            "productivity_growth": [0.05, 0.04, 0.06],
        }
    )
    result = Result(tables={"growth": rows})
    found = productivity_slowdown(result)
    assert found.sel(region="a").values[:, 0].tolist() == [0.02, 0.01]
    assert np.isnan(float(found.sel(region="b", year=2001)[0]))
    labour = productivity_slowdown(result, "productivity_growth")
    assert labour.attrs["directions"] == {"labour_productivity_growth": -1}
    refused("has no x", "没有 x", productivity_slowdown, result, "x")


def test_decoupling_of_chains():
    levels = xr.DataArray(
        np.array([[[0.2, 0.6], [0.4, 0.5]], [[0.9, 0.8], [0.7, np.nan]]]),
        {"region": ["b", "a"], "year": [2020, 2021], "subsystem": ["x", "y"]},
        ("region", "year", "subsystem"),
    )
    result = coupling(levels)
    found = chain_decoupling(result)
    gap = found.sel(indicator="chain_gap")
    assert gap.sel(region="b").values.tolist() == pytest.approx([0.4, 0.1])
    assert gap.sel(region="a").values.tolist() == pytest.approx([0.1, np.nan], nan_ok=True)
    table = result.to_frame().set_index(["region", "year"])["coordination"]
    own = found.sel(indicator="coordination", region="b", year=2021)
    assert float(own) == pytest.approx(table[("b", 2021)])
    assert found.attrs["directions"] == {"coordination": -1, "chain_gap": 1}


def test_concentration_and_cover_by_hand():
    amounts = xr.DataArray(
        np.array([[[1.0, 1, 2], [0, 0, 0], [3, np.nan, 1]]]),
        {"region": ["a"], "year": [1, 2, 3], "sector": list("xyz")},
        ("region", "year", "sector"),
    )
    assert concentration(amounts).values.ravel().tolist() == pytest.approx(
        [6 / 16, np.nan, np.nan], nan_ok=True
    )
    stock, use = array([[10.0, 20]], ["a"], [1, 2]), array([[365.0, 0]], ["a"], [1, 2])
    cover = inventory_cover(stock, use)
    assert cover.values.ravel().tolist() == pytest.approx([10, np.nan], nan_ok=True)
    assert cover.attrs["directions"] == {"inventory_cover": -1}
    other = array([[365.0, 0]], ["a"], [2, 3])
    refused("differ in regions or years", "地区或年份不一致", inventory_cover, stock, other)


def test_changes_on_the_year_before():
    values = xr.DataArray(
        np.array([[[2.0, 5], [3, 5], [6, 6]]]),
        {"region": ["a"], "year": [2000, 2001, 2003], "indicator": ["x", "y"]},
        ("region", "year", "indicator"),
        attrs={"directions": {"x": -1}},
    )
    grown = changes(values, ["x"], relative=True)
    assert grown["indicator"].values.tolist() == ["x:growth", "y"]
    assert grown.values[0, :, 0].tolist() == pytest.approx([np.nan, 0.5, np.nan], nan_ok=True)
    assert grown.values[0, :, 1].tolist() == [5, 5, 6]
    assert grown.attrs["directions"] == {"x:growth": -1}
    moved = changes(values, ["x"], relative=False)
    assert moved.values[0, 1, 0] == 1
    refused("no indicator z", "没有指标 z", changes, values, ["z"], True)
    assert indicator_title("rd_share:growth").en.endswith("(growth on the year before)")
    assert indicator_title("rd_share:change").zh.endswith("（较上年变化）")
    assert indicator_title("gdp").zh == "地区生产总值"
    assert indicator_title("mine").en == "mine"


def test_series_join_over_all_regions_and_years():
    one = concentration(
        xr.DataArray(np.ones((1, 1, 2)), {"region": ["a"], "year": [1]}, ("region", "year", "s"))
    )
    two = inventory_cover(array([[1.0]], ["b"], [2]), array([[2.0]], ["b"], [2]))
    both = joined(one, two)
    assert both.shape == (2, 2, 2)
    assert np.isfinite(both.values).sum() == 2
    assert both.attrs["directions"] == {"concentration": 1, "inventory_cover": -1}
    refused("indicators twice: concentration", "指标重复", joined, one, one)
