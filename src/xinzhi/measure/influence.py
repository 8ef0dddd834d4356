"""What imputed cells do to ranks: with and without them, and by leaving known cells out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, Result, Text
from xinzhi.data.imputation import ImputationMethod, left_out_panels
from xinzhi.data.panel import Panel
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.index import index
from xinzhi.measure.index_result import RANKS
from xinzhi.measure.method import Method

_KEY = ["region", "year"]


def imputed_rank_change(
    panel: Panel,
    system: IndicatorSystem,
    years: Iterable[int] | None = None,
    method: Method | None = None,
) -> Result:
    """Compare the ranks of an index with the imputed cells of a panel and without them.

    panel : with cells of status ``imputed``, as ``impute`` gives
    years : the years to compare; None takes those in which every indicator has figures, imputed
        ones included
    method : of the index
    Returns : table ``ranks`` (region, year, rank, rank_without, change, imputed): rank of the root
        node with imputed cells, rank without them (missing where the region then has no score),
        rank minus rank_without, and the number of indicators of the system that rest on an
        imputed cell
    Raises : InputError where no cell that the system uses is imputed, or as ``index``
    """
    values = system.evaluate(panel, years)
    counts = _imputed(values)
    if not counts.any():
        raise InputError(
            Text(
                f"体系 {system.id} 用到的单元格没有插补值",
                f"no cell that system {system.id} uses is imputed",
            ),
            remedy=Text("先用 impute 填补缺口。", "Fill the gaps with impute first."),
        )
    frame = panel.frame[(panel.frame["status"] != "imputed").to_numpy()].reset_index(drop=True)
    known = system.evaluate(replace(panel, frame=frame), values["year"].values.tolist())
    known = known.reindex(region=values["region"], fill_value={"status": -1})
    table = _ranks(values, system, method).to_frame("rank")
    table["rank_without"] = _ranks(known, system, method)
    table["change"] = table["rank"] - table["rank_without"]
    table["imputed"] = counts
    whole = ("rank", "rank_without", "change")
    return Result(
        tables={"ranks": table.astype(dict.fromkeys(whole, "Int64")).reset_index()},
        parameters={"system": system.id, **(method or Method()).to_dict()},
        inputs=panel.inputs,
        warnings=panel.warnings,
    )


def imputation_rank_influence(
    panel: Panel,
    system: IndicatorSystem,
    imputation: ImputationMethod,
    years: Iterable[int] | None = None,
    method: Method | None = None,
    *,
    indicators: Iterable[str] | None = None,
    covariate: str | None = None,
    extrapolate: bool = False,
) -> Result:
    """Measure what imputation does to ranks where the truth is known: the leave-out test.

    Known cells are replaced by what the method makes of them, at a time at most one of each region
    and panel indicator, and the index is computed anew; every cell that the method can fill is
    replaced once.

    imputation, covariate, extrapolate : as for ``impute``
    years : the years to compare; None takes those in which every indicator has figures
    indicators : those of the panel to leave out; None takes all that the system's formulas use
        and the covariate does not
    method : of the index
    Returns : tables ``summary`` (runs, cells, mean_absolute_change, share_changed,
        largest_change) and ``ranks`` (region, year, rank, rank_low, rank_high,
        mean_absolute_change, runs), over the runs in which an indicator of that region and year
        rests on a replaced cell
    Raises : InputError as ``impute`` and ``index``, and where no cell can be left out
    """
    span = system.evaluate(panel, years)["year"].values.tolist()
    values = system.evaluate(panel, span)
    base, before = _ranks(values, system, method), _imputed(values)
    if indicators is None:
        used = {name for item in system.indicators for name in item.formula.names}
        own = None if covariate is None else panel.resolve(covariate)
        indicators = sorted(name for name in used if panel.resolve(name) != own)
    runs = []
    cells = 0
    for changed, count in left_out_panels(
        panel, imputation, indicators, covariate=covariate, extrapolate=extrapolate
    ):
        values = system.evaluate(changed, span)
        runs.append(_ranks(values, system, method).where(_imputed(values) > before))
        cells += count
    ranks = pd.concat([base, *runs], axis=1).iloc[:, 1:]
    change = ranks.sub(base, axis=0).abs()
    numbers = change.to_numpy(dtype=float)
    measured = numbers[~np.isnan(numbers)]
    if not measured.size:
        raise InputError(
            Text(
                f"没有可以用 {imputation} 检验的已知单元格",
                f"there is no known cell on which {imputation} could be tested",
            ),
            remedy=Text("每个地区至少需要三年的数据。", "A region needs figures of three years."),
        )
    table = pd.DataFrame(
        {
            "rank": base,
            "rank_low": ranks.min(axis=1),
            "rank_high": ranks.max(axis=1),
            "mean_absolute_change": change.mean(axis=1),
            "runs": change.notna().sum(axis=1),
        }
    )
    table = table.astype(dict.fromkeys(RANKS, "Int64")).reset_index()
    summary = pd.DataFrame(
        {
            "runs": [len(runs)],
            "cells": [cells],
            "mean_absolute_change": [float(measured.mean())],
            "share_changed": [float(np.mean(measured > 0))],
            "largest_change": [float(measured.max())],
        }
    )
    return Result(
        tables={"summary": summary, "ranks": table},
        parameters={
            "system": system.id,
            "imputation": imputation,
            "covariate": covariate,
            "extrapolate": extrapolate,
            "years": span,
            **(method or Method()).to_dict(),
        },
        inputs=panel.inputs,
        warnings=panel.warnings,
    )


def _ranks(values: xr.Dataset, system: IndicatorSystem, method: Method | None) -> pd.Series[float]:
    """Return the rank of the root node by region and year."""
    scores = index(values, system, method).to_frame("scores")
    root = scores[scores["node"] == system.root].astype({"region": "str"})
    return root.set_index(_KEY)["rank"].astype("float64")


def _imputed(values: xr.Dataset) -> pd.Series[int]:
    """Return the number of indicators that rest on an imputed cell, by region and year."""
    code = values.attrs["statuses"].index("imputed")
    counts: pd.Series[int] = (values["status"] == code).sum("indicator").to_series()
    return counts
