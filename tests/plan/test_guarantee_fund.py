"""The guarantee fund from tables to tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from tests.io_strategies import small

from xinzhi.core import InputError
from xinzhi.plan.finance.guarantee_fund import GuaranteeOptions, guarantee_fund
from xinzhi.plan.finance.guarantee_pricing import borrowing_cost, break_even_fee, leverage
from xinzhi.plan.finance.guarantee_stress import (
    sector_shocks,
    stressed_probability,
    threshold_shift,
)
from xinzhi.plan.finance.guarantee_vasicek import basel_correlation, vasicek_quantile
from xinzhi.plan.finance.guarantee_words import guarantee_warnings
from xinzhi.plan.finance.synthetic_guarantee import synthetic_guarantee_tables
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.shock import shock

Tables = dict[str, pd.DataFrame]

EXACT = GuaranteeOptions(lattice_unit=1.0, fund="city", own_funds=8.0, confidence=0.99)


def loans() -> pd.DataFrame:
    """Return 60 loans of two ratings and two sectors whose losses are whole units."""
    return pd.DataFrame(
        {
            "rating": ["A"] * 40 + ["B"] * 20,
            "sector": ["chips", "trade"] * 30,
            "exposure": [2.0] * 40 + [4.0] * 20,
            "default_probability": [0.02] * 40 + [0.06] * 20,
            "loss_given_default": 0.5,
        }
    )


def layers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "layer": ["first", "first", "first", "excess"],
            "bearer": ["state", "city", "bank", "bank"],
            "attachment": [0.0, 0.0, 0.0, 0.1],
            "detachment": [0.1, 0.1, 0.1, None],
            "share": [0.3, 0.5, 0.2, 1.0],
        }
    )


def shocks(*lost: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"scenario": "war", "sector": ["chips", "trade"], "output_loss_share": lost}
    )


@pytest.fixture(scope="module")
def found() -> Tables:
    return guarantee_fund(loans(), layers(), EXACT, 0, shocks(0.2, 0.0))


def test_parts_of_bearers_add_up_to_the_loans(found):
    row, bearers = found["fund"].iloc[0], found["fund_bearers"]
    assert row["exposure"] == 160
    assert row["loans"] == 60
    assert row["portfolio_expected_loss"] == pytest.approx(40 * 0.02 + 20 * 0.06 * 2, rel=1e-6)
    for column, whole in (
        ("expected_loss", "portfolio_expected_loss"),
        ("value_at_risk", "portfolio_value_at_risk"),
        ("expected_shortfall", "portfolio_expected_shortfall"),
        ("liability", "exposure"),
    ):
        assert bearers[column].sum() == pytest.approx(row[whole])
        assert found["fund_layers"].get(column, bearers[column]).sum() == pytest.approx(row[whole])
    assert bearers["loss_share"].sum() == pytest.approx(1)


def test_the_fund_is_one_of_the_bearers_and_its_ratios_follow(found):
    row = found["fund"].iloc[0]
    city = found["fund_bearers"].set_index("bearer").loc["city"]
    assert row["capital"] == city["capital"] == row["value_at_risk"] - row["expected_loss"]
    assert row["leverage"] == pytest.approx(160 / row["capital"])
    assert row["liability"] == pytest.approx(0.5 * 16)
    assert row["own_leverage"] == pytest.approx(1)
    assert row["capacity"] == pytest.approx(8 * row["leverage"])
    fee = (row["expected_loss"] + 0.06 * row["capital"]) / 160 + 0.003
    assert row["break_even_fee"] == pytest.approx(fee)
    # the cost of running the fund is the fund's alone
    state = found["fund_bearers"].set_index("bearer").loc["state"]
    fee = (state["expected_loss"] + 0.06 * state["capital"]) / 160
    assert state["break_even_fee"] == pytest.approx(fee)
    # the city cannot lose more than 8, which its own funds and fees cover
    assert row["insolvency_probability"] == 0
    assert row["value_at_risk_low"] == row["value_at_risk"] == row["value_at_risk_high"]


def test_with_capital_for_the_level_losses_beyond_it_are_as_rare_as_stated():
    options = replace(EXACT, own_funds=None)
    whole = guarantee_fund(loans(), None, options)["fund"].iloc[0]
    assert np.isnan(whole["own_leverage"])
    assert np.isnan(whole["capacity"])
    assert np.isnan(whole["insolvency_probability"])
    enough = replace(options, own_funds=float(whole["capital"]))
    ruined = guarantee_fund(loans(), None, enough)["fund"]["insolvency_probability"].iloc[0]
    assert 0 < ruined <= 0.01
    less = replace(options, own_funds=float(whole["capital"]) - 1)
    assert guarantee_fund(loans(), None, less)["fund"]["insolvency_probability"].iloc[0] > 0.01


def test_higher_confidence_never_takes_less_capital():
    capitals = [
        guarantee_fund(loans(), layers(), replace(EXACT, confidence=level))["fund"]["capital"].iloc[
            0
        ]
        for level in (0.9, 0.95, 0.99, 0.999)
    ]
    assert (np.diff(capitals) >= 0).all()


def test_quantiles_stand_beside_the_closed_form(found):
    table = found["fund_losses"].set_index("level")
    assert (np.diff(table["loss"]) >= 0).all()
    rho = basel_correlation([0.02, 0.06])
    limit = 40 * vasicek_quantile(0.02, rho[0], 0.99) + 40 * vasicek_quantile(0.06, rho[1], 0.99)
    assert table.loc[0.99, "vasicek_loss"] == pytest.approx(float(limit))
    adjusted = table["vasicek_loss"] + table["granularity_adjustment"]
    np.testing.assert_allclose(table["adjusted_loss"], adjusted)
    # the adjustment leads within a loan, though there are but 60
    assert abs(table.loc[0.99, "adjusted_loss"] - table.loc[0.99, "loss"]) < 2
    np.testing.assert_allclose(table["loss_rate"], table["loss"] / 160)


def test_layers_are_hit_less_often_the_higher_they_are(found):
    table = found["fund_layers"]
    assert list(table["layer"]) == ["first", "first", "first", "excess"]
    first, excess = table.iloc[0], table.iloc[3]
    np.testing.assert_allclose(excess[["attachment", "detachment"]].astype(float), [16, 160])
    assert 0 < excess["hit_probability"] < first["hit_probability"] < 1
    np.testing.assert_allclose(
        table["expected_loss"][:3] / table["expected_loss"][:3].sum(), [0.3, 0.5, 0.2]
    )


def test_money_units_change_no_ratio(found):
    scaled = loans().assign(exposure=loans()["exposure"] * 100)
    options = replace(EXACT, lattice_unit=100.0, own_funds=800.0)
    again = guarantee_fund(scaled, layers(), options, 0, shocks(0.2, 0.0))
    money = {"exposure", "liability", "own_funds", "capacity", "capital", "expected_loss"}
    for column, value in found["fund"].iloc[0].items():
        amount = column in money or "loss" in column or "risk" in column or "short" in column
        amount |= column == "standard_deviation"
        assert again["fund"].iloc[0][column] == pytest.approx(value * (100 if amount else 1))


def test_a_shock_of_nothing_changes_nothing(found):
    table = guarantee_fund(loans(), layers(), EXACT, 0, shocks(0.0, 0.0))["fund_stress"]
    assert list(table["scenario"]) == ["base", "war"]
    np.testing.assert_allclose(
        table.iloc[0, 1:].astype(float), table.iloc[1, 1:].astype(float), atol=1e-12
    )


def test_a_shock_shifts_the_threshold_of_its_sector(found):
    sectors = found["fund_stress_sectors"].set_index("sector")
    shift = -np.log(0.8) / 0.3
    chips = sectors.loc["chips"]
    assert chips["threshold_shift"] == pytest.approx(shift)
    worse = norm.cdf(norm.ppf([0.02, 0.06]) + shift)
    assert chips["stressed_expected_loss"] == pytest.approx(20 * worse[0] + 10 * 2 * worse[1])
    trade = sectors.loc["trade"]
    assert trade["stressed_default_probability"] == pytest.approx(trade["default_probability"])
    stress = found["fund_stress"].set_index("scenario")
    assert stress.loc["war", "portfolio_expected_loss"] == pytest.approx(
        sectors["stressed_expected_loss"].sum(), rel=1e-6
    )
    rises = stress.loc["war"] - stress.loc["base"]
    assert (rises.drop("insolvency_probability") > 0).all()
    base = stress.loc["base"]
    assert base["capital_needed"] == pytest.approx(found["fund"]["capital"].iloc[0])


def test_a_sector_that_stands_still_defaults():
    assert threshold_shift(1.0, 0.3) == np.inf
    assert stressed_probability(0.02, np.inf) == 1
    table = guarantee_fund(loans(), layers(), EXACT, 0, shocks(1.0, 0.0))["fund_stress"]
    assert table["default_probability"].iloc[1] > 0.5


def test_what_firms_pay_with_the_guarantee_and_without(found):
    table = found["fund_borrowing"].set_index("rating")
    bearers = found["fund_bearers"].set_index("bearer")
    kept = bearers.loc["bank", "loss_share"]
    fee = found["fund"]["break_even_fee"].iloc[0]
    for rating, p in (("A", 0.02), ("B", 0.06)):
        lost = 0.5 * p
        quantile = float(vasicek_quantile(p, basel_correlation(p), 0.99))
        risked = 0.5 * (quantile - p)
        row = table.loc[rating]
        assert row["rate_without"] == pytest.approx(0.03 + lost + 0.06 * risked)
        part = bearers.loc["bank", "capital"] / bearers["capital"].sum()
        assert row["rate_with"] == pytest.approx(0.03 + kept * lost + part * 0.06 * risked + fee)
        assert row["saving"] == pytest.approx(row["rate_without"] - row["rate_with"])
    # one fee for all helps the riskier more
    assert table.loc["B", "saving"] > table.loc["A", "saving"]


def test_a_fee_that_is_given_is_what_firms_pay():
    table = guarantee_fund(loans(), layers(), replace(EXACT, fee=0.0))["fund_borrowing"]
    assert (table["fee"] == 0).all()
    assert (table["saving"] > 0).all()


def test_without_a_bank_among_the_bearers_the_lender_bears_nothing():
    table = guarantee_fund(loans(), None, EXACT)["fund_borrowing"]
    assert (table["lender_loss_share"] == 0).all()
    np.testing.assert_allclose(table["rate_with"], 0.03 + table["fee"])


def test_pricing_by_hand():
    assert break_even_fee(3, 10, 100, 0.08, 0.005) == pytest.approx((3 + 0.8 + 0.5) / 100)
    assert leverage(100, 20) == 5
    assert np.isnan(leverage(100, 0))
    np.testing.assert_allclose(
        borrowing_cost([0.01, 0.02], 0.1, 0.03, 0.05, 0.005, 0.2, 0.5),
        [0.03 + 0.002 + 0.0025 + 0.005, 0.03 + 0.004 + 0.0025 + 0.005],
    )


def test_losses_of_shock_become_shocks_of_the_fund():
    economy = small([[10.0, 20.0], [30.0, 10.0]], [100.0, 100.0])
    outage = Disturbance(start=0, duration=100, capacity_lost=np.array([0.4, 0.0]))
    sectors = shock(economy, outage, days=365).tables["sectors"]
    table = sector_shocks(sectors, "outage")
    np.testing.assert_allclose(
        table["output_loss_share"], sectors["output_loss"] / economy.output, atol=1e-12
    )
    assert table["output_loss_share"].iloc[0] > 0.05
    book = loans().replace({"sector": dict(zip(["chips", "trade"], economy.codes, strict=True))})
    stress = guarantee_fund(book, layers(), EXACT, 0, table)["fund_stress"]
    assert list(stress["scenario"]) == ["base", "outage"]
    assert np.diff(stress["portfolio_expected_loss"])[0] > 0
    nothing = sectors.assign(value_added_loss_share=[0.1, np.nan])
    assert len(sector_shocks(nothing, "outage")) == 1


def test_one_scenario_needs_no_name():
    plain = shocks(0.2, 0.0).drop(columns="scenario")
    table = guarantee_fund(loans(), layers(), EXACT, 0, plain)["fund_stress"]
    assert list(table["scenario"]) == ["base", "shock"]


def test_without_shocks_there_is_no_stress():
    found = guarantee_fund(loans().drop(columns=["sector", "rating"]), layers(), EXACT)
    assert not len(found["fund_stress"])
    assert not len(found["fund_stress_sectors"])
    assert list(found["fund_borrowing"]["rating"]) == ["all"]


def test_the_synthetic_case_says_so_and_runs_by_drawing():
    tables = synthetic_guarantee_tables(seed=1, loans=400)
    for table, column in (("loans", "loan"), ("loans", "sector"), ("layers", "bearer")):
        assert tables[table][column].str.contains("合成 synthetic").all()
    assert tables["shocks"]["scenario"].str.contains("合成 synthetic").all()
    options = GuaranteeOptions(
        scenarios=4_000, fund="担保基金（合成 synthetic）", lender="银行（合成 synthetic）"
    )
    found = guarantee_fund(tables["loans"], tables["layers"], options, 0, tables["shocks"])
    row = found["fund"].iloc[0]
    assert row["value_at_risk_low"] <= row["value_at_risk"] <= row["value_at_risk_high"]
    expected = tables["loans"].eval("exposure * default_probability * loss_given_default").sum()
    assert row["portfolio_expected_loss"] == pytest.approx(expected, rel=0.02)
    assert len(found["fund_stress"]) == 3
    again = synthetic_guarantee_tables(seed=1, loans=400)["loans"]
    pd.testing.assert_frame_equal(again, tables["loans"])


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        (
            "default_probability",
            0.0,
            "列 default_probability：0.0，应大于 0 且小于 1；已违约的贷款",
            "",
        ),
        ("default_probability", 1.0, "", "1.0, expected a number above 0 and below 1; a loan in"),
        (
            "loss_given_default",
            1.2,
            "列 loss_given_default：1.2，应在 0 与 1 之间",
            "between 0 and 1",
        ),
        (
            "exposure",
            -5.0,
            "第 3 行，列 exposure：-5.0，应为不小于 0 的数",
            "row 3, column exposure",
        ),
        ("exposure", np.nan, "列 exposure：空", "expected a number of at least 0"),
        ("correlation", 1.0, "列 correlation：1.0，应大于 0 且小于 1", "nearly independent"),
        ("correlation", 0.0, "近乎独立可写 0.0001", "column correlation: 0.0"),
    ],
)
def test_wrong_loans_are_refused_with_their_row(column, value, zh, en):
    table = loans()
    if column not in table:
        table[column] = 0.1
    table.loc[2, column] = value
    with pytest.raises(InputError) as caught:
        guarantee_fund(table, layers(), EXACT)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")
    assert "第 3 行" in caught.value.text("zh")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"confidence": 1.0}, "置信水平为 1.0", "the confidence level is 1.0"),
        ({"confidence": 0.4}, "置信水平 0.4 应至少为 0.5", "0.4 must be at least 0.5"),
        ({"correlation": 0.0}, "资产相关系数为 0.0", "the asset correlation is 0.0"),
        ({"own_funds": -1.0}, "选项 own_funds 为 -1.0，应不小于 0", "option own_funds is -1.0"),
        ({"fee": np.inf}, "选项 fee 为 inf", "option fee is inf"),
        ({"fund": "cty"}, "承担方中没有 cty，是否指 city？", "called cty, did you mean city?"),
        ({"fund": "x"}, "现有：state、city、bank", "there are: state, city, bank"),
        ({"asset_volatility": 0.0}, "资产波动率 0.0 应大于 0", "the asset volatility 0.0 must be"),
    ],
)
def test_wrong_options_are_refused(options, zh, en):
    with pytest.raises(InputError) as caught:
        guarantee_fund(loans(), layers(), replace(EXACT, **options), 0, shocks(0.1, 0.1))
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (
            {"sector": ["chips", "steel"]},
            "表 shocks 的情景 war 缺少贷款所在的 1 个行业\n  trade",
            "scenario war of table shocks lacks 1 sectors of loans\n  trade",
        ),
        (
            {"sector": "chips"},
            "表 shocks 第 2 行重复：war chips",
            "table shocks, row 2 is there twice: war chips",
        ),
        (
            {"output_loss_share": [0.1, 1.5]},
            "列 output_loss_share：1.5，应在 0 与 1 之间",
            "column output_loss_share: 1.5",
        ),
    ],
)
def test_wrong_shocks_are_refused(change, zh, en):
    with pytest.raises(InputError) as caught:
        guarantee_fund(loans(), layers(), EXACT, 0, shocks(0.1, 0.1).assign(**change))
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


def test_shocks_need_the_sectors_of_loans():
    with pytest.raises(InputError, match="table loans lacks columns: sector") as caught:
        guarantee_fund(loans().drop(columns="sector"), layers(), EXACT, 0, shocks(0.1, 0.1))
    assert "表 loans 缺少列：sector" in caught.value.text("zh")


def notes(options: GuaranteeOptions, book: pd.DataFrame) -> tuple[str, str]:
    tables = guarantee_fund(book, layers(), options, 0, shocks(0.2, 0.0))
    said = guarantee_warnings(book, tables, options)
    return "\n".join(text.zh for text in said), "\n".join(text.en for text in said)


def test_what_was_assumed_and_what_falls_short_is_said():
    zh, en = notes(replace(EXACT, own_funds=1.0, lender="lender", fee=0.2), loans())
    assert "没有给出资产相关系数" in zh
    assert "no asset correlation is given: it is Basel's convention" in en
    assert "分担表中没有贷款方 lender" in zh
    assert "the lender lender is no bearer of losses" in en
    assert "在置信水平 0.99 下，担保基金的自有资金还差" in zh
    assert "at the confidence level 0.99 the fund is" in en
    assert "自有资金不足以承受的情景：war" in zh
    assert "scenarios beyond the fund's own funds: war" in en
    assert "担保费率 20.00% 高于担保给企业省下的利息，涉及评级：A、B" in zh
    assert "the fee of 20.00% is above what the guarantee saves firms of ratings A, B" in en


def test_a_long_list_of_ratings_is_cut():
    book = loans().assign(rating=[f"R{k % 8}" for k in range(60)])
    zh, en = notes(replace(EXACT, fee=0.2), book)
    assert "等 8 个" in zh
    assert "and 2 more" in en


def test_where_all_is_given_and_enough_nothing_is_said():
    options = replace(EXACT, correlation=0.15, fee=0.0, own_funds=None)
    assert notes(options, loans()) == ("", "")
