"""How much each of many drawn assumptions moves an outcome: standardised rank regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Array = NDArray[np.float64]

_RESAMPLES = 200


@dataclass(frozen=True, eq=False)
class RankRegression:
    """Coefficients of every assumption.

    coefficient, low, high : (assumptions,) nan where nothing varies
    r_squared : share of the variance of the outcome's ranks that they explain together
    """

    coefficient: Array
    low: Array
    high: Array
    r_squared: float


def rank_regression(
    assumptions: Array, outcome: Array, seed: np.random.SeedSequence, level: float = 0.95
) -> RankRegression:
    r"""Regress the ranks of an outcome on the ranks of independently drawn assumptions.

    .. math:: \frac{R(y) - \overline{R(y)}}{s_{R(y)}} = \sum_k b_k
        \frac{R(x_k) - \overline{R(x_k)}}{s_{R(x_k)}} + e

    b is the change of the outcome's rank, in its standard deviations, with one standard deviation
    of the assumption's; ranks make it hold for any monotonic relation. As assumptions are drawn
    independently, :math:`b_k^2` adds up to about :math:`R^2`: an :math:`R^2` well below one says
    that effects turn round or work together, and that coefficients tell only part.

    assumptions : (draws, assumptions); outcome : (draws,)
    level : of the percentile intervals of 200 bootstrap resamples of the draws
    Returns : coefficients, nan for a constant assumption; all nan for a constant outcome and with
        fewer draws than assumptions that vary, plus two
    Source : Iman and Conover (1979), Technometrics 21(4), 499-509
    """
    count, width = assumptions.shape
    varies = np.ptp(assumptions, axis=0) > 0
    nothing = np.full(width, np.nan)
    if count < varies.sum() + 2 or not varies.any() or np.ptp(outcome) == 0:
        return RankRegression(nothing, nothing, nothing, np.nan)
    data = np.column_stack([assumptions[:, varies], outcome])
    coefficient, r_squared = _fit(data)
    random = np.random.default_rng(seed)
    resampled = np.array(
        [_fit(data[random.integers(count, size=count)])[0] for _ in range(_RESAMPLES)]
    )
    low, high = np.quantile(resampled, [0.5 - level / 2, 0.5 + level / 2], axis=0)

    def placed(values: Array) -> Array:
        whole = nothing.copy()
        whole[varies] = values
        return whole

    return RankRegression(placed(coefficient), placed(low), placed(high), r_squared)


def _fit(data: Array) -> tuple[Array, float]:
    """Return coefficients and R² of the last column on the others, all of them as ranks."""
    ranks = rankdata(data, axis=0)
    ranks -= ranks.mean(axis=0)
    spread = ranks.std(axis=0)
    ranks /= np.where(spread > 0, spread, 1.0)  # a resample may hold one value only
    x, y = ranks[:, :-1], ranks[:, -1]
    found: Array = np.linalg.lstsq(x, y)[0].astype(np.float64)
    whole = float(y @ y)
    return found, 1.0 - float(((y - x @ found) ** 2).sum()) / whole if whole > 0 else np.nan
