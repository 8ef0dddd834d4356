"""From research to knowledge to the market: years, lags, gaps and what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel
from xinzhi.measure.productivity import (
    innovation_chain,
    innovation_over_time,
    malmquist,
    network_efficiency,
    yearly_change,
)

INPUTS = ["rd_expenditure", "rd_personnel_fte"]
KNOWLEDGE = ["invention_patents_granted", "papers_sci"]
MARKET = ["high_tech_industry_revenue", "technology_market_turnover"]
REGIONS = ("甲", "乙", "丙")


def panel(*gaps: tuple[str, str, int]) -> Panel:
    """Return made-up figures of 2010 to 2019 without those named: (region, indicator, year)."""
    random = np.random.default_rng(2)
    rows = [
        (region, year, name, value)
        for region in REGIONS
        for name in (*INPUTS, *KNOWLEDGE, *MARKET)
        for year, value in zip(range(2010, 2020), random.uniform(1, 9, 10), strict=True)
        if (region, name, year) not in gaps
    ]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])
    return Panel.from_frame(frame)


def value(of: Panel, name: str, region: str, year: int) -> float:
    return float(of.to_array([name]).sel(indicator=name, region=region, year=year))


def test_the_market_comes_a_year_after_knowledge():
    data = panel()
    chain = innovation_chain(data)
    assert chain.periods["rd_personnel_fte"] == tuple(range(2010, 2016))
    assert chain.periods["papers_sci"] == tuple(range(2012, 2019))
    assert chain.periods["technology_market_turnover"] == tuple(range(2013, 2020))
    research, market = chain.stages
    assert list(research.inputs) == INPUTS
    assert list(research.outputs) == list(market.inputs) == KNOWLEDGE
    assert list(market.outputs) == MARKET
    expected = np.mean(
        [value(data, "papers_sci", "乙", y + k) for y in range(2010, 2016) for k in (2, 3)]
    )
    assert market.inputs.loc["乙", "papers_sci"] == pytest.approx(expected)
    assert chain.records == data.inputs
    scores = network_efficiency(chain.stages).to_frame()["efficiency"]
    assert scores.between(0, 1).all()


def test_only_the_years_after_the_last_gap_count():
    everywhere = [(region, "high_tech_industry_revenue", 2014) for region in REGIONS]
    chain = innovation_chain(panel(*everywhere))
    # 2014 is three years after 2011 and four after 2010
    assert chain.periods["rd_expenditure"] == (2012, 2013, 2014, 2015)


def test_a_region_with_a_gap_is_left_out_and_named():
    chain = innovation_chain(panel(("丙", "papers_sci", 2016)))
    assert list(chain.stages[0].inputs.index) == ["甲", "乙"]
    assert chain.left_out["丙"].en == "papers_sci"
    assert "1 region(s) lack figures on science and technology and are left out: 丙" in (
        chain.warnings[1].en
    )
    assert "未参加比较：丙" in chain.warnings[1].zh
    assert "are nominal" in chain.warnings[0].en
    assert "均为现价" in chain.warnings[0].zh
    years = innovation_over_time(panel(("丙", "papers_sci", 2016)))
    assert set(years.inputs.index.get_level_values("unit")) == {"甲", "乙"}
    assert "丙 (papers_sci)" in years.warnings[0].en


def test_each_year_of_research_has_its_own_outputs():
    data = panel()
    years = innovation_over_time(data)
    assert list(years.inputs) == INPUTS
    assert list(years.outputs) == KNOWLEDGE  # no contracts: their series has breaks
    assert list(years.inputs.loc["甲"].index) == list(range(2010, 2017))
    patents = [value(data, "invention_patents_granted", "甲", year) for year in (2014, 2015)]
    found = years.outputs.loc[("甲", 2012), "invention_patents_granted"]
    assert found == pytest.approx(np.mean(patents))
    alone = innovation_over_time(data, inputs=["rd_personnel_fte"], lags=[1])
    assert list(alone.inputs) == ["rd_personnel_fte"]
    assert alone.periods["papers_sci"] == tuple(range(2011, 2020))


def test_the_yearly_change_chains_to_that_of_the_whole_span():
    years = innovation_over_time(panel())
    result = malmquist(years.inputs, years.outputs, reference="global")
    change = yearly_change(result)
    last = result.to_frame().groupby("unit")["cumulative"].last()
    np.testing.assert_allclose(change["malmquist"] ** 6, last[change.index])
    parts = change["efficiency_change"] * change["technical_change"]
    np.testing.assert_allclose(parts, change["malmquist"])


def test_lags_that_no_year_has_are_refused():
    with pytest.raises(InputError) as caught:
        innovation_chain(panel(), market_lags=(12,))
    assert "no year of R&D has all of its outputs" in caught.value.text("en")
    assert "没有一年的研发投入之后产出齐备" in caught.value.text("zh")
    with pytest.raises(InputError) as caught:
        innovation_over_time(panel(), lags=(9,))
    assert "one year of R&D only has its outputs" in caught.value.text("en")
    assert "没有变化可言" in caught.value.text("zh")
