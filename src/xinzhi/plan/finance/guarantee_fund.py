"""What a guarantee fund can carry: losses, capital, leverage, fees, layers, stress, rates."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.finance import guarantee_tables as make
from xinzhi.plan.finance.guarantee_checks import amounts, inner_shares, inner_values, labels, shares
from xinzhi.plan.finance.guarantee_layers import LossLayers, loss_layers
from xinzhi.plan.finance.guarantee_losses import LossDistribution, loss_distribution
from xinzhi.plan.finance.guarantee_pools import LoanPools, loan_pools
from xinzhi.plan.finance.guarantee_stress import (
    scenario_losses,
    stressed_probability,
    threshold_shift,
)
from xinzhi.plan.finance.guarantee_tables import Borne, Loans, Terms
from xinzhi.plan.finance.guarantee_vasicek import basel_correlation
from xinzhi.plan.table_checks import check_columns

Array = NDArray[np.float64]

_TABLE = "loans"
_NEEDED = ("exposure", "default_probability", "loss_given_default")


@dataclass(frozen=True)
class GuaranteeOptions:
    """How ``guarantee_fund`` computes. Rates are fractions a year.

    confidence : of value at risk, expected shortfall and capital, in [0.5, 1)
    correlation : of firms' asset values where the loans have none; None: ``basel_correlation``
    scenarios : years drawn; lattice_unit : instead, exact on multiples of this amount [money], see
        ``loss_distribution``
    fund, lender : bearers of the layers whose position, and whose rate, is shown
    own_funds : of the fund [money]; without it no statement on what it can carry
    fee : charged to firms, as a share of the loan; None: the fund's break-even fee
    operating_cost : of the fund, as a share of the loans (assumption)
    capital_return : what capital must earn beyond what it earns invested (assumption)
    funding_rate : lender's cost of money and of its work (assumption)
    asset_volatility : yearly, of firms' asset values, in the mapping of shocks (assumption)
    progress : a bar on standard error where it takes over two seconds
    """

    confidence: float = 0.99
    correlation: float | None = None
    scenarios: int = 20_000
    lattice_unit: float | None = None
    fund: str = "fund"
    lender: str = "bank"
    own_funds: float | None = None
    fee: float | None = None
    operating_cost: float = 0.003
    capital_return: float = 0.06
    funding_rate: float = 0.03
    asset_volatility: float = 0.3
    progress: bool = False


def guarantee_fund(
    loans: pd.DataFrame,
    layers: pd.DataFrame | None = None,
    options: GuaranteeOptions | None = None,
    seed: int = 0,
    shocks: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    r"""Losses of a year on guaranteed loans, who bears them, and what that takes and costs.

    loans : exposure [money], default_probability (within the year, in (0, 1)), loss_given_default
        (in [0, 1]); optional: rating, sector, correlation (in (0, 1))
    layers : layer, bearer, share; optional: attachment, detachment; see ``loss_layers``. Without it
        the fund bears all
    shocks : sector, output_loss_share; optional: scenario; see ``scenario_losses``. Every sector of
        the loans is in every scenario
    seed : of the draws
    Returns : ``fund``, one row; ``fund_losses``, quantiles of the loss of all loans beside the
        closed form; ``fund_bearers`` and ``fund_layers``, who bears which loss; ``fund_borrowing``,
        rates of firms with and without the guarantee; ``fund_stress`` and ``fund_stress_sectors``,
        by scenario, without rows where there are no shocks
    Raises : InputError for tables and options that are wrong, with row and column
    Limits : one year and one common factor; recoveries do not fall in bad years; loans in default
        already are losses, not risks; the guarantors pay
    Source : Vasicek (2002), Risk 15(12); Gordy (2003), Journal of Financial Intermediation 12(3)
    """
    chosen = options or GuaranteeOptions()
    _check_options(chosen)
    table = _loans(loans, chosen)
    split = loss_layers(layers, chosen.fund)
    if chosen.fund not in split.bearers:
        raise _no_fund(chosen.fund, split)
    terms = Terms(
        chosen.fund,
        chosen.confidence,
        chosen.capital_return,
        chosen.operating_cost,
        chosen.own_funds,
    )

    def distribution(probability: Array) -> tuple[LoanPools, LossDistribution]:
        pools = loan_pools(
            table.unit_loss,
            probability,
            table.correlation,
            exact=chosen.lattice_unit is not None,
        )
        return pools, loss_distribution(
            pools,
            scenarios=chosen.scenarios,
            seed=seed,
            lattice_unit=chosen.lattice_unit,
            progress=chosen.progress,
        )

    pools, losses = distribution(table.probability)
    borne = Borne(losses, split, table.total)
    bearers = make.bearers_table(borne, terms)
    fund = make.fund_row(borne, terms)
    fee = fund["break_even_fee"] if chosen.fee is None else chosen.fee
    covered = fund["expected_loss"]
    stress = [make.stress_row("base", table, table.probability, borne, terms, covered)]
    by_sector: list[pd.DataFrame] = []
    scenarios = {} if shocks is None else scenario_losses(shocks, _sectors(loans))
    for name, lost in scenarios.items():
        share = np.array([lost[str(sector)] for sector in table.sector])
        shift = threshold_shift(share, chosen.asset_volatility)
        stressed = stressed_probability(table.probability, shift)
        _, worse = distribution(stressed)
        hit = Borne(worse, split, table.total)
        stress.append(make.stress_row(name, table, stressed, hit, terms, covered))
        by_sector.append(make.stress_sectors(name, table, share, shift, stressed))
    return {
        "fund": make.fund_table(fund, table, pools, losses, terms),
        "fund_losses": make.losses_table(pools, losses, table.total, chosen.confidence),
        "fund_bearers": bearers,
        "fund_layers": make.layers_table(borne, terms),
        "fund_borrowing": make.borrowing_table(
            table, bearers, terms, chosen.lender, chosen.funding_rate, fee
        ),
        "fund_stress": make.stress_table(stress if scenarios else []),
        "fund_stress_sectors": make.stress_sectors_table(by_sector),
    }


def _loans(loans: pd.DataFrame, options: GuaranteeOptions) -> Loans:
    check_columns(_TABLE, loans, _NEEDED)
    exposure = amounts(_TABLE, loans, "exposure")
    probability = inner_shares(
        _TABLE,
        loans,
        "default_probability",
        Text(
            "已违约的贷款是损失，不再是风险；没有从不违约的贷款",
            "a loan in default is a loss and no risk any more, and no loan never defaults",
        ),
    )
    given = shares(_TABLE, loans, "loss_given_default")
    if "correlation" in loans:
        correlation = inner_shares(
            _TABLE,
            loans,
            "correlation",
            Text("近乎独立可写 0.0001", "write 0.0001 for loans that are nearly independent"),
        )
    elif options.correlation is not None:
        correlation = np.full(len(loans), options.correlation)
    else:
        correlation = basel_correlation(probability)
    return Loans(
        exposure=exposure,
        probability=probability,
        loss_given_default=given,
        correlation=correlation,
        rating=_or_all(loans, "rating"),
        sector=_or_all(loans, "sector"),
    )


def _or_all(loans: pd.DataFrame, column: str) -> NDArray[np.object_]:
    return labels(loans, column) if column in loans else np.full(len(loans), "all", dtype=object)


def _sectors(loans: pd.DataFrame) -> NDArray[np.object_]:
    check_columns(_TABLE, loans, ("sector",))
    return labels(loans, "sector")


def _check_options(options: GuaranteeOptions) -> None:
    inner_values(Text("置信水平", "the confidence level"), options.confidence)
    if options.confidence < 0.5:
        raise InputError(
            Text(
                f"置信水平 {options.confidence} 应至少为 0.5",
                f"the confidence level {options.confidence} must be at least 0.5",
            )
        )
    if options.correlation is not None:
        inner_values(Text("资产相关系数", "the asset correlation"), options.correlation)
    amounts_given = {
        "own_funds": options.own_funds,
        "fee": options.fee,
        "operating_cost": options.operating_cost,
        "capital_return": options.capital_return,
        "funding_rate": options.funding_rate,
    }
    for name, value in amounts_given.items():
        if value is not None and not (np.isfinite(value) and value >= 0):
            raise InputError(
                Text(
                    f"选项 {name} 为 {value}，应不小于 0",
                    f"option {name} is {value}; it must be at least 0",
                )
            )


def _no_fund(fund: str, split: LossLayers) -> InputError:
    close = get_close_matches(fund, split.bearers, n=1)
    hint = (f"，是否指 {close[0]}？", f", did you mean {close[0]}?") if close else ("", "")
    there = split.bearers
    return InputError(
        Text(
            f"表 layers 的承担方中没有 {fund}{hint[0]}",
            f"no bearer of table layers is called {fund}{hint[1]}",
        ),
        [Text(f"现有：{'、'.join(there)}", f"there are: {', '.join(there)}")],
        Text("用选项 fund 指明哪一方是担保基金。", "Say by option fund which of them the fund is."),
    )
