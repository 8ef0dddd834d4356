"""Firm-level total factor productivity by proxy estimators of the production function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.firm_panel import FirmPanel
from xinzhi.measure.productivity.firm_bootstrap import firm_bootstrap
from xinzhi.measure.productivity.firm_estimators import FirmEstimate, FirmMethod, estimate

Array = NDArray[np.float64]

FIRM_METHODS: tuple[FirmMethod, ...] = get_args(FirmMethod)

_HIGHEST_DEGREE = 5
_WEAK = 10.0  # F of an instrument below which it is called weak (Staiger and Stock 1997)
_NOTHING = 0.05  # elasticity below which an input all but produces nothing


@dataclass(frozen=True)
class FirmProductivityResult(Result):
    """Tables: coefficients, tfp, sample, and roots where a second stage was solved."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``coefficients`` with their intervals."""
        from xinzhi.measure.productivity.firm_plots import firm_chart

        return firm_chart(self, kind or "coefficients", lang)


def firm_productivity(
    panel: FirmPanel,
    method: FirmMethod = "acf",
    degree: int = 3,
    markov_degree: int = 3,
    replications: int = 200,
    level: float = 0.95,
    seed: int = 0,
    workers: int = 1,
    inputs: Iterable[InputRecord] = (),
) -> FirmProductivityResult:
    r"""Estimate a value-added production function of firms and recover their TFP.

    .. math::
        y_{it} &= \beta_0 + \beta_l l_{it} + \beta_k k_{it} + \omega_{it} + \varepsilon_{it} \\
        \omega_{it} &= E[\omega_{it} \mid \omega_{i,t-1}] + \xi_{it}

    in logarithms. The firm knows ω when it chooses labour, so least squares is biased. A proxy
    m (intermediate inputs; investment for ``op``) that rises with ω reveals it.

    ``ols`` : least squares, the benchmark
    ``op`` : Olley–Pakes. Stage 1, :math:`y = \beta_l l + \phi(k, i) + \varepsilon`, gives
        :math:`\beta_l`; stage 2 takes :math:`\beta_k` from :math:`E[(\xi + \varepsilon) k_t] = 0`
        with :math:`g(\omega_{t-1}, P_{t-1})`, where P is a probit of being there next period
    ``lp`` : Levinsohn–Petrin. The same with intermediate inputs, and without P
    ``acf`` : Ackerberg–Caves–Frazer. Stage 1, :math:`y = \Phi(l, k, m) + \varepsilon`, gives no
        coefficient; stage 2 takes both from :math:`E[\xi_t (k_t, l_{t-1})'] = 0`. The moments are
        solved from least squares and from a grid; all roots are reported. A second root with
        capital near zero and labour near one is known. Among the roots within [0, 1] the one
        whose least coefficient is largest is chosen; so it is for ``op`` and ``lp``
    ``wooldridge`` : one step,
        :math:`y_t = \alpha + \beta_l l_t + \beta_k k_t + h(k_{t-1}, m_{t-1}) + u_t`, with
        :math:`l_{t-1}` the instrument of :math:`l_t`

    panel : from ``firm_panel`` or ``read_firm_panel``
    degree : of the polynomials φ, Φ, h and of the probit, 1 to 5
    markov_degree : of g in ω (and P), 1 to 5
    replications : of the bootstrap by firm, 0 for none; every one repeats all stages
    level : of the percentile intervals
    seed : of the bootstrap; results do not depend on the number of workers
    workers : processes; each replication sends the panel to its process
    Returns : tables ``coefficients`` (input, coefficient, standard_error, low, high), ``tfp``
        (unit, period, tfp, omega), ``roots`` (root, input, coefficient, objective, chosen) and
        ``sample`` (quantity, count). ``tfp`` is :math:`y - \beta_l l - \beta_k k`, which holds
        :math:`\beta_0` and ε too; ``omega`` is without ε, null for ``ols`` and ``wooldridge``
    Raises : InputError for an unknown method or an option outside its range; ComputationError if
        the coefficients are not identified: collinear inputs, no consecutive periods, no root
    Limits : With output measured by revenue, TFP is revenue TFP: it holds prices and markups,
        and where demand slopes the coefficients are not the output elasticities (Klette and
        Griliches 1996). Gross output with a flexible input is not identified by a proxy, since
        nothing but ω and the state variables moves that input (Gandhi, Navarro and Rivers 2020):
        only value added is offered. One unobservable: demand or price shocks of a firm's own in
        the proxy break the inversion. ``op``, ``lp`` and ``wooldridge`` need a proxy that does not
        depend on labour given k and ω; where it does, as materials in fixed proportion to output
        do, only ``acf`` is consistent. Only ``op`` corrects for firms that leave because of low ω.
        With investment as proxy, capital made of it alone is a function of what ``wooldridge``
        controls for, and is not identified. No common shocks by year: deflate, and estimate by
        industry over years in which technology stands still
    Source : Olley and Pakes (1996), Econometrica 64(6), 1263–1297; Levinsohn and Petrin (2003),
        Review of Economic Studies 70(2), 317–341; Wooldridge (2009), Economics Letters 104(3),
        112–114; Ackerberg, Caves and Frazer (2015), Econometrica 83(6), 2411–2451
    """
    _check_options(method, degree, markov_degree, replications, level)
    found = estimate(panel, method, degree, markov_degree)
    draws = np.full((0, len(panel.names)), np.nan)
    if replications:
        draws = firm_bootstrap(
            panel,
            method,
            degree,
            markov_degree,
            found.coefficients,
            replications,
            seed,
            workers,
        )
    tables = {
        "coefficients": coefficient_table(panel.names, found.coefficients, draws, level),
        "tfp": _tfp_table(panel, found),
    }
    if found.roots:
        tables["roots"] = _root_table(panel.names, found)
    tables["sample"] = _sample_table(panel, draws)
    return FirmProductivityResult(
        tables=tables,
        units={"coefficient": "ratio", "standard_error": "ratio", "low": "ratio", "high": "ratio"},
        parameters={
            "method": method,
            "degree": degree,
            "markov_degree": markov_degree,
            "replications": replications,
            "level": level,
            "seed": seed,
        },
        inputs=tuple(inputs),
        warnings=_warnings(panel, method, found),
    )


def coefficient_table(
    names: tuple[str, ...], coefficients: Array, draws: Array, level: float
) -> pd.DataFrame:
    """Return coefficients with the deviation and percentiles of their replications."""
    whole = draws[~np.isnan(draws).any(axis=1)]
    empty = np.full(len(names), np.nan)
    error, low, high = empty, empty, empty
    if len(whole):
        error = whole.std(axis=0, ddof=1)
        low, high = np.quantile(whole, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame(
        {
            "input": list(names),
            "coefficient": coefficients,
            "standard_error": error,
            "low": low,
            "high": high,
        }
    )


def _tfp_table(panel: FirmPanel, found: FirmEstimate) -> pd.DataFrame:
    count = len(panel.labour)
    explained = (
        found.coefficients[:count] @ panel.labour + found.coefficients[count:] @ panel.capital
    )
    omega = np.full(panel.rows, np.nan)
    if found.expected_output is not None:
        omega = found.expected_output - explained
    return pd.DataFrame(
        {
            "unit": pd.Categorical.from_codes(panel.unit, categories=panel.units),
            "period": panel.period,
            "tfp": panel.output - explained,
            "omega": omega,
        }
    )


def _root_table(names: tuple[str, ...], found: FirmEstimate) -> pd.DataFrame:
    rows = [
        (number, name, coefficient, root.objective, number == 1)
        for number, root in enumerate(found.roots, 1)
        for name, coefficient in zip(names, root.coefficients.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["root", "input", "coefficient", "objective", "chosen"])


def _sample_table(panel: FirmPanel, draws: Array) -> pd.DataFrame:
    counts = {
        "firm_years": panel.rows,
        "firms": len(np.unique(panel.unit)),
        "pairs": int(panel.follows().sum()),
        **dict(panel.left_out),
        "failed_replications": int(np.isnan(draws).any(axis=1).sum()),
    }
    return pd.DataFrame({"quantity": list(counts), "count": list(counts.values())})


def _warnings(panel: FirmPanel, method: FirmMethod, found: FirmEstimate) -> tuple[Text, ...]:
    notes = []
    left_out = dict(panel.left_out)
    if sum(left_out.values()):
        missing, refused = left_out["missing"], left_out["not_positive"]
        notes.append(
            Text(
                f"未使用 {missing + refused} 行：{missing} 行有缺失值，{refused} 行有零或负值",
                f"{missing + refused} rows were left out: {missing} with missing values, "
                f"{refused} with zeros or negatives",
            )
        )
    if method == "ols":
        notes.append(
            Text(
                "最小二乘只作对照：企业知道自身的生产率，系数有偏",
                "least squares is only a benchmark: firms know their productivity, so it is biased",
            )
        )
    if found.no_exit:
        notes.append(
            Text(
                "没有企业退出，Olley–Pakes 未作退出校正",
                "no firm leaves, so Olley–Pakes corrects no exit",
            )
        )
    if len(found.roots) > 1:
        count = len(found.roots)
        notes.append(
            Text(
                f"矩条件有 {count} 个解，在 [0, 1] 内取最小系数最大的一个；全部解见表 roots",
                f"the moments have {count} roots; of those within [0, 1] the one whose least "
                "coefficient is largest is taken, all are in the table roots",
            )
        )
    small = [
        name
        for name, coefficient in zip(panel.names, found.coefficients.tolist(), strict=True)
        if coefficient < _NOTHING
    ]
    if small:
        notes.append(
            Text(
                f"{'、'.join(small)} 的系数接近零或为负：可能是伪解，或方法的假设不成立",
                f"the coefficient of {', '.join(small)} is near zero or negative: perhaps a "
                "spurious root, or the method's assumptions fail",
            )
        )
    notes.extend(_weak_instrument(panel, found))
    return tuple(notes)


def _weak_instrument(panel: FirmPanel, found: FirmEstimate) -> list[Text]:
    if found.instrument_r2 is None:
        return []
    pairs, instruments = int(panel.follows().sum()), len(panel.labour)
    strength = found.instrument_r2 / (1 - found.instrument_r2) * pairs / instruments
    if strength >= _WEAK:
        return []
    return [
        Text(
            f"工具变量弱：滞后劳动对劳动的 F 为 {strength:.1f}，低于 {_WEAK:g}",
            f"weak instrument: F of lagged labour for labour is {strength:.1f}, below {_WEAK:g}",
        )
    ]


def _check_options(
    method: str, degree: int, markov_degree: int, replications: int, level: float
) -> None:
    if method not in FIRM_METHODS:
        raise InputError(
            Text(
                f"没有方法 {method}；可用：{'、'.join(FIRM_METHODS)}",
                f"no method {method}; there are: {', '.join(FIRM_METHODS)}",
            )
        )
    for name, value in (("degree", degree), ("markov_degree", markov_degree)):
        if not 1 <= value <= _HIGHEST_DEGREE:
            raise InputError(
                Text(
                    f"{name} 应在 1 到 {_HIGHEST_DEGREE} 之间，给出的是 {value}",
                    f"{name} must lie between 1 and {_HIGHEST_DEGREE}; it is {value}",
                )
            )
    if replications < 0 or replications == 1:
        raise InputError(
            Text(
                f"replications 应为 0 或不少于 2，给出的是 {replications}",
                f"replications must be 0 or at least 2; it is {replications}",
            )
        )
    if not 0 < level < 1:
        raise InputError(
            Text(
                f"level 应在 0 与 1 之间，给出的是 {level:g}",
                f"level must lie between 0 and 1; it is {level:g}",
            )
        )
