"""Return and risk to the state: closed forms, draws, portfolios, and what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import multivariate_normal, norm
from tests.plan.instrument_cases import EQUITY, contract, table

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.finance import instruments_portfolio
from xinzhi.plan.finance.instruments_contracts import STATE
from xinzhi.plan.finance.instruments_expectation import (
    expected_flows,
    factor_nodes,
    payoff_moments,
    state_moments,
)
from xinzhi.plan.finance.instruments_portfolio import Choice, efficient_portfolios
from xinzhi.plan.finance.instruments_simulation import (
    expected_shortfall,
    simulate_worth,
    tail_weights,
    waterfall,
)
from xinzhi.plan.finance.instruments_tables import InstrumentOptions, instrument_tables
from xinzhi.plan.finance.instruments_words import instrument_warnings
from xinzhi.plan.finance.synthetic_instruments import synthetic_instrument_tables

DRAWS = 20_000


def test_the_spread_of_a_pool_of_loans_is_that_of_two_correlated_defaults():
    h, rho, n = 0.1, 0.3, 7
    one = contract(years=1, state_share=0.4, correlation=rho, firms=n, default_probability=h)
    both = multivariate_normal(cov=[[1, rho], [rho, 1]]).cdf([norm.ppf(h)] * 2)
    variance = h * (1 - h) / n + (1 - 1 / n) * (both - h**2)
    moments = state_moments(one, 0.05)
    assert moments.mean == pytest.approx(-20 * h / 1.05)
    assert moments.deviation == pytest.approx(20 / 1.05 * np.sqrt(variance), rel=1e-5)


def test_the_value_of_those_that_survive_is_a_shifted_normal():
    h, rho, years, g, sigma = 0.12, 0.4, 3, 0.2, 0.5
    one = contract(
        **EQUITY
        | {"years": years, "default_probability": h, "correlation": rho, "growth": g}
        | {"volatility": sigma, "state_share": 1.0, "loss_given_default": 1.0}
    )
    threshold = norm.ppf(1 - (1 - h) ** years)
    exact = 100 * (1 + g) ** years * norm.cdf(rho * sigma * np.sqrt(years) - threshold)
    assert expected_flows(one)[STATE, -1] == pytest.approx(exact, rel=1e-9)


def test_an_option_without_failures_is_worth_what_black_says():
    k, g, sigma, years = 0.8, 0.1, 0.4, 4
    one = contract(
        kind="convertible",
        years=years,
        default_probability=0.0,
        correlation=0.2,
        growth=g,
        volatility=sigma,
        conversion=k,
    )
    spread, forward = sigma * np.sqrt(years), k * (1 + g) ** years
    d1 = np.log(forward) / spread + spread / 2
    factor, weights = factor_nodes()
    mean, square = payoff_moments(one, factor)
    exact = forward * norm.cdf(d1) - norm.cdf(d1 - spread)
    assert weights @ mean == pytest.approx(exact, rel=1e-9)
    draws = np.random.default_rng(0).standard_normal(400_000)
    paid = np.maximum(forward * np.exp(spread * draws - spread**2 / 2) - 1, 0)
    assert weights @ square == pytest.approx((paid**2).mean(), rel=0.05)


CASES = {
    "loan": {"state_share": 0.5, "subsidy": 0.3, "firms": 20, "years": 3},
    "insurance": {"kind": "insurance", "state_share": 0.5, "subsidy": 0.3, "firms": 20},
    "equity": {**EQUITY, "firms": 20, "volatility": 0.3},
    "convertible": {
        **EQUITY, "kind": "convertible", "conversion": 0.9, "firms": 20, "volatility": 0.3,
    },
    "transition_loan": {
        **{"kind": "transition_loan", "step": 0.05, "step_year": 0, "target_probability": 0.4},
        **{"subsidy": 1.0, "firms": 3},
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_draws_agree_with_the_closed_forms(kind):
    one = contract(**{**CASES[kind], "instrument": "a"})
    (worth,) = simulate_worth([one], 0.03, DRAWS, seed=1)
    moments = state_moments(one, 0.03)
    error = moments.deviation / np.sqrt(DRAWS)
    assert worth.values.mean() == pytest.approx(moments.mean, abs=4 * error)
    assert worth.values.std() == pytest.approx(moments.deviation, rel=0.05)


def test_in_a_large_pool_the_factor_decides_alone():
    # with so many firms the state loses where the share of failures is above what breaks even
    one = contract(
        **EQUITY
        | {"years": 1, "volatility": 0.0, "state_share": 1.0, "firms": 1_000}
        | {"correlation": 0.2, "loss_given_default": 1.0}
    )
    (worth,) = simulate_worth([one], 0.0, 4_000, seed=0)
    even = 1 - 1 / 1.3
    exact = norm.cdf(-(np.sqrt(0.8) * norm.ppf(even) - norm.ppf(0.1)) / np.sqrt(0.2))
    got = float((worth.values < 0).mean())
    assert got == pytest.approx(exact, abs=4 * np.sqrt(exact / 4_000))


def test_a_fund_without_terms_is_worth_what_equity_is():
    terms = {**EQUITY, "firms": 10, "instrument": "a"}
    (plain,) = simulate_worth([contract(**terms)], 0.03, 500, seed=3)
    (fund,) = simulate_worth([contract(**{**terms, "kind": "fund_of_funds"})], 0.03, 500, seed=3)
    np.testing.assert_array_equal(plain.values, fund.values)
    assert (fund.carry, fund.conceded) == (0.0, 0.0)


def test_the_waterfall_by_hand():
    one = contract(
        **{**EQUITY, "kind": "fund_of_funds", "carry": 0.2, "hurdle": 0.1, "return_cap": 0.05}
    )
    carry, conceded = waterfall(one, np.array([200.0, 115.0, 50.0]))
    # 0.2 of what exceeds 121; the state keeps 44.1 of its 0.4
    np.testing.assert_allclose(carry, [15.8, 0, 0])
    np.testing.assert_allclose(conceded, [0.4 * 184.2 - 44.1, 0.4 * 115 - 44.1, 0])


def test_carry_and_cap_cost_the_state_what_others_get():
    free_terms = {**EQUITY, "kind": "fund_of_funds", "firms": 15, "instrument": "free"}
    terms = {**free_terms, "carry": 0.2, "hurdle": 0.05, "return_cap": 0.06, "instrument": "bound"}
    made = table(free_terms, terms)
    found = instrument_tables(made, InstrumentOptions(draws=2_000, points=2))["instruments"]
    free, bound = found.to_dict("records")
    assert bound["value_to_state"] < free["value_to_state"]
    assert bound["value_to_investor"] > free["value_to_investor"]
    assert (free["exact"], bound["exact"]) == (True, False)
    # flows and draws are put together from the same carry and concessions
    assert bound["value_to_state"] == pytest.approx(
        bound["value_simulated"], abs=4 * bound["simulation_error"]
    )


def test_expected_shortfall_by_hand():
    values = np.array([5.0, -10.0, 0.0, -5.0])
    assert expected_shortfall(values, 0.5) == pytest.approx(7.5)
    assert expected_shortfall(values, 0.6) == pytest.approx((10 + 0.6 * 5) / 1.6)
    assert expected_shortfall(values, 0.9) == pytest.approx(10)
    assert tail_weights(-values, 0.6).sum() == pytest.approx(1)


def test_another_row_changes_no_draw():
    one, other = contract(**{**EQUITY, "instrument": "a"}), contract(state_share=1.0)
    (alone,) = simulate_worth([one], 0.03, 300, seed=5)
    both = simulate_worth([one, other], 0.03, 300, seed=5)
    np.testing.assert_array_equal(alone.values, both[0].values)


def some_choice(seed: int, n: int = 4, budget: float = 2.5, whole: bool = False) -> Choice:
    random = np.random.default_rng(seed)
    losses = random.standard_normal((n, 60)) + random.standard_normal(60)
    return Choice(
        value=random.uniform(0.1, 1.0, n), cost=random.uniform(0.5, 1.5, n), losses=losses,
        whole=np.full(n, whole), level=0.8, budget=budget,
    )  # fmt: skip


def least_shortfall(choice: Choice, value: float) -> float:
    """Solve for the least shortfall with a variable for every draw, the obvious way."""
    n, draws = choice.losses.shape
    goal = np.concatenate([np.zeros(n), [1.0], np.full(draws, 1 / ((1 - choice.level) * draws))])
    above = np.hstack([choice.losses.T, -np.ones((draws, 1)), -np.eye(draws)])
    rows = np.vstack([above, np.append(choice.cost, np.zeros(draws + 1))])
    rows = np.vstack([rows, np.append(-choice.value, np.zeros(draws + 1))])
    limits = np.concatenate([np.zeros(draws), [choice.budget, -value]])
    bounds = [(0, 1)] * n + [(None, None)] + [(0, None)] * draws
    return float(linprog(goal, A_ub=rows, b_ub=limits, bounds=bounds).fun)


@given(st.integers(0, 500))
@settings(max_examples=6)
def test_no_portfolio_with_as_much_worth_has_less_shortfall(seed):
    choice = some_choice(seed)
    found = efficient_portfolios(choice, 5)
    worth = [float(choice.value @ shares) for shares in found]
    risks = [choice.shortfall(shares) for shares in found]
    assert (np.diff(worth) > 0).all()
    assert (np.diff(risks) > -1e-6).all()
    for shares, value, risk in zip(found, worth, risks, strict=True):
        assert choice.cost @ shares <= choice.budget + 1e-6
        assert risk == pytest.approx(least_shortfall(choice, value), abs=1e-4)


@given(st.integers(0, 500))
@settings(max_examples=5)
def test_whole_instruments_against_every_combination(seed):
    choice = some_choice(seed, whole=True)
    every = [np.array(part, dtype=float) for part in product((0, 1), repeat=4)]
    every = [part for part in every if choice.cost @ part <= choice.budget]
    best = max(float(choice.value @ part) for part in every)
    found = efficient_portfolios(choice, 6)
    assert float(choice.value @ found[-1]) == pytest.approx(best)
    for shares in found:
        assert set(shares) <= {0.0, 1.0}
        value, risk = float(choice.value @ shares), choice.shortfall(shares)
        better = [
            part
            for part in every
            if choice.value @ part > value + 1e-6 and choice.shortfall(part) < risk - 1e-6
        ]
        assert not better


@given(st.integers(0, 500), st.floats(0.1, 3.0), st.floats(0.0, 2.0))
@settings(max_examples=8)
def test_more_budget_never_lowers_the_best(seed, budget, more):
    less, rich = some_choice(seed, budget=budget), some_choice(seed, budget=budget + more)
    best = [float(one.value @ efficient_portfolios(one, 2)[-1]) for one in (less, rich)]
    assert best[1] >= best[0] - 1e-6


def test_a_solver_without_an_answer_is_reported(monkeypatch):
    class Nothing:
        x = None

    monkeypatch.setattr(instruments_portfolio, "milp", lambda *_, **__: Nothing())
    with pytest.raises(ComputationError) as caught:
        efficient_portfolios(some_choice(0), 2)
    assert "the choice of instruments found no answer" in caught.value.text("en")
    assert "求解工具组合时没有得到答案" in caught.value.text("zh")


def test_the_synthetic_table_says_so_and_gives_every_table():
    made = synthetic_instrument_tables(0)["instruments"]
    assert made["instrument"].str.contains("合成 synthetic").all()
    found = instrument_tables(made, InstrumentOptions(draws=1_000, points=4, budget=5_000.0))
    assert list(found) == [
        *("instruments", "instrument_flows", "instrument_portfolio", "instrument_frontier"),
    ]
    frontier = found["instrument_frontier"]
    assert (frontier["public_money"] <= 5_000 * (1 + 1e-9)).all()
    shares = found["instrument_portfolio"].groupby("point")
    np.testing.assert_allclose(shares["public_money"].sum(), frontier["public_money"])
    np.testing.assert_allclose(shares["amount"].sum(), frontier["amount"])
    assert frontier["expected_value"].is_monotonic_increasing
    again = instrument_tables(made, InstrumentOptions(draws=1_000, points=4, budget=5_000.0))
    pd.testing.assert_frame_equal(found["instruments"], again["instruments"])


WRONG = [
    ({"rate": 1.2}, "row 1, column rate: 1.2, a rate lies between 0 and 1", "比率应在 0 与 1 之间"),
    ({"default_probability": -0.1}, "column default_probability: -0.1, a rate", "第 1 行"),
    ({"loss_given_default": 2}, "column loss_given_default: 2, a rate lies", "比率应在 0 与 1"),
    ({"amount": -5.0}, "column amount: -5.0, expected a number above 0", "应为大于 0 的数"),
    ({"years": 0}, "column years: 0, expected a whole number, 1 to 50", "应为 1 到 50 的整数"),
    ({"firms": 1.5}, "column firms: 1.5, expected a whole number", "应为 1 到 100000 的整数"),
    ({"correlation": 1.0}, "column correlation: 1.0, expected at least 0 and below 1", "且小于 1"),
    ({**EQUITY, "growth": -1.0}, "growth lies above -1", "增长率应大于 -1"),
    ({**EQUITY, "volatility": -1.0}, "a number of at least 0", "不小于 0 的数"),
    ({"kind": "supply_chain", "turns": 0}, "column turns: 0, expected a number above 0", "大于 0"),
    ({"return_cap": -0.1}, "column return_cap: -0.1, expected a number of at least 0", "不小于 0"),
    ({"whole": 0.5}, "column whole: 0.5, expected 0 or 1", "应为 0 或 1"),
    ({"kind": "lease"}, "row 1, column kind: no lease", "可用：loan、insurance"),
    ({"repayment": "anuity"}, "no anuity, did you mean annuity?", "是否指 annuity？"),
    ({"kind": "equity"}, "row 1 (equity): column growth is empty", "列 growth 为空"),
    (
        {**{"kind": "transition_loan", "step": 0.2, "step_year": 1}, "target_probability": 0.5},
        "column step: 0.2, the rate cannot fall by more than it is",
        "降息幅度不应超过利率 rate",
    ),
    (
        {**{"kind": "transition_loan", "step": 0.01, "step_year": 2}, "target_probability": 0.5},
        "column step_year: 2, expected a whole number below years",
        "应为小于年限 years 的整数",
    ),
    (
        {**EQUITY, "firms": 2_001},
        "column firms: 2001, equity, funds and convertibles have at most 2000 firms",
        "股权、母基金和可转债至多 2000 家企业",
    ),
    ({"amount": "many"}, "column amount: many, expected a number above 0", "列 amount：many"),
    (
        {"kind": "supply_chain", "turns": 1, "fee": 0.95},
        "fee and interest of each turn together must be below 1",
        "每次的费用与利息之和应小于 1",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "english", "chinese"), WRONG)
def test_bad_rows_are_refused(change, english, chinese):
    with pytest.raises(InputError) as caught:
        instrument_tables(table(change))
    assert english in caught.value.text("en")
    assert chinese in caught.value.text("zh")


def test_tables_without_columns_rows_or_names_of_their_own_are_refused():
    with pytest.raises(InputError, match="table instruments lacks columns: kind"):
        instrument_tables(table({}).drop(columns="kind"))
    with pytest.raises(InputError) as caught:
        instrument_tables(table({}).iloc[:0])
    assert "表 instruments 没有数据行" in caught.value.text("zh")
    assert "table instruments has no rows" in caught.value.text("en")
    with pytest.raises(InputError, match="repeats 1 rows, such as row 2: a"):
        instrument_tables(table({"instrument": "a"}, {"instrument": "a"}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"discount_rate": -1.0}, "option discount_rate is -1.0, expected above -1"),
        ({"correlation": 1.0}, "option correlation is 1.0, expected at least 0 and below 1"),
        ({"level": 1.0}, "option level is 1.0, expected between 0 and 1"),
        ({"draws": 5}, "option draws is 5, expected at least 100"),
        ({"budget": -1.0}, "option budget is -1.0, expected at least 0"),
        ({"points": 1}, "option points is 1, expected at least 2"),
    ],
)
def test_bad_options_are_refused(change, words):
    with pytest.raises(InputError) as caught:
        instrument_tables(table({}), InstrumentOptions(**change))
    assert words in caught.value.text("en")
    assert f"选项 {next(iter(change))} 为" in caught.value.text("zh")


def test_a_firm_that_always_or_never_fails():
    found = instrument_tables(
        table(
            {"default_probability": 1.0, "state_share": 1.0},
            {"default_probability": 0.0, "state_share": 1.0},
        ),
        InstrumentOptions(draws=200, points=2, discount_rate=0.0),
    )["instruments"]
    np.testing.assert_allclose(found["expected_loss"], [50, 0])
    np.testing.assert_allclose(found["risk_to_state"], 0, atol=1e-9)
    np.testing.assert_allclose(found["value_simulated"], [-50, 0], atol=1e-9)


def test_what_a_reader_must_know():
    plain = table({"state_share": 0.5})
    options = InstrumentOptions(draws=200, points=2)
    (note,) = instrument_warnings(plain, instrument_tables(plain, options), 200)
    assert "portfolios compare money only" in note.en
    assert "组合只比较财政收支" in note.zh
    fund = table({**EQUITY, "kind": "fund_of_funds", "carry": 0.2, "benefit": 0.1})
    (note,) = instrument_warnings(fund, instrument_tables(fund, options), 200)
    assert note.en.startswith("return and risk come from 200 draws")
    assert "由 200 次抽样得到" in note.zh
