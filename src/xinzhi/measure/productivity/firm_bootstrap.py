"""Standard errors of firm-level estimates: firms drawn with replacement, all years together."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text, run_many
from xinzhi.data.firm_panel import FirmPanel
from xinzhi.measure.productivity.firm_estimators import FirmMethod, estimate

Array = NDArray[np.float64]

_LEAST_SHARE = 0.5  # of replications with an estimate; with fewer the rest is no fair sample


def firm_bootstrap(
    panel: FirmPanel,
    method: FirmMethod,
    degree: int,
    markov_degree: int,
    start: Array,
    replications: int,
    seed: int,
    workers: int = 1,
) -> Array:
    """Coefficients of each replication of the bootstrap clustered by firm.

    Every replication repeats both stages. A firm drawn twice counts twice; this weighs cross
    products and copies no data. The second stage searches from ``start``, the estimate, so that
    replications stay at its root.

    Returns : (replications, inputs); nan where a replication has no estimate
    Raises : ComputationError if more than half of the replications have none
    """
    one = partial(_replication, panel, method, degree, markov_degree, start)
    estimates = np.array(run_many(one, range(replications), seed, workers, progress=True))
    failed = int(np.isnan(estimates).any(axis=1).sum())
    if failed > (1 - _LEAST_SHARE) * replications:
        raise ComputationError(
            Text(
                f"{replications} 次自助抽样中有 {failed} 次没有估计结果",
                f"{failed} of {replications} bootstrap replications have no estimate",
            ),
            remedy=Text(
                "样本对此方法太小；请降低多项式次数，或换一种方法。",
                "The sample is too small for the method; lower the degrees or take another.",
            ),
        )
    return estimates


def _replication(
    panel: FirmPanel,
    method: FirmMethod,
    degree: int,
    markov_degree: int,
    start: Array,
    _: int,
    seed: np.random.SeedSequence,
) -> Array:
    firms = np.unique(panel.unit)
    drawn = np.random.default_rng(seed).integers(0, len(firms), len(firms))
    weights = np.zeros(len(panel.units))
    weights[firms] = np.bincount(drawn, minlength=len(firms))
    try:
        return estimate(panel, method, degree, markov_degree, weights, start).coefficients
    except ComputationError:
        return np.full(len(panel.names), np.nan)
