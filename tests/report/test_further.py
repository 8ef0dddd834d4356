"""Synergy, forecasts, Sobol shares and imputed cells in the report."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tests.report.cases import (
    QUICK,
    assessed,
    assessed_by,
    panel_of,
    standard,
    system_of,
    without_draws,
)

from xinzhi.core import Text
from xinzhi.data import Panel
from xinzhi.data.imputation import IMPUTATION_METHODS, ImputationMethod, impute
from xinzhi.measure import (
    coupling,
    imputation_rank_influence,
    imputed_rank_change,
    index,
    index_sensitivity,
    synergy,
    trend,
)
from xinzhi.report import AssessResult, assess, summary
from xinzhi.report.assess import check_evidence, document
from xinzhi.report.html import page
from xinzhi.report.imputed import imputation_of
from xinzhi.report.model import Section, Statement

GAPS = (("甲县", 2023, "x00"), ("乙县", 2025, "x10"), ("己县", 2024, "x10"))


@pytest.fixture(scope="module")
def long() -> AssessResult:
    """Return an assessment over ten years."""
    return assess(panel_of(3, years=10), system_of(3), "甲县", uncertainty=QUICK)


@pytest.fixture(scope="module")
def filled() -> AssessResult:
    """Return an assessment over ten years whose gaps are filled on request."""
    panel = panel_of(3, years=10, missing=GAPS)
    return assess(panel, system_of(3), "甲县", uncertainty=QUICK, imputation="linear")


def section(result: AssessResult, name: str) -> Section:
    return next(s for s in result.sections if s.id == name)


def said(result: AssessResult, rule: str) -> Statement:
    return next(s for s in result.statements if s.rule == rule)


def assert_sound(result: AssessResult) -> None:
    """Check evidence, languages, and that all cards and places that are named exist."""
    assert result.failed == ()
    check_evidence(result.statements, result.tables)
    html = page(result)
    for statement in result.statements:
        assert statement.text.zh.endswith("。")
        assert statement.text.en.endswith(".")
        assert not statement.see or f'id="{statement.see}"' in html
    for card in result.cards.values():
        assert set(card.parts) <= set(result.cards)
        assert not card.method or f'id="{card.method}"' in html


# Synergy


def test_synergy_is_that_of_the_measure_and_its_working_comes_to_the_value(long: AssessResult):
    system, panel = system_of(3), panel_of(3, years=10)
    table = synergy(system.evaluate(panel)["value"], system).to_frame("synergy")
    row = table[(table["region"] == "甲县") & (table["year"] == 2030)].iloc[0]
    card = long.cards["mine.synergy.甲县.2030"]
    assert card.value == row["synergy"]
    changes = [long.cards[part] for part in card.parts]
    product = float(np.prod([abs(change.value or 0) for change in changes]))
    assert row["sign"] * product ** (1 / 3) == pytest.approx(row["synergy"])
    for change in changes:
        after, before = (long.cards[part].value or 0.0 for part in change.parts)
        assert after - before == pytest.approx(change.value)
    degree = long.cards[changes[0].parts[0]]
    terms = [term.split(" × ") for term in degree.formula.en.split(" = ")[0].split(" + ")]
    assert sum(float(w) * float(u) for w, u in terms) == pytest.approx(degree.value, abs=1e-10)
    orders = [long.cards[part] for part in degree.parts]
    assert [f"{order.value:.12g}" for order in orders] == [u for _, u in terms]
    assert orders[0].parts[0] in long.cards


def test_synergy_says_what_its_sign_means(long: AssessResult):
    text = said(long, "synergy.own").text
    table = long.tables["synergy_synergy"]
    sign = table.query("region == '甲县' and year == 2030")["sign"].iloc[0]
    assert "Against 2021" in text.en
    assert ("it is negative because order fell in the" in text.en) == (sign < 0)
    assert ("的有序度下降，因此为负" in text.zh) == (sign < 0)
    ends = table[table["year"] == 2030]["sign"]
    assert f"Of 6 regions {(ends > 0).sum()} saw" in said(long, "synergy.regions").text.en
    assert "Synergy compares change, not level" in section(long, "synergy").notes[0].en
    assert_sound(long)


def test_where_all_parts_rise_synergy_is_positive_and_where_one_stands_still_it_is_0():
    panel = panel_of(2, years=2)
    frame = panel.to_frame()
    own = (frame["region"] == "甲县") & frame["indicator"].astype(str).str.startswith("x")
    frame.loc[own, "value"] = np.where(frame.loc[own, "year"] == 2021, 30.0, 60.0)
    rising = Panel.from_frame(frame, regions=panel.regions, name="mine")
    result = assessed_by(["synergy"], rising, system_of(2), "甲县", uncertainty=None)
    assert "the order degree of every part rose" in said(result, "synergy.own").text.en
    still = own & frame["indicator"].astype(str).str.startswith("x0")
    frame.loc[still, "value"] = 30.0
    standing = Panel.from_frame(frame, regions=panel.regions, name="mine")
    result = assessed_by(["synergy"], standing, system_of(2), "甲县", uncertainty=None)
    text = said(result, "synergy.own").text
    assert "it is 0 because a part did not change" in text.en
    assert "有的部分没有变化，因此为 0" in text.zh


def test_in_the_base_year_there_is_no_synergy_and_the_report_says_so():
    result = assessed(3, year=2021)
    reason = dict(result.not_run)["synergy"]
    assert reason.reason == Text("甲县 2021 年没有协同度", "甲县 has no synergy in 2021")
    assert "a later one" in reason.needs.en
    assert result.failed == ()


# Trend


def test_short_series_have_no_forecast_and_a_line_says_what_it_needs():
    result = standard(3)
    reason = dict(result.not_run)["trend"]
    assert "only 3 years, and a forecast needs 8" in reason.reason.en
    assert reason.needs.zh == "连续八年以上、指标齐全的数据"
    assert "not run, trend: there are only 3 years" in summary(result, "en")
    assert "未运行 trend：只有 3 年" in summary(result, "zh")


def test_forecasts_stand_beside_naive_ones_with_their_errors(long: AssessResult):
    system = system_of(3)
    result = trend(coupling(index(system.evaluate(panel_of(3, years=10)), system)))
    own = result.to_frame("forecast").query("region == '甲县' and year == 2035")
    values = dict(zip(own["method"], own["value"], strict=True))
    errors = result.to_frame("backtest").query("region == '甲县'").set_index("method")["mae"]
    for method in ("gm11", "last_value", "linear_trend"):
        assert long.cards[f"mine.trend.{method}.甲县.2035"].value == values[method]
        card = long.cards[f"mine.trend.{method}.error.甲县.2025–2030"]
        assert card.value == errors[method]
    assert "GM(1,1)" in said(long, "trend.ahead").text.zh
    worse = errors["gm11"] >= errors["last_value"]
    text = said(long, "trend.errors").text
    assert ("should not be quoted" in text.en) == worse
    assert ("不宜引用" in text.zh) == worse
    (figure,) = section(long, "trend").charts
    layers = figure.panels[0].specs["zh"]["layer"]
    assert [layer["mark"]["strokeDash"] for layer in layers if "strokeDash" in layer["mark"]] == [
        [6, 4],
        [2, 3],
    ]


def test_the_working_of_the_grey_model_comes_to_its_forecast(long: AssessResult):
    card = long.cards["mine.trend.gm11.甲县.2035"]
    shown, numbers = card.formula.en.split("\n")
    step = int(shown.rpartition("× ")[2].rstrip(")"))
    a, b, first = (
        float(part.split(" = ")[1].replace("−", "-").replace(",", ""))
        for part in numbers.partition(":")[0].split(", ")
    )
    value = (1 - np.exp(a)) * (first - b / a) * np.exp(-a * step)
    assert value == pytest.approx(card.value, rel=1e-6)
    assert dict(card.parameters)[Text("级比检验", "Class-ratio test")].en in ("passed", "failed")


# Sobol shares


def test_shares_are_those_of_the_measure_with_their_intervals():
    result = standard(3)
    system = system_of(3)
    known = index_sensitivity(system.evaluate(panel_of(3)), system, uncertainty=QUICK)
    table = known.to_frame("regions").query("region == '甲县' and year == 2023")
    shares = table[table["measure"] == "score"].set_index("choice")
    for choice, row in shares.iterrows():
        card = result.cards[f"mine.sensitivity.score.{choice}.first_order.甲县.2023"]
        assert (card.value, card.low, card.high) == (
            row["first_order"],
            row["first_order_low"],
            row["first_order_high"],
        )
    together = result.cards["mine.sensitivity.score.together.甲县.2023"]
    assert together.value == pytest.approx(1 - shares["first_order"].sum())
    assert set(together.parts) <= set(result.cards)
    text = said(result, "sensitivity.score").text
    most = shares["first_order"].max()
    assert f"{100 * most:.3g}"[:3] in text.en
    assert "要几项选择同时改变才出现" in text.zh
    (figure,) = section(result, "sensitivity").charts
    assert "95" in figure.subtitle.en
    assert_sound(result)


def test_a_rank_that_no_method_moves_is_said_to_stay():
    panel = panel_of(2)
    frame = panel.to_frame()
    own = frame["region"] == "甲县"
    frame.loc[own & frame["indicator"].astype(str).str.startswith("x"), "value"] = 900.0
    best = Panel.from_frame(frame, regions=panel.regions, name="mine")
    result = assessed_by(["sensitivity"], best, system_of(2), "甲县", uncertainty=QUICK)
    text = said(result, "sensitivity.rank").text
    assert text.en == "Whatever methods are combined, the rank of 甲县 in 2023 stays the same."
    assert text.zh == "无论怎样组合方法，2023 年甲县的排名都不变。"
    assert "score" in section(result, "sensitivity").charts[0].subtitle.en
    assert_sound(result)


def test_without_the_package_one_line_gives_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    result = assessed(3)
    assert result.failed == ()
    line = 'SALib, which is not installed. Install it with: pip install "xinzhi[sensitivity]"'
    assert line in summary(result, "en")
    assert "SALib，尚未安装。安装：pip install" in summary(result, "zh")
    assert "xinzhi[sensitivity]" in page(result)
    entry = next(e for e in document(result)["not_run"] if e["id"] == "sensitivity")
    assert "xinzhi[sensitivity]" in entry["remedy"].en


def test_without_monte_carlo_there_are_no_shares():
    reason = dict(without_draws().not_run)["sensitivity"]
    assert reason.reason == Text("没有蒙特卡洛抽样", "there is no Monte Carlo")


# Imputed cells


def test_nothing_is_said_of_imputation_where_nothing_is_imputed(long: AssessResult):
    assert "data_method_imputation" not in long.tables
    assert not [s for s in long.statements if "imputed" in s.rule]
    assert "nothing is imputed" in said(long, "data_method.cells").text.en
    assert "不作填补" in page(long)


def test_imputed_cells_are_counted_and_their_influence_on_ranks_is_shown(filled: AssessResult):
    panel = impute(panel_of(3, years=10, missing=GAPS), "linear")
    system = system_of(3)
    table = filled.tables["data_method_imputation"]
    assert dict(zip(table["indicator"], table["imputed"], strict=True)) == {"x00": 1, "x10": 2}
    assert set(table["imputation"]) == {"linear"}
    for name in ("x00", "x10"):
        known = imputation_rank_influence(panel, system, "linear", indicators=[name])
        ranks = known.to_frame("ranks").query("region == '甲县' and runs > 0")
        ends = ranks[["rank_low", "rank_high"]].sub(ranks["rank"], axis=0).abs()
        row = table[table["indicator"] == name].iloc[0]
        assert row["rank_shift"] == ends.to_numpy().max()
        assert row["tested"] == known.to_frame("summary")["cells"].iloc[0]
        assert filled.cards[f"mine.imputation.{name}.甲县"].value == row["rank_shift"]
    text = said(filled, "data_method.imputed").text
    most = int(table["rank_shift"].max())
    assert "3 of 420 figures are imputed (linear interpolation)" in text.en
    assert f"changes by at most {most} place" in text.en
    assert f"最多变动 {most} 位" in text.zh
    change = imputed_rank_change(panel, system).to_frame()
    row = change.query("region == '甲县' and year == 2030").iloc[0]
    without = said(filled, "data_method.imputed_rank").text.en
    assert ("all the same" in without) == (row["rank"] == row["rank_without"])
    cells = filled.tables["data_method_cells"]
    assert set(cells["reason_en"]) == {"imputed: linear interpolation"}
    assert set(cells["reason_zh"]) == {"插补：线性内插"}
    assert filled.parameters["imputation"] == "linear"
    assert "不作填补" not in page(filled)
    assert said(filled, "data_method.imputed") in filled.findings
    assert_sound(filled)


def test_a_panel_that_was_imputed_before_is_recognised():
    panel = impute(panel_of(2, years=6, missing=GAPS), "nearest")
    result = assessed_by(["data_method"], panel, system_of(2), "甲县", uncertainty=None)
    table = result.tables["data_method_imputation"]
    assert table["imputed"].sum() == 3
    assert set(table["imputation"]) == {"nearest"}


@pytest.mark.parametrize("method", IMPUTATION_METHODS)
def test_the_method_is_read_from_what_imputation_writes(method: ImputationMethod):
    frame = impute(panel_of(2, years=5, missing=GAPS), method).frame
    (source,) = frame[frame["status"] == "imputed"]["source"].astype(str).unique()
    assert imputation_of(source) == (method, None)


def test_a_covariate_is_read_too_and_shown():
    panel = impute(panel_of(2, years=6, missing=GAPS), "regression", ["x00"], covariate="x01")
    source = panel.frame[panel.frame["status"] == "imputed"]["source"].astype(str).iloc[0]
    assert imputation_of(source) == ("regression", "x01")
    result = assessed_by(["data_method"], panel, system_of(2), "甲县", uncertainty=None)
    table = next(
        t for t in section(result, "data_method").tables if t.id == "data_method-imputation"
    )
    assert table.rows[0][1].show == Text("回归（x01）", "regression (x01)")


def test_cells_filled_by_other_means_are_counted_and_their_effect_is_not_claimed():
    panel = panel_of(2, years=3)
    frame = panel.to_frame()
    cell = (frame["region"] == "甲县") & (frame["indicator"] == "x00") & (frame["year"] == 2022)
    frame.loc[cell, "status"] = "imputed"
    own = Panel.from_frame(frame, regions=panel.regions, name="mine")
    result = assessed_by(["data_method"], own, system_of(2), "甲县", uncertainty=None)
    text = said(result, "data_method.imputed").text
    assert "imputed (other means): no known figure can be tested" in text.en
    assert "其他做法" in text.zh
    assert "影响大小不明" in text.zh
    assert imputation_of("a yearbook") == (None, None)


def test_a_region_that_ranks_only_by_imputation_is_said_to():
    gone = (("甲县", 2022, "x00"),)
    panel = impute(panel_of(2, missing=gone), "linear")
    options = {"year": 2022, "uncertainty": None}
    result = assessed_by(["data_method"], panel, system_of(2), "甲县", **options)
    text = said(result, "data_method.imputed_rank").text
    assert text.en == "Without imputed figures 甲县 has no rank in 2022."
    assert text.zh == "不用插补值，2022 年甲县就没有排名。"
