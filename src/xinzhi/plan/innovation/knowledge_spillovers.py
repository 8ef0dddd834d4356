"""Knowledge of others: pools of their stocks, weighted by technology or by space."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import sorted_columns


def technology_proximity(
    activity: pd.DataFrame,
    value: str = "patents",
    *,
    unit: str = "unit",
    field: str = "field",
) -> pd.DataFrame:
    r"""How alike the technologies of two units are: the cosine of their patents by field.

    .. math:: P_{ij} = \frac{\sum_f F_{if}F_{jf}}{\sqrt{\sum_fF_{if}^2}\sqrt{\sum_fF_{jf}^2}}

    activity : one row a unit and field; F, such as patents, >= 0; an absent pair counts as none
    Returns : (unit, unit) [1], in [0, 1]; 1 on the diagonal, 0 where no field is shared
    Raises : InputError for negative or missing values, a pair twice, and units with nothing in any
        field, whose direction is not defined
    Source : Jaffe (1986), American Economic Review 76
    """
    table = sorted_columns(activity, [unit, field], [value])
    below = table[table[value] < 0]
    if len(below):
        shown = listed(f"{a} {b}" for a, b in below[[unit, field]].itertuples(index=False))
        raise InputError(
            Text(f"{value} 为负：{shown.zh}", f"{value} is negative: {shown.en}"),
            remedy=Text("更正这些行。", "Correct these rows."),
        )
    wide = table.assign(**{unit: table[unit].astype(str)}).pivot(
        index=unit, columns=field, values=value
    )
    # a pair without a row is a field without patents
    F = wide.fillna(0.0).to_numpy(float)
    size = np.sqrt((F**2).sum(axis=1))
    if not size.all():
        shown = listed(wide.index[size == 0])
        raise InputError(
            Text(
                f"这些单位在任何领域都没有 {value}，技术距离无从定义：{shown.zh}",
                f"these units have no {value} in any field, so that no proximity is defined: "
                f"{shown.en}",
            ),
            remedy=Text("去掉这些单位，或补充数据。", "Leave them out, or give their figures."),
        )
    names = pd.Index(wide.index, name=None)
    proximity = np.clip((F / size[:, None]) @ (F / size[:, None]).T, 0.0, 1.0)
    np.fill_diagonal(proximity, 1.0)
    return pd.DataFrame(proximity, index=names, columns=names)


def weight_matrix(
    pairs: pd.DataFrame, *, unit: str = "unit", other: str = "other", weight: str = "weight"
) -> pd.DataFrame:
    """Make a square matrix of weights of a table of pairs; a pair that is absent has weight 0.

    pairs : unit (who receives), other (whose knowledge), weight >= 0
    Raises : InputError for a pair twice, or a weight that is missing or no number
    """
    table = sorted_columns(pairs, [unit, other], [weight])
    receives, gives = table[unit].astype(str), table[other].astype(str)
    names = pd.Index(sorted(set(receives) | set(gives)), dtype=object)
    W = np.zeros((len(names), len(names)))
    W[names.get_indexer(pd.Index(receives)), names.get_indexer(pd.Index(gives))] = table[
        weight
    ].to_numpy()
    return pd.DataFrame(W, index=names, columns=names)


def spillover_pool(
    weights: pd.DataFrame,
    stocks: pd.DataFrame,
    *,
    stock: str = "stock",
    normalise: bool = False,
    unit: str = "unit",
    time: str = "year",
) -> pd.DataFrame:
    r"""Knowledge of all others within reach of each unit.

    .. math:: S_{it} = \sum_{j\ne i}w_{ij}K_{jt}

    weights : (unit, unit) >= 0 in the direction of receiving: row i, from column j. Proximity of
        technology, contiguity, inverse distance, trade. The diagonal never counts
    stocks : one row a unit and year; K, in any unit, >= 0
    normalise : let every row of weights sum to 1, so that S is a mean of the others' stocks; by
        default S is a sum, which grows with the number of neighbours
    Returns : unit, year, spillover [the unit of K]. S is missing in a year in which a unit with
        positive weight has no stock: absent is not zero
    Raises : InputError for units of one table that the other lacks, for weights that are negative
        or missing, and, with ``normalise``, for a unit that receives from nobody
    Limits : weights are given, not estimated; similar units also share demand and policy
    Source : Griliches (1979), Bell Journal of Economics 10; Jaffe (1986), American Economic Review
        76
    """
    table = sorted_columns(stocks, [unit, time], [stock], missing=True, time=time)
    wide = table.assign(**{unit: table[unit].astype(str)}).pivot(
        index=unit, columns=time, values=stock
    )
    names = wide.index
    given = weights.rename(index=str, columns=str)
    _check_labels(given, names)
    W = given.loc[names, names].to_numpy(float, copy=True)
    np.fill_diagonal(W, 0.0)
    if not (np.isfinite(W) & (W >= 0)).all():
        i, j = np.argwhere(~(np.isfinite(W) & (W >= 0)))[0]
        raise InputError(
            Text(
                f"权重应为不小于 0 的数；{names[i]} 对 {names[j]} 为 {W[i, j]}",
                f"weights are numbers of at least 0; that of {names[i]} from {names[j]} is "
                f"{W[i, j]}",
            )
        )
    if normalise:
        totals = W.sum(axis=1)
        if not totals.all():
            shown = listed(names[totals == 0])
            raise InputError(
                Text(
                    f"这些单位没有任何邻居，权重无法按行标准化：{shown.zh}",
                    f"these units receive from nobody, so that their weights have no sum to "
                    f"divide by: {shown.en}",
                ),
                remedy=Text("给出权重，或不做标准化。", "Give weights, or do not normalise."),
            )
        W /= totals[:, np.newaxis]
    K = wide.to_numpy(float)
    gone = ~np.isfinite(K)
    pool = W @ np.where(gone, 0.0, K)
    pool[(W @ gone.astype(float)) > 0] = np.nan
    return pd.DataFrame(
        {
            "unit": np.repeat(names.to_numpy(), len(wide.columns)),
            "year": np.tile(wide.columns.to_numpy(np.int64), len(names)),
            "spillover": pool.ravel(),
        }
    )


def _check_labels(weights: pd.DataFrame, names: pd.Index) -> None:
    for side, labels in (("row", weights.index), ("column", weights.columns)):
        lacking = sorted(set(names) - set(labels))
        extra = sorted(set(labels) - set(names))
        if lacking or extra:
            shown = listed([*lacking, *extra])
            rows = "行" if side == "row" else "列"
            raise InputError(
                Text(
                    f"权重矩阵的{rows}与存量的单位不一致：缺少 {len(lacking)} 个，多出 "
                    f"{len(extra)} 个（{shown.zh}）",
                    f"{side}s of the weights and units of the stocks differ: {len(lacking)} "
                    f"missing, {len(extra)} too many ({shown.en})",
                ),
                remedy=Text(
                    "两张表须包含同样的单位。", "Both must have the same units; none is dropped."
                ),
            )
