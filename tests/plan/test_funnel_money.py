"""Gaps, crowding-in and budget rows: by hand, laws, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.funnel_cases import ORDER, spells

from xinzhi.core import InputError, Text
from xinzhi.data.case_reader import parse_case
from xinzhi.data.case_writer import case_text
from xinzhi.data.cases import FOLDER
from xinzhi.data.toml_files import parse_toml, read_bytes
from xinzhi.plan.finance import (
    FunnelOptions,
    budget_rows,
    funnel_tables,
    private_money,
    private_money_elastic,
)

STAGES = pd.DataFrame(
    {"stage": ORDER, "entrants": [100.0, 0.0, 0.0], "round_size": [2.0, 5.0, 9.0]}
)
SUPPLY = pd.DataFrame(
    {
        "stage": ["angel", "angel", "A", "pre-IPO"],
        "source": ["guidance fund", "venture", "venture", "bank"],
        "amount": [40.0, 100.0, 300.0, 225.0],
        "public": [1.0, 0.0, 0.1, 0.0],
    }
)
CROWDING = pd.DataFrame(
    {
        "stage": ["angel", "A"],
        "multiplier": [2.0, 1.0],
        "low": [1.0, 0.5],
        "high": [4.0, 1.5],
        "basis": ["survey of 2024", "assumption"],
    }
)


def computed(options: FunnelOptions | None = None, **tables: pd.DataFrame):
    return funnel_tables(tables, options or FunnelOptions(draws=200)).tables


def refused(**tables: pd.DataFrame) -> InputError:
    with pytest.raises(InputError) as raised:
        computed(**tables)
    return raised.value


def test_a_gap_is_demand_less_supply():
    gap = computed(spells=spells(), stages=STAGES, supply=SUPPLY)["gap"].set_index("stage")
    assert gap["demand"].tolist() == pytest.approx([200, 250, 225])
    assert gap["gap"].tolist() == pytest.approx([60, -50, 0])
    assert gap["coverage"].tolist() == pytest.approx([0.7, 1.2, 1])
    assert gap["public"].tolist() == pytest.approx([40, 30, 0])
    assert gap["rank"].tolist() == [1, 3, 2]
    assert gap["gap_low"]["A"] <= -50 <= gap["gap_high"]["A"]
    assert gap["demand_low"]["angel"] == pytest.approx(200)  # entrants are given
    assert gap["year"].isna().all()


def test_demand_that_is_given_comes_first_and_years_are_kept_apart():
    demand = pd.DataFrame(
        {"stage": ["A"], "year": [2026], "amount": [400.0], "low": [350.0], "high": [480.0]}
    )
    supply = pd.concat([SUPPLY.assign(year=2026), SUPPLY.assign(year=2027, amount=0.0)])
    found = computed(spells=spells(), stages=STAGES, supply=supply, demand=demand)
    gap = found["gap"].set_index(["year", "stage"])
    assert gap.loc[(2026, "A"), ["demand", "gap", "gap_low", "gap_high"]].tolist() == [
        *(400, 100, 50, 180),
    ]
    assert gap["demand_from"].loc[2026].tolist() == ["funnel", "table", "funnel"]
    assert gap.loc[(2027, "A"), "demand"] == pytest.approx(250)
    assert gap.loc[2027, "coverage"].tolist() == pytest.approx([0, 0, 0])
    budget = found["budget"].set_index(["source", "year"])["amount"]
    assert budget[("venture", 2026)] == 400
    assert budget[("venture", 2027)] == 0


def test_two_tables_suffice_for_a_gap():
    demand = pd.DataFrame({"stage": ["A", "angel"], "amount": [100.0, 50.0]})
    gap = computed(demand=demand, supply=SUPPLY)["gap"].set_index("stage")
    assert gap["gap"].to_dict() == pytest.approx(
        {"A": -200, "angel": -90, "pre-IPO": np.nan}, nan_ok=True
    )


def test_rounds_of_the_firms_stand_for_sizes_that_are_not_given():
    table = spells().assign(amount=[4.0, 2.0, np.nan, *[3.0] * 11])
    gap = computed(spells=table, stages=STAGES.drop(columns="round_size"))["gap"]
    assert gap["demand"].iloc[0] == pytest.approx(100 * 3)
    assert gap["demand_low"].iloc[0] < 300 < gap["demand_high"].iloc[0]


def test_private_money_by_hand():
    assert private_money(10, 2.0) == pytest.approx(20)
    # the multiplier halves at 10: the integral is 2·10/ln 2·(1 − 1/2)
    assert private_money(10, 2.0, 10.0) == pytest.approx(10 / np.log(2))
    assert private_money(1e-6, 2.0, 10.0) / 1e-6 == pytest.approx(2, rel=1e-6)
    assert private_money_elastic(30, 0.5, 10, 40) == pytest.approx(40)
    assert private_money_elastic(1e-7, 0.5, 10, 40) / 1e-7 == pytest.approx(2, rel=1e-6)


def test_stages_are_ranked_by_what_public_money_brings():
    found = computed(stages=STAGES, crowding=CROWDING)["crowding"].set_index("stage")
    assert found["rank"].to_dict() == {"angel": 1, "A": 2}
    assert found["average"].to_dict() == {"angel": 2, "A": 1}
    assert found["first_share"].sum() == pytest.approx(1)
    assert found["rank_low"].tolist() == [1, 1]
    assert found["rank_high"].tolist() == [2, 2]
    assert found["assumed"].tolist() == [False, True]
    assert found["private"].isna().all()


def test_returns_that_diminish_turn_the_order_round():
    steep = CROWDING.assign(halving=[5.0, np.nan])
    options = FunnelOptions(draws=200, public_money=20.0)
    found = computed(options, stages=STAGES, crowding=steep)["crowding"].set_index("stage")
    assert found.index[0] == "A"
    assert found.loc["A", "private"] == pytest.approx(20)
    assert found.loc["angel", "private"] == pytest.approx(2 * 5 / np.log(2) * (1 - 2**-4))
    assert found.loc["angel", "average"] == pytest.approx(found.loc["angel", "private"] / 20)
    assert found.loc["A", ["private_low", "private_high"]].tolist() == pytest.approx([10, 30])


def test_public_money_that_closes_the_gap():
    found = computed(spells=spells(), stages=STAGES, supply=SUPPLY, crowding=CROWDING)["crowding"]
    closes = found.set_index("stage")["public_to_close"]
    assert closes.to_dict() == pytest.approx({"angel": 60 / 3, "A": 0})
    fading = CROWDING.assign(halving=[5.0, 5.0])
    found = computed(spells=spells(), stages=STAGES, supply=SUPPLY, crowding=fading)["crowding"]
    public = found.set_index("stage").loc["angel", "public_to_close"]
    assert public + private_money(public, 2.0, 5.0) == pytest.approx(60)
    none = CROWDING.assign(multiplier=-1.0, low=-1.0, high=-1.0)
    found = computed(spells=spells(), stages=STAGES, supply=SUPPLY, crowding=none)["crowding"]
    assert found.set_index("stage")["public_to_close"].isna()["angel"]


def test_an_elasticity_starts_from_the_money_that_is_there():
    table = pd.DataFrame(
        {"stage": ["angel", "A"], "elasticity": [0.6, np.nan], "multiplier": [np.nan, 1.0]}
    ).assign(basis="assumption")
    found = computed(stages=STAGES, supply=SUPPLY, crowding=table)["crowding"].set_index("stage")
    assert found.loc["angel", "multiplier"] == pytest.approx(0.6 * 100 / 40)
    bare = table.assign(stage=["pre-IPO", "A"])
    error = refused(stages=STAGES, supply=SUPPLY, crowding=bare)
    assert "an elasticity needs public money that is there today" in error.text("en")
    assert "弹性需要该阶段现有的公共资金" in error.text("zh")


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        ("stage", "B", "应为 angel、A、pre-IPO 之一，每个一行", "one row each"),
        ("basis", "", "应写明数字的来源，或写 assumption", "expected its source, or assumption"),
        ("multiplier", np.nan, "中给出一个", "expected one of multiplier and elasticity"),
        ("low", 3.0, "low 与 high 应同时给出并包含数值", "expected low and high around the value"),
        ("halving", 0.0, "应大于 0；不递减则留空", "expected above 0; leave it empty if constant"),
    ],
)
def test_crowding_is_checked(column: str, value: object, zh: str, en: str):
    table = CROWDING.assign(halving=np.nan)
    table[column] = [value, table[column].iloc[1]]
    error = refused(stages=STAGES, crowding=table)
    assert f"表 crowding 第 1 行，列 {column}" in error.text("zh")
    assert zh in error.text("zh")
    assert en in error.text("en")


@pytest.mark.parametrize(
    ("name", "table", "zh", "en"),
    [
        ("supply", SUPPLY.assign(amount=-1.0), "应为不小于 0 的数", "a number of at least 0"),
        ("supply", SUPPLY.assign(public=1.5), "应在 0 与 1 之间", "a number between 0 and 1"),
        ("supply", SUPPLY.assign(year=2026.5), "应为整数年份", "expected a whole year"),
        (
            "supply",
            SUPPLY.assign(stage="B"),
            "B，应为 angel、A、pre-IPO",
            "expected one of angel, A",
        ),
        (
            "demand",
            pd.DataFrame({"stage": ["A", "A"], "amount": [1.0, 2.0]}),
            "同一阶段同一年只有一行",
            "a stage has one row in a year",
        ),
        (
            "demand",
            pd.DataFrame({"stage": ["A"], "amount": [1.0], "low": [2.0]}),
            "区间应包含 amount",
            "the interval must hold the amount",
        ),
        ("stages", STAGES.assign(stage="A"), "每个阶段一行", "expected one row a stage"),
        ("stages", STAGES.assign(entrants=-1.0), "不知道则留空", "leave it empty if unknown"),
        ("stages", STAGES.assign(entrants=0.0), "没有新进企业", "no firm enters the funnel"),
    ],
)
def test_money_is_checked(name: str, table: pd.DataFrame, zh: str, en: str):
    error = refused(**{"stages": STAGES, "spells": spells(), name: table})
    assert f"表 {name}" in error.text("zh")
    assert zh in error.text("zh")
    assert en in error.text("en")


def test_budget_rows_enter_a_transition_case():
    money = pd.DataFrame(
        {
            "source": ["guidance fund", "guidance fund", "banks", "guidance fund"],
            "year": [2026, 2030, 2026, 2026],
            "amount": [4_000_000.0, 9_000_000.0, 8_000_000.0, 1_000_000.0],
            "premium": [0.0, 0.0, 0.03, 0.0],
            "basis": ["city budget 2026", "", "assumption", ""],
        }
    )
    rows = budget_rows(money)
    assert [row["id"] for row in rows] == ["guidance fund", "banks"]
    assert rows[0]["limit"] == {"2026": 5_000_000.0, "2030": 9_000_000.0}
    assert rows[0]["source"] == {"zh": "city budget 2026", "en": "city budget 2026"}
    assert rows[1]["assumption"] is True
    text, name = read_bytes("shanghai-2035", FOLDER, Text("案例", "case"))
    document = parse_toml(text, name, "shanghai-2035.toml")
    case = parse_case(case_text({**document, "budget": rows}).encode(), "mine.toml")
    assert [budget.id for budget in case.budgets] == ["guidance fund", "banks"]
    # 10,000 yuan become the case's 100 million yuan; the limit is linear between its years
    assert case.budgets[0].limit.at([2026, 2028, 2035]).tolist() == pytest.approx([500, 700, 900])
    assert case.budgets[1].premium == 0.03


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        ({"amount": -1.0}, "应为不小于 0 的数", "a number of at least 0"),
        ({"year": "soon"}, "应为整数年份", "expected a whole year"),
        ({"premium": [0.0, 0.1]}, "一个来源只有一个 premium", "a source has one premium"),
    ],
)
def test_budget_rows_are_checked(change: dict[str, object], zh: str, en: str):
    money = pd.DataFrame({"source": ["bank", "bank"], "year": [2026, 2027], "amount": [1.0, 2.0]})
    with pytest.raises(InputError) as raised:
        budget_rows(money.assign(**change))
    assert zh in raised.value.text("zh")
    assert en in raised.value.text("en")
