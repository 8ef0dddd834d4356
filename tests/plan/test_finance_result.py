"""``finance`` as a whole: its parts alone and together, what it says and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.funnel_cases import spells

from xinzhi.core import InputError, Text
from xinzhi.plan.finance import (
    SYNTHETIC,
    SYNTHETIC_FUND,
    SYNTHETIC_LENDER,
    FinanceOptions,
    FinanceResult,
    FunnelOptions,
    GuaranteeOptions,
    InstrumentOptions,
    finance,
    synthetic_finance_tables,
)
from xinzhi.plan.finance.plots import KINDS
from xinzhi.plan.finance.result import FUNNEL, GUARANTEE, INSTRUMENTS, SCORING

QUICK = FinanceOptions(
    funnel=FunnelOptions(draws=60),
    guarantee=GuaranteeOptions(scenarios=2_000, fund=SYNTHETIC_FUND, lender=SYNTHETIC_LENDER),
    instruments=InstrumentOptions(draws=1_000, points=3),
)
ALL = {*FUNNEL, *GUARANTEE, *INSTRUMENTS, *SCORING}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return synthetic_finance_tables()


@pytest.fixture(scope="module")
def found(tables: dict[str, pd.DataFrame]) -> FinanceResult:
    return finance(tables, QUICK, data=SYNTHETIC)


def refused(given: dict[str, pd.DataFrame]) -> InputError:
    with pytest.raises(InputError) as raised:
        finance(given, QUICK)
    return raised.value


def test_every_table_of_the_example_has_rows(found: FinanceResult):
    assert set(found.tables) == ALL
    assert [name for name, table in found.tables.items() if table.empty] == []
    assert next(iter(found.tables)) == "stages"
    assert len(found.tables["fund"]) == 1


def test_the_example_says_that_it_is_synthetic(found: FinanceResult):
    assert found.warnings[0] == SYNTHETIC
    for table, column in (
        *(("stages", "stage"), ("gap", "stage"), ("budget", "source"), ("fund_layers", "bearer")),
        *(("instruments", "instrument"), ("scores", "firm")),
    ):
        assert found.tables[table][column].astype(str).str.contains("合成 synthetic").all(), table


def test_the_example_finds_what_it_was_made_with(
    tables: dict[str, pd.DataFrame], found: FinanceResult
):
    drawn = FinanceOptions(funnel=FunnelOptions(draws=300))
    stages = finance({"spells": tables["spells"]}, drawn).tables["stages"]
    # chances of going on of 0.45, 0.5, 0.5, 0.45; listing of 0.6, 0.15, 0.02
    listing = [0.6, 0.15 + 0.45 * 0.6]
    listing += [0.02 + 0.5 * listing[1], 0.5 * (0.02 + 0.5 * listing[1])]
    listing.append(0.45 * listing[3])
    for row, true in zip(stages.itertuples(), listing[::-1], strict=True):
        assert row.listing_low <= true <= row.listing_high
    gap = found.tables["gap"].head(5)
    assert gap["coverage"].idxmin() == 1


def test_the_same_seed_gives_the_same(tables: dict[str, pd.DataFrame], found: FinanceResult):
    part = {name: tables[name] for name in ("spells", "stages", "supply", "crowding")}
    again = finance(part, QUICK).tables
    for name in ("stages", "crowding", "gap"):
        pd.testing.assert_frame_equal(again[name], found.tables[name])


@pytest.mark.parametrize(
    ("names", "main", "filled"),
    [
        (("spells",), "stages", {"stages", "exits", "survival", "incidence", "listing"}),
        (("supply",), "gap", {"gap", "budget"}),
        (("crowding",), "crowding", {"crowding"}),
        (("loans",), "fund", {*GUARANTEE} - {"fund_stress", "fund_stress_sectors"}),
        (("instruments",), "instruments", {*INSTRUMENTS}),
    ],
)
def test_each_part_is_useful_alone(
    tables: dict[str, pd.DataFrame], names: tuple[str, ...], main: str, filled: set[str]
):
    alone = FinanceOptions(funnel=QUICK.funnel, guarantee=GuaranteeOptions(scenarios=2_000))
    result = finance({name: tables[name] for name in names}, alone)
    assert next(iter(result.tables)) == main
    assert {name for name, table in result.tables.items() if len(table)} == filled
    assert set(result.tables) == ALL


def test_scores_give_loans_their_probabilities(tables: dict[str, pd.DataFrame]):
    scored = finance({"firms": tables["firms"]}).tables["scores"]
    loans = pd.DataFrame(
        {
            "firm": scored["firm"].iloc[:20],
            "exposure": np.arange(1.0, 21.0),
            "loss_given_default": 0.5,
        }
    )
    options = FinanceOptions(guarantee=GuaranteeOptions(scenarios=2_000))
    linked = finance({"firms": tables["firms"], "loans": loans}, options).tables
    known = scored.iloc[:20][["default_probability", "rating"]].reset_index(drop=True)
    given = pd.concat([loans.reset_index(drop=True), known], axis=1)
    direct = finance({"loans": given}, options).tables
    for name in ("fund", "fund_borrowing"):
        pd.testing.assert_frame_equal(linked[name], direct[name])


def test_losses_split_across_layers_add_up(found: FinanceResult):
    fund, layers = found.tables["fund"].iloc[0], found.tables["fund_layers"]
    assert layers["expected_loss"].sum() == pytest.approx(fund["portfolio_expected_loss"])
    flows = found.tables["instrument_flows"]
    total = flows[["firm", "investor", "state", "outside"]].sum(axis=1)
    np.testing.assert_allclose(total, 0, atol=1e-6)


def test_units_and_parameters(found: FinanceResult):
    assert found.units["gap.gap"] == "CNY_10k"
    assert found.units["stages.mean_time"] == "years"
    assert found.units["stages.flow"] == "companies"
    assert found.units["exits.probability"] == "ratio"
    assert found.units["instrument_flows.firm"] == "CNY_10k"
    assert "scores.firm" not in found.units
    assert "stages.stage" not in found.units
    assert found.parameters["funnel"]["draws"] == 60
    assert found.parameters["guarantee"]["fund"] == SYNTHETIC_FUND


def test_what_the_reader_must_know_is_said():
    rows = [("a", "only", 1.0, "listed"), *((f"{k}", "only", 2.0, "censored") for k in range(3))]
    table = spells(*rows)
    result = finance({"spells": table}, FinanceOptions(funnel=FunnelOptions(draws=100)))
    late, dropped = result.warnings
    assert "only 75%" in late.en
    assert "仍在阶段中的企业份额：only 75%" in late.zh
    assert "of 100 draws had no exit of some stage" in dropped.en
    assert "某一阶段没有出口，未计入区间" in dropped.zh
    table = pd.DataFrame({"stage": ["A"], "multiplier": [2.0], "basis": ["assumption"]})
    (assumed,) = finance({"crowding": table}).warnings
    assert assumed == Text("撬动倍数为假定的阶段：A", "crowding-in is an assumption in: A")


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_draws(found: FinanceResult, kind: str):
    title = found.plot(kind, "zh").to_dict(validate=False)["title"]
    assert "合成数据" in title["subtitle"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in title["text"])


def test_the_first_chart_with_rows_is_drawn(tables: dict[str, pd.DataFrame]):
    result = finance({"supply": tables["supply"]})
    assert result.plot().to_dict()["title"]["text"] == "Demand and supply of money by stage"
    with pytest.raises(InputError) as raised:
        result.plot("fund")
    assert "table fund_losses is empty" in raised.value.text("en")
    assert "表 fund_losses 是空的" in raised.value.text("zh")
    with pytest.raises(InputError, match="no chart pie"):
        result.plot("pie")


def test_what_cannot_be_computed_is_refused(tables: dict[str, pd.DataFrame]):
    error = refused({"loan": tables["loans"]})
    assert "no table loan" in error.text("en")
    assert "没有表 loan" in error.text("zh")
    for nothing in ({}, {"stages": tables["stages"]}):
        error = refused(nothing)
        assert "there is no table to compute on" in error.text("en")
        assert "没有可计算的表" in error.text("zh")
    error = refused({"layers": tables["layers"], "spells": tables["spells"]})
    assert "table layers needs table loans" in error.text("en")
    assert "表 layers 需要表 loans" in error.text("zh")
