"""``watch``: a known leading indicator is found, noise is not, and no year knows a later one."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stress.watch_cases import FIRST, simulated

from xinzhi.core import ComputationError, InputError, Text, dumps
from xinzhi.stress.board import BOARD, LIGHTS, REASONS
from xinzhi.stress.watch import watch
from xinzhi.stress.watch_plots import LIGHT_WORDS, SYMBOLS
from xinzhi.stress.watch_result import WatchResult

LOW = {"low": -1}


@pytest.fixture(scope="module")
def case() -> tuple[xr.DataArray, pd.DataFrame]:
    return simulated()


@pytest.fixture(scope="module")
def result(case: tuple[xr.DataArray, pd.DataFrame]) -> WatchResult:
    return watch(*case, directions=LOW, benchmarks=("logit",), draws=100)


def signals(result: WatchResult) -> pd.DataFrame:
    return result.to_frame().set_index("indicator")


def test_a_leading_indicator_is_found_and_noise_is_not(result: WatchResult):
    table = signals(result)
    assert table.loc["lead", "noise_to_signal"] < 0.1
    assert table.loc["lead", "tested_noise_to_signal"] < 0.3
    assert table.loc["low", "tested_noise_to_signal"] < 0.6
    assert table.loc["lead", "weight"] > table.loc["low", "weight"] > table.loc["noise", "weight"]
    assert 1 < table.loc["lead", "tested_lead_time"] <= 2
    assert table["direction"].to_dict() == {"lead": 1, "low": -1, "noise": 1}
    counted = table[["hits", "false_alarms", "misses", "correct_silences"]].sum(axis=1)
    assert (counted == table["periods"]).all()
    assert (table["events"] == 20).all()


def test_noise_has_a_ratio_near_one_out_of_sample():
    values, events = simulated(regions=200, years=26, seed=5)
    noise = values.sel(indicator=["noise"])
    table = signals(watch(noise, events, benchmarks=(), draws=0))
    assert table.loc["noise", "tested_noise_to_signal"] == pytest.approx(1, abs=0.25)
    assert table.loc["noise", "noise_to_signal"] < table.loc["noise", "tested_noise_to_signal"]


def test_methods_are_judged_on_the_same_years_against_the_base_rate(result: WatchResult):
    table = result.tables["performance"]
    assert table["method"].tolist() == ["composite", "logit", "base_rate", *["signals"] * 3]
    assert table["periods"].nunique() == table["base_rate"].nunique() == 1
    rows = table.set_index(table["indicator"].fillna(table["method"]))
    for name in ("composite", "logit", "lead"):
        assert rows.loc[name, "auc"] > 0.85
        assert rows.loc[name, "auc_low"] < rows.loc[name, "auc"] <= rows.loc[name, "auc_high"]
        assert rows.loc[name, "usefulness"] > 0.2
    assert rows.loc["base_rate", ["auc", "usefulness"]].tolist() == [0.5, 0]
    assert rows.loc["logit", "brier"] < rows.loc["base_rate", "brier"]
    said = result.tables["probabilities"]
    assert said["probability"].between(0, 1).all()
    composite = said[(said["method"] == "composite") & said["event_ahead"].notna()]
    assert composite["score"].between(0, 1).all()
    events = result.tables["events"]
    assert len(events) == 20
    seen = events.dropna(subset=["lead_time"])
    assert (seen["year"] - seen["first_signal"] == seen["lead_time"]).all()


def test_heeding_all_is_the_base_rate_where_misses_weigh_more(
    case: tuple[xr.DataArray, pd.DataFrame],
):
    found = watch(*case, directions=LOW, preference=0.8, benchmarks=(), draws=0)
    row = found.tables["performance"].set_index("method").loc["base_rate"]
    assert row["misses"] == row["correct_silences"] == 0
    assert row["usefulness"] == pytest.approx(0)


def test_lights_stand_only_on_evidence(result: WatchResult):
    board = result.tables["board"]
    assert list(board) == list(BOARD)
    assert set(board["light"]) <= set(LIGHTS)
    assert set(board["reason"]) <= set(REASONS)
    lit = board[board["light"] != "none"]
    assert len(lit) > 100
    assert (lit["history"] >= 10).all()
    assert (lit["events"] >= 3).all()
    assert (lit["noise_to_signal"] < 1).all()
    assert (lit["tested_noise_to_signal"] < 1).all()
    assert (lit["tested_chance"] < 0.05).all()
    danger = (lit["value"] - lit["threshold"]) * lit["direction"]
    assert ((danger > 0) == (lit["light"] == "red")).all()
    near = lit["position"] >= lit["threshold_position"] - 0.10
    assert ((lit["light"] == "amber") == (near & (danger <= 0))).all()
    early = board[board["year"] < FIRST + 10]
    assert set(early["reason"]) == {"short_history"}
    last = board[board["year"] == board["year"].max()].set_index(["region", "indicator"])
    assert (last.xs("noise", level="indicator")["light"] == "none").all()


@settings(max_examples=5)
@given(st.integers(FIRST + 16, FIRST + 23), st.integers(0, 10_000))
def test_the_future_changes_no_light_of_the_past(cut: int, seed: int):
    values, events = simulated(regions=6, years=26, seed=2)
    rng = np.random.default_rng(seed)
    other = values.copy()
    later = (values["year"] > cut).to_numpy()
    other[:, later] = rng.normal(size=other[:, later].shape) * 10
    moved = pd.concat(
        [
            events[events["year"] <= cut],
            pd.DataFrame({"region": ["r01", "r03"], "year": [cut + 1, cut + 2]}),
        ]
    )
    tables = [
        watch(v, e, directions=LOW, benchmarks=("logit",), draws=0).tables
        for v, e in ((values, events), (other, moved))
    ]
    for name in ("board", "probabilities"):
        kept = [table[name][table[name]["year"] <= cut] for table in tables]
        columns = [column for column in kept[0] if column != "event_ahead"]
        pd.testing.assert_frame_equal(kept[0][columns], kept[1][columns])


def test_the_order_of_regions_and_indicators_changes_no_number(
    case: tuple[xr.DataArray, pd.DataFrame],
):
    values, events = simulated(regions=8, years=15)
    names = list(values["region"].values)
    turned = values.sel(region=names[::-1])
    options = {"directions": LOW, "benchmarks": ("random_forest",), "draws": 50}
    one = watch(values, events, **options)
    other = watch(turned, events.iloc[::-1], **options)
    for name in ("signals", "performance"):
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])
    for name, keys in (("board", ["region", "year", "indicator"]),):
        pd.testing.assert_frame_equal(
            one.tables[name].sort_values(keys, ignore_index=True),
            other.tables[name].sort_values(keys, ignore_index=True),
        )
    assert list(dict.fromkeys(other.tables["board"]["region"])) == names[::-1]
    forest = one.tables["performance"].set_index("method").loc["random_forest"]
    assert 0 <= forest["auc"] <= 1
    assert forest["periods"] > 0


def test_units_and_monotone_changes_leave_lights_alone(case: tuple[xr.DataArray, pd.DataFrame]):
    values, events = case
    options = {"directions": LOW, "benchmarks": (), "draws": 0}
    one = watch(values, events, **options).tables["board"]
    other = watch(values * 1000 + 5, events, **options).tables["board"]
    assert one["light"].tolist() == other["light"].tolist()
    np.testing.assert_allclose(one["position"], other["position"])


def test_without_events_there_are_facts_and_no_light(case: tuple[xr.DataArray, pd.DataFrame]):
    values, _ = case
    for events in (None, pd.DataFrame(columns=["region", "year"])):
        found = watch(values, events)
        board = found.tables["board"]
        assert set(board["light"]) == {"none"}
        assert set(board["reason"]) == {"no_events"}
        last = board[(board["region"] == "r00") & (board["year"] == FIRST + 25)]
        row = last.set_index("indicator").loc["lead"]
        own = values.sel(region="r00", indicator="lead").to_numpy()
        assert row["position"] == pytest.approx((own[:-1] < own[-1]).mean())
        assert row["change"] == pytest.approx(own[-1] - own[-2])
        assert found.to_frame()["threshold"].isna().all()
        assert all(found.tables[n].empty for n in ("performance", "roc", "probabilities", "events"))
        assert "no labelled events" in found.warnings[0].en
        assert "没有标注事件" in found.warnings[0].zh
        json.loads(dumps(found.to_dict()))


def test_gaps_constants_and_short_series_get_no_light():
    values, events = simulated()
    odd = values.copy()
    odd[:, :, 2] = 7.0
    odd[:, :18, 1] = np.nan
    odd[3, 25, 0] = np.nan
    found = watch(odd, events, directions=LOW, benchmarks=("logit",), draws=0)
    board = found.tables["board"]
    last = board[board["year"] == FIRST + 25].set_index(["region", "indicator"])
    assert (last.xs("low", level="indicator")["reason"] == "short_history").all()
    assert (last.xs("noise", level="indicator")["reason"] == "noise").all()
    assert last.loc[("r03", "lead"), "reason"] == "missing"
    assert last.loc[("r03", "lead"), "light"] == "none"
    assert (last.xs("lead", level="indicator").drop("r03")["light"] != "none").all()
    said = [warning.en for warning in found.warnings]
    assert "constant in every region, so that they never signal: noise" in said
    assert any("不变、永不发出信号的指标：noise" in warning.zh for warning in found.warnings)
    assert np.isnan(signals(found).loc["noise", "noise_to_signal"])


def test_too_few_events_give_no_light(case: tuple[xr.DataArray, pd.DataFrame]):
    values, events = case
    board = watch(values, events.iloc[:2], benchmarks=(), draws=0).tables["board"]
    assert set(board.loc[board["history"] >= 10, "reason"]) == {"few_events"}
    far = pd.DataFrame({"region": ["r00"], "year": [FIRST - 30]})
    found = watch(values, far, benchmarks=(), draws=0)
    assert any("1 event(s) have no value before them" in w.en for w in found.warnings)
    assert any("1 个事件之前没有数据" in w.zh for w in found.warnings)
    assert set(found.tables["board"]["light"]) == {"none"}


def test_events_given_twice_count_once(case: tuple[xr.DataArray, pd.DataFrame]):
    values, events = case
    options = {"directions": LOW, "benchmarks": (), "draws": 0}
    twice = watch(values, pd.concat([events, events.iloc[:3]]), **options)
    once = watch(values, events, **options)
    pd.testing.assert_frame_equal(twice.to_frame(), once.to_frame())
    assert any("3 event(s) share region and year" in w.en for w in twice.warnings)
    assert any("3 个事件与同一地区同一年" in w.zh for w in twice.warnings)


def test_a_trending_indicator_is_said(case: tuple[xr.DataArray, pd.DataFrame]):
    values, _ = case
    grown = values.copy()
    grown[:, :, 0] = np.arange(26.0)
    found = watch(grown)
    assert any("rising or falling nearly every year: lead" in w.en for w in found.warnings)
    assert any("几乎逐年升（降）的指标：lead" in w.zh for w in found.warnings)


def test_later_events_are_known_where_they_are_labelled(case: tuple[xr.DataArray, pd.DataFrame]):
    values, events = case
    more = pd.concat([events, pd.DataFrame({"region": ["r00"], "year": [FIRST + 27]})])
    options = {"directions": LOW, "benchmarks": (), "draws": 0}
    assert watch(values, more, **options).parameters["known_until"] == FIRST + 27
    limited = watch(values, events, known_until=FIRST + 20, **options)
    assert limited.parameters["known_until"] == FIRST + 20
    years = limited.tables["performance"]["last_year"]
    assert (years <= FIRST + 18).all()


def refused(match: str, chinese: str, *arguments: object, **options: object) -> None:
    with pytest.raises(InputError, match=match) as caught:
        watch(*arguments, **options)
    assert chinese in caught.value.text("zh")


def test_what_is_wrong_is_said(case: tuple[xr.DataArray, pd.DataFrame]):
    values, events = case
    unknown = pd.DataFrame({"region": ["r0O"], "year": [2000]})
    refused("events name 1 region", "1 个事件地区不在数据中", values, unknown)
    refused("lack the column year", "没有列 year", values, events[["region"]])
    every = pd.DataFrame(
        [(region, FIRST + year) for region in values["region"].values for year in range(26)],
        columns=["region", "year"],
    )
    refused("no region-year is tranquil", "没有一个地区年份是平静的", values, every)
    refused("direction of lead must be 1 or -1", "方向须为 1 或 -1", values, directions={"lead": 2})
    refused("no indicator leed, did you mean lead", "没有指标 leed", values, directions={"leed": 1})
    refused("horizon must be 1 or more", "horizon 至少为 1", values, horizon=0)
    refused("least_history must be 3", "least_history 至少为 3", values, least_history=2)
    refused("least_events must be 1", "least_events 至少为 1", values, least_events=0)
    refused("preference must lie", "偏好须在 0 与 1 之间", values, preference=1.0)
    refused("no benchmark probit", "没有基准方法 probit", values, benchmarks=("probit",))
    refused("values need region, year", "三维", values.isel(year=0))
    refused("given twice: r00", "重复：r00", xr.concat([values, values[:1]], "region"))
    refused("infinite", "无穷大", values.where(values < 2, np.inf))
    refused("whole numbers", "整数", values.assign_coords(year=values["year"] + 0.5))


def test_without_scikit_learn_the_install_is_named(
    case: tuple[xr.DataArray, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(ComputationError, match=r'pip install "xinzhi\[stress\]"') as caught:
        watch(*case, benchmarks=("logit",))
    assert "sklearn" in caught.value.text("zh")
    assert watch(*case, benchmarks=(), draws=0).parameters["benchmarks"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_say_their_lights_in_symbols_and_words(
    result: WatchResult, case: tuple[xr.DataArray, pd.DataFrame], lang: str
):
    board = json.dumps(result.plot("board", lang, region="r02").to_dict(), ensure_ascii=False)
    shown = result.tables["board"]
    for light in shown[(shown["region"] == "r02") & (shown["year"] == FIRST + 25)]["light"]:
        assert f"{SYMBOLS[light]} {LIGHT_WORDS[light].get(lang)}" in board
    assert len(set(SYMBOLS.values())) == len(LIGHTS)
    line = json.dumps(
        result.plot("indicator", lang, "r02", indicator="low").to_dict(), ensure_ascii=False
    )
    assert Text("事件", "Event").get(lang) in line
    roc = json.dumps(result.plot("roc", lang).to_dict(), ensure_ascii=False)
    area = result.tables["performance"].set_index("method").loc["logit", "auc"]
    assert f"AUC {area:.2f}" in roc
    record = json.dumps(result.plot("record", lang).to_dict(), ensure_ascii=False)
    assert Text("虚警率", "False-alarm rate").get(lang) in record
    plain = json.dumps(watch(case[0]).plot("board", lang).to_dict(), ensure_ascii=False)
    assert f"{SYMBOLS['none']} {LIGHT_WORDS['none'].get(lang)}" in plain


def test_what_cannot_be_drawn_is_said(result: WatchResult, case: tuple[xr.DataArray, pd.DataFrame]):
    for kind, options, match, chinese in (
        ("pie", {}, "no chart pie", "没有图 pie"),
        ("board", {"region": "x"}, "no region x", "没有地区 x"),
        ("board", {"year": 1066}, "no year 1066", "没有 1066 年"),
        ("indicator", {"indicator": "x"}, "no indicator x", "没有指标 x"),
    ):
        with pytest.raises(InputError, match=match) as caught:
            result.plot(kind, **options)
        assert chinese in caught.value.text("zh")
    for kind in ("roc", "record"):
        with pytest.raises(InputError, match="no forecasts out of sample") as caught:
            watch(case[0]).plot(kind)
        assert "样本外没有预测可画" in caught.value.text("zh")
