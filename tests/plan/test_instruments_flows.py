"""Flows of instruments: by hand, and laws that hold for all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.instrument_cases import EQUITY, contract, rows, shares, table

from xinzhi.core import InputError
from xinzhi.plan.finance.instruments_arithmetic import (
    annuity_payment,
    effective_annual_rate,
    internal_rate_of_return,
    present_value,
    repayment_schedule,
)
from xinzhi.plan.finance.instruments_contracts import FIRM, INVESTOR, OUTSIDE, STATE
from xinzhi.plan.finance.instruments_expectation import (
    conditional_outcomes,
    expected_flows,
    expected_losses,
    factor_nodes,
    public_money,
)
from xinzhi.plan.finance.instruments_tables import (
    InstrumentOptions,
    cost_to_firm,
    instrument_tables,
)

FEW = InstrumentOptions(draws=200, points=3)


def test_an_annuity_repays_what_was_lent():
    # 100 at 10 %: 100 · 0.1 / (1 − 1/1.21) = 57.619
    assert annuity_payment(100, 0.1, 2) == pytest.approx(57.6190476)
    assert annuity_payment(100, 0.0, 4) == 25
    plan = repayment_schedule(100, [0.1, 0.1])
    np.testing.assert_allclose(plan.balance, [100, 52.3809524])
    np.testing.assert_allclose(plan.interest + plan.principal, 57.6190476)


def test_where_the_rate_changes_the_payment_is_set_anew():
    plan = repayment_schedule(100, [0.1, 0.0, 0.0])
    assert plan.principal.sum() == pytest.approx(100)
    first = annuity_payment(100, 0.1, 3)
    np.testing.assert_allclose(
        plan.interest + plan.principal, [first, (110 - first) / 2, (110 - first) / 2]
    )


def test_a_bullet_pays_interest_and_all_at_the_end():
    plan = repayment_schedule(100, [0.05, 0.04], "bullet")
    np.testing.assert_allclose(plan.interest, [5, 4])
    np.testing.assert_allclose(plan.principal, [0, 100])


def test_an_unknown_repayment_is_refused():
    with pytest.raises(InputError) as caught:
        repayment_schedule(100, [0.1], "balloon")
    assert caught.value.text("en") == "no repayment balloon; choose from annuity, bullet"
    assert "没有还款方式 balloon；可选：annuity、bullet" in caught.value.text("zh")


@given(st.floats(0.001, 0.5), st.integers(1, 15), st.floats(1.0, 1e6), st.sampled_from([1.0, -1.0]))
def test_the_rate_of_return_of_a_loan_is_its_interest(rate, years, amount, side):
    paid = np.append(-amount, np.full(years, annuity_payment(amount, rate, years)))
    assert internal_rate_of_return(side * paid) == pytest.approx(rate, abs=1e-9)


def test_no_rate_of_return_without_one_change_of_sign():
    assert np.isnan(internal_rate_of_return([-100, -5]))
    assert np.isnan(internal_rate_of_return([-100, 230, -132]))
    assert np.isnan(internal_rate_of_return([0, 0]))
    assert internal_rate_of_return([0, -100, 110]) == pytest.approx(0.1)
    assert internal_rate_of_return([-100, 1e-6]) == pytest.approx(1e-8 - 1)


def test_credit_paid_for_in_advance_costs_more_than_its_rate():
    # 5 % a year in four turns: each leaves 98.75 of 100
    assert effective_annual_rate(0.05, 4) == pytest.approx((100 / 98.75) ** 4 - 1)
    assert effective_annual_rate(0.05, 4, 0.002) == pytest.approx((100 / 98.55) ** 4 - 1)
    assert np.isinf(effective_annual_rate(0.9, 1, 0.1))


def test_a_loan_by_hand():
    one = contract(
        repayment="bullet", state_share=0.4, subsidy=0.2, fee=0.01, cost=0.02, correlation=0.0
    )
    flows = expected_flows(one)
    # fails in year 1 with 0.1, in year 2 with 0.09: half of 100 comes back, the state pays 20
    np.testing.assert_allclose(flows[FIRM], [99, -0.9 * 8 - 0.1 * 50, -0.81 * 108 - 0.09 * 50])
    np.testing.assert_allclose(
        flows[INVESTOR], [-99, 0.9 * 10 + 0.1 * 70 - 2, 0.81 * 110 + 0.09 * 70 - 0.9 * 2]
    )
    np.testing.assert_allclose(flows[STATE], [0, -0.9 * 2 - 0.1 * 20, -0.81 * 2 - 0.09 * 20])
    np.testing.assert_allclose(flows[OUTSIDE], [0, 2, 1.8])
    np.testing.assert_allclose(expected_losses(one), [0, 0.19 * 30, 0.19 * 20])
    assert public_money(one, 0.0) == pytest.approx(3.8 + 3.42)


def test_insurance_by_hand():
    one = contract(
        kind="insurance", rate=0.06, subsidy=0.5, state_share=0.25, deductible=0.2, cost=0.01
    )
    flows = expected_flows(one)
    # a loss of 50 of which 40 are insured, in year 1 with 0.1 and in year 2 with 0.09
    np.testing.assert_allclose(flows[FIRM], [-3, 4 - 0.9 * 3, 3.6])
    np.testing.assert_allclose(flows[INVESTOR], [5, -3 + 0.9 * 5, -2.7])
    np.testing.assert_allclose(flows[STATE], [-3, -1 - 0.9 * 3, -0.9])
    np.testing.assert_allclose(expected_losses(one), 0.19 * np.array([10, 30, 10]))


def test_a_stake_by_hand():
    one = contract(
        kind="equity", growth=0.3, volatility=0.0, state_share=0.4, cost=0.01, correlation=0.5
    )
    flows = expected_flows(one)
    np.testing.assert_allclose(flows[STATE], 0.4 * np.array([-100, 5 - 1, 0.81 * 169 + 4.5 - 0.9]))
    np.testing.assert_allclose(flows[FIRM], [100, -5, -0.81 * 169 - 4.5])


def test_a_convertible_that_never_pays_to_convert_is_a_bullet_loan():
    held = contract(kind="convertible", growth=0.0, volatility=0.0, conversion=0.5, state_share=0.3)
    flows = expected_flows(held)
    loan = expected_flows(contract(repayment="bullet", growth=0.0))
    np.testing.assert_allclose(flows[FIRM], loan[FIRM], atol=1e-9)
    np.testing.assert_allclose(flows[STATE], -0.3 * loan[FIRM], atol=1e-9)


def row_of(**changes: object) -> pd.Series:
    full = {
        **{"instrument": "a", "kind": "loan", "amount": 100.0, "years": 2, "rate": 0.1},
        **{"default_probability": 0.1, "loss_given_default": 0.5, "fee": 0.0, "subsidy": 0.0},
        **{"turns": 1.0},
    }
    return pd.Series({**full, **changes})


def cost(**changes: object) -> float:
    return cost_to_firm(contract(**changes), row_of(**changes), 0.03)


def test_what_money_costs_the_firm():
    assert cost() == pytest.approx(0.1)
    assert cost(subsidy=0.25, repayment="bullet") == pytest.approx(0.075)
    assert cost(fee=0.02) > 0.1
    assert cost(kind="equity", growth=0.3, volatility=0.5) == pytest.approx(0.3)
    assert cost(kind="supply_chain", turns=2) == pytest.approx(0.95**-2 - 1)
    # convertible: 12 % a year on the value, worth 0.8 at first: 100 · 0.8 · 1.2544 at the end
    paid = cost(kind="convertible", rate=0.0, growth=0.12, volatility=0.0, conversion=0.8)
    assert paid == pytest.approx((0.8 * 1.2544) ** 0.5 - 1)


def test_the_rate_of_a_transition_loan_falls_where_the_target_is_met():
    terms = {"kind": "transition_loan", "repayment": "bullet", "years": 3}
    met = cost(**terms, step=0.02, step_year=1, target_probability=1.0)
    assert met == pytest.approx(internal_rate_of_return([100, -10, -8, -108]))
    missed = cost(**terms, step=0.02, step_up=0.01, step_year=1, target_probability=0.0)
    assert missed == pytest.approx(internal_rate_of_return([100, -10, -11, -111]))
    half = cost(**terms, step=0.02, step_up=0.01, step_year=1, target_probability=0.5)
    assert met < half < missed
    same = cost(**terms, step=0.0, step_year=1, target_probability=0.3)
    assert same == pytest.approx(0.1)


def test_premiums_less_indemnities_are_what_insurance_costs():
    # one year: premium 6, half of it paid by the state; 0.1 · 50 expected at its end
    got = cost(kind="insurance", years=1, rate=0.06, subsidy=0.5)
    assert got == pytest.approx((3 - 5 / 1.03) / 100)


@given(rows())
@settings(max_examples=15)
def test_money_is_conserved_and_losses_add_up(row):
    one = contract(**row)
    assert one.outcome_probabilities.sum() == pytest.approx(1)
    scale = one.amount * 4.0**one.years
    np.testing.assert_allclose(one.fixed.sum(axis=0), 0, atol=1e-12 * scale)
    flows = expected_flows(one)
    np.testing.assert_allclose(flows.sum(axis=0), 0, atol=1e-12 * scale)
    assert present_value(flows, 0.07).sum() == pytest.approx(0, abs=1e-9 * scale)
    if row["kind"] in ("loan", "transition_loan", "supply_chain"):
        # of each failure the financiers lose, together, what the firm does not give back
        owed = (one.losses.sum(axis=0)[:, :-1]).round(12)
        assert (owed <= one.amount + 1e-9).all()
        paid = -one.fixed[FIRM, :, :-1]
        last = np.take_along_axis(paid, np.arange(1, one.years + 1)[None, :, None], axis=2)[:, :, 0]
        lost = float(row["loss_given_default"])
        np.testing.assert_allclose(owed * (1 - lost), last * lost, atol=1e-9 * scale)


@given(shares, st.floats(0.0, 0.95), st.integers(1, 5))
@settings(max_examples=15)
def test_probabilities_given_the_factor_sum_to_one_and_average_to_what_they_are(h, rho, years):
    one = contract(default_probability=h, correlation=rho, years=years)
    factor, weights = factor_nodes()
    given_factor = conditional_outcomes(one, factor)
    np.testing.assert_allclose(given_factor.sum(axis=1), 1)
    assert (given_factor >= -1e-12).all()
    np.testing.assert_allclose(weights @ given_factor, one.outcome_probabilities, atol=1e-6)


@given(rows())
@settings(max_examples=12)
def test_tables_conserve_money_with_carry_and_concessions(row):
    flows = instrument_tables(pd.DataFrame([row]), FEW)["instrument_flows"]
    total = flows[["firm", "investor", "state", "outside"]].sum(axis=1)
    np.testing.assert_allclose(total, 0, atol=1e-9 * row["amount"] * 4.0 ** row["years"])
    assert list(flows["year"]) == list(range(row["years"] + 1))


def test_parties_in_the_table_of_measures():
    found = instrument_tables(table({"state_share": 0.4}, EQUITY), FEW)["instruments"]
    parts = found[["loss_firm", "loss_investor", "loss_state"]].sum(axis=1)
    np.testing.assert_allclose(parts, found["expected_loss"])
    assert found["return_to_state"].iloc[0] == pytest.approx(-1)  # all paid out, nothing back
    np.testing.assert_allclose(
        found["return_to_state"], found["value_to_state"] / found["public_money"]
    )
    np.testing.assert_allclose(found["leverage"], found["amount"] / found["public_money"])


def test_without_a_part_of_the_state_there_is_no_leverage():
    (row,) = instrument_tables(table({}), FEW)["instruments"].to_dict("records")
    assert row["public_money"] == 0
    assert np.isnan(row["leverage"])
    assert np.isnan(row["return_to_state"])
    assert row["investor_return"] < 0.1


def test_an_insurer_puts_no_money_in_at_first():
    found = instrument_tables(table({"kind": "insurance"}), FEW)["instruments"]
    assert np.isnan(found["investor_return"].iloc[0])
