"""Benefit of the doubt: every region is scored with the weights that suit it best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.core.optional import imported
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.index_result import categorical, long_table
from xinzhi.measure.normalisation import competition_rank

Array = NDArray[np.float64]
Limits = tuple[float, float]

STATUSES = ("optimal", "infeasible", "missing", "failed")
SCOPES = ("pooled", "yearly")
_ZERO = 1e-9
_MOST_NAMED = 5
_CHUNK_CELLS = 1 << 22


@dataclass(frozen=True)
class BenefitOfDoubtResult(ChartedResult):
    """Tables: scores, weights; of ``benefit_of_doubt_index`` those of an index beside them.

    Charts: ``ranking`` of all regions, ``shares`` of the indicators in one region's own score.

    system : the indicator system, None where normalised values were given
    """

    system: IndicatorSystem | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_of_methods

        return plots_of_methods.benefit_of_doubt_chart(self, asked)


def benefit_of_doubt(
    values: xr.DataArray,
    share_limits: Limits | None = None,
    weight_limits: Limits | None = None,
    scope: str = "pooled",
    inputs: Iterable[InputRecord] = (),
) -> BenefitOfDoubtResult:
    r"""Benefit-of-the-doubt index of every region and year.

    .. math:: \max_{w \ge 0} \sum_q w_q y_{cq}\quad \text{so that}\quad
        \sum_q w_q y_{kq} \le 1 \ \text{for every unit } k

    values : (region, year, indicator), >= 0, more is better, as normalised by ``index``
    share_limits : lowest and highest share of each indicator in a region's own score,
        :math:`w_q y_{cq} / \sum_q w_q y_{cq}` (pie shares)
    weight_limits : lowest and highest share of each weight in the sum of the weights,
        :math:`w_q / \sum_q w_q`
    scope : ``pooled`` compares with all regions and years, ``yearly`` with the same year only
    Returns : tables ``scores`` (region, year, score, rank, status) and ``weights`` (region, year,
        indicator, weight, relative_weight, share). Status is ``optimal``, ``infeasible`` (the
        limits leave only the weights zero), ``missing`` (a value is missing) or ``failed``; only
        optimal units have a score
    Raises : InputError for negative values or limits that no weights meet; ComputationError where
        SciPy is missing
    Limits : several sets of weights can give the same best score, above all at a score of 1; one
        of them is shown. Without limits many regions score 1. Scores depend on the normalisation
    Source : Melyn and Moesen (1991), CES Public Economics Research Paper 17; Cherchye, Moesen,
        Rogge and Van Puyenbroeck (2007), Social Indicators Research 82, 111-145; OECD/JRC (2008)
        handbook, section 6.3
    """
    if scope not in SCOPES:
        raise InputError(
            Text(f"未知的比较范围 {scope}", f"unknown scope {scope}"),
            remedy=Text(f"可选：{'、'.join(SCOPES)}", f"Choose from: {', '.join(SCOPES)}"),
        )
    array = values.transpose("region", "year", "indicator")
    data = np.asarray(array.values, dtype=float)
    _check_values(array, data)
    for limits, zh, en in (
        (share_limits, "贡献份额", "share_limits"),
        (weight_limits, "权重份额", "weight_limits"),
    ):
        _check_limits(limits, data.shape[2], zh, en)
    regions, years, size = data.shape
    groups = (
        [np.arange(regions * years)]
        if scope == "pooled"
        else [np.arange(regions) * years + year for year in range(years)]
    )
    rows = data.reshape(-1, size)
    scores, weights = np.full(len(rows), np.nan), np.full(rows.shape, np.nan)
    status = np.full(len(rows), STATUSES.index("missing"))
    for group in groups:
        part = rows[group]
        scores[group], weights[group], status[group] = best_weights(
            part, share_limits, weight_limits
        )
    places = {"region": array["region"].values, "year": array["year"].values}
    return _result(
        places, array, scores, weights, status, share_limits, weight_limits, scope, inputs
    )


def best_weights(
    values: Array, share_limits: Limits | None = None, weight_limits: Limits | None = None
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Solve the benefit-of-the-doubt program of every unit; see ``benefit_of_doubt``.

    Units that another unit beats or equals everywhere bind no program and are left out of the
    constraints, which changes no score.

    values : (units, indicators), >= 0; units with a missing value are neither scored nor compared
    Returns : scores (units,), weights (units, indicators), positions in STATUSES (units,)
    """
    optimize = imported("scipy.optimize", "sensitivity")
    units, size = values.shape
    complete = ~np.isnan(values).any(axis=1)
    scores, weights = np.full(units, np.nan), np.full(values.shape, np.nan)
    status = np.where(complete, STATUSES.index("failed"), STATUSES.index("missing"))
    frontier = values[complete][_undominated(values[complete])]
    for unit in np.flatnonzero(complete):
        own = values[unit]
        rows = [frontier]
        if share_limits is not None:
            rows.append(_between(np.diag(own), own, share_limits))
        if weight_limits is not None:
            rows.append(_between(np.eye(size), np.ones(size), weight_limits))
        matrix = np.vstack(rows)
        upper = np.zeros(len(matrix))
        upper[: len(frontier)] = 1.0
        # presolving costs more than it saves in programs this small
        solved = optimize.linprog(
            -own, A_ub=matrix, b_ub=upper, method="highs", options={"presolve": False}
        )
        if not solved.success:
            continue
        best = float(-solved.fun)
        if best <= _ZERO and own.max() > _ZERO:
            status[unit] = STATUSES.index("infeasible")
            continue
        # the solver's rounding must not part units that share the best score
        scores[unit] = 1.0 if best > 1 - _ZERO else best
        weights[unit] = solved.x
        status[unit] = STATUSES.index("optimal")
    return scores, weights, status


def _between(part: Array, whole: Array, limits: Limits) -> Array:
    """Return rows that hold each part of ``w`` between shares of the whole, as <= 0."""
    low, high = limits
    return np.vstack([part - high * whole, low * whole - part])


def _undominated(values: Array) -> NDArray[np.int64]:
    """Return the positions of units that no other unit equals or beats in every indicator."""
    kept = np.sort(np.unique(values, axis=0, return_index=True)[1])
    points = values[kept]
    step = max(1, _CHUNK_CELLS // max(points.size, 1))
    beaten = np.zeros(len(points), dtype=bool)
    for start in range(0, len(points), step):
        part = points[start : start + step, None, :]
        # the points are distinct, so a unit at least as good everywhere is better somewhere
        beaten[start : start + step] = (points[None] >= part).all(-1).sum(-1) > 1
    return np.asarray(kept[~beaten])


def _check_values(array: xr.DataArray, data: Array) -> None:
    below = np.argwhere(data < 0)
    if len(below):
        region, year, indicator = below[0]
        raise InputError(
            Text(
                f"{len(below)} 个值为负，例如 {array['region'].values[region]} "
                f"{array['year'].values[year]} 年的 {array['indicator'].values[indicator]}",
                f"{len(below)} value(s) are negative, for instance "
                f"{array['indicator'].values[indicator]} of {array['region'].values[region]} "
                f"in {array['year'].values[year]}",
            ),
            remedy=Text(
                "先用 min-max、rank 或 goalposts 标准化。",
                "Normalise by min-max, rank or goalposts first.",
            ),
        )


def _check_limits(limits: Limits | None, size: int, zh: str, en: str) -> None:
    if limits is None:
        return
    low, high = limits
    if not 0 <= low <= high <= 1 or low * size > 1 + _ZERO or high * size < 1 - _ZERO:
        raise InputError(
            Text(
                f"{size} 个指标的{zh}不能都在 [{low:g}, {high:g}] 内",
                f"{en}: the shares of {size} indicators cannot all lie in [{low:g}, {high:g}]",
            ),
            remedy=Text(
                f"下限至多 {1 / size:.4g}，上限至少 {1 / size:.4g}。",
                f"The lower limit is at most {1 / size:.4g}, the upper at least {1 / size:.4g}.",
            ),
        )


def _result(
    places: dict[str, Any],
    array: xr.DataArray,
    scores: Array,
    weights: Array,
    status: NDArray[np.int64],
    share_limits: Limits | None,
    weight_limits: Limits | None,
    scope: str,
    inputs: Iterable[InputRecord],
) -> BenefitOfDoubtResult:
    shape = array.shape
    values = np.asarray(array.values, dtype=float)
    grid, given = scores.reshape(shape[:2]), weights.reshape(shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = given / given.sum(-1, keepdims=True)
        share = given * values / grid[..., None]
    columns = {"score": grid, "rank": competition_rank(grid.T).T}
    table = long_table(
        places, "unit", np.array(["all"]), {k: v[..., None] for k, v in columns.items()}
    ).drop(columns="unit")
    table["status"] = categorical(status, STATUSES)
    return BenefitOfDoubtResult(
        tables={
            "scores": table,
            "weights": long_table(
                places,
                "indicator",
                array["indicator"].values,
                {"weight": given, "relative_weight": relative, "share": share},
            ),
        },
        units={"score": "ratio", "share": "ratio", "relative_weight": "ratio"},
        parameters={
            "weighting": "benefit-of-the-doubt",
            "share_limits": None if share_limits is None else list(share_limits),
            "weight_limits": None if weight_limits is None else list(weight_limits),
            "scope": scope,
        },
        inputs=tuple(inputs),
        warnings=tuple(_warnings(table)),
    )


def _warnings(table: pd.DataFrame) -> list[Text]:
    reasons = {
        "infeasible": Text("权重限制下无解", "no weights within the limits give a score"),
        "missing": Text("有缺失值", "a value is missing"),
        "failed": Text("求解失败", "the program was not solved"),
    }
    warnings = []
    for status, reason in reasons.items():
        hit = table[table["status"] == status]
        if len(hit):
            names = [f"{row.region} {row.year}" for row in hit.head(_MOST_NAMED).itertuples()]
            rest = "" if len(hit) <= _MOST_NAMED else "…"
            warnings.append(
                Text(
                    f"{len(hit)} 个单元没有得分，{reason.zh}：{'、'.join(names)}{rest}",
                    f"{len(hit)} unit(s) without a score, {reason.en}: {', '.join(names)}{rest}",
                )
            )
    best = int((table["score"] >= 1 - _ZERO).sum())
    if best > len(table) / 2:
        warnings.append(
            Text(
                f"{best} 个单元得分为 1，区分度不足；可限制份额",
                f"{best} units score 1, so the index hardly tells them apart; limit the shares",
            )
        )
    return warnings
