"""Conversion rates by hand, their intervals, bottlenecks, and stages filled from them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.innovation_cases import figures, stages

from xinzhi.core import InputError
from xinzhi.data import Panel, RegionSet, indicators
from xinzhi.plan.innovation import (
    calibrated_stages,
    conversion_tables,
    indicator_table,
    wilson_interval,
)
from xinzhi.plan.innovation.pipeline_conversions import CONVERSIONS, FIGURES, find_conversion


def rates(table: pd.DataFrame, **options: int) -> pd.DataFrame:
    return conversion_tables(table, **options)["conversions"].set_index(["conversion", "region"])


def test_a_rate_is_a_quotient_of_totals_with_its_lag():
    table = figures(invention_patents_granted=1.0, invention_patent_applications=2.0)
    row = rates(table).loc[("grant_share", "甲")]
    # grants of 2017-2020 are 400; applications of 2015-2018 are 100 (1 + 2 + 4 + 8)
    assert row["rate"] == pytest.approx(400 / 1_500)
    assert (row["first_year"], row["last_year"], row["years"]) == (2015, 2018, 4)
    low, high = wilson_interval(400, 1_500)
    assert row["count_low"] == pytest.approx(float(low))
    assert row["count_high"] == pytest.approx(float(high))
    assert row["low"] < row["rate"] < row["high"]
    assert row["high"] <= 1  # the year of the highest quotient drawn every time: 100 / 100
    assert row["relative"] == pytest.approx(1)


def test_money_is_brought_to_one_unit():
    table = figures(papers_sci=1.0, rd_expenditure_basic_research=1.0)
    row = rates(table).loc[("papers_per_basic", "甲")]
    assert row["rate"] == pytest.approx(1e4)  # one paper for 10,000 yuan
    named = table.assign(
        indicator=table["indicator"].map(lambda name: indicators()[name].title.zh),
        unit=np.where(table["indicator"] == "papers_sci", "", "CNY_100m"),
    )
    assert rates(named).loc[("papers_per_basic", "甲"), "rate"] == pytest.approx(1)


def test_two_years_make_no_interval():
    table = figures(papers_sci=1.1, rd_expenditure_basic_research=1.0)
    row = rates(table[table["year"] < 2017]).loc[("papers_per_basic", "甲")]
    assert row["years"] == 2
    assert np.isnan(row["low"])
    assert np.isfinite(row["rate"])


def test_without_change_over_the_years_the_interval_is_a_point():
    table = figures(papers_sci=1.2, rd_expenditure_basic_research=1.2)
    row = rates(table).loc[("papers_per_basic", "甲")]
    assert row["low"] == pytest.approx(row["rate"])
    assert row["high"] == pytest.approx(row["rate"])


def uneven() -> pd.DataFrame:
    """Return figures in which 丙 makes few papers and 甲 has little turnover."""
    table = figures(
        papers_sci=1.0,
        rd_expenditure_basic_research=1.0,
        technology_market_turnover=1.0,
        rd_expenditure=1.0,
    )
    few = (table["region"] == "丙") & (table["indicator"] == "papers_sci")
    little = (table["region"] == "甲") & (table["indicator"] == "technology_market_turnover")
    return table.assign(value=table["value"].where(~few & ~little, table["value"] / 4))


def test_the_bottleneck_of_a_region_is_its_lowest_relative():
    found = conversion_tables(uneven(), draws=200)["conversion_bottlenecks"]
    worst = found[found["bottleneck"]].set_index("region")
    assert worst["conversion"].to_dict()["甲"] == "turnover_per_rd"
    assert worst["conversion"].to_dict()["丙"] == "papers_per_basic"
    assert worst.loc["丙", "relative"] == pytest.approx(0.25)
    assert worst.loc["丙", "agreement"] == 1
    phases = found[found["phase_bottleneck"]].set_index("region")["phase"]
    assert (phases["甲"], phases["丙"]) == ("1-100", "0-1")
    np.testing.assert_allclose(found.groupby("region")["agreement"].sum(), 1)


def test_regions_keep_their_rates_whatever_their_order():
    table = uneven()
    shuffled = table.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(
        rates(table).sort_index(), rates(shuffled).sort_index(), check_dtype=False
    )


def test_one_region_has_rates_but_is_compared_with_nobody():
    table = uneven()
    found = conversion_tables(table[table["region"] == "甲"])
    assert found["conversion_bottlenecks"].empty
    assert found["conversions"]["relative"].isna().all()


def test_a_panel_gives_the_figures_that_are_read():
    table = figures(papers_sci=1.0, rd_expenditure_basic_research=1.0, gdp=1.0)
    units = table["indicator"].map(lambda name: indicators()[name].unit)
    frame = table.assign(unit=units, source="x", status="reported")
    panel = Panel.from_frame(frame, regions=RegionSet.from_names(["甲", "乙", "丙"]), name="mine")
    read = indicator_table(panel)
    assert set(read["indicator"]) == {"papers_sci", "rd_expenditure_basic_research"}
    pd.testing.assert_series_equal(
        rates(read)["rate"].sort_index(), rates(table)["rate"].sort_index()
    )


def test_empty_cells_of_stages_are_filled_and_said():
    table = pd.concat(
        [
            figures(invention_patents_granted=1.0, invention_patent_applications=1.1),
            figures(
                high_tech_industry_new_product_expenditure=1.0,
                high_tech_industry_new_product_projects=1.0,
            ),
        ]
    )
    conversions = conversion_tables(table)["conversions"]
    empty = stages(
        success=[0.3, np.nan, 0.5, 0.7, 0.8], cost=[100, 300, 800, np.nan, 5_000], repeat=0.0
    )
    filled, notes = calibrated_stages(empty, conversions, "甲", "CNY_100m")
    own = conversions.set_index(["conversion", "region"])
    assert filled.loc[1, "success"] == own.loc[("grant_share", "甲"), "rate"]
    assert filled.loc[1, "projects"] > 0
    assert filled.loc[3, "cost"] == pytest.approx(1e-4)  # 10,000 yuan a project, in 100 million
    assert filled["projects"].isna().sum() == 4
    assert [note.en.split(" is ")[0] for note in notes] == [
        *("success of stage applied", "cost of stage product"),
    ]
    assert "由 甲 的 grant_share 校准" in notes[0].zh
    full, nothing = calibrated_stages(stages(), conversions, None, "CNY_10k")
    assert not nothing
    pd.testing.assert_frame_equal(full, stages())
    for region, english, chinese in (
        (None, "no region is named", "未指明地区"),
        ("丁", "table indicators has no region 丁; there are: ", "没有地区 丁"),
    ):
        with pytest.raises(InputError) as error:
            calibrated_stages(empty, conversions, region, "CNY_10k")
        assert english in error.value.text("en")
        assert chinese in error.value.text("zh")


@pytest.mark.parametrize(
    ("columns", "english", "chinese"),
    [
        ({"value": -1.0}, "column value: -1.0, expected a number of at least 0", "不小于 0"),
        ({"year": 2015.5}, "column year: 2015.5", "列 year"),
        ({"year": 2015}, "repeats", "重复"),
        ({"unit": "persons"}, "does not convert to the unit of the indicator", "不能换算"),
    ],
)
def test_what_is_wrong_is_named(columns, english, chinese):
    table = figures(papers_sci=1.0, rd_expenditure_basic_research=1.0).assign(**columns)
    with pytest.raises(InputError) as error:
        conversion_tables(table)
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")
    assert "indicators" in error.value.text("en")


def test_figures_that_make_no_pair_are_refused():
    with pytest.raises(InputError) as error:
        conversion_tables(figures(papers_sci=1.0, gdp=1.0))
    assert "no two indicators that make a conversion" in error.value.text("en")
    assert "没有一对可以相比的指标" in error.value.text("zh")


def test_every_conversion_reads_indicators_of_the_dictionary():
    assert set(FIGURES) <= set(indicators())
    assert {conversion.phase for conversion in CONVERSIONS} == {"0-1", "1-100"}
    assert find_conversion("grant_share").lag == 2
