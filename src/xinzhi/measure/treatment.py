"""Outlier treatment before normalisation: winsorising and logarithms (handbook, step 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SKEWNESS_LIMIT = 2.0
KURTOSIS_LIMIT = 3.5
MOST_WINSORISED = 5


def skewness(values: Array) -> Array:
    r"""Sample skewness of each column, adjusted for size.

    .. math:: G_1 = \frac{\sqrt{n(n-1)}}{n-2}\, \frac{m_3}{m_2^{3/2}}

    values : (observations, indicators), missing values left out
    Returns : (indicators,), nan below 3 values or where a column is constant
    Source : Joanes and Gill (1998), The Statistician 47(1), 183-189
    """
    n, m2, m3, _ = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 2, np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5, np.nan)


def kurtosis(values: Array) -> Array:
    r"""Sample excess kurtosis of each column, adjusted for size.

    .. math:: G_2 = \frac{n-1}{(n-2)(n-3)}\left[(n+1)\left(\frac{m_4}{m_2^2}-3\right)+6\right]

    values : (observations, indicators), missing values left out
    Returns : (indicators,), nan below 4 values or where a column is constant
    Source : Joanes and Gill (1998), The Statistician 47(1), 183-189
    """
    n, m2, _, m4 = _moments(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (n + 1) * (m4 / m2**2 - 3) + 6
        return np.where(n > 3, (n - 1) / ((n - 2) * (n - 3)) * excess, np.nan)


def is_skewed(values: Array) -> NDArray[np.bool_]:
    """Say of each column whether |skewness| > 2 and kurtosis > 3.5, the JRC's rule for outliers.

    values : (observations, indicators)
    Source : the screening rule of the JRC's audits of composite indicators, relaxed from Groeneveld
        and Meeden (1984), The Statistician 33(4), 391-399, who set 1 for the skewness
    """
    return (np.abs(skewness(values)) > SKEWNESS_LIMIT) & (kurtosis(values) > KURTOSIS_LIMIT)


def winsorising_limits(values: Array, most: int = MOST_WINSORISED) -> tuple[Array, Array]:
    """Find the limits to which each column is clipped so that it is skewed no longer.

    While a column is skewed (see ``is_skewed``), its most extreme value on the side of the skew
    is set to the next one, up to ``most`` values.

    values : (observations, indicators), missing values left out
    Returns : low and high (indicators,), infinite where nothing is clipped
    Source : OECD/JRC (2008) handbook, step 5; the rule as in COINr's ``qTreat``
    """
    low = np.full(values.shape[1], -np.inf)
    high = np.full(values.shape[1], np.inf)
    for k in np.flatnonzero(is_skewed(values)):
        column = np.sort(values[~np.isnan(values[:, k]), k])
        below, above = 0, len(column) - 1
        while below + (len(column) - 1 - above) < most:
            clipped = np.clip(column, column[below], column[above])[:, None]
            if not is_skewed(clipped)[0]:
                break
            if skewness(clipped)[0] > 0:
                above -= 1
            else:
                below += 1
        if below:
            low[k] = column[below]
        if above < len(column) - 1:
            high[k] = column[above]
    return low, high


def winsorise(values: Array, most: int = MOST_WINSORISED) -> Array:
    """Clip the outliers of each column; see ``winsorising_limits``.

    values : (observations, indicators); missing values stay missing
    """
    return np.clip(values, *winsorising_limits(values, most))


def logarithm(values: Array) -> Array:
    """Natural logarithm; values that are not positive become missing.

    Callers that must not lose values check for them before.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def _moments(values: Array) -> tuple[Array, Array, Array, Array]:
    there = ~np.isnan(values)
    n = there.sum(0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        centred = np.where(there, values - np.where(there, values, 0).sum(0) / n, 0.0)
        square = centred * centred
        return n, square.sum(0) / n, (square * centred).sum(0) / n, (square * square).sum(0) / n
