"""Kernel density of a distribution, year by year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def silverman_bandwidth(values: Array) -> float:
    r"""Silverman's rule of thumb.

    .. math:: h = 0.9\min\Big(s,\frac{q_{75}-q_{25}}{1.34}\Big)n^{-1/5}

    values : (n,), s with divisor n - 1; Returns : h in the unit of the values, 0 where all are
        equal; where only the quartiles are, s alone is used
    Source : Silverman (1986), Density Estimation, equation 3.31
    """
    if len(values) < 2:
        return 0.0
    low, high = np.quantile(values, [0.25, 0.75])
    spreads = [s for s in (float(np.std(values, ddof=1)), float(high - low) / 1.34) if s > 0]
    return float(0.9 * min(spreads, default=0.0) * len(values) ** -0.2)


def kernel_density(values: Array, points: Array, bandwidth: float) -> Array:
    r"""Gaussian kernel density.

    .. math:: f(x) = \frac1{nh}\sum_i\phi\Big(\frac{x-y_i}{h}\Big)

    values : (n,); points : (m,), where the density is wanted; bandwidth : h > 0
    Returns : (m,), per unit of the values
    Limits : values bounded at 0 leave mass below it; with few regions humps come and go with h
    """
    total = np.zeros(len(points))
    for start in range(0, len(values), 4096):
        z = (points[:, None] - values[None, start : start + 4096]) / bandwidth
        total += np.exp(-0.5 * z * z).sum(axis=1)
    density: Array = total / (len(values) * bandwidth * np.sqrt(2 * np.pi))
    return density
