"""A shock to sectors as a shift of the thresholds at which their firms default."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.guarantee_checks import labels, shares
from xinzhi.plan.table_checks import check_columns

Array = NDArray[np.float64]

_MOST_SHOWN = 6


def threshold_shift(output_loss_share: ArrayLike, asset_volatility: float) -> Array:
    r"""Shift of the default threshold by a loss of output, in standard deviations of asset value.

    .. math:: \delta = \frac{-\ln(1-\ell)}{\sigma}

    output_loss_share : ℓ, share of the year's output that is lost, in [0, 1]
    asset_volatility : σ, standard deviation of the yearly change of the logarithm of firms' assets
    Returns : +inf where all output is lost
    Limits : a judgement, not an estimate: firms' assets are taken to fall in proportion to output
    Source : after Merton (1974), On the pricing of corporate debt, where the distance to default is
        measured in such standard deviations
    """
    if not asset_volatility > 0:
        raise InputError(
            Text(
                f"资产波动率 {asset_volatility} 应大于 0",
                f"the asset volatility {asset_volatility} must be above 0",
            )
        )
    with np.errstate(divide="ignore"):
        found: Array = -np.log1p(-np.asarray(output_loss_share, dtype=float)) / asset_volatility
    return found


def stressed_probability(probability: ArrayLike, shift: ArrayLike) -> Array:
    r"""Default probability after a shift of the threshold.

    .. math:: p^* = \Phi\left(\Phi^{-1}(p) + \delta\right)
    """
    moved = ndtri(np.asarray(probability, dtype=float)) + np.asarray(shift, dtype=float)
    found: Array = ndtr(moved)
    return found


def sector_shocks(sectors: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return a table of shocks from the table ``sectors`` of a result of ``shock``.

    sectors : code, value_added_loss_share; of one region and, for yearly default probabilities, of
        a run of 365 days
    Returns : scenario, sector, output_loss_share. ``shock`` takes value added as a fixed share of
        each sector's output, so that both are lost in the same share; sectors without value added
        have no share and are left out
    """
    check_columns("sectors", sectors, ("code", "value_added_loss_share"))
    known = sectors[sectors["value_added_loss_share"].notna()]
    return pd.DataFrame(
        {
            "scenario": scenario,
            "sector": labels(known, "code"),
            "output_loss_share": shares("sectors", known, "value_added_loss_share"),
        }
    )


def scenario_losses(
    shocks: pd.DataFrame, sectors: NDArray[np.object_]
) -> dict[str, dict[str, float]]:
    """Return the output loss share of each of the loans' sectors in each scenario.

    shocks : scenario (may be absent where there is one), sector, output_loss_share
    sectors : (loans,)
    Raises : InputError for shares outside [0, 1], for a sector twice in a scenario, and for sectors
        of loans that a scenario does not have
    """
    check_columns("shocks", shocks, ("sector", "output_loss_share"))
    lost = shares("shocks", shocks, "output_loss_share")
    sector = labels(shocks, "sector")
    name = (
        labels(shocks, "scenario")
        if "scenario" in shocks
        else np.full(len(shocks), "shock", dtype=object)
    )
    needed = list(dict.fromkeys(map(str, sectors)))
    found: dict[str, dict[str, float]] = {}
    for k in range(len(lost)):
        one = found.setdefault(str(name[k]), {})
        if sector[k] in one:
            raise InputError(
                Text(
                    f"表 shocks 第 {k + 1} 行重复：{name[k]} {sector[k]}",
                    f"table shocks, row {k + 1} is there twice: {name[k]} {sector[k]}",
                ),
                remedy=Text(
                    "每个情景每个行业只留一行。", "Keep one row for each scenario and sector."
                ),
            )
        one[str(sector[k])] = float(lost[k])
    for scenario, known in found.items():
        absent = [label for label in needed if label not in known]
        if absent:
            raise _absent(scenario, absent)
    return found


def _absent(scenario: str, absent: list[str]) -> InputError:
    shown = [label or "（空）" for label in absent[:_MOST_SHOWN]]
    spelt = [label or "(empty)" for label in absent[:_MOST_SHOWN]]
    return InputError(
        Text(
            f"表 shocks 的情景 {scenario} 缺少贷款所在的 {len(absent)} 个行业",
            f"scenario {scenario} of table shocks lacks {len(absent)} sectors of loans",
        ),
        [Text("、".join(shown), ", ".join(spelt))],
        Text(
            "补上这些行业；不受冲击的写 0。", "Add these sectors; write 0 where they lose nothing."
        ),
    )
