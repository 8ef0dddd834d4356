"""The tables of the guarantee fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from xinzhi.plan.finance import guarantee_pricing as price
from xinzhi.plan.finance.guarantee_layers import LossLayers, bearer_losses, layer_losses
from xinzhi.plan.finance.guarantee_losses import LossDistribution
from xinzhi.plan.finance.guarantee_pools import LoanPools
from xinzhi.plan.finance.guarantee_vasicek import (
    conditional_probability,
    granularity_adjustment,
    vasicek_quantile,
)

Array = NDArray[np.float64]

_LEVELS = (0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995)
_STRESS = (
    *("scenario", "default_probability", "portfolio_expected_loss", "portfolio_value_at_risk"),
    *("expected_loss", "value_at_risk", "expected_shortfall", "capital_needed", "break_even_fee"),
    "insolvency_probability",
)
_SECTORS = (
    *("scenario", "sector", "exposure", "output_loss_share", "threshold_shift"),
    *("default_probability", "stressed_default_probability", "expected_loss"),
    "stressed_expected_loss",
)


@dataclass(frozen=True, eq=False)
class Loans:
    """Loans in arrays (loans,): amounts [money], rates within the year [1], labels."""

    exposure: Array
    probability: Array
    loss_given_default: Array
    correlation: Array
    rating: NDArray[np.object_]
    sector: NDArray[np.object_]

    @property
    def unit_loss(self) -> Array:
        """Return (loans,) what is lost in default [money]."""
        return self.exposure * self.loss_given_default

    @property
    def total(self) -> float:
        """Return all exposure [money]."""
        return float(self.exposure.sum())


@dataclass(frozen=True)
class Terms:
    """Who the fund is, and what capital is measured at and costs; as in ``GuaranteeOptions``."""

    fund: str
    confidence: float
    capital_return: float
    operating_cost: float
    own_funds: float | None


class Borne:
    """A distribution of losses and each bearer's part of it.

    Every part rises or stays with the whole loss, so that it is in order too.
    """

    def __init__(self, whole: LossDistribution, layers: LossLayers, exposure: float):
        self.whole, self.layers, self.exposure = whole, layers, exposure
        self._parts = bearer_losses(whole.losses, layers, exposure)
        self._liabilities = bearer_losses([exposure], layers, exposure)[:, 0]

    def of(self, bearer: str) -> LossDistribution:
        """Return the distribution of one bearer's losses."""
        part = self._parts[self.layers.bearers.index(bearer)]
        return LossDistribution(part, self.whole.probabilities, self.whole.draws)

    def liability(self, bearer: str) -> float:
        """Return a bearer's part of all exposure [money]."""
        return float(self._liabilities[self.layers.bearers.index(bearer)])


def position(borne: Borne, terms: Terms, bearer: str) -> dict[str, float]:
    """Return what a bearer may lose, and the capital and fee that carry it."""
    losses, liability = borne.of(bearer), borne.liability(bearer)
    mean = losses.mean()
    needed = price.capital(losses, terms.confidence)
    return {
        "liability": liability,
        "expected_loss": mean,
        "standard_deviation": losses.standard_deviation(),
        "value_at_risk": float(losses.quantile(terms.confidence)),
        "expected_shortfall": losses.shortfall(terms.confidence),
        "capital": needed,
        "leverage": price.leverage(borne.exposure, needed),
        "break_even_fee": price.break_even_fee(
            mean,
            needed,
            borne.exposure,
            terms.capital_return,
            terms.operating_cost if bearer == terms.fund else 0.0,
        ),
    }


def bearers_table(borne: Borne, terms: Terms) -> pd.DataFrame:
    """Return a row for each bearer; losses of all add up to those of the loans."""
    rows = [{"bearer": bearer, **position(borne, terms, bearer)} for bearer in borne.layers.bearers]
    frame = pd.DataFrame(rows)
    return frame.assign(loss_share=frame["expected_loss"] / frame["expected_loss"].sum())


def fund_row(borne: Borne, terms: Terms) -> dict[str, float]:
    """Return the fund's position, with what it can carry where its own funds are known."""
    row = position(borne, terms, terms.fund)
    losses = borne.of(terms.fund)
    low, high = losses.interval(terms.confidence)
    own = np.nan if terms.own_funds is None else terms.own_funds
    return {
        **row,
        "value_at_risk_low": low,
        "value_at_risk_high": high,
        "own_funds": own,
        "own_leverage": price.leverage(row["liability"], own),
        "capacity": own * row["leverage"],
        "insolvency_probability": insolvency_probability(
            losses, row["expected_loss"], terms.own_funds
        ),
    }


def insolvency_probability(
    losses: LossDistribution, covered: float, own_funds: float | None
) -> float:
    """Return the probability of losses above own funds and what fees cover [money]."""
    return np.nan if own_funds is None else losses.exceeding(covered + own_funds)


def fund_table(
    fund: dict[str, float], loans: Loans, pools: LoanPools, whole: LossDistribution, terms: Terms
) -> pd.DataFrame:
    """Return the one row of the fund beside the loans that it guarantees."""
    row: dict[str, float | int] = {
        "loans": len(loans.exposure),
        "exposure": loans.total,
        "pools": len(pools.count),
        "effective_loans": pools.effective_loans,
        "portfolio_expected_loss": whole.mean(),
        "portfolio_value_at_risk": float(whole.quantile(terms.confidence)),
        "portfolio_expected_shortfall": whole.shortfall(terms.confidence),
        **fund,
    }
    return pd.DataFrame([row])


def losses_table(
    pools: LoanPools, losses: LossDistribution, exposure: float, confidence: float
) -> pd.DataFrame:
    """Return quantiles of the loss of all loans beside those of the closed form."""
    level = np.array(sorted({*_LEVELS, confidence}))
    found = losses.quantile(level)
    given = conditional_probability(pools.threshold, pools.correlation, ndtri(level)[:, np.newaxis])
    limit = given @ (pools.count * pools.unit_loss)
    added = np.array(
        [
            granularity_adjustment(
                pools.probability, pools.correlation, one, pools.unit_loss, pools.count
            )
            for one in level
        ]
    )
    ends = np.array([losses.interval(one) for one in level])
    return pd.DataFrame(
        {
            "level": level,
            "loss": found,
            "loss_low": ends[:, 0],
            "loss_high": ends[:, 1],
            "loss_rate": found / exposure,
            "vasicek_loss": limit,
            "granularity_adjustment": added,
            "adjusted_loss": limit + added,
        }
    )


def layers_table(borne: Borne, terms: Terms) -> pd.DataFrame:
    """Return a row for each layer and bearer that shares in it."""
    layers, whole = borne.layers, borne.whole
    begin, end = layers.attachment * borne.exposure, layers.detachment * borne.exposure
    within = layer_losses(whole.losses, begin, end)
    rows = []
    for k, layer in enumerate(layers.names):
        part = LossDistribution(within[k], whole.probabilities, whole.draws)
        mean, worst = part.mean(), float(part.quantile(terms.confidence))
        shortfall, hit = part.shortfall(terms.confidence), whole.exceeding(float(begin[k]))
        for b, bearer in enumerate(layers.bearers):
            share = float(layers.shares[k, b])
            if share:
                rows.append(
                    {
                        "layer": layer,
                        "bearer": bearer,
                        "attachment": begin[k],
                        "detachment": end[k],
                        "share": share,
                        "hit_probability": hit,
                        "expected_loss": share * mean,
                        "value_at_risk": share * worst,
                        "expected_shortfall": share * shortfall,
                    }
                )
    return pd.DataFrame(rows)


def borrowing_table(
    loans: Loans,
    bearers: pd.DataFrame,
    terms: Terms,
    lender: str,
    funding_rate: float,
    fee: float,
) -> pd.DataFrame:
    """Return what firms of each rating pay without the guarantee and with it."""
    one = bearers[bearers["bearer"] == lender]
    total = bearers[["expected_loss", "capital"]].sum()
    kept = float(one["expected_loss"].sum() / total["expected_loss"])
    kept_capital = float(one["capital"].sum() / total["capital"]) if total["capital"] else 0.0
    quantile = vasicek_quantile(loans.probability, loans.correlation, terms.confidence)
    frame = pd.DataFrame(
        {
            "rating": loans.rating,
            "exposure": loans.exposure,
            "weighted": loans.exposure * loans.probability,
            "lost": loans.unit_loss * loans.probability,
            "risked": loans.unit_loss * np.maximum(quantile - loans.probability, 0.0),
        }
    )
    sums = frame.groupby("rating", sort=True).sum().query("exposure > 0")
    base = sums["exposure"].to_numpy(float)
    lost, risked = sums["lost"].to_numpy(float) / base, sums["risked"].to_numpy(float) / base
    without = price.borrowing_cost(lost, risked, funding_rate, terms.capital_return)
    with_it = price.borrowing_cost(
        lost, risked, funding_rate, terms.capital_return, fee, kept, kept_capital
    )
    return pd.DataFrame(
        {
            "rating": sums.index.to_numpy(dtype=object),
            "exposure": base,
            "default_probability": sums["weighted"].to_numpy(float) / base,
            "expected_loss_rate": lost,
            "capital_rate": risked,
            "lender_loss_share": kept,
            "lender_capital_share": kept_capital,
            "fee": fee,
            "rate_without": without,
            "rate_with": with_it,
            "saving": without - with_it,
        }
    )


def stress_row(
    scenario: str,
    loans: Loans,
    probability: Array,
    borne: Borne,
    terms: Terms,
    covered: float,
) -> dict[str, float | str]:
    """Return the fund's position in one scenario.

    covered : what fees cover, set for the expected loss without a shock [money]
    """
    row = position(borne, terms, terms.fund)
    return {
        "scenario": scenario,
        "default_probability": float(loans.exposure @ probability / loans.total),
        "portfolio_expected_loss": borne.whole.mean(),
        "portfolio_value_at_risk": float(borne.whole.quantile(terms.confidence)),
        "expected_loss": row["expected_loss"],
        "value_at_risk": row["value_at_risk"],
        "expected_shortfall": row["expected_shortfall"],
        "capital_needed": max(row["value_at_risk"] - covered, 0.0),
        "break_even_fee": row["break_even_fee"],
        "insolvency_probability": insolvency_probability(
            borne.of(terms.fund), covered, terms.own_funds
        ),
    }


def stress_table(rows: Sequence[dict[str, float | str]]) -> pd.DataFrame:
    """Return the scenarios after the base."""
    return pd.DataFrame(rows, columns=list(_STRESS))


def stress_sectors(
    scenario: str, loans: Loans, lost: Array, shift: Array, stressed: Array
) -> pd.DataFrame:
    """Return by sector what a scenario does to default and expected loss."""
    frame = pd.DataFrame(
        {
            "sector": loans.sector,
            "exposure": loans.exposure,
            "output_loss_share": lost,
            "threshold_shift": shift,
            "default_probability": loans.exposure * loans.probability,
            "stressed_default_probability": loans.exposure * stressed,
            "expected_loss": loans.unit_loss * loans.probability,
            "stressed_expected_loss": loans.unit_loss * stressed,
        }
    )
    first = {"output_loss_share": "first", "threshold_shift": "first"}
    how = {column: first.get(column, "sum") for column in frame.columns[1:]}
    found = frame.groupby("sector", sort=True).agg(how).reset_index()
    for column in ("default_probability", "stressed_default_probability"):
        found[column] = found[column] / found["exposure"].where(found["exposure"] > 0)
    found.insert(0, "scenario", scenario)
    return found[list(_SECTORS)]


def stress_sectors_table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all scenarios below each other."""
    if not parts:
        return pd.DataFrame(columns=list(_SECTORS))
    return pd.concat(parts, ignore_index=True)
