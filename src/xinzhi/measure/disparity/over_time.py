"""Tables over time: sigma and beta convergence, clubs, Markov chains."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.measure.disparity.clubs import Clubs, convergence_clubs
from xinzhi.measure.disparity.convergence import (
    BetaConvergence,
    beta_convergence,
    panel_beta_convergence,
    sigma_test,
)
from xinzhi.measure.disparity.disparity_result import COLUMNS
from xinzhi.measure.disparity.log_t import FEWEST_YEARS, LogTTest, hodrick_prescott_trend
from xinzhi.measure.disparity.markov import (
    MarkovChain,
    class_bounds,
    classified,
    markov,
    spatial_markov,
)

Array = NDArray[np.float64]
Tables = dict[str, pd.DataFrame]
Rows = list[dict[str, Any]]

ALL = "all"


def not_computed(what: Text, error: InputError) -> Text:
    """Return why a part of the analysis has no numbers."""
    return Text(
        f"未计算{what.zh}：{error.message.zh}", f"{what.en} not computed: {error.message.en}"
    )


def sigma_tables(values: Array, years: Array) -> tuple[Tables, list[Text]]:
    """Return the dispersion of logarithms by year, and the test of the first against the last."""
    logs = np.log(values)
    table = pd.DataFrame(
        {
            "year": years,
            "count": np.isfinite(logs).sum(axis=0),
            "standard_deviation": np.nanstd(logs, axis=0),
            "coefficient_of_variation": np.nanstd(values, axis=0) / np.nanmean(values, axis=0),
        }
    )
    ends = np.isfinite(values[:, [0, -1]]).all(axis=1)
    try:
        test = sigma_test(values[ends, 0], values[ends, -1])
    except InputError as error:
        return {"sigma": table}, [not_computed(Text("σ 收敛检验", "test of sigma"), error)]
    row = {"start": years[0], "end": years[-1], **asdict(test)}
    return {"sigma": table, "sigma_test": pd.DataFrame([row])}, []


def beta_tables(
    values: Array, years: Array, controls: Array | None, names: tuple[str, ...]
) -> tuple[Tables, list[Text]]:
    """Return every model of beta convergence that the data allow; controls : (region, year, k)."""
    ends = np.isfinite(values[:, [0, -1]]).all(axis=1)
    models: list[BetaConvergence] = []
    notes: list[Text] = []

    def tried(what: Text, model: Any, *given: Any) -> None:
        try:
            models.append(model(*given))
        except InputError as error:
            notes.append(not_computed(what, error))

    tried(Text("绝对 β 收敛", "absolute beta convergence"), beta_convergence, values[ends], years)
    if controls is not None:
        known = ends & np.isfinite(controls[:, 0]).all(axis=-1)
        tried(
            Text("条件 β 收敛", "conditional beta convergence"),
            beta_convergence,
            *(values[known], years, controls[known, 0]),
        )
    tried(
        Text("面板固定效应 β 收敛", "beta convergence with region and year effects"),
        panel_beta_convergence,
        *(values, years, controls),
    )
    table = pd.DataFrame([asdict(model) for model in models])
    rows = [
        {"model": model.model, "control": name, "coefficient": coefficient}
        for model in models
        for name, coefficient in zip(names, model.controls, strict=False)
    ]
    return {"beta": table.reindex(columns=COLUMNS["beta"]), "controls": pd.DataFrame(rows)}, notes


def club_tables(values: Array, years: Array, regions: tuple[str, ...]) -> tuple[Tables, list[Text]]:
    """Return clubs and their tests, on the trend of logarithms; regions with gaps are left out."""
    whole = np.asarray(np.isfinite(values).all(axis=1))
    notes = []
    if not whole.all() and len(years) >= FEWEST_YEARS:
        absent = [name for name, kept in zip(regions, whole, strict=True) if not kept]
        notes.append(
            Text(
                f"俱乐部收敛不含有缺失的 {len(absent)} 个地区：{'、'.join(absent[:6])}",
                f"clubs leave out {len(absent)} region(s) with gaps: {', '.join(absent[:6])}",
            )
        )
    logs = np.log(values[whole])
    smooth = hodrick_prescott_trend(logs) if len(years) >= FEWEST_YEARS and len(logs) else logs
    try:
        found = convergence_clubs(smooth)
    except InputError as error:
        return {}, [*notes, not_computed(Text("俱乐部收敛", "convergence clubs"), error)]
    if len(found.clubs) > 1 or len(found.divergent):
        notes.append(
            Text(
                "log t 检验取对数后的相对值，俱乐部的划分随数值单位而变",
                "the log t test compares logarithms: clubs depend on the unit of the values",
            )
        )
    kept = np.array(regions)[whole]
    frame = pd.DataFrame({"region": kept})
    for name, clubs in (("club", found.clubs), ("merged_club", found.merged)):
        number = np.full(len(kept), np.nan)
        for place, club in enumerate(clubs, 1):
            number[club.members] = place
        frame[name] = pd.array(number, dtype="Int64")
    return {"clubs": frame, "log_t": pd.DataFrame(_tests(found, len(kept)))}, notes


def _tests(found: Clubs, count: int) -> Rows:
    def row(stage: str, place: int | None, size: int, test: LogTTest) -> dict[str, Any]:
        return {
            "stage": stage,
            "club": place,
            "count": size,
            **asdict(test),
            "converging": test.converging,
        }

    return [
        row(ALL, None, count, found.whole),
        *(row("club", k, len(c.members), c.test) for k, c in enumerate(found.clubs, 1)),
        *(row("merged", k, len(c.members), c.test) for k, c in enumerate(found.merged, 1)),
    ]


def markov_tables(values: Array, classes: int, weights: Array | None) -> tuple[Tables, list[Text]]:
    """Return transitions of values over their year's mean, also by class of the neighbours' mean.

    Classes, of own values and of the neighbours', are parted by quantiles of all years together.
    """
    relative = values / np.nanmean(values, axis=0)
    try:
        bounds = class_bounds(relative, classes)
        codes = classified(relative, bounds)
        chains: list[tuple[Any, MarkovChain]] = [(ALL, markov(codes, classes))]
        test = None
        if weights is not None:
            lags = _lags(relative, weights)
            lag_codes = classified(lags, class_bounds(lags, classes))
            by_lag, test = spatial_markov(codes, lag_codes, classes, classes)
            chains += [(str(k), chain) for k, chain in enumerate(by_lag, 1)]
    except InputError as error:
        return {}, [not_computed(Text("马尔可夫链", "Markov chains"), error)]
    edges = [np.nan, *bounds, np.nan]
    transitions: Rows = []
    shares: Rows = []
    for neighbours, chain in chains:
        for a in range(classes):
            shares.append(
                {
                    "neighbours": neighbours,
                    "class": a + 1,
                    "lower": edges[a],
                    "upper": edges[a + 1],
                    "share": chain.ergodic[a],
                }
            )
            transitions += [
                {
                    "neighbours": neighbours,
                    "from_class": a + 1,
                    "to_class": b + 1,
                    "count": int(chain.transitions[a, b]),
                    "probability": chain.probabilities[a, b],
                }
                for b in range(classes)
            ]
    tables = {"markov": pd.DataFrame(transitions), "ergodic": pd.DataFrame(shares)}
    if test is not None:
        freedom = test.degrees_of_freedom
        rows = (
            ("likelihood_ratio", test.likelihood_ratio, freedom, test.likelihood_ratio_p_value),
            ("pearson", test.pearson, freedom, test.pearson_p_value),
        )
        tables["homogeneity"] = pd.DataFrame(rows, columns=list(COLUMNS["homogeneity"]))
    return tables, []


def _lags(values: Array, weights: Array) -> Array:
    """Return the mean of the neighbours with a value, NaN where there is none."""
    known = np.isfinite(values)
    near = weights @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        lags: Array = weights @ np.where(known, values, 0.0) / near
    return lags
