"""Network data envelopment analysis: stages in series, each with an efficiency of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputRecord, Text
from xinzhi.measure.productivity.dea_result import (
    EFFICIENCY_NAME,
    EfficiencyResult,
    efficiency_table,
    unsolved_warning,
)
from xinzhi.measure.productivity.kernel import ON_FRONTIER, largest_steps, non_dominated
from xinzhi.measure.productivity.network_stages import StageShares, stage_shares
from xinzhi.measure.productivity.network_structure import Network, Stage, network_of
from xinzhi.measure.productivity.observations import check_choice, named

Array = NDArray[np.float64]

__all__ = ["DECOMPOSITIONS", "Stage", "network_efficiency"]

DECOMPOSITIONS = ("relational", "additive")
_UNIQUE = 1e-6


def network_efficiency(
    stages: Sequence[Stage],
    decomposition: str = "relational",
    priority: str | None = None,
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Efficiency of units made of stages in series, and of each stage.

    Every variable has one price w, wherever it is used or made. Stage p of unit j takes in
    :math:`a_{pj} = w x_{pj}` and turns out :math:`r_{pj} = w y_{pj}`, and no stage of any unit may
    turn out more than it takes in:

    .. math:: E_o = \max_{w \ge 0} \frac{R_o}{A_o} \ \text{so that}\ r_{pj} \le a_{pj}
        \text{ for all } p, j, \qquad E_{po} = r_{po} / a_{po}

    Under ``relational`` R is the value of what leaves the system and A of what enters it from
    outside; under ``additive`` R and A are the sums of :math:`r_p` and :math:`a_p` over all stages.
    Either way the stages recombine exactly, with weights :math:`\omega_p = a_{po} / A_o`:

    .. math:: 1 - E_o = \sum_p \omega_p (1 - E_{po})

    For two or more stages in pure series (all that a stage makes, and nothing else, enters the
    next) the relational efficiency is also the product of those of its stages; additive weights sum
    to 1, so additive efficiency is their mean.

    stages : in order; a variable of the same name is the same good, and one that an earlier stage
        makes and a later one takes in is intermediate. Constant returns to scale
    priority : stage whose efficiency is made as large as the system's allows, before the others in
        their order; the first by default
    Returns : ``efficiency`` (unit, efficiency, status, reason); ``stages`` (unit, stage,
        efficiency, efficiency_low, efficiency_high, weight, status). Prices are not unique, so a
        stage's efficiency is only determined within [efficiency_low, efficiency_high] given the
        system's; the values of all stages shown belong to one set of prices, chosen by priority
    Raises : InputError for stages that are no series (see ``Stage``) and as ``observations`` does;
        ComputationError where numba or highspy is missing
    Limits : a stage whose inputs are worth nothing at every optimal price has no efficiency, weight
        0 and status undetermined; with additive weights that happens where another stage carries
        the score. Comparing stages across units needs the bounds, not the values alone
    Source : two stages, relational: Kao and Hwang (2008), doi:10.1016/j.ejor.2006.11.041; networks:
        Kao (2009), doi:10.1016/j.ejor.2007.10.008; two stages, additive: Chen, Cook, Li and Zhu
        (2009), doi:10.1016/j.ejor.2008.05.011; networks: Cook, Zhu, Bi and Yang (2010),
        doi:10.1016/j.ejor.2010.05.006
    """
    check_choice(decomposition, DECOMPOSITIONS, Text("分解方式", "decomposition"))
    network = network_of(stages)
    first = network.names[0] if priority is None else priority
    check_choice(first, network.names, Text("环节", "stage"))
    taken, made = _system_values(network, decomposition)
    scores, status = _system_scores(network, taken, made)
    order = sorted(range(len(network.names)), key=lambda p: network.names[p] != first)
    shares = stage_shares(network, taken, made, scores, status, order)
    table = _stage_table(network, shares)
    return EfficiencyResult(
        tables={
            "efficiency": efficiency_table(network.data, {"efficiency": scores}, status),
            "stages": table,
        },
        units=dict.fromkeys(("efficiency", "efficiency_low", "efficiency_high", "weight"), "ratio"),
        parameters={
            "method": "network",
            "decomposition": decomposition,
            "priority": first,
            "returns": "crs",
            "stages": [
                {"name": name, "inputs": list(stage.inputs), "outputs": list(stage.outputs)}
                for name, stage in zip(network.names, stages, strict=True)
            ],
        },
        inputs=tuple(records),
        warnings=(
            *network.data.warnings,
            *unsolved_warning(network.data, status, EFFICIENCY_NAME),
            *_unique_warning(table),
        ),
    )


def _system_values(network: Network, decomposition: str) -> tuple[Array, Array]:
    """Return the quantities whose values are A and R, both (units, variables)."""
    if decomposition == "additive":
        return network.taken.sum(axis=0), network.made.sum(axis=0)
    net = network.made.sum(axis=0) - network.taken.sum(axis=0)
    return np.where(network.produced, 0.0, -net), np.where(network.produced, net, 0.0)


def _system_scores(network: Network, taken: Array, made: Array) -> tuple[Array, NDArray[np.int8]]:
    r"""Solve the dual over the columns of all stages and units.

    .. math:: \min \theta : \sum_{pj} \lambda_{pj} (x_{pj} - y_{pj}) \le \theta A - R
    """
    columns = [
        (used - output)[non_dominated(np.hstack([used, -output]))].T
        for used, output in zip(network.taken, network.made, strict=True)
    ]
    joined = np.hstack(columns)
    solved = largest_steps(joined, np.ones(len(joined), dtype=bool), taken, -made)
    scores = np.where(np.abs(solved.steps + 1) <= ON_FRONTIER, 1.0, -solved.steps)
    return scores, solved.status


def _stage_table(network: Network, shares: StageShares) -> pd.DataFrame:
    """Return one row a unit and stage."""
    count = len(network.names)
    table = network.data.labels.loc[network.data.labels.index.repeat(count)]
    return table.reset_index(drop=True).assign(
        stage=np.tile(network.names, len(network.data.labels)),
        efficiency=shares.efficiency.ravel(),
        efficiency_low=shares.low.ravel(),
        efficiency_high=shares.high.ravel(),
        weight=shares.weight.ravel(),
        status=np.where(np.isnan(shares.efficiency.ravel()), "undetermined", "optimal"),
    )


def _unique_warning(table: pd.DataFrame) -> list[Text]:
    open_rows = table[table["efficiency_high"] - table["efficiency_low"] > _UNIQUE]
    if not len(open_rows):
        return []
    units = list(dict.fromkeys(map(str, open_rows["unit"])))
    zh, en = named(units)
    return [
        Text(
            f"{len(units)} 个单元的环节效率不唯一，"
            f"只确定在 efficiency_low 与 efficiency_high 之间：{zh}",
            f"the stage efficiencies of {len(units)} unit(s) are not unique, only bounded by "
            f"efficiency_low and efficiency_high: {en}",
        )
    ]
