"""The funnel as a semi-Markov process: by hand, against enumeration and against copies of firms."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from tests.plan.funnel_cases import ORDER, many, spells

from xinzhi.core import InputError
from xinzhi.plan.finance import FunnelOptions, funnel_tables
from xinzhi.plan.finance.funnel_process import NEXT, STEPS, chain, estimate_stages, flows
from xinzhi.plan.finance.funnel_spells import decimal_years, spells_of

STAGES = pd.DataFrame(
    {"stage": ORDER, "entrants": [100.0, 0.0, 0.0], "round_size": [2.0, 5.0, 9.0]}
)


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    tables = {"spells": spells(), "stages": STAGES}
    return funnel_tables(tables, FunnelOptions(draws=0)).tables


@pytest.fixture(scope="module")
def censored() -> pd.DataFrame:
    return many(150)


def refused(table: pd.DataFrame, stages: tuple[str, ...] | None = None) -> InputError:
    with pytest.raises(InputError) as raised:
        spells_of(table, stages)
    return raised.value


def test_a_funnel_by_hand(found: dict[str, pd.DataFrame]):
    stages = found["stages"].set_index("stage")
    assert stages["reach"].tolist() == pytest.approx([1, 0.5, 0.25])
    assert stages["listing"].tolist() == pytest.approx([0.125, 0.25, 0.5])
    assert stages["listing_floor"].tolist() == pytest.approx([0.125, 0.25, 0.5])
    assert stages["mean_time"].tolist() == pytest.approx([14 / 8, 2, 1.5])
    assert stages["median_time"].tolist() == [1, 2, 1]
    assert stages["unresolved"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    # those who go on stay 7/4 years in the first stage, 2 in the second; who lists stays 2
    assert stages["years_to_listing"].tolist() == pytest.approx([7 / 4 + 2 + 2, 4, 2])
    assert stages["flow"].tolist() == pytest.approx([100, 50, 25])
    assert stages["stock"].tolist() == pytest.approx([175, 100, 37.5])
    assert stages[["next", "failed", "censored"]].loc["angel"].tolist() == [4, 3, 0]
    assert np.isnan(stages.loc["A", "listing_low"])


def test_how_stages_are_left_in_the_end(found: dict[str, pd.DataFrame]):
    exits = found["exits"].set_index(["stage", "exit"])
    angel = exits.loc["angel"]
    assert angel["probability"].to_dict() == pytest.approx(
        {"next": 0.5, "listed": 0, "acquired": 0.125, "failed": 0.375}
    )
    assert angel["eventual"].dropna().to_dict() == pytest.approx(
        {"listed": 0.125, "acquired": 0.25, "failed": 0.625}
    )
    assert ("pre-IPO", "next") not in exits.index
    assert np.isnan(angel.loc["listed", "mean_time"])
    assert angel.loc["failed", "mean_time"] == pytest.approx(2)


def test_demand_is_flow_times_round(found: dict[str, pd.DataFrame]):
    gap = found["gap"].set_index("stage")
    assert gap["demand"].tolist() == pytest.approx([200, 250, 225])
    assert set(gap["demand_from"]) == {"funnel"}
    assert gap["supply"].isna().all()


def test_probabilities_sum_to_one_and_firms_are_conserved(censored: pd.DataFrame):
    made = spells_of(censored, ORDER)
    firms = int(made.firms.max()) + 1
    weights = np.random.default_rng(1).multinomial(firms, np.full(firms, 1 / firms), 40)
    drawn = estimate_stages(made, weights.astype(float), 10.0)
    np.testing.assert_allclose(drawn.probability.sum(axis=2), 1)
    whole = chain(drawn)
    np.testing.assert_allclose(whole.eventual.sum(axis=2), 1)
    assert (whole.floor <= whole.eventual[..., 0] + 1e-12).all()
    assert (np.diff(whole.by_horizon, axis=2) >= -1e-9).all()
    entrants = np.array([50.0, 5.0, 1.0])
    flow = flows(drawn.probability, entrants)
    out = (flow[..., np.newaxis] * np.delete(drawn.probability, NEXT, axis=2)).sum(axis=(1, 2))
    np.testing.assert_allclose(out, entrants.sum())


def test_a_weight_of_two_is_a_firm_twice(censored: pd.DataFrame):
    made = spells_of(censored, ORDER)
    firms = censored["firm"].unique()
    weights = np.random.default_rng(2).integers(0, 3, len(firms)).astype(float)
    copies = [
        censored[censored["firm"] == firm].assign(firm=f"{firm}/{copy}")
        for firm, times in zip(firms, weights, strict=True)
        for copy in range(int(times))
    ]
    twin = spells_of(pd.concat(copies), ORDER)
    weighted = estimate_stages(made, weights[np.newaxis], 10.0)
    copied = estimate_stages(twin, np.ones((1, int(twin.firms.max()) + 1)), 10.0)
    for name in ("observed", "probability", "time", "density", "round_size"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(copied, name), atol=1e-12)


def test_listing_in_time_is_the_sum_over_paths():
    whole = chain(estimate_stages(spells_of(spells(), ORDER), np.ones((1, 8)), 12.0))
    grid = np.linspace(0, 12, STEPS + 1)
    # years to the next stage (4 of 8 firms), to the one after (2 of 4), to listing (1 of 2)
    ways = list(product([1, 1, 2, 3], [1, 3], [2]))
    expected = [
        sum(1 / 8 * 1 / 4 * 1 / 2 for way in ways if sum(way) <= time + 1e-9) for time in grid
    ]
    np.testing.assert_allclose(whole.by_horizon[0, 0], expected, atol=1e-12)
    assert whole.by_horizon[0, 0, -1] == pytest.approx(0.125)


def test_off_the_grid_a_listing_is_shared_between_its_neighbours():
    row = ("a", "only", 0.26, "listed")
    made = spells_of(spells(row), ("only",))
    found = estimate_stages(made, np.ones((1, 1)), 24.0)
    assert found.density[0, 0, 1, 2:4].tolist() == pytest.approx([0.4, 0.6])


def test_the_bootstrap_finds_the_error_of_a_share():
    firms = 200
    rows = [(f"{k}", "only", 1.0, "listed" if k < 50 else "failed") for k in range(firms)]
    tables = {"spells": spells(*rows)}
    row = funnel_tables(tables, FunnelOptions(draws=400), seed=3).tables["stages"].iloc[0]
    half = (row["listing_high"] - row["listing_low"]) / 2
    assert half == pytest.approx(1.96 * np.sqrt(0.25 * 0.75 / firms), rel=0.15)


def test_the_bootstrap_agrees_with_the_variance_of_aalen_johansen():
    table = many(300, seed=4)
    table = table[table["stage"] == "angel"].replace({"next": "listed"})
    drawn = funnel_tables({"spells": table}, FunnelOptions(draws=300), seed=5).tables
    listed = drawn["incidence"].query("exit == 'listed'").iloc[-1]
    exits = drawn["exits"].query("exit == 'listed'").iloc[0]
    assert exits["observed"] == pytest.approx(listed["incidence"])
    spread = (exits["high"] - exits["low"]) / (2 * 1.96)
    assert spread == pytest.approx(listed["standard_error"], rel=0.25)


def test_seed_and_options_decide_the_draws(censored: pd.DataFrame):
    def ends(draws: int, seed: int) -> list[float]:
        made = funnel_tables({"spells": censored}, FunnelOptions(draws=draws), seed).tables
        return list(made["stages"]["listing_low"])

    assert ends(20, 1) == ends(20, 1)
    assert ends(20, 1) != ends(20, 2)


def test_firms_still_there_are_taken_to_leave_as_the_others():
    rows = [
        *(("a", "only", 1.0, "listed"), ("b", "only", 2.0, "failed")),
        *(("c", "only", 3.0, "censored"), ("d", "only", 3.0, "censored")),
    ]
    stage = (
        funnel_tables({"spells": spells(*rows)}, FunnelOptions(draws=0)).tables["stages"].iloc[0]
    )
    assert stage["unresolved"] == pytest.approx(0.5)
    assert stage["listing_floor"] == pytest.approx(0.25)
    assert stage["listing"] == pytest.approx(0.5)
    assert stage["listing_by_horizon"] == pytest.approx(0.25)
    assert stage["mean_time"] == pytest.approx(1 + 0.75 + 0.5)


def test_dates_become_years():
    found = decimal_years(pd.Series(["2019-01-01", "2020年7月2日", "2019.25", None, "soon"]))
    expected = [2019, 2020 + 183 / 366, 2019.25, np.nan, np.nan]
    np.testing.assert_allclose(found, expected)
    rows = pd.DataFrame(
        {
            "firm": ["a"],
            "stage": ["x"],
            "start": ["2019-01-01"],
            "end": [2021],
            "outcome": ["listed"],
        }
    )
    assert spells_of(rows).duration.tolist() == pytest.approx([2])


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (
            {"outcome": "lsited"},
            "列 outcome：lsited，应为 next（下一轮）、listed（上市）",
            "expected one of next, listed",
        ),
        ({"firm": ""}, "列 firm：，不应为空", "column firm: , expected a name"),
        ({"duration": -1.0}, "第 1 行，列 duration：-1.0，应为不小于 0", "at least 0"),
        ({"outcome": "failed"}, "还有更后阶段的行", "the firm has a row in a later stage"),
        ({"firm": "b"}, "同一企业在同一阶段只有一行", "a firm has one row in a stage"),
        (
            {"stage": "angle"},
            "angle，应为 angel、A、pre-IPO 之一",
            "expected one of angel, A, pre-IPO",
        ),
    ],
)
def test_wrong_cells_are_named(change: dict[str, object], zh: str, en: str):
    table = spells()
    for column, value in change.items():
        table.loc[0, column] = value
    error = refused(table, ORDER)
    assert zh in error.text("zh")
    assert en in error.text("en")
    assert "table spells, row" in error.text("en")


def test_order_exits_and_cohorts_are_checked():
    error = refused(spells(), ("A", "angel", "pre-IPO"))
    assert "the firm has a row in a later stage" in error.text("en")
    assert "pre-IPO 是最后一个阶段" in refused(spells(("a", "pre-IPO", 1.0, "next"))).text("zh")
    error = refused(spells(), (*ORDER, "listing"))
    assert "no firm of table spells is in listing" in error.text("en")
    assert "没有企业处于阶段 listing" in error.text("zh")
    error = refused(spells(("a", "only", 1.0, "censored"), ("b", "only", 2.0, "censored")))
    assert "stage only has no exit: all 2 firms are still in it" in error.text("en")
    assert "没有出口：2 家企业都还在其中" in error.text("zh")


def test_ends_and_columns_are_checked():
    table = spells(("a", "only", 1.0, "listed")).drop(columns="duration")
    assert "lacks columns: start, end" in refused(table).text("en")
    error = refused(table.assign(start=2020, end=2019))
    assert "it lies before start" in error.text("en")
    assert "早于 start" in error.text("zh")
    error = refused(table.assign(start=2020, end=""))
    assert "when it left or was last seen" in error.text("en")
    assert "最后一次观察到的时间" in error.text("zh")
    error = refused(spells(("a", "only", 1.0, "listed")).assign(amount=-5.0))
    assert "leave it empty if unknown" in error.text("en")


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        (FunnelOptions(horizon=0), "期限 0 应大于 0 年", "horizon must be above 0 years, not 0"),
        (FunnelOptions(draws=-1), "抽样次数 -1", "draws must be at least 0, not -1"),
        (
            FunnelOptions(public_money=0),
            "公共资金 0 应大于 0",
            "public money must be above 0, not 0",
        ),
    ],
)
def test_options_are_checked(options: FunnelOptions, zh: str, en: str):
    with pytest.raises(InputError) as raised:
        funnel_tables({"spells": spells()}, options)
    assert zh in raised.value.text("zh")
    assert en in raised.value.text("en")
