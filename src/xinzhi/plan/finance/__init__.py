"""``finance``: the funnel from angel money to listing, a guarantee fund, instruments, scores."""

from xinzhi.plan.finance.finance import FinanceOptions, finance
from xinzhi.plan.finance.funnel import Funnel, FunnelOptions, funnel_tables
from xinzhi.plan.finance.funnel_budget import budget_rows
from xinzhi.plan.finance.funnel_crowding import private_money, private_money_elastic
from xinzhi.plan.finance.funnel_survival import aalen_johansen, kaplan_meier
from xinzhi.plan.finance.guarantee_fund import GuaranteeOptions, guarantee_fund
from xinzhi.plan.finance.guarantee_losses import LossDistribution, loss_distribution
from xinzhi.plan.finance.guarantee_pools import LoanPools, loan_pools
from xinzhi.plan.finance.guarantee_stress import sector_shocks
from xinzhi.plan.finance.guarantee_vasicek import (
    VasicekFit,
    granularity_adjustment,
    vasicek_density,
    vasicek_fit,
    vasicek_quantile,
)
from xinzhi.plan.finance.instruments_tables import InstrumentOptions, instrument_tables
from xinzhi.plan.finance.result import FinanceResult
from xinzhi.plan.finance.scoring_tables import ScoringOptions, loans_with_scores, score_firms
from xinzhi.plan.finance.synthetic import (
    SYNTHETIC,
    SYNTHETIC_FUND,
    SYNTHETIC_LENDER,
    SYNTHETIC_OWN_FUNDS,
    synthetic_finance_tables,
)

__all__ = [
    "SYNTHETIC",
    "SYNTHETIC_FUND",
    "SYNTHETIC_LENDER",
    "SYNTHETIC_OWN_FUNDS",
    "FinanceOptions",
    "FinanceResult",
    "Funnel",
    "FunnelOptions",
    "GuaranteeOptions",
    "InstrumentOptions",
    "LoanPools",
    "LossDistribution",
    "ScoringOptions",
    "VasicekFit",
    "aalen_johansen",
    "budget_rows",
    "finance",
    "funnel_tables",
    "granularity_adjustment",
    "guarantee_fund",
    "instrument_tables",
    "kaplan_meier",
    "loan_pools",
    "loans_with_scores",
    "loss_distribution",
    "private_money",
    "private_money_elastic",
    "score_firms",
    "sector_shocks",
    "synthetic_finance_tables",
    "vasicek_density",
    "vasicek_fit",
    "vasicek_quantile",
]
