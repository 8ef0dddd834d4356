"""Tables of the mechanisms: identities, optima, synthetic data, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.mechanism_cases import ERRORS, box, box_table, challenge_table, risk_table

from xinzhi.core import InputError
from xinzhi.plan.innovation.mechanisms_input import MechanismOptions
from xinzhi.plan.innovation.mechanisms_tables import mechanism_tables
from xinzhi.plan.innovation.synthetic_mechanisms import synthetic_mechanism_tables

QUICK = MechanismOptions(correlation=0.0, max_teams=4, draws=200)
CONTRACT = risk_table(("own", 0, 4, 0, 1, 0), ("shared", 4, None, 0.6, 0.1, 0.3))


def tables_of(challenges, boxes=None, risks=None, options=QUICK, seed=0):
    return mechanism_tables(challenges, boxes, risks, options, seed)


@pytest.fixture(scope="module")
def synthetic() -> dict[str, pd.DataFrame]:
    made = synthetic_mechanism_tables()
    options = MechanismOptions(discount_rate=0.05, draws=20_000)
    return mechanism_tables(made["challenges"], made["boxes"], made["risks"], options, 0)


def test_every_mechanism_of_every_challenge_is_there(synthetic):
    table = synthetic["mechanisms"]
    assert list(table["mechanism"].drop_duplicates()) == [
        *("grant", "parallel", "open_call", "search", "risk_sharing"),
    ]
    assert len(table) == 15
    assert table["challenge"].str.contains("合成 synthetic").all()
    assert table.groupby("challenge")["best"].any().all()


def test_money_adds_up(synthetic):
    table = synthetic["mechanisms"]
    parts = table[["loss_state", "loss_firm", "loss_insurer"]].sum(axis=1)
    np.testing.assert_allclose(parts, table["expected_loss"], atol=1e-6)
    np.testing.assert_allclose(table["cost_state"] + table["cost_firm"], table["expected_cost"])
    np.testing.assert_allclose(table["expected_value"] - table["expected_cost"], table["net_value"])
    layers = synthetic["risk"].groupby(["challenge", "mechanism"], sort=False)
    sums = layers[["expected_loss", "loss_state", "loss_firm", "loss_insurer"]].sum()
    whole = table.set_index(["challenge", "mechanism"])[[*sums.columns]]
    np.testing.assert_allclose(sums.loc[whole.index], whole, atol=1e-6)


def test_the_best_number_of_teams_is_the_best_of_the_table(synthetic):
    summary = synthetic["mechanisms"].set_index(["challenge", "mechanism"])
    for key, rows in synthetic["teams"].groupby(["challenge", "mechanism"], sort=False):
        chosen = rows.loc[rows["chosen"]].iloc[0]
        assert chosen["net_value"] == rows["net_value"].max()
        assert chosen["teams"] == summary.loc[key, "teams"] == summary.loc[key, "optimal_teams"]
        assert chosen["success_probability"] == summary.loc[key, "success_probability"]
        assert (rows["success_probability"] <= rows["independent_success"] + 1e-12).all()
        assert rows["success_probability"].is_monotonic_increasing


def test_what_is_exact_and_what_is_drawn_agree(synthetic):
    table = synthetic["simulation"]
    off = (table["exact"] - table["simulated"]).abs() / table["standard_error"]
    assert (off < ERRORS).all()
    assert (table["draws"] == 20_000).all()


def test_the_seed_decides_the_draws_only():
    made = synthetic_mechanism_tables(3)["challenges"]
    first, again, other = (tables_of(made, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first["mechanisms"], again["mechanisms"])
    pd.testing.assert_frame_equal(first["teams"], other["teams"])
    assert not first["simulation"]["simulated"].equals(other["simulation"]["simulated"])


def test_one_challenge_by_hand():
    found = tables_of(challenge_table(state_share=0.75, prize=40.0, appropriability=0.1))
    table = found["mechanisms"].set_index("mechanism")
    grant = table.loc["grant"]
    assert grant["net_value"] == pytest.approx(100 * 0.3 - 10)
    assert grant["expected_loss"] == pytest.approx(7)
    assert grant["loss_state"] == pytest.approx(5.25)
    assert grant["cost_firm"] == pytest.approx(2.5)
    assert grant["team_payoff"] == pytest.approx(0.5)
    # four teams would be best for all, but each pays 2.5 and has the same chance of a tenth of 100
    shares = 10 * (1 - 0.7 ** np.arange(1, 5)) / np.arange(1, 5)
    assert (shares > 2.5).tolist() == [True, True, False, False]
    assert table.loc["parallel", "teams"] == 2
    # 40 and a tenth of 100 for the first: 50 · 0.657 / 3 > 10 > 50 · 0.7599 / 4
    assert table.loc["open_call", "teams"] == 3
    assert table.loc["open_call", "team_payoff"] == pytest.approx(50 * 0.657 / 3 - 10)
    assert table.loc["open_call", "cost_state"] == 0
    assert table.loc["open_call", "loss_firm"] == pytest.approx(30 - 6.57)
    # the fourth team brings 10.29 for 10
    assert table.loc["open_call", "optimal_prize"] == pytest.approx(40 / 0.7599 - 10)


def test_a_contract_makes_a_firm_dare():
    case = challenge_table(appropriability=0.25)
    plain = tables_of(case, risks=risk_table(("own", 0, None, 0, 1, 0)))["mechanisms"]
    assert not plain.set_index("mechanism").loc["risk_sharing", "participates"]
    found = tables_of(case, risks=CONTRACT)
    row = found["mechanisms"].set_index("mechanism").loc["risk_sharing"]
    # loss 10 with 0.7: 4 own, of 6 the state bears 3.6; 25 · 0.3 − 10 + 2.52 > 0
    assert row["participates"]
    assert row["team_payoff"] == pytest.approx(7.5 - 10 + 2.52)
    assert row["loss_insurer"] == pytest.approx(0.7 * 1.8)
    layers = found["risk"].query("mechanism == 'risk_sharing'")
    np.testing.assert_allclose(layers["hit_probability"], 0.7)
    np.testing.assert_allclose(layers["expected_loss"], [2.8, 4.2])
    assert layers["limit"].isna().tolist() == [False, True]


def test_a_contract_of_its_own_comes_before_the_general_one():
    cases = pd.concat([challenge_table(), challenge_table(challenge="chip")], ignore_index=True)
    cases["appropriability"] = 0.9
    risks = pd.concat(
        [CONTRACT.assign(challenge=""), CONTRACT.iloc[[1]].assign(challenge="chip", attachment=0)]
    )
    found = tables_of(cases, risks=risks)["risk"].query("mechanism == 'risk_sharing'")
    assert found["challenge"].tolist() == ["laser", "laser", "chip"]


def test_the_search_table_shows_the_order():
    sure, wild = box("sure", (5, 1), cost=2), box("wild", (9, 0.5), (0, 0.5), cost=1)
    found = tables_of(challenge_table(), boxes=box_table(sure, wild))
    assert found["search"]["box"].tolist() == ["wild", "sure"]
    assert found["search"]["rank"].tolist() == [1, 2]
    assert found["search"]["reservation_value"].tolist() == [7, 3]
    assert found["search"]["opened_probability"].tolist() == [1, 0.5]
    row = found["mechanisms"].set_index("mechanism").loc["search"]
    assert row["net_value"] == pytest.approx(5)
    assert row["teams"] == 2


def test_nobody_takes_part_where_nothing_is_to_be_gained():
    found = tables_of(challenge_table(value=0.0))
    table = found["mechanisms"].set_index("mechanism")
    assert table["teams"].tolist() == [1, 0, 0]
    assert table.loc["open_call", "optimal_prize"] == 0
    assert table.loc["parallel", "expected_cost"] == 0
    assert np.isnan(table.loc["parallel", "expected_time"])
    assert set(found["simulation"]["mechanism"]) == {"grant"}
    assert found["search"].empty


def test_odds_of_nought_and_one_are_taken_as_they_are():
    never = tables_of(challenge_table(success_probability=0.0))["teams"]
    assert (never["success_probability"] == 0).all()
    assert never["break_even_prize"].isna().all()
    sure = tables_of(challenge_table(success_probability=1.0, correlation=0.5))["mechanisms"]
    assert sure["success_probability"].tolist() == [1, 1, 1]
    assert sure["teams"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("figures", "en", "zh"),
    [
        (
            {"success_probability": 1.2},
            "row 1, column success_probability: 1.2, a rate lies between 0 and 1",
            "第 1 行，列 success_probability：1.2，比率应在 0 与 1 之间",
        ),
        ({"cost": -3}, "column cost: -3, expected a number of at least 0", "不小于 0 的数"),
        ({"deadline": 0}, "column deadline: 0, a deadline lies above 0 years", "期限应大于 0 年"),
        (
            {"milestone_probability": 0.2},
            "column milestone_probability: 0.2, nobody delivers without passing the milestone",
            "不能小于最终成功的概率",
        ),
        (
            {"milestone_time": 2, "duration_sd": 1},
            "column milestone_time: 2, the milestone comes before the mean time of delivery",
            "里程碑应早于平均交付时间",
        ),
        (
            {"milestone_cost": 11},
            "column milestone_cost: 11, expected at most the whole cost",
            "不能超过总费用",
        ),
        (
            {"correlation": 1.0},
            "column correlation: 1.0, a correlation lies between 0 and 0.99",
            "相关系数应在 0 与 0.99 之间",
        ),
        ({"keep": 1.5}, "column keep: 1.5, expected a whole number of at least 1", "的整数"),
        ({"prize": -1}, "column prize: -1, expected a number of at least 0", "不小于 0"),
        ({"challenge": ""}, "column challenge: , expected a name", "应写名称"),
        ({"state_share": "half"}, "column state_share: half, a rate lies", "比率应在"),
    ],
)
def test_wrong_challenges_are_refused(figures, en, zh):
    with pytest.raises(InputError) as error:
        tables_of(challenge_table(**figures))
    assert en in error.value.text("en")
    assert "table challenges" in error.value.text("en")
    assert zh in error.value.text("zh")


def test_empty_cells_keep_the_numbers_of_rows():
    cases = pd.concat([challenge_table(), challenge_table(challenge="chip", keep=0)])
    with pytest.raises(InputError, match=r"row 2, column keep: 0\.0, expected a whole number"):
        tables_of(cases)
    risks = risk_table(("a", 0, None, 0, 1, 0), ("b", 0, -1, 0, 1, 0))
    with pytest.raises(InputError, match=r"table risks, row 2, column limit: -1\.0"):
        tables_of(challenge_table(), risks=risks)


def test_challenges_without_columns_or_twice_are_refused():
    with pytest.raises(InputError, match="table challenges lacks columns: deadline"):
        tables_of(challenge_table().drop(columns="deadline"))
    with pytest.raises(InputError, match="repeats 1 rows, such as row 2: laser"):
        tables_of(pd.concat([challenge_table()] * 2))


def test_wrong_boxes_are_refused():
    table = box_table(box("wild", (9, 0.5), (0, 0.5), cost=1))
    with pytest.raises(InputError, match=r"challenge: no lazer, did you mean laser") as error:
        tables_of(challenge_table(), boxes=table.assign(challenge="lazer"))
    assert "是否指 laser" in error.value.text("zh")
    with pytest.raises(InputError, match=r"box laser wild: its probabilities sum to 0\.5") as error:
        tables_of(challenge_table(), boxes=table.iloc[:1])
    assert "补上价值为 0 的结果" in error.value.text("zh")
    with pytest.raises(InputError, match="its rows differ in column cost") as error:
        tables_of(challenge_table(), boxes=table.assign(cost=[1, 2]))
    assert "列 cost 各行不一致" in error.value.text("zh")
    with pytest.raises(InputError, match=r"row 2, column box: empty, expected a name") as error:
        tables_of(challenge_table(), boxes=table.assign(box=["wild", np.nan]))
    assert "应写名称" in error.value.text("zh")
    with pytest.raises(InputError, match=r"column probability: 1\.5, a rate lies"):
        tables_of(challenge_table(), boxes=table.assign(probability=1.5))


@pytest.mark.parametrize(
    ("layers", "between"),
    [
        ((("a", 0, 4, 0, 1, 0), ("b", 5, None, 0, 1, 0)), "between 4 and 5"),
        ((("a", 0, 4, 0, 1, 0), ("b", 3, None, 0, 1, 0)), "between 4 and 3"),
        ((("a", 1, None, 0, 1, 0),), "between 0 and 1"),
        ((("a", 0, 4, 0, 1, 0),), "between 4 and ∞"),
    ],
)
def test_contracts_with_gaps_are_refused(layers, between):
    with pytest.raises(InputError, match=between) as error:
        tables_of(challenge_table(), risks=risk_table(*layers))
    assert "没有唯一的承担者" in error.value.text("zh")
    assert "各层首尾相接" in error.value.text("zh")


def test_contracts_whose_shares_do_not_sum_to_one_are_refused():
    with pytest.raises(InputError, match=r"row 1, column shares: 0\.9, the shares of") as error:
        tables_of(challenge_table(), risks=risk_table(("a", 0, None, 0.5, 0.4, 0)))
    assert "三方份额合计应为 1" in error.value.text("zh")
    with pytest.raises(InputError, match="challenge: no chip"):
        tables_of(challenge_table(), risks=CONTRACT.assign(challenge="chip"))


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        (MechanismOptions(discount_rate=-0.1), "rate -0.1 must be at least 0", "应不小于 0"),
        (MechanismOptions(correlation=1.0), "must lie between 0 and 0.99", "相关系数 1 应在"),
        (MechanismOptions(max_teams=0), "max_teams 0 must lie between 1 and 100", "团队数上限 0"),
        (MechanismOptions(draws=10), "draws must be at least 100, not 10", "模拟次数 10"),
    ],
)
def test_wrong_options_are_refused(options, en, zh):
    with pytest.raises(InputError) as error:
        tables_of(challenge_table(), options=options)
    assert en in error.value.text("en")
    assert zh in error.value.text("zh")
