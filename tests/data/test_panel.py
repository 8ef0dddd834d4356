from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import STATUSES, Panel


def long(
    *rows: tuple[object, ...], columns: str = "region year indicator value unit"
) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def refusal(frame: pd.DataFrame) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        Panel.from_frame(frame, name="table")
    assert caught.value.exit_status == 2
    return caught.value.text("en"), caught.value.text("zh")


GOOD = long(
    ("上海", 2021, "gdp", 47059.4, "亿元"),
    ("上海市", 2020, "GDP", 41603.9, "亿元"),
    ("Beijing", 2020, "地区生产总值", 361025000, "万元"),
    ("全国", 2020, "gdp", 1034867.6, "亿元"),
    ("上海", 2020, "own measure", 3, ""),
)


def test_an_array_in_the_order_of_the_region_set() -> None:
    panel = Panel.from_frame(GOOD)
    array = panel.to_array(["gdp", "own measure"])
    assert array.dims == ("region", "year", "indicator")
    assert array.dtype == np.float64
    assert array["region"].values.tolist() == ["北京", "上海"]
    assert array["year"].values.tolist() == [2020, 2021]
    expected = [[[36102.5, np.nan], [np.nan, np.nan]], [[41603.9, 3], [47059.4, np.nan]]]
    np.testing.assert_array_equal(array.values, expected)
    assert array.attrs["units"] == {"gdp": "CNY_100m", "own measure": "unspecified"}


def test_statuses_and_conversion() -> None:
    panel = Panel.from_frame(GOOD)
    status = panel.status_array(["gdp"])
    assert status.sel(region="北京", year=2020).item() == "converted"
    assert status.sel(region="上海", year=2020).item() == "reported"
    assert status.sel(region="北京", year=2021).item() == ""
    codes = panel.status_codes(["gdp"])
    assert codes.dtype == np.int8
    assert codes.sel(region="北京", year=2021).item() == -1
    assert codes.attrs["statuses"] == STATUSES


def test_totals_are_dropped_and_counted() -> None:
    (warning,) = Panel.from_frame(GOOD, name="table").warnings
    assert warning.en == "table: left out 1 row(s) of totals (全国)"
    assert warning.zh == "table：略去 1 行合计（全国）"


def test_indicators_by_any_name() -> None:
    panel = Panel.from_frame(GOOD)
    assert panel.indicators == ("gdp", "own measure")
    assert panel.resolve("地区生产总值") == "gdp"
    assert panel.resolve("Own Measure") == "own measure"
    assert panel.resolve("rd_expenditure") is None
    array = panel.to_array(["GDP"])
    assert array["indicator"].values.tolist() == ["GDP"]
    assert array.attrs["units"] == {"GDP": "CNY_100m"}


def test_years_asked_for_are_years_given() -> None:
    array = Panel.from_frame(GOOD).to_array(["gdp"], years=[2022, 2020])
    assert array["year"].values.tolist() == [2020, 2022]
    assert np.isnan(array.sel(year=2022)).all()


def test_an_absent_indicator_gives_the_nearest() -> None:
    panel = Panel.from_frame(GOOD)
    with pytest.raises(InputError) as caught:
        panel.to_array(["gpd"])
    assert "no indicator gpd in the data, did you mean gdp?" in caught.value.text("en")
    assert "数据中没有指标 gpd，是否指 gdp？" in caught.value.text("zh")


VINTAGES = long(
    ("上海", 2020, "gdp", 1, "亿元", "old"),
    ("上海", 2020, "gdp", 2, "亿元", "new"),
    ("北京", 2021, "gdp", 3, "亿元", "new"),
    columns="region year indicator value unit vintage",
)


def test_one_vintage_a_series() -> None:
    panel = Panel.from_frame(VINTAGES)
    assert panel.vintages("gdp") == ("new", "old")
    with pytest.raises(InputError) as caught:
        panel.to_array(["gdp"])
    assert "indicator gdp has several vintages and none is chosen" in caught.value.text("en")
    assert "Its vintages are: new, old" in caught.value.text("en")
    assert "指标 gdp 有多个版本" in caught.value.text("zh")
    preferred = Panel.from_frame(VINTAGES, preferred={"gdp": "new"})
    array = preferred.to_array(["gdp"])
    assert array.sel(region="上海", year=2020).item() == 2
    assert array.attrs["vintages"] == {"gdp": "new"}
    assert preferred.to_array(["gdp"], vintages={"GDP": "old"})["year"].values.tolist() == [2020]
    with pytest.raises(InputError) as caught:
        panel.to_array(["gdp"], vintages={"gdp": "newest"})
    assert "indicator gdp has no vintage newest" in caught.value.text("en")


def test_sources_and_selection() -> None:
    panel = Panel.from_frame(
        VINTAGES.assign(source=["a", "b", "b"], status=["doubtful", "reported", "reported"]),
        preferred={"gdp": "new"},
    )
    table = panel.sources()
    columns = ["indicator", "vintage", "source", "first_year", "last_year", "cells", "doubtful"]
    assert table.columns.tolist() == columns
    assert table.to_numpy().tolist() == [
        ["gdp", "new", "b", 2020, 2021, 2, 0],
        ["gdp", "old", "a", 2020, 2020, 1, 1],
    ]
    chosen = panel.select(["GDP"], regions=["shanghai"], preferred_only=True).to_frame()
    assert chosen[["region", "vintage", "value"]].to_numpy().tolist() == [["上海", "new", 2.0]]
    assert panel.select(years=[2021]).region_names == ("北京",)
    with pytest.raises(InputError) as caught:
        panel.select(years=[1999])
    assert "The years of the data are 2020 to 2021." in caught.value.text("en")


def test_counting_words_take_the_indicator_s_unit() -> None:
    panel = Panel.from_frame(long(("上海", 2020, "高新技术企业", 2.4, "万个")))
    assert panel.to_array(["high_tech_firms"]).attrs["units"] == {
        "high_tech_firms": "10k_companies"
    }


def test_names_that_stand_for_themselves_are_announced() -> None:
    panel = Panel.from_frame(
        long(*((name, 2020, "own", 1, "") for name in ("上海", "苏州", "无锡", "南通"))),
        name="table",
    )
    assert panel.region_names == ("上海", "苏州", "无锡", "南通")
    (warning,) = panel.warnings
    assert warning.en.startswith("table: region names are used as they are; only 上海 belong to")
    assert "地区名按原样使用，其中只有 上海 属于" in warning.zh


def test_two_headings_for_one_indicator_stay_apart() -> None:
    panel = Panel.from_frame(
        long(("上海", 2020, "常住人口", 1, "万人"), ("上海", 2020, "年末人口", 2, "万人"))
    )
    assert panel.indicators == ("常住人口", "年末人口")


def test_missing_columns_are_named() -> None:
    en, zh = refusal(GOOD[["region", "indicator"]])
    assert "table: missing column year, value" in en
    assert "columns found: region, indicator" in en
    assert "table：缺少列 年份（year）、数值（value）" in zh


def test_every_problem_is_listed_once() -> None:
    en, zh = refusal(
        long(
            ("上海", 2020, "gdp", 1, "亿元"),
            ("上海", 2020, "gdp", 2, "亿元"),
            ("内蒙占", 2020, "gdp", 3, "亿元"),
            ("北京", "MMXX", "gdp", 4, "亿元"),
            ("北京", 2021, "gdp", "many", "亿元"),
            ("北京", 2022, "gdp", 5, "亿圆"),
            ("北京", 2023, "gdp", 5, "万人"),
            ("北京", 2024, "gdp", np.inf, "亿元"),
            ("天津", 2020, "gdp", 1e15, "亿元"),
            ("天津", 2021, "", 1, "亿元"),
            ("", 2021, "gdp", 1, "亿元"),
            ("天津", 2022, "own", 1, "万人"),
            ("天津", 2023, "own", 1, "吨"),
        )
    )
    assert "table: 12 problems" in en
    assert "row 0: duplicate: rows 0, 1 all give 上海, 2020: gdp" in en
    assert "row 2, column region: 内蒙占, unknown region, did you mean 内蒙古 (150000)?" in en
    assert "row 3, column year: MMXX, not a year" in en
    assert "row 4, column value: 'many', a number is needed" in en
    assert "row 5, column unit: 亿圆, unknown unit, did you mean 亿元?" in en
    assert "row 6, column unit: 万人, not a unit of indicator gdp, did you mean CNY_100m?" in en
    assert "row 7, column value: 'inf', not a finite number" in en
    assert "row 8, column value: '1000000000000000', Gross domestic product should lie" in en
    assert "row 9, column indicator: no indicator" in en
    assert "row 10, column region: no region" in en
    assert "row 12, column unit: 吨, does not convert to 10k_persons" in en
    assert "第 2 行，“region”列：内蒙占 未知地区，是否指 内蒙古 (150000)？" in zh
    assert "第 0 行：重复：第 0、1 行都给出 上海、2020 年的 gdp" in zh
    assert "“many” 应为数字" in zh


def test_unknown_status() -> None:
    frame = GOOD.assign(status=["reported", "guessed", "存疑", "", "初步"])
    en, _ = refusal(frame)
    assert "row 1, column status: guessed, unknown status" in en


def test_nothing_to_compute_on() -> None:
    en, zh = refusal(GOOD.iloc[:0])
    assert "there are no rows of data" in en
    assert "没有数据行" in zh
    en, _ = refusal(long(("上海", 2020, "gdp", None, "亿元")))
    assert "every value is missing" in en


def test_without_a_unit_only_the_sign_is_judged() -> None:
    en, _ = refusal(long(("上海", 2020, "patents_granted", -5, "")))
    assert "must not be negative" in en
    assert Panel.from_frame(long(("上海", 2020, "gdp", 1e20, ""))).indicators == ("gdp",)
