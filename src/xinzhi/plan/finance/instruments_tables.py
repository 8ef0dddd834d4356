"""``instrument_tables``: flows, cost, return and risk of each instrument, and of a portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.instruments_arithmetic import (
    Array,
    effective_annual_rate,
    internal_rate_of_return,
    present_value,
)
from xinzhi.plan.finance.instruments_contracts import (
    FIRM,
    INVESTOR,
    OUTSIDE,
    PARTIES,
    STATE,
    Contract,
    contract_of,
)
from xinzhi.plan.finance.instruments_expectation import (
    expected_flows,
    expected_losses,
    flows_without_failure,
    public_money,
    state_moments,
)
from xinzhi.plan.finance.instruments_portfolio import Choice, efficient_portfolios
from xinzhi.plan.finance.instruments_simulation import Worth, expected_shortfall, simulate_worth
from xinzhi.plan.finance.instruments_table import checked_instruments


@dataclass(frozen=True)
class InstrumentOptions:
    """How instruments are valued and chosen.

    discount_rate : of the state, a year (an assumption)
    correlation : of what drives firms' failures and values through the economy's common factor,
        where the table gives none (an assumption)
    level : of the expected shortfall
    draws : of the common factor and of each instrument
    budget : of public money, expected and worth today [money]; None for no limit
    points : of the frontier of portfolios, at most
    """

    discount_rate: float = 0.03
    correlation: float = 0.15
    level: float = 0.95
    draws: int = 10_000
    budget: float | None = None
    points: int = 11


def instrument_tables(
    instruments: pd.DataFrame, options: InstrumentOptions | None = None, seed: int = 0
) -> dict[str, pd.DataFrame]:
    r"""Value instruments of public finance for firm, investor and state, and choose among them.

    A firm fails with probability h in each year; n equal firms share the amount A. Failures, and
    the values of firms that do not fail, depend on one factor of the economy with correlation ρ.

    instruments : one row an instrument. Labels: ``instrument``, its name; ``kind``, one of loan,
        insurance, equity, fund_of_funds, convertible, supply_chain, transition_loan; optional
        ``repayment``, annuity (default) or bullet. Numbers of all: ``amount`` lent, put in or
        insured [money]; ``years``; ``default_probability`` h, a year, of failure (of the insured
        event for insurance, of the buyer who pays for supply-chain credit);
        ``loss_given_default``, share of what is owed, put in or insured. Optional, of all:
        ``state_share`` of losses (credit), of indemnities (insurance), or of capital (equity, fund,
        convertible); ``firms`` n, 1; ``correlation`` ρ; ``cost`` of administration, a year, of what
        is outstanding; ``benefit`` to the public of one unit of finance, worth today; ``whole``, 1
        where it is all or nothing. Of some: ``rate``, interest, coupon or premium a year; ``fee``
        at the start (loans) or each turn (supply chain); ``subsidy``, share of interest or premium
        that the state pays; ``deductible``, share of a loss that is not insured; ``growth`` and
        ``volatility`` of the value of firms that do not fail, a year; ``conversion``, worth at the
        start of the shares into which one unit converts; ``carry``, ``hurdle``, ``return_cap`` of a
        fund; ``turns`` a year; ``step`` down of the rate after ``step_year`` years where the target
        is met with ``target_probability``, ``step_up`` where it is not
    seed : of the draws
    Returns : ``instruments``, ``instrument_flows``, ``instrument_portfolio``,
        ``instrument_frontier``
    Raises : InputError naming table, row, column, value and what is allowed
    Limits : a firm fails at the end of a year and never twice; what failed firms give back comes at
        once; the state's worth counts money only, unless ``benefit`` says more
    """
    chosen = options or InstrumentOptions()
    _check_options(chosen)
    table = checked_instruments(instruments, chosen.correlation)
    contracts = [contract_of(row) for _, row in table.iterrows()]
    worths = simulate_worth(contracts, chosen.discount_rate, chosen.draws, seed)
    flows = [_all_flows(contract, worth) for contract, worth in zip(contracts, worths, strict=True)]
    found = pd.DataFrame(
        [
            _measures(contract, row, worth, paid, chosen)
            for contract, (_, row), worth, paid in zip(
                contracts, table.iterrows(), worths, flows, strict=True
            )
        ]
    )
    portfolio, frontier = _portfolios(found, table, worths, chosen)
    return {
        "instruments": found,
        "instrument_flows": _flow_table(contracts, flows),
        "instrument_portfolio": portfolio,
        "instrument_frontier": frontier,
    }


def _all_flows(contract: Contract, worth: Worth) -> Array:
    """Return (4, T + 1) expected flows with the carry and what the state leaves to investors."""
    flows = expected_flows(contract)
    flows[INVESTOR, -1] += worth.conceded - (1 - contract.state_share) * worth.carry
    flows[STATE, -1] -= worth.conceded + contract.state_share * worth.carry
    flows[OUTSIDE, -1] += worth.carry
    return flows


def _measures(
    contract: Contract, row: pd.Series, worth: Worth, flows: Array, options: InstrumentOptions
) -> dict[str, object]:
    losses = expected_losses(contract)
    moments = state_moments(contract, options.discount_rate)
    exact = not contract.has_waterfall
    value = float(present_value(flows[STATE], options.discount_rate))
    simulated = float(worth.values.std())
    outlay = public_money(contract, options.discount_rate)
    return {
        "instrument": contract.name,
        "kind": contract.kind,
        "amount": contract.amount,
        "expected_loss": float(losses.sum()),
        "loss_firm": float(losses[FIRM]),
        "loss_investor": float(losses[INVESTOR]),
        "loss_state": float(losses[STATE]),
        "cost_to_firm": cost_to_firm(contract, row, options.discount_rate),
        "investor_return": _investor_return(flows[INVESTOR]),
        "value_to_investor": float(present_value(flows[INVESTOR], options.discount_rate)),
        "public_money": outlay,
        "leverage": contract.amount / outlay if outlay > 0 else np.nan,
        "value_to_state": value,
        "return_to_state": value / outlay if outlay > 0 else np.nan,
        "risk_to_state": moments.deviation if exact else simulated,
        "value_simulated": float(worth.values.mean()),
        "risk_simulated": simulated,
        "simulation_error": simulated / float(np.sqrt(len(worth.values))),
        "probability_of_loss": float((worth.values < -_tiny(contract)).mean()),
        "expected_shortfall": expected_shortfall(worth.values, options.level),
        "exact": exact,
    }


def _investor_return(flows: Array) -> float:
    """Return the rate of return; nan where no money is put in at first, as by an insurer."""
    return internal_rate_of_return(flows) if flows[0] < 0 else float("nan")


def cost_to_firm(contract: Contract, row: pd.Series, discount_rate: float) -> float:
    r"""Return what the money costs a firm that does not fail, a year, after subsidies.

    The internal rate of return of its flows; of supply-chain credit the effective annual rate of
    interest and fees paid in advance; of insurance, for which it gets no money at first, premiums
    less expected indemnities as a share of the sum insured and year,

    .. math:: \frac{\sum_t(\text{premium}_t - E[\text{indemnity}_t])(1 + r)^{-t}}
        {A\sum_tP(\tau > t)(1 + r)^{-t}}
    """
    if contract.kind == "insurance":
        years = np.arange(contract.years)
        alive = (1.0 - contract.default_probability) ** years
        covered = contract.amount * float(alive @ (1.0 + discount_rate) ** -years.astype(float))
        return -float(present_value(expected_flows(contract)[FIRM], discount_rate)) / covered
    if contract.kind == "supply_chain":
        kept = 1.0 - float(row["subsidy"])
        return effective_annual_rate(
            kept * float(row["rate"]), float(row["turns"]), kept * float(row["fee"])
        )
    return internal_rate_of_return(flows_without_failure(contract)[FIRM])


def _flow_table(contracts: Sequence[Contract], flows: Sequence[Array]) -> pd.DataFrame:
    parts = []
    for contract, paid in zip(contracts, flows, strict=True):
        part = pd.DataFrame(paid.T, columns=list(PARTIES))
        part.insert(0, "year", np.arange(contract.years + 1))
        part.insert(0, "instrument", contract.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _portfolios(
    found: pd.DataFrame, table: pd.DataFrame, worths: Sequence[Worth], options: InstrumentOptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    amounts, cost = found["amount"].to_numpy(float), found["public_money"].to_numpy(float)
    values = np.stack([worth.values for worth in worths])
    money = found["value_to_state"].to_numpy(float)
    choice = Choice(
        value=money + table["benefit"].to_numpy(float) * amounts,
        cost=cost,
        losses=-values,
        whole=table["whole"].to_numpy(float) == 1,
        level=options.level,
        budget=np.inf if options.budget is None else options.budget,
    )
    shares, points = [], []
    for point, part in enumerate(efficient_portfolios(choice, options.points), start=1):
        worth = part @ values
        points.append(
            {
                "point": point,
                "expected_value": float(choice.value @ part),
                "value_to_state": float(money @ part),
                "risk_to_state": float(worth.std()),
                "expected_shortfall": choice.shortfall(part),
                "probability_of_loss": float((worth < -_LEAST * amounts.max()).mean()),
                "public_money": float(cost @ part),
                "amount": float(amounts @ part),
            }
        )
        shares.append(
            pd.DataFrame(
                {
                    "point": point,
                    "instrument": found["instrument"],
                    "share": part,
                    "amount": amounts * part,
                    "public_money": cost * part,
                }
            )
        )
    return pd.concat(shares, ignore_index=True), pd.DataFrame(points)


_LEAST = 1e-9  # of the amount: less is no loss but rounding


def _tiny(contract: Contract) -> float:
    return _LEAST * contract.amount


def _check_options(options: InstrumentOptions) -> None:
    wrong = None
    if not options.discount_rate > -1:
        wrong = ("discount_rate", "大于 -1", "above -1")
    elif not 0 <= options.correlation < 1:
        wrong = ("correlation", "不小于 0 且小于 1", "at least 0 and below 1")
    elif not 0 < options.level < 1:
        wrong = ("level", "在 0 与 1 之间", "between 0 and 1")
    elif options.draws < 100:
        wrong = ("draws", "不小于 100", "at least 100")
    elif options.budget is not None and not options.budget >= 0:
        wrong = ("budget", "不小于 0", "at least 0")
    elif options.points < 2:
        wrong = ("points", "不小于 2", "at least 2")
    if wrong is not None:
        name, zh, en = wrong
        value = getattr(options, name)
        raise InputError(
            Text(f"选项 {name} 为 {value}，应{zh}", f"option {name} is {value}, expected {en}")
        )
