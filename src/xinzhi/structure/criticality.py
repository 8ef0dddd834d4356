"""Ranking imported inputs by how critical they are, with every part of the ranking shown."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.concentration import supplier_concentration
from xinzhi.structure.dependence import Economy, labelled, ratio
from xinzhi.structure.leontief import LeontiefSystem, coefficients

Array = NDArray[np.float64]

Combination = Literal["geometric", "rank"]
COMBINATIONS: tuple[Combination, ...] = ("geometric", "rank")
PARTS = ("dependence", "concentration", "scarcity", "output_fed")

_BAND = (2.5, 97.5)  # percentiles of the ranks over the draws


def criticality_parts(table: IOTable, economy: Economy) -> pd.DataFrame:
    r"""Return the parts of the criticality of each imported product, unscaled.

    dependence : :math:`\sum_j F_{ij} / \sum_j y_j`, the input embodied in all rounds of final
        output, per unit of it
    concentration : Herfindahl index of the product's origins; missing in a table of one region
    scarcity : :math:`1 - x_i / (x_i + \sum_j F_{ij} + c_i)`, what is missing to a wholly domestic
        supply of the product, with c the imports for final demand; its complement is
        domestic_share
    output_fed : :math:`\sum_j F_{ij} g_j / \sum_j F_{ij}` with g = (I − B)⁻¹1, output that one
        unit of the input stands behind in all rounds of sales downstream (Ghosh)
    Returns : region (many regions only), code, title_zh, title_en, imported_inputs [the table's
        unit], dependence, concentration, domestic_share, scarcity, output_fed
    """
    used = economy.imported.sum(axis=1)
    supply = economy.output + used + economy.imported_final
    frame = labelled(table, economy)
    frame["imported_inputs"] = used
    final = float(economy.final_output.sum())
    frame["dependence"] = used / final if final > 0 else np.nan
    found = supplier_concentration(table, economy.region)
    frame["concentration"] = np.full(len(used), np.nan) if found is None else found[1]
    frame["domestic_share"] = ratio(economy.output, supply)
    frame["scarcity"] = 1.0 - frame["domestic_share"]
    # rows over output are the columns of the transposed flows over output
    allocation = coefficients(economy.flows.T, economy.output).T
    fed = LeontiefSystem(allocation).solve(np.ones(len(used)))
    frame["output_fed"] = ratio(economy.imported @ fed, used)
    return frame


def scaled_parts(parts: Array, combination: Combination) -> Array:
    """Return (P, K) parts from 0 to 1, 1 the most critical.

    ``geometric`` divides each part by its largest value, which leaves the order by their geometric
    mean as it is whatever the unit; ``rank`` takes ranks, 1 for the highest and 0 for the lowest,
    ties on their mean.
    """
    from scipy.stats import rankdata

    if combination == "geometric":
        largest = parts.max(axis=0, initial=0.0)
        return np.asarray(np.divide(parts, largest, out=np.zeros_like(parts), where=largest > 0))
    if combination == "rank":
        return np.asarray((rankdata(parts, axis=0) - 1) / max(1, len(parts) - 1))
    raise InputError(
        Text(
            f"没有合成方式 {combination}；可选：{'、'.join(COMBINATIONS)}",
            f"no combination {combination}; choose from {', '.join(COMBINATIONS)}",
        )
    )


def combined(scaled: Array, weights: Array, combination: Combination) -> Array:
    r"""Return the combined parts of each product, from 0 to 1.

    .. math:: \prod_k u_k^{w_k} \quad\text{(geometric)} \qquad \sum_k w_k u_k \quad\text{(rank)}

    scaled : (P, K); weights : (…, K), sum to one
    Returns : (…, P); the geometric mean is zero where a part is
    """
    if combination == "rank":
        return np.asarray(weights @ scaled.T)
    positive = scaled > 0
    logarithms = np.log(np.where(positive, scaled, 1.0))
    return np.where(positive.all(axis=1), np.exp(weights @ logarithms.T), 0.0)


def criticality(
    table: IOTable,
    economy: Economy,
    combination: Combination = "geometric",
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the imported products with the parts of their criticality, the most critical first.

    The parts (dependence, concentration where origins are known, scarcity, output_fed) are scaled
    from 0 to 1 and combined with equal weights. The rank interval says how much the rank owes to
    that choice: it holds 95 % of the ranks under weights drawn evenly from all weights that are
    positive and sum to one.

    combination : ``geometric`` (an input is critical if all its parts are) or ``rank``
    draws, seed : of the weights; no interval without draws
    Returns : columns of ``criticality_parts`` with dependence_scaled, concentration_scaled,
        scarcity_scaled, output_fed_scaled, criticality [0–1], rank (1 = most critical, ties
        share the better rank), rank_low, rank_high. Products that are no imported input have
        criticality zero and no rank.
    Raises : InputError for an unknown combination or a negative number of draws
    """
    if draws < 0:
        raise InputError(
            Text(
                f"抽样次数为 {draws}，应不小于 0",
                f"the number of draws is {draws}; it must be 0 or more",
            )
        )
    frame = criticality_parts(table, economy)
    used = frame["imported_inputs"].to_numpy() > 0
    chosen = [part for part in PARTS if frame.loc[used, part].notna().any()]
    scaled = scaled_parts(frame.loc[used, chosen].to_numpy(dtype=float), combination)
    for part in PARTS:
        frame[f"{part}_scaled"] = np.nan
    frame.loc[used, [f"{part}_scaled" for part in chosen]] = scaled
    count = max(1, len(chosen))
    equal = np.full(len(chosen), 1.0 / count)
    frame["criticality"] = 0.0
    frame.loc[used, "criticality"] = combined(scaled, equal, combination)
    for name in ("rank", "rank_low", "rank_high"):
        frame[name] = np.nan
    frame.loc[used, "rank"] = _ranks(combined(scaled, equal, combination))
    if draws and used.any():
        weights = np.random.default_rng(seed).dirichlet(np.ones(len(chosen)), draws)
        ranks = _ranks(combined(scaled, weights, combination))
        low, high = np.percentile(ranks, _BAND, axis=0, method="nearest")
        frame.loc[used, "rank_low"], frame.loc[used, "rank_high"] = low, high
    return frame.sort_values(["criticality", "code"], ascending=[False, True], ignore_index=True)


def _ranks(values: Array) -> Array:
    """Return ranks along the last axis, 1 for the largest, ties on the better rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(-values, method="min", axis=-1), dtype=np.float64)
