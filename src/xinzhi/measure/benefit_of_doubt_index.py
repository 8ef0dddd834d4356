"""A composite index under the benefit of the doubt: each region by the weights that suit it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.benefit_of_doubt import BenefitOfDoubtResult, Limits, benefit_of_doubt
from xinzhi.measure.index import index
from xinzhi.measure.method import Method


def benefit_of_doubt_index(
    values: xr.DataArray | xr.Dataset,
    system: IndicatorSystem,
    method: Method | None = None,
    share_limits: Limits | None = None,
    weight_limits: Limits | None = None,
    inputs: Iterable[InputRecord] = (),
) -> BenefitOfDoubtResult:
    r"""Treat and normalise as ``index`` does, and weigh by the benefit of the doubt.

    The score is :math:`\sum_q w_{cq} y_{cq}` over all indicators of the system at once, with
    weights :math:`w_c` of each region and year of its own; nodes between have no score.

    values, system, method : as in ``index``; the weighting of ``method`` is not used, its scope is
        that of the comparison too
    share_limits, weight_limits : as in ``benefit_of_doubt``
    Returns : BenefitOfDoubtResult with the tables of an index: ``scores`` (region, year, node: the
        root, score, rank, status; the intervals stay missing), ``weights`` (region, year,
        indicator, weight, relative_weight, share), ``contributions`` :math:`w_{cq} y_{cq}`, which
        sum to the score, and ``indicators``, ``treatment``, ``correlations`` as ``index`` has them
    Raises : as ``index`` and ``benefit_of_doubt``; InputError for an aggregation that is not
        arithmetic
    Limits : as ``benefit_of_doubt``
    Source : see ``benefit_of_doubt``
    """
    method = method or Method()
    if method.aggregation != "arithmetic":
        raise InputError(
            Text(
                f"最有利权重法是加权和，不能用 {method.aggregation} 集成",
                "the benefit of the doubt is a weighted sum and does not go with "
                f"{method.aggregation} aggregation",
            ),
            remedy=Text("集成方法用 arithmetic。", "Use arithmetic aggregation."),
        )
    records = tuple(inputs)
    base = index(values, system, method, inputs=records)
    best = benefit_of_doubt(base.normalised, share_limits, weight_limits, method.scope, records)
    scores = best.tables["scores"]
    none = pd.Series(pd.NA, index=scores.index, dtype="Int64")
    scores = scores.assign(
        node=pd.Series(system.root, index=scores.index, dtype="category"),
        score_low=np.nan,  # no draws are made, so the intervals of an index stay empty
        score_high=np.nan,
        rank_low=none,
        rank_high=none,
    )
    columns = ["region", "year", "node", "score", "score_low", "score_high"]
    columns += ["rank", "rank_low", "rank_high", "status"]
    weights = best.tables["weights"]
    parts = weights[["region", "year", "indicator"]].assign(
        contribution=weights["weight"] * base.normalised.values.reshape(-1)
    )
    kept = ("indicators", "treatment", "correlations")
    return replace(
        best,
        tables={
            "scores": scores[columns],
            "weights": weights,
            "contributions": parts,
            **{name: base.tables[name] for name in kept},
        },
        units={**base.units, **best.units},
        parameters={**base.parameters, **best.parameters},
        warnings=tuple(dict.fromkeys((*base.warnings, *best.warnings))),
        system=system,
    )
