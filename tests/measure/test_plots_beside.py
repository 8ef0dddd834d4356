"""Charts of what stands beside index and coupling say their finding and draw their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values

from xinzhi.core import InputError
from xinzhi.measure import (
    Method,
    ahp_system,
    ahp_weights,
    benefit_of_doubt,
    benefit_of_doubt_index,
    compare,
    comparison_groups,
    coupling,
    index,
    index_sensitivity,
    synergy,
    trend,
)

SYSTEM = make_system(FOUR)
VALUES = make_values(np.random.default_rng(3).uniform(1, 9, (6, 3, len(FOUR_NAMES))), FOUR_NAMES)


def drawn(chart: Any, column: str) -> list[dict[str, Any]]:
    """Return the rows of the chart's data that have a column, each once."""
    rows = [row for data in chart.to_dict()["datasets"].values() for row in data if column in row]
    return list({repr(row): row for row in rows}.values())


def words(chart: Any) -> str:
    title = chart.to_dict()["title"]
    return f"{title['text']} | {title['subtitle']}"


@pytest.fixture(scope="module")
def series() -> xr.DataArray:
    years = np.arange(2010, 2020)
    growth = np.array([1.02, 1.05, 1.1])[:, None] ** (years - 2010)
    growth[2, 4] = np.nan
    return xr.DataArray(
        growth, dims=("region", "year"), coords={"region": ["A", "B", "C"], "year": years},
        name="output",
    )  # fmt: skip


@pytest.fixture(scope="module")
def judged() -> tuple[Any, Any]:
    tables = {
        group: pd.DataFrame(
            [[1 if i == j else 3 if i < j else None for j in range(len(m))] for i in range(len(m))],
            index=m, columns=m, dtype=object,
        )
        for group, m in comparison_groups(SYSTEM).items()
    }  # fmt: skip
    return ahp_weights(tables["a"]), ahp_system(SYSTEM, tables, accept_inconsistent=True)[1]


def test_weights_from_judgement(judged):
    alone, system = judged
    assert words(alone.plot()).startswith("a1 weighs most: 0.75")
    assert "consistency ratio 0.000" in words(alone.plot())
    assert words(alone.plot(lang="zh")).startswith("a1的权重最大：0.75")
    rows = drawn(system.plot(), "value")
    assert [row["label"] for row in rows] == ["a", "b", "c", "d", "a1", "a2", "c1", "c2"]
    np.testing.assert_allclose([rows[4]["value"], rows[5]["value"]], [0.75, 0.25])
    assert rows[0]["colour"] == rows[4]["colour"] != rows[6]["colour"]
    assert "3 组的权重" in words(system.plot(lang="zh"))


def test_benefit_of_the_doubt():
    result = benefit_of_doubt_index(VALUES, SYSTEM, Method(floor=0.1))
    rows = drawn(result.plot(region="R02"), "chosen")
    table = result.to_frame().query("year == 2022").sort_values("rank")
    assert [row["value"] for row in rows] == pytest.approx(table["score"].tolist())
    assert [row["label"] for row in rows if row["chosen"]] == ["R02"]
    full = int((table["score"] == 1).sum())
    assert words(result.plot()).startswith(f"{full} of 6 regions score 1 | Benefit")
    shares = drawn(result.plot("shares", "zh", region="R02", year=2021), "value")
    assert sum(row["value"] for row in shares) == pytest.approx(1)
    used = sum(row["value"] > 0 for row in shares)
    assert f"R02：得分来自 6 个指标中的 {used} 个" in words(
        result.plot("shares", "zh", region="R02", year=2021)
    )
    plain = benefit_of_doubt(index(VALUES, SYSTEM).normalised)
    assert {row["label"] for row in drawn(plain.plot("shares"), "value")} == set(FOUR_NAMES)
    holes = index(VALUES, SYSTEM).normalised.copy()
    holes[0, 2, 0] = np.nan
    with pytest.raises(InputError, match="R00 has no score in 2022"):
        benefit_of_doubt(holes).plot("shares", region="R00")


def test_sensitivity_draws_intervals_and_says_what_matters():
    result = index_sensitivity(VALUES, SYSTEM, n=32)
    table = result.to_frame().query("year == 2022").sort_values("total", ascending=False)
    rows = drawn(result.plot(), "part")
    assert [row["value"] for row in rows] == pytest.approx(table["total"].tolist())
    assert [row["low"] for row in rows] == pytest.approx(table["total_low"].tolist())
    assert [row["part"] for row in rows] == pytest.approx(table["first_order"].tolist())
    assert f"matters most: {100 * table['total'].iloc[0]:.0f} %" in words(result.plot())
    region = result.plot(lang="zh", region="R01", year=2020)
    assert "R01 的位次，2020 年" in words(region)
    assert "95% 区间" in words(region)


def test_synergy_and_order_degrees():
    result = synergy(VALUES, SYSTEM)
    own = result.to_frame().query("region == 'R03'").dropna(subset=["synergy"])
    chart = result.plot(region="R03")
    assert [row["value"] for row in drawn(chart, "q25")] == pytest.approx(own["synergy"].tolist())
    assert f"R03: synergy {own['synergy'].iloc[-1]:.3f} in 2022 against 2020" in words(chart)
    chart = result.plot("order_degrees", "zh", region="R03")
    degrees = result.to_frame("order_degrees").query("region == 'R03'")
    assert len(drawn(chart, "series")) == len(degrees) == 12
    assert "2022 年比 2020 年的协同度" in words(chart)
    holes = VALUES.copy()
    holes[0] = np.nan
    with pytest.raises(InputError, match="R00 has no synergy"):
        synergy(holes, SYSTEM).plot(region="R00")


def test_a_forecast_stands_beside_its_error(series: xr.DataArray):
    result = trend(series, horizon=2)
    chart = result.plot(region="B")
    rows = pd.DataFrame(drawn(chart, "series"))
    assert set(rows.loc[rows["year"] > 2019, "year"]) == {2020, 2021}
    errors = result.to_frame("backtest").query("region == 'B'").set_index("method")["mape"]
    labels = rows["series"].unique().tolist()
    assert f"Last value: mean error {100 * errors['last_value']:.1f} %" in labels
    assert "GM(1,1), fitted" in labels
    observed = rows[rows["series"] == "Observed"].sort_values("year")["value"]
    np.testing.assert_allclose(observed, series.sel(region="B"))
    assert "the backtest error is lowest for GM(1,1)" in words(chart)
    assert "回测误差最小的方法：GM(1,1)" in words(result.plot(lang="zh", region="B"))
    with pytest.raises(InputError, match="C has no forecast"):
        result.plot(region="C")
    zero = series.isel(region=[0, 1]) * xr.DataArray([0.0, 1.0], dims="region")
    labels = {row["series"] for row in drawn(trend(zero).plot(region="A"), "series")}
    assert "Last value: mean error 0" in labels


def test_two_runs_show_who_moved_most():
    first, second = index(VALUES, SYSTEM), index(VALUES, SYSTEM, Method(weighting="entropy"))
    result = compare(first, second)
    table = result.to_frame().query("node == 'whole' and year == 2022").sort_values("rank_second")
    rows = drawn(result.plot(), "first")
    assert [row["first"] for row in rows] == table["rank_first"].tolist()
    assert [row["second"] for row in rows] == table["rank_second"].tolist()
    most = table.loc[table["rank_difference"].abs().idxmax()]
    assert words(result.plot()).startswith(
        f"{most.region} moves most: from {most.rank_first} to {most.rank_second}"
    )
    assert [row["label"] for row in rows if row["chosen"]] == [most.region]
    assert "圈为第一次" in words(result.plot(lang="zh"))
    same = compare(coupling(first), coupling(first))
    assert words(same.plot()).startswith("No rank changes")
    gone = VALUES.copy()
    gone[:, 0, 0] = np.nan
    with pytest.raises(InputError, match="no ranks to compare in 2020"):
        compare(first, index(gone, SYSTEM)).plot(year=2020)


def test_an_unknown_kind_region_or_year_is_refused(judged, series: xr.DataArray):
    compared = compare(index(VALUES, SYSTEM), index(VALUES, SYSTEM))
    shares = index_sensitivity(VALUES, SYSTEM, n=16)
    best = benefit_of_doubt(index(VALUES, SYSTEM).normalised)
    for result, kinds in (
        (judged[0], "weights"),
        (best, "ranking, shares"),
        (shares, "shares"),
        (compared, "ranks"),
        (synergy(VALUES, SYSTEM), "time, order_degrees"),
        (trend(series), "forecast"),
    ):
        with pytest.raises(InputError, match=f"no chart pie; choose from {kinds}"):
            result.plot("pie")
    for result in (best, shares, compared):
        with pytest.raises(InputError, match="no region 上海"):
            result.plot(region="上海")
        with pytest.raises(InputError, match="no year 1999"):
            result.plot(year=1999)
