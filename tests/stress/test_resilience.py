"""The resilience plan: values against direct re-runs, order, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io_strategies import io_tables
from tests.stress.event_cases import effect_of, event_of
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError
from xinzhi.stress import resilience
from xinzhi.stress.ario import prepare, run
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.resilience import resilience_plan
from xinzhi.stress.resilience_costs import ResilienceCosts, annuity
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_tables import losses_of

SHORT = ArioParameters(stock_days=10.0, restoration_time=20.0, overproduction_time=30.0)
POOLED = replace(SHORT, imported_inputs="pooled")
CUT = event_of(effect_of("imports", 0.5, "01"), duration=30)
STOP = event_of(effect_of("capacity", 0.3, "01"), duration=30)


def loss(table, events, parameters, days=60):
    total = shock(table, events, days=days, parameters=parameters).tables["total"]
    return float(total["value_added_loss"].iloc[0])


@pytest.fixture(scope="module")
def plan():
    return resilience_plan(chain_table(), [CUT, STOP], days=60, parameters=SHORT, draws=6, seed=2)


@pytest.fixture(scope="module")
def options(plan):
    return plan.tables["options"].set_index("option")


def test_every_option_of_the_table_is_there(options):
    assert set(options.index) == {
        *("stock:table:01", "stock:outside:01", "stock:outside:02"),  # nobody uses the table's 02
        "second_source:01",  # no event cuts imports of 02
        *("spare_capacity:01", "spare_capacity:02"),
    }


def test_amounts_and_costs_worked_out_by_hand(options):
    # 40 of the table's 01 are used in a year, 10 days of it are held, a tenth more: 4 / 36.5
    stock = options.loc["stock:table:01"]
    assert stock["amount"] == pytest.approx(0.1 * 10 * 40 / 365)
    assert stock["cost"] == pytest.approx(0.2 * 0.1 * 10 * 40 / 365)
    source = options.loc["second_source:01"]
    assert (source["amount"], source["cost"]) == pytest.approx((1.0, 0.05))
    # capital is four times the value added, 90 of an output of 100
    spare = options.loc["spare_capacity:01"]
    assert spare["amount"] == pytest.approx(10.0)
    assert spare["cost"] == pytest.approx(0.1 * 360 * annuity(0.05, 15))


def test_an_annuity_repays_its_principal():
    left = 1.0
    for _ in range(15):
        left = left * 1.05 - annuity(0.05, 15)
    assert left == pytest.approx(0.0, abs=1e-12)


def test_the_difference_of_spare_capacity_is_that_of_running_again(options):
    base = loss(chain_table(), [CUT, STOP], SHORT)
    for code in ("01", "02"):
        once, twice = (
            loss(
                chain_table(),
                [CUT, STOP],
                replace(SHORT, overproduction_limit={"*": 1.25, code: 1.25 + more}),
            )
            for more in (0.1, 0.2)
        )
        row = options.loc[f"spare_capacity:{code}"]
        assert row["avoided_loss"] == pytest.approx(base - once, rel=1e-9, abs=1e-9 * base)
        expected = (base - twice) - 2 * (base - once)
        assert row["second_difference"] == pytest.approx(expected, rel=1e-6, abs=2e-9 * base)
        assert row["value_per_cost"] == pytest.approx(row["avoided_loss"] / row["cost"])


def test_the_difference_of_a_stock_is_that_of_running_again():
    found = resilience_plan(chain_table(), CUT, days=60, parameters=POOLED).tables["options"]
    base = loss(chain_table(), CUT, POOLED)
    for code in ("01", "02"):
        more = replace(POOLED, stock_days={"*": 10.0, code: 11.0})
        row = found.set_index("option").loc[f"stock:table:{code}"]
        expected = base - loss(chain_table(), CUT, more)
        assert row["avoided_loss"] == pytest.approx(expected, rel=1e-9, abs=1e-9 * base)
    assert "outside" not in set(found.loc[found["kind"] == "stock", "origin"])


def test_the_difference_of_a_second_source_is_that_of_running_again(options):
    smaller = event_of(effect_of("imports", 0.45, "01"), duration=30)
    expected = loss(chain_table(), [CUT, STOP], SHORT) - loss(chain_table(), [smaller, STOP], SHORT)
    assert options.loc["second_source:01", "avoided_loss"] == pytest.approx(expected, rel=1e-9)


def test_what_the_event_cuts_is_what_is_worth_holding():
    found = resilience_plan(chain_table(), CUT, days=60, parameters=SHORT).tables["options"]
    assert set(found["option"].head(2)) == {"second_source:01", "stock:outside:01"}
    assert found["rank"].iloc[0] == 1
    assert found["value_per_cost"].is_monotonic_decreasing
    assert found[["rank_low", "rank_high", "first_five"]].isna().all(axis=None)


def test_ranks_over_draws_are_ranks(plan, options):
    tried = options[options["avoided_loss"] > 0]
    assert plan.parameters["stable_draws"] == 6
    assert (tried["rank_low"] >= 1).all()
    assert (tried["rank_low"] <= tried["rank_high"]).all()
    assert tried["first_five"].between(0, 1).all()
    assert tried["first_five"].sum() <= 5 + 1e-9 or len(tried) <= 5


def test_the_number_of_workers_changes_nothing(plan):
    again = resilience_plan(
        chain_table(), [CUT, STOP], days=60, parameters=SHORT, draws=6, seed=2, workers=2
    )
    assert again.to_dict() == plan.to_dict()


def test_another_unit_changes_amounts_but_no_rank(plan):
    table = chain_table()
    money = ("flows", "final_demand", "primary_inputs", "output")
    money += ("imported_flows", "imported_final_demand")
    larger = replace(table, **{name: 1e4 * getattr(table, name) for name in money})
    found = resilience_plan(larger, [CUT, STOP], days=60, parameters=SHORT).tables["options"]
    given = plan.tables["options"]
    assert found["option"].tolist() == given["option"].tolist()
    assert found["rank"].tolist() == given["rank"].tolist()
    assert found["value_per_cost"].to_numpy() == pytest.approx(given["value_per_cost"], rel=1e-6)
    assert found["cost"].to_numpy() == pytest.approx(1e4 * given["cost"])


@settings(max_examples=20, deadline=None, derandomize=True)
@given(io_tables(kinds=("separate",), most_sectors=3), st.integers(0, 10), st.floats(0.1, 1.0))
def test_more_stock_never_hurts_when_imports_are_cut_and_orders_are_held(table, more, cut):
    event = Disturbance(start=1, duration=20, imports_lost=np.full(len(table.sectors), cut))
    lost = []
    for days in (10.0, 10.0 + more):
        held = ArioParameters(stock_days=days, orders="held", overproduction_limit=1.0)
        prepared = prepare(table, held)
        losses = losses_of(prepared, run(prepared, [event], days=60), 1)
        lost.append(losses.value_added_loss.sum())
    assert lost[1] <= lost[0] + 1e-9 * max(1.0, table.value_added.sum())


def test_events_that_cost_nothing_leave_nothing_to_avoid():
    none = event_of(effect_of("capacity", 0.0, "01"), duration=5)
    found = resilience_plan(chain_table(), none, days=20, draws=2)
    assert (found.tables["options"]["avoided_loss"] == 0).all()
    assert (found.tables["options"]["rank"] == 1).all()
    assert any("nothing to avoid" in w.en and "没有造成损失" in w.zh for w in found.warnings)
    with pytest.raises(InputError, match="no option avoids any loss"):
        found.plot()


def test_a_sector_has_one_spare_capacity_in_every_region():
    found = resilience_plan(two_regions(), STOP, days=40, parameters=SHORT).tables["options"]
    spare = found[found["kind"] == "spare_capacity"].set_index("sector")
    assert spare["amount"].to_dict() == pytest.approx({"01": 13.0, "02": 16.0})
    more = replace(SHORT, overproduction_limit={"*": 1.25, "01": 1.35})
    base = loss(two_regions(), STOP, SHORT, 40)
    expected = base - loss(two_regions(), STOP, more, 40)
    assert spare.loc["01", "avoided_loss"] == pytest.approx(expected, rel=1e-9, abs=1e-9 * base)


# Costs


def test_costs_by_sector_name_the_options():
    costs = ResilienceCosts(stock={"01": 0.3}, second_source=None, spare_capacity={"*": 1, "02": 2})
    found = resilience_plan(chain_table(), CUT, days=20, parameters=SHORT, costs=costs)
    rows = found.tables["options"].set_index("option")
    assert set(rows.index) == {
        *("stock:table:01", "stock:outside:01", "spare_capacity:01", "spare_capacity:02")
    }
    stock = rows.loc["stock:table:01"]
    assert stock["cost"] == pytest.approx(0.3 * stock["amount"])
    assert rows.loc["spare_capacity:02", "cost"] == pytest.approx(0.1 * 2 * 4 * 110)
    assert found.parameters["costs"]["second_source"] is None


def test_costs_of_an_unknown_sector_name_the_nearest():
    with pytest.raises(InputError) as caught:
        resilience_plan(chain_table(), CUT, days=20, costs=ResilienceCosts(stock={"1": 0.2}))
    assert "costs of stock name sector 1, which is not in the table" in caught.value.message.en
    assert "01" in caught.value.message.en
    assert "成本 stock 的部门 1 不在投入产出表中" in caught.value.message.zh


def test_costs_of_a_document_keep_defaults_and_refuse_what_they_do_not_know():
    found = ResilienceCosts.from_mapping({"stock": {"01": 0.1}, "second_source": False})
    assert (found.stock, found.second_source) == ({"01": 0.1}, None)
    assert found.spare_capacity == ResilienceCosts().spare_capacity
    with pytest.raises(InputError, match=r"costs have no stocks.*stock"):
        ResilienceCosts.from_mapping({"stocks": 0.1})


@pytest.mark.parametrize("value", [0, -1.0, np.inf, "much", True])
def test_costs_that_are_no_positive_number_are_refused(value):
    with pytest.raises(InputError) as caught:
        ResilienceCosts(stock={"01": value})
    assert f"stock (01) is {value}, must be a number above 0" in caught.value.details[0].en
    assert "应为大于 0 的数" in caught.value.details[0].zh


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"step": 0.0}, "step is 0; it must be above 0 and at most 0.5"),
        ({"step": 0.6}, "step is 0.6"),
        ({"draws": -1}, "-1 draws; there must be at least 0"),
        ({"costs": ResilienceCosts(None, None, None)}, "there is no option"),
    ],
)
def test_bad_input_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        resilience_plan(chain_table(), CUT, days=20, **given)


def test_options_whose_runs_are_unstable_come_last(monkeypatch):
    real = resilience._loss

    def fails(prepared, values, events, step_days):
        if values.most[0] > 1.26:
            return np.nan
        return real(prepared, values, events, step_days)

    monkeypatch.setattr(resilience, "_loss", fails)
    found = resilience_plan(chain_table(), CUT, days=30, parameters=SHORT)
    assert found.tables["options"]["option"].iloc[-1] == "spare_capacity:01"
    assert any("Runs of 1 options were unstable" in w.en for w in found.warnings)


def test_the_chart_draws_the_best_options(plan):
    drawn = plan.plot(lang="zh").to_dict()
    assert drawn["title"]["text"] == "哪种准备最合算"
    assert "第二来源 01 部门1" in str(drawn)
    with pytest.raises(InputError, match="no chart pie; choose from value"):
        plan.plot("pie")
