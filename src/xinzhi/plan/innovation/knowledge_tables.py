"""All of ``innovation`` on knowledge: stocks, elasticities, lags and tests as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import sorted_columns
from xinzhi.plan.innovation.knowledge_counts import CountEstimate, poisson_fixed_effects
from xinzhi.plan.innovation.knowledge_effects import panel_elasticity
from xinzhi.plan.innovation.knowledge_estimate import PanelEstimate, check_option
from xinzhi.plan.innovation.knowledge_gmm import GmmEstimate, difference_gmm, system_gmm
from xinzhi.plan.innovation.knowledge_lags import CRITERIA, Criterion, lag_selection
from xinzhi.plan.innovation.knowledge_spillovers import (
    spillover_pool,
    technology_proximity,
    weight_matrix,
)
from xinzhi.plan.innovation.knowledge_stock import knowledge_stock
from xinzhi.plan.table_checks import check_columns

Dynamic = Literal["difference", "system", "none"]
DYNAMICS: tuple[str, ...] = ("difference", "system", "none")
_OUTCOMES = ("patents", "tfp")
_COUNTS = ("patents",)
_MUCH_LEFT = 0.1  # share of the last stock that is still the assumed first one
_UNLIKELY = 0.05
_FEW_UNITS = 30
# what a sound dynamic panel passes: Hansen's test, and no correlation of order two
_SHOULD_HOLD = {("hansen", None): "Hansen", ("autocorrelation", 2): "AR(2)"}
_TESTS = ["outcome", "method", "test", "order", "statistic", "degrees_of_freedom", "p_value"]


@dataclass(frozen=True)
class KnowledgeOptions:
    """How knowledge stocks are built and elasticities estimated.

    depreciation : of knowledge, a year; 0.15 is the literature's habit, not an estimate
    growth : of spending before the first year; by default each unit's own
    gestation : years from spending to knowledge
    regressor : ``stock`` or ``expenditure``, whose lags explain the outcomes
    max_lag : longest distributed lag tried; criterion : ``aic`` or ``bic`` chooses
    time_effects : effects of years
    dynamic : also estimate GMM with one lag of the outcome, two steps, collapsed instruments:
        ``difference``, ``system`` or ``none``
    instruments : nearest and farthest lag of the outcome's levels in GMM; farthest None for all
    normalise : let weights of spillovers sum to 1 a unit
    """

    depreciation: float = 0.15
    growth: float | None = None
    gestation: int = 0
    regressor: str = "stock"
    max_lag: int = 2
    criterion: Criterion = "bic"
    time_effects: bool = True
    dynamic: Dynamic = "difference"
    instruments: tuple[int, int | None] = (2, 4)
    normalise: bool = False


def knowledge_tables(
    panel: pd.DataFrame,
    options: KnowledgeOptions | None = None,
    *,
    proximity: pd.DataFrame | None = None,
    technology: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Build knowledge stocks and estimate what they bring.

    panel : unit 单位, year 年份, expenditure 研发经费 (R&D of the year), and at least one outcome:
        patents 专利 (counts) or tfp 全要素生产率 (levels above zero). Optional: deflator 价格指数,
        initial 初始存量 (in a unit's first row)
    proximity : unit 单位, other 来源单位, weight 权重. With it the pool of others' stocks is a
        regressor
    technology : unit 单位, field 领域, patents 专利: the weights are then Jaffe's proximities
    Returns : ``stock`` (unit, year, expenditure, stock, initial_share, spillover);
        ``elasticities`` (outcome, term, lag, estimate, standard_error, low, high, p_value, method;
        without a lag it is the long-run effect); ``lags`` (outcome, method, regressor, lags,
        observations, units, parameters, log_likelihood, overdispersion, aic, bic, long_run,
        standard_error, low, high, chosen); ``tests`` (outcome, method, test, order, statistic,
        degrees_of_freedom, p_value); ``fits`` (outcome, method, observations, units,
        dropped_units, dropped, parameters, instruments, log_likelihood, overdispersion)
    Patents are a Poisson regression; where every count is above zero, their logarithm also goes
    through fixed effects and GMM. The lags that the criterion chooses enter all methods.
    Raises : InputError for a table or option that is wrong; see the functions of each step
    """
    chosen = options or KnowledgeOptions()
    check_columns("knowledge", panel, ("unit", "year", "expenditure"))
    check_option("regressor", chosen.regressor, ("stock", "expenditure"))
    check_option("criterion", chosen.criterion, CRITERIA)
    check_option("dynamic", chosen.dynamic, DYNAMICS)
    outcomes = [name for name in _OUTCOMES if name in panel]
    if not outcomes:
        raise InputError(
            Text("表 knowledge 没有产出列", "table knowledge has no column of an outcome"),
            remedy=Text(
                "给出 patents（专利）或 tfp（全要素生产率）。", "Give patents or tfp, or both."
            ),
        )
    weights = _weights(proximity, technology)
    stock = _stocks(panel, chosen, weights)
    results = sorted_columns(panel, ["unit", "year"], outcomes, missing=True, time="year")
    results["unit"] = results["unit"].astype(str)
    data = stock.merge(results, on=["unit", "year"], how="left")
    controls = {"spillover": (0,)} if weights is not None else {}
    elasticities, lags, tests, fits = [], [], [], []
    for outcome in outcomes:
        counts = outcome in _COUNTS
        selection = lag_selection(
            data,
            outcome,
            chosen.regressor,
            max_lag=chosen.max_lag,
            method="poisson_fixed_effects" if counts else "fixed_effects",
            criterion=chosen.criterion,
            controls=controls,
            time_effects=chosen.time_effects,
        )
        lags.append(
            selection.table.assign(
                outcome=outcome, method=selection.estimate.method, regressor=chosen.regressor
            )
        )
        for estimate in _estimates(data, outcome, counts, selection.lags, controls, chosen):
            elasticities.append(estimate.table().assign(outcome=outcome))
            fits.append(_fit(outcome, estimate))
            if isinstance(estimate, GmmEstimate):
                tests.append(estimate.tests.assign(outcome=outcome, method=estimate.method))
    return {
        "stock": stock,
        "elasticities": _front(pd.concat(elasticities, ignore_index=True), "outcome"),
        "lags": _front(pd.concat(lags, ignore_index=True), "outcome", "method", "regressor"),
        "tests": _front(pd.concat(tests, ignore_index=True), "outcome", "method")
        if tests
        else pd.DataFrame(columns=_TESTS),
        "fits": pd.DataFrame(fits).astype({"instruments": "Int64"}),
    }


def knowledge_warnings(tables: Mapping[str, pd.DataFrame]) -> tuple[Text, ...]:
    """Return what a reader must know before quoting these tables."""
    notes = []
    last = tables["stock"].sort_values("year").groupby("unit").tail(1)
    much = int((last["initial_share"].to_numpy(float) > _MUCH_LEFT).sum())
    if much:
        notes.append(
            Text(
                f"{much} 个单位末年的知识存量中仍有一成以上是推定的初始存量",
                f"in {much} unit(s) more than a tenth of the last knowledge stock is still the "
                "assumed first one",
            )
        )
    fits = tables["fits"].to_dict("records")
    for row in fits:
        if row["dropped_units"]:
            names = listed(row["dropped"].split(", "))
            notes.append(
                Text(
                    f"{row['outcome']}（{row['method']}）略去 {row['dropped_units']} 个单位"
                    f"（计数全为零或年份不足）：{names.zh}",
                    f"{row['outcome']} ({row['method']}) leaves out {row['dropped_units']} unit(s) "
                    f"without any count or with too few years: {names.en}",
                )
            )
        if pd.notna(row["instruments"]) and row["instruments"] > row["units"]:
            notes.append(
                Text(
                    f"{row['outcome']} 的工具变量（{row['instruments']} 个）多于单位"
                    f"（{row['units']} 个），Hansen 检验几乎没有意义",
                    f"{row['outcome']} has {row['instruments']} instruments for {row['units']} "
                    "units: Hansen's test tells next to nothing",
                )
            )
    few = min(row["units"] for row in fits)
    if few < _FEW_UNITS:
        notes.append(
            Text(
                f"单位只有 {few} 个，聚类标准误可能偏小",
                f"there are {few} units only: clustered errors may be too small",
            )
        )
    effects = tables["elasticities"]
    endless = effects[effects["lag"].isna() & effects["estimate"].isna()]
    notes += [
        Text(
            f"{outcome} 的动态面板中，自身滞后的系数之和不小于 1，没有长期效应",
            f"in the dynamic panel of {outcome} its own lags sum to one or more: there is no "
            "long-run effect",
        )
        for outcome in endless["outcome"].drop_duplicates()
    ]
    for row in tables["tests"].to_dict("records"):
        name = _SHOULD_HOLD.get((row["test"], row["order"] if pd.notna(row["order"]) else None))
        if name is not None and row["p_value"] < _UNLIKELY:
            notes.append(
                Text(
                    f"{row['outcome']} 的动态面板未通过 {name} 检验（p = {row['p_value']:.2g}），"
                    "估计存疑",
                    f"the dynamic panel of {row['outcome']} fails the test {name} (p = "
                    f"{row['p_value']:.2g}): its estimates are doubtful",
                )
            )
    return tuple(notes)


def _weights(
    proximity: pd.DataFrame | None, technology: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return (unit, unit) weights of spillovers, None without a table of them."""
    if proximity is not None and technology is not None:
        raise InputError(
            Text(
                "表 proximity 和 technology 只能给出一张",
                "tables proximity and technology both give weights of spillovers",
            ),
            remedy=Text("去掉其中一张。", "Leave one of them out."),
        )
    if proximity is not None:
        check_columns("proximity", proximity, ("unit", "other", "weight"))
        return weight_matrix(proximity)
    if technology is not None:
        check_columns("technology", technology, ("unit", "field", "patents"))
        return technology_proximity(technology)
    return None


def _stocks(
    panel: pd.DataFrame, options: KnowledgeOptions, weights: pd.DataFrame | None
) -> pd.DataFrame:
    stock = knowledge_stock(
        panel,
        depreciation=options.depreciation,
        gestation=options.gestation,
        growth=options.growth,
        deflator="deflator" if "deflator" in panel else None,
        initial="initial" if "initial" in panel else None,
    )
    if weights is None:
        return stock.assign(spillover=np.nan)
    pool = spillover_pool(weights, stock, normalise=options.normalise)
    return stock.merge(pool, on=["unit", "year"], how="left")


def _estimates(
    data: pd.DataFrame,
    outcome: str,
    counts: bool,
    lags: int,
    controls: Mapping[str, tuple[int, ...]],
    options: KnowledgeOptions,
) -> list[PanelEstimate]:
    regressors = {options.regressor: tuple(range(lags + 1)), **controls}
    found: list[PanelEstimate] = []
    if counts:
        found.append(
            poisson_fixed_effects(data, outcome, regressors, time_effects=options.time_effects)
        )
        if not (data[outcome].dropna() > 0).all():
            return found
    found.append(panel_elasticity(data, outcome, regressors, time_effects=options.time_effects))
    if options.dynamic != "none":
        estimator = difference_gmm if options.dynamic == "difference" else system_gmm
        found.append(
            estimator(
                data,
                outcome,
                regressors,
                instrument_lags={outcome: options.instruments},
                collapse=True,
                time_effects=options.time_effects,
            )
        )
    return found


def _fit(outcome: str, estimate: PanelEstimate) -> dict[str, object]:
    names = sorted({name for name, _ in estimate.dropped})
    return {
        "outcome": outcome,
        "method": estimate.method,
        "observations": estimate.observations,
        "units": estimate.units,
        "dropped_units": len(names),
        "dropped": ", ".join(names),
        "parameters": estimate.parameters,
        "instruments": estimate.instruments if isinstance(estimate, GmmEstimate) else pd.NA,
        "log_likelihood": estimate.log_likelihood,
        "overdispersion": (
            estimate.overdispersion if isinstance(estimate, CountEstimate) else np.nan
        ),
    }


def _front(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with these columns first."""
    return table[[*columns, *(name for name in table if name not in columns)]]
