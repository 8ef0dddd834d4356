"""What each instrument pays to whom in each year, for every year in which a firm may fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.plan.finance.instruments_arithmetic import Array, Schedule, repayment_schedule

PARTIES = ("firm", "investor", "state", "outside")
FIRM, INVESTOR, STATE, OUTSIDE = range(4)
_PARTIES_N = len(PARTIES)


@dataclass(frozen=True, eq=False)
class Contract:
    r"""An instrument as flows by party, target, year of failure and year.

    A firm fails at the end of a year t with the same probability h each year that it has not
    failed, so that :math:`P(\tau = t) = h(1 - h)^{t-1}` and it outlives the contract with
    :math:`(1 - h)^T`. What is paid at the end may depend on the value of the firm,
    :math:`V = (1 + g)^T e^{\sigma\sqrt T Z - \sigma^2T/2}` for one unit put in, Z standard normal.

    fixed : (4, K, T + 1, T + 1) what a party receives [money] by target, outcome (failure in year
        1 to T, then none) and year 0 to T; sums to nothing over the parties
    losses : (3, K, T + 1) who loses what [money] by outcome: firm, investor, state
    weights : (K,) probabilities of the targets
    payoff : what the firm gives at the end besides: ``none``; ``value``, V for each unit;
        ``option``, max(kV - 1, 0), with k = ``conversion``
    state_share : of the payoff
    carry, hurdle, return_cap : the manager's share of what exceeds ``hurdle`` a year on capital;
        what the state gets at most a year on its own, infinite without a limit
    recovery : of a fund's capital in a failed firm, which counts before the carry
    """

    name: str
    kind: str
    amount: float
    years: int
    firms: int
    correlation: float
    default_probability: float
    fixed: Array
    losses: Array
    weights: Array
    payoff: str = "none"
    state_share: float = 0.0
    growth: float = 0.0
    volatility: float = 0.0
    conversion: float = 0.0
    carry: float = 0.0
    hurdle: float = 0.0
    return_cap: float = np.inf
    recovery: float = 0.0

    @property
    def outcome_probabilities(self) -> Array:
        """(T + 1,) probabilities of failure in year 1 to T and of none; they sum to one."""
        alive = (1.0 - self.default_probability) ** np.arange(self.years + 1)
        return np.append(alive[:-1] - alive[1:], alive[-1])

    @property
    def has_waterfall(self) -> bool:
        """Whether what is paid at the end is shared in a way that depends on the whole fund."""
        return self.carry > 0 or np.isfinite(self.return_cap)


def contract_of(row: pd.Series) -> Contract:
    """Make the contract of a row of table ``instruments``, which has been checked."""
    kind = str(row["kind"])
    if kind == "insurance":
        fixed, losses = _insurance(row)
    elif kind in ("equity", "fund_of_funds", "convertible"):
        fixed, losses = _stake(row)
    else:
        fixed, losses = _credit(row)
    met = float(row["target_probability"]) if kind == "transition_loan" else 1.0
    stake = {"equity": "value", "fund_of_funds": "value", "convertible": "option"}.get(kind)
    terms: dict[str, float] = {}
    if stake is not None:
        terms = {name: float(row[name]) for name in ("state_share", "growth", "volatility")}
    if kind == "convertible":
        terms["conversion"] = float(row["conversion"])
    if kind == "fund_of_funds":
        terms |= {name: float(row[name]) for name in ("carry", "hurdle", "return_cap")}
        terms["recovery"] = 1.0 - float(row["loss_given_default"])
    return Contract(
        name=str(row["instrument"]),
        kind=kind,
        amount=float(row["amount"]),
        years=int(row["years"]),
        firms=int(row["firms"]),
        correlation=float(row["correlation"]),
        default_probability=float(row["default_probability"]),
        fixed=fixed,
        losses=losses,
        weights=np.array([met, 1.0 - met])[: fixed.shape[1]],
        payoff=stake or "none",
        **terms,
    )


def yearly_charge(row: pd.Series) -> float:
    """Return what a supply-chain credit costs in a year, as a share of it: interest and fees."""
    return float(row["rate"] + row["turns"] * row["fee"])


def _credit(row: pd.Series) -> tuple[Array, Array]:
    """Return flows and losses of a loan, a transition loan or supply-chain credit."""
    T, kind, rate = int(row["years"]), str(row["kind"]), float(row["rate"])
    if kind == "transition_loan":
        late = np.arange(T) >= row["step_year"]
        paths = [rate - row["step"] * late, rate + row["step_up"] * late]
        fee, repayment = float(row["fee"]), str(row["repayment"])
    elif kind == "supply_chain":
        # the fee is paid at each turn, so it is part of the yearly charge; the line is renewed
        paths, fee, repayment = [np.full(T, yearly_charge(row))], 0.0, "bullet"
    else:
        paths, fee, repayment = [np.full(T, rate)], float(row["fee"]), str(row["repayment"])
    parts = [_loan(row, repayment_schedule(row["amount"], path, repayment), fee) for path in paths]
    return np.stack([part[0] for part in parts], 1), np.stack([part[1] for part in parts], 1)


def _loan(row: pd.Series, schedule: Schedule, fee: float) -> tuple[Array, Array]:
    T, amount = int(row["years"]), float(row["amount"])
    lost, share = float(row["loss_given_default"]), float(row["state_share"])
    subsidy = float(row["subsidy"]) * schedule.interest
    running = float(row["cost"]) * schedule.balance
    paid = schedule.interest + schedule.principal
    alive = np.zeros((_PARTIES_N, T + 1))
    alive[FIRM] = np.append(amount * (1 - fee), subsidy - paid)
    alive[INVESTOR] = np.append(-amount * (1 - fee), paid - running)
    alive[STATE, 1:] = -subsidy
    alive[OUTSIDE, 1:] = running
    short = lost * schedule.balance
    back = schedule.balance - short
    failing = np.stack(
        [-back, back + share * short - running, -share * short, running]
    )  # at the end of the year in which the firm fails
    losses = np.stack([np.zeros(T), (1 - share) * short, share * short])
    return _by_outcome(alive, failing), np.pad(losses, ((0, 0), (0, 1)))


def _insurance(row: pd.Series) -> tuple[Array, Array]:
    """Return flows and losses of a cover that pays once and then ends; premiums in advance."""
    T, amount = int(row["years"]), float(row["amount"])
    share, subsidy = float(row["state_share"]), float(row["subsidy"])
    premium, running = float(row["rate"]) * amount, float(row["cost"]) * amount
    alive = np.zeros((_PARTIES_N, T + 1))
    alive[FIRM, :T] = -premium * (1 - subsidy)
    alive[INVESTOR, :T] = premium - running
    alive[STATE, :T] = -premium * subsidy
    alive[OUTSIDE, :T] = running
    loss = float(row["loss_given_default"]) * amount
    paid = (1 - float(row["deductible"])) * loss
    failing = np.repeat(
        np.array([[paid], [-(1 - share) * paid], [-share * paid], [0.0]]), T, axis=1
    )
    losses = np.repeat(np.array([[loss - paid], [(1 - share) * paid], [share * paid]]), T, axis=1)
    return _by_outcome(alive, failing)[:, None], np.pad(losses, ((0, 0), (0, 1)))[:, None]


def _stake(row: pd.Series) -> tuple[Array, Array]:
    """Return flows and losses of equity, a fund or a convertible without the payoff at the end.

    State and investor put in, bear and receive in proportion.
    """
    T, amount, share = int(row["years"]), float(row["amount"]), float(row["state_share"])
    convertible = row["kind"] == "convertible"
    running = float(row["cost"]) * amount
    coupon = float(row["rate"]) * amount if convertible else 0.0
    given = np.append(-amount, np.full(T, coupon - running))  # to both financiers together
    given[T] += amount if convertible else 0.0
    alive = np.stack([np.zeros(T + 1), (1 - share) * given, share * given, np.zeros(T + 1)])
    alive[OUTSIDE, 1:] = running
    alive[FIRM] = -alive.sum(axis=0)
    lost = float(row["loss_given_default"]) * amount
    back = amount - lost
    failing = np.repeat(
        np.array(
            [[-back], [(1 - share) * (back - running)], [share * (back - running)], [running]]
        ),
        T,
        axis=1,
    )
    losses = np.repeat(np.array([[0.0], [(1 - share) * lost], [share * lost]]), T, axis=1)
    return _by_outcome(alive, failing)[:, None], np.pad(losses, ((0, 0), (0, 1)))[:, None]


def _by_outcome(alive: Array, failing: Array) -> Array:
    """Return (4, T + 1, T + 1) flows by outcome and year.

    alive : (4, T + 1) of a firm that does not fail; failing : (4, T) in the year of failure, which
        take the place of that year's; nothing is paid afterwards
    """
    T = alive.shape[1] - 1
    flows = np.repeat(alive[:, None, :], T + 1, axis=1)
    year = np.arange(T + 1)
    for outcome in range(T):
        flows[:, outcome, year > outcome + 1] = 0.0
        flows[:, outcome, outcome + 1] = failing[:, outcome]
    return flows
