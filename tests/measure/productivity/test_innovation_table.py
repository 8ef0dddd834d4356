"""Inputs and outputs of innovation from the embedded figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel, embedded_panel
from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.innovation import innovation_table, missing_for_tfp

OUTPUTS = ["invention_patents_granted", "technology_market_turnover"]


@pytest.fixture(scope="module")
def embedded() -> Panel:
    return embedded_panel()


def figure(panel: Panel, name: str, region: str, year: int) -> float:
    array = panel.to_array([name], years=[year])
    return float(array.sel(region=region, year=year, indicator=name))


def test_all_31_regions_take_part(embedded):
    table = innovation_table(embedded)
    assert len(table.inputs) == len(table.outputs) == 31
    assert list(table.inputs.columns) == ["rd_expenditure"]
    assert list(table.outputs.columns) == OUTPUTS
    assert not table.left_out
    assert table.records == embedded.inputs
    assert table.inputs.notna().all().all()
    assert (table.outputs > 0).all().all()


def test_outputs_come_two_and_three_years_later(embedded):
    table = innovation_table(embedded)
    assert table.periods["rd_expenditure"] == (2018, 2019, 2020, 2021)
    assert table.periods["invention_patents_granted"] == (2020, 2021, 2022, 2023, 2024)
    money = [figure(embedded, "rd_expenditure", "上海", year) for year in range(2018, 2022)]
    assert table.inputs.loc["上海", "rd_expenditure"] == pytest.approx(np.mean(money))
    # each of 2018 … 2021 two and three years on: 2020 and 2024 once, the years between twice
    for name in OUTPUTS:
        known = {year: figure(embedded, name, "上海", year) for year in range(2020, 2025)}
        twice = known[2021] + known[2022] + known[2023]
        expected = (known[2020] + 2 * twice + known[2024]) / 8
        assert table.outputs.loc["上海", name] == pytest.approx(expected)


def test_years_and_lags_can_be_chosen(embedded):
    table = innovation_table(embedded, lags=[2], years=[2019])
    assert table.periods["technology_market_turnover"] == (2021,)
    expected = figure(embedded, "invention_patents_granted", "贵州", 2021)
    assert table.outputs.loc["贵州", "invention_patents_granted"] == pytest.approx(expected)


def test_a_frontier_takes_the_table(embedded):
    table = innovation_table(embedded)
    result = dea(table.inputs, table.outputs, "vrs", "output", records=table.records)
    scores = result.tables["efficiency"].set_index("unit")["efficiency"]
    assert len(scores) == 31
    assert scores.between(0, 1 + 1e-9).all()
    # under constant returns no one gives more patents or contracts a yuan than some full score
    ratios = table.outputs.div(table.inputs["rd_expenditure"], axis=0)
    crs = result.tables["efficiency"].set_index("unit")["efficiency_crs"]
    for name in OUTPUTS:
        assert crs[ratios[name].idxmax()] == pytest.approx(1)
        assert (crs >= ratios[name] / ratios[name].max() - 1e-6).all()


def test_a_gap_leaves_a_region_out_and_names_it(embedded):
    frame = embedded.to_frame()
    gap = (frame["region"] == "青海") & (frame["year"] == 2022)
    gap &= frame["indicator"] == "technology_market_turnover"
    preferred = dict(embedded.preferred)
    panel = Panel.from_frame(frame[~gap], embedded.regions, preferred=preferred)
    table = innovation_table(panel)
    assert len(table.inputs) == 30
    assert table.left_out["青海"].en == "technology_market_turnover"
    assert "1 region(s) lack figures and are left out: 青海" in table.warnings[1].en
    assert "未参加比较" in table.warnings[1].zh


def test_nominal_money_and_breaks_are_said(embedded):
    said = innovation_table(embedded).warnings[0]
    assert "only means over years are used" in said.en
    assert "只用多年平均" in said.zh


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lags": []}, "lags must be whole numbers of years, none negative"),
        ({"lags": [-1]}, "none negative"),
        ({"lags": [9]}, "no year of R&D money has its outputs 9 years later"),
        ({"years": [2024]}, "no year of R&D money has its outputs 2, 3 years later"),
    ],
)
def test_lags_that_cannot_be(embedded, options, says):
    with pytest.raises(InputError, match=says) as raised:
        innovation_table(embedded, **options)
    assert any("一" <= letter <= "鿿" for letter in raised.value.text("zh"))


def test_what_is_missing_for_tfp_is_said(embedded):
    needs = missing_for_tfp(embedded)
    said = [need.en for need in needs]
    assert any("constant prices" in text for text in said)
    assert any("fixed capital formation" in text for text in said)
    assert any("urban non-private units are no stand-in" in text for text in said)
    assert any("compensation of employees" in text for text in said)
    assert "城镇非私营单位就业人员不能代替" in needs[2].zh


def test_what_is_there_is_not_asked_for():
    names = ["gdp_real", "gross_fixed_capital_formation", "employment", "labour_compensation"]
    rows = [("甲", 2020, name, 1.0) for name in names]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])
    assert missing_for_tfp(Panel.from_frame(frame)) == ()
