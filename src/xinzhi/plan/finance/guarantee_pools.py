"""Loans pooled by what they lose in default, how likely it is, and how they move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

_MOST_POOLS = 200
_FINEST = 64.0
"""Classes to a doubling of loss and of default probability, where there are too many pools."""


@dataclass(frozen=True, eq=False)
class LoanPools:
    """Pools of equal loans.

    count : (K,) loans; unit_loss : (K,) loss of one in default [money]
    probability : (K,) of default within the year; correlation : (K,) of asset values
    effective_loans : number of equal loans as concentrated as these, (Σu)²/Σu²
    """

    count: NDArray[np.int64]
    unit_loss: Array
    probability: Array
    correlation: Array
    effective_loans: float

    @property
    def threshold(self) -> Array:
        """Return (K,) the asset value below which a firm defaults; +inf for certain default."""
        found: Array = ndtri(self.probability)
        return found

    @property
    def expected_loss(self) -> float:
        """Return what is lost in a mean year [money]."""
        return float(np.sum(self.count * self.unit_loss * self.probability))

    @property
    def largest_loss(self) -> float:
        """Return what is lost where every loan defaults [money]."""
        return float(np.sum(self.count * self.unit_loss))


def loan_pools(
    unit_loss: ArrayLike, probability: ArrayLike, correlation: ArrayLike, *, exact: bool = False
) -> LoanPools:
    """Pool loans: those alike in all three, or those alike enough.

    unit_loss : (loans,) exposure × loss given default [money], >= 0; loans at 0 cannot lose
        anything and are left out
    probability : (loans,) of default, in (0, 1]; correlation : (loans,) or one, in (0, 1)
    exact : pool only loans that are alike in all three, however many pools that makes
    Returns : at most 200 pools otherwise. Where more loans differ, classes of loss and of default
        probability are widened, from 64 to a doubling downwards, until there are no more; pools
        keep the number of their loans, their total loss and their expected loss
    Raises : InputError where no loan can lose anything
    Limits : loans of one pool count as equal, which leaves a little of their dispersion out; two
        loans of one class differ by at most the width of the class
    """
    u = np.asarray(unit_loss, dtype=float)
    p = np.broadcast_to(np.asarray(probability, dtype=float), u.shape)
    rho = np.broadcast_to(np.asarray(correlation, dtype=float), u.shape)
    risky = u > 0
    if not risky.any():
        raise InputError(
            Text("没有任何贷款会造成损失", "no loan can lose anything"),
            remedy=Text(
                "检查在保余额和违约损失率是否都为 0。",
                "See whether all exposures or losses given default are 0.",
            ),
        )
    u, p, rho = u[risky], p[risky], rho[risky]
    label = _classes(u, p, rho, exact)
    count = np.bincount(label)
    total = np.bincount(label, u)
    return LoanPools(
        count=count,
        unit_loss=total / count,
        probability=np.minimum(np.bincount(label, u * p) / total, 1.0),
        correlation=np.bincount(label, u * rho) / total,
        effective_loans=float(u.sum() ** 2 / np.sum(u**2)),
    )


def _classes(u: Array, p: Array, rho: Array, exact: bool) -> NDArray[np.int64]:
    """Return (loans,) the number of each loan's pool."""
    keys = pd.DataFrame({"u": u, "p": p, "rho": rho})
    found = keys.groupby(["u", "p", "rho"], sort=True).ngroup().to_numpy()
    fineness = _FINEST
    while not exact and found.max() >= _MOST_POOLS:
        coarse = {
            "u": np.floor(fineness * np.log2(u)),
            "p": np.floor(fineness * np.log2(p)),
            "rho": np.floor(fineness * rho),
        }
        found = pd.DataFrame(coarse).groupby(["u", "p", "rho"], sort=True).ngroup().to_numpy()
        fineness /= 2
    return np.asarray(found, dtype=np.int64)
