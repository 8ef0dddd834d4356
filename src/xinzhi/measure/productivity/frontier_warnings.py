"""What a reader must know before quoting a stochastic frontier."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import missing_periods
from xinzhi.measure.productivity.frontier_estimation import RATIO_BOUND, Estimate

_NO_INEFFICIENCY = 1e-6


def frontier_warnings(
    table: pd.DataFrame,
    keys: list[str],
    complete: NDArray[np.bool_],
    estimate: Estimate,
    wrong: bool,
    time: str | None,
) -> list[Text]:
    """Say what hinders quoting the efficiencies.

    complete : (rows,) rows without a missing value; wrong : the residuals are skewed the wrong way
    """
    warnings = []
    p = estimate.parameters
    v, u = np.exp(p.log_v), np.exp(p.log_u)
    gamma = u / (u + v)
    if not complete.all():
        rows = table.loc[~complete, keys].itertuples(index=False)
        shown = listed(" ".join(str(value) for value in row) for row in rows)
        warnings.append(
            Text(
                f"{int((~complete).sum())} 行有缺失值，没有效率值：{shown.zh}",
                f"{int((~complete).sum())} row(s) with missing values have no efficiency: "
                f"{shown.en}",
            )
        )
    if wrong:
        warnings.append(
            Text(
                "最小二乘残差的偏度方向与无效率不符：数据中看不出无效率，或模型设定有误",
                "least-squares residuals are skewed the wrong way: the data show no inefficiency, "
                "or the model is misspecified",
            )
        )
    if gamma < _NO_INEFFICIENCY:
        warnings.append(
            Text(
                "估计的无效率为零，所有单位的效率都接近 1，排名没有意义",
                "inefficiency is estimated at zero: all efficiencies are close to 1 and their "
                "ranks mean nothing",
            )
        )
    if gamma > 1 - _NO_INEFFICIENCY:
        warnings.append(
            Text(
                "估计的噪声为零，前沿成为确定性前沿，标准误不可用",
                "noise is estimated at zero: the frontier is deterministic and has no standard "
                "errors",
            )
        )
    if abs(p.ratio) > RATIO_BOUND - _NO_INEFFICIENCY:
        warnings.append(
            Text(
                "截断正态的均值 μ 到达界限（σ_u 的 10 倍），μ 与 σ_u 无法分开识别",
                "the mean μ of the truncated normal is at its bound of ten σ_u: μ and σ_u cannot "
                "be told apart",
            )
        )
    elif np.isnan(estimate.covariance[-4, -4]) and gamma >= _NO_INEFFICIENCY:
        warnings.append(
            Text(
                "信息矩阵接近奇异，没有标准误",
                "the information matrix is close to singular: there are no standard errors",
            )
        )
    gaps = missing_periods(table, keys[0], time) if time is not None else {}
    if gaps:
        shown = listed(f"{name} {periods.en}" for name, periods in gaps.items())
        warnings.append(
            Text(
                f"{len(gaps)} 个单位缺少中间的年份：{shown.zh}",
                f"{len(gaps)} unit(s) miss periods between others: {shown.en}",
            )
        )
    return warnings


def trend_warning(frontier: str) -> tuple[Text, ...]:
    """Say that common progress counts as falling inefficiency where the frontier stands still."""
    shift_zh = "技术进步" if frontier == "production" else "成本下降"
    shift_en = "technical progress" if frontier == "production" else "falling cost"
    return (
        Text(
            f"前沿不随时间移动：各单位共同的{shift_zh}会被算作无效率下降（eta）；"
            "要分开二者，请加 --trend",
            f"the frontier stands still: {shift_en} that units have in common counts as falling "
            "inefficiency (eta); to tell them apart, add --trend",
        ),
    )
