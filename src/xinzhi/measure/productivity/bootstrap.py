"""Bootstrap of radial efficiency: bias-corrected scores with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, InputRecord, Text, run_many
from xinzhi.measure.productivity.dea import ORIENTATIONS, own_scores
from xinzhi.measure.productivity.dea_result import (
    ORIENTATION_NAME,
    RETURNS_NAME,
    EfficiencyResult,
    efficiency_table,
)
from xinzhi.measure.productivity.kernel import OPTIMAL, RETURNS, radial_efficiency
from xinzhi.measure.productivity.observations import check_choice, observations

Array = NDArray[np.float64]

_FEWEST_REPLICATIONS = 100
_CHUNK = 50
_NOTED_BIAS = 1 / 3


@dataclass(frozen=True)
class _World:
    """What every replication starts from; scores are efficiencies in (0, 1]."""

    inputs: Array
    outputs: Array
    returns: str
    orientation: str
    scores: Array
    bandwidth: float


def bootstrap_efficiency(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    returns: str = "vrs",
    orientation: str = "input",
    replications: int = 2000,
    level: float = 0.95,
    seed: int = 0,
    workers: int = 1,
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Radial efficiency, corrected for its bias, with intervals, by the smoothed bootstrap.

    With :math:`\hat\theta_i` the efficiency of unit i (theta, or 1 / phi under output orientation),
    every replication draws :math:`\theta^*_i` by ``smoothed_draw``, moves each unit from its
    radial projection back by it (inputs times :math:`\hat\theta_i / \theta^*_i`, or outputs times
    :math:`\theta^*_i / \hat\theta_i`), and scores the observed units against the moved ones:

    .. math:: \text{bias}_i = \overline{\hat\theta^*_i} - \hat\theta_i,\qquad
        \tilde\theta_i = \hat\theta_i - \text{bias}_i,\qquad
        [\,2\hat\theta_i - q_{1-\alpha/2},\ 2\hat\theta_i - q_{\alpha/2}\,]

    where q are quantiles of :math:`\hat\theta^*_i`: the distribution of :math:`\hat\theta^* -
    \hat\theta` stands for that of :math:`\hat\theta - \theta`.

    inputs : (unit, k), outputs : (unit, m), >= 0, each unit with a positive input and output
    returns : crs, vrs, nirs or ndrs; orientation : input or output
    replications : at least 100; level : of the intervals, in (0, 1); seed : results are the same
        for any number of workers
    Returns : ``efficiency`` (unit, efficiency, bias, efficiency_corrected, efficiency_low,
        efficiency_high, standard_error, correction_advised, status, reason): the correction is
        advised where bias² > 3 · standard_error², since elsewhere it adds more noise than it
        removes bias. The bandwidth is among the parameters
    Raises : InputError, see ``observations``, and for replications or level out of range;
        ComputationError where all units are efficient, too few replications are solved, or numba
        or highspy is missing
    Limits : homogeneous: the distribution of inefficiency is taken to be the same for all units,
        whatever their size or mix. Corrects the bias of the frontier of a sample, not noise in the
        data. With very few variables many units crowd the frontier, the smoothing outweighs the
        true bias, and intervals exclude too much; with many variables and few units they are too
        narrow. They can reach below 0 where scores are low. Draws below half the lowest score, far
        in the tail of the smoothing, are raised to it
    Source : Simar and Wilson (1998), doi:10.1287/mnsc.44.1.49; intervals and when to correct:
        Simar and Wilson (2000), doi:10.1023/A:1007864806704
    """
    check_choice(returns, RETURNS, RETURNS_NAME)
    check_choice(orientation, ORIENTATIONS, ORIENTATION_NAME)
    _check_numbers(replications, level)
    data = observations(inputs, outputs)
    own = own_scores(data, returns, orientation)
    if (own.scores == 1).all():
        raise ComputationError(
            Text(
                f"{len(own.scores)} 个单元都在前沿上，没有可供自助抽样的效率分布",
                f"all {len(own.scores)} units are efficient: there is no distribution to draw from",
            ),
            remedy=Text(
                "增加单元，或减少投入与产出变量。", "Add units, or take fewer inputs and outputs."
            ),
        )
    bandwidth = silverman(own.scores)
    order = _neighbours(np.hstack([data.inputs, data.outputs]))
    world = _World(
        data.inputs[order],
        data.outputs[order],
        returns,
        orientation,
        own.scores[order],
        bandwidth,
    )
    sizes = [min(_CHUNK, replications - start) for start in range(0, replications, _CHUNK)]
    replicas = run_many(_Replications(world), sizes, seed, workers, progress=True)
    drawn, notes = _solved(np.vstack(replicas)[:, np.argsort(order)])
    columns = _summary(own.scores, drawn, level)
    return EfficiencyResult(
        tables={"efficiency": efficiency_table(data, columns, own.status)},
        units={name: "ratio" for name in columns if name != "correction_advised"},
        parameters={
            "method": "bootstrap",
            "returns": returns,
            "orientation": orientation,
            "replications": replications,
            "level": level,
            "seed": seed,
            "bandwidth": bandwidth,
            "inputs": list(data.input_names),
            "outputs": list(data.output_names),
        },
        inputs=tuple(records),
        warnings=(*data.warnings, *notes),
    )


def silverman(scores: Array) -> float:
    r"""Bandwidth for efficiencies that pile up at 1, by the normal-reference rule.

    .. math:: h = 0.9\, (2m)^{-1/5} \min(s, \mathrm{IQR} / 1.34) \cdot
        (2m / n)^{1/5} \frac{s_n}{s}

    over the 2m values of the m scores below 1 and of their reflections about 1 (the scores at 1
    are spurious: the frontier passes through them by construction); s is the standard deviation of
    those 2m values, :math:`s_n` that of all n scores.

    scores : (n,), in (0, 1], not all 1; Returns : h > 0
    Source : Silverman (1986), Density Estimation for Statistics and Data Analysis, section 3.4.2;
        the sample without ones and the adjustment of scale: Daraio and Simar (2007), Advanced
        Robust and Nonparametric Methods in Efficiency Analysis
    """
    below = scores[scores < 1]
    both = np.concatenate([below, 2 - below])
    deviation = both.std(ddof=1)
    low, high = np.quantile(both, [0.25, 0.75])
    base = 0.9 * len(both) ** -0.2 * min(deviation, (high - low) / 1.34)
    adjusted = (len(both) / len(scores)) ** 0.2 * scores.std(ddof=1) / deviation
    return float(base * adjusted)


def smoothed_draw(scores: Array, bandwidth: float, size: int, random: np.random.Generator) -> Array:
    r"""Draw efficiencies from the smoothed distribution of scores, reflected at 1.

    .. math:: \tilde\beta_i = \beta_i + h\varepsilon_i \text{, or } 2 - \beta_i - h\varepsilon_i
        \text{ if that is above 1},\qquad
        \theta^*_i = \bar\beta + (\tilde\beta_i - \bar\beta) / \sqrt{1 + h^2 / \hat\sigma^2}

    with :math:`\beta` drawn from the scores with replacement, :math:`\varepsilon` standard normal
    and :math:`\hat\sigma^2` the variance of the scores; the last step undoes the variance that the
    smoothing adds.

    scores : (n,), in (0, 1]; Returns : (size, n), each row one sample
    Source : Simar and Wilson (1998), doi:10.1287/mnsc.44.1.49
    """
    count = len(scores)
    picked = scores[random.integers(count, size=(size, count))]
    moved = picked + bandwidth * random.standard_normal((size, count))
    moved = np.where(moved <= 1, moved, 2 - moved)
    centre = picked.mean(axis=1, keepdims=True)
    return np.asarray(centre + (moved - centre) / np.sqrt(1 + bandwidth**2 / scores.var()))


@dataclass(frozen=True)
class _Replications:
    """Some replications with one seed; a class, so that worker processes can receive it."""

    world: _World

    def __call__(self, size: int, seed: np.random.SeedSequence) -> Array:
        """Return the scores of the observed units in each replication, (size, units)."""
        world = self.world
        drawn = smoothed_draw(world.scores, world.bandwidth, size, np.random.default_rng(seed))
        # reflection at 1 leaves 0 unguarded; such draws are far out in the tail
        drawn = np.maximum(drawn, world.scores.min() / 2)
        found = np.full(drawn.shape, np.nan)
        for place, sample in enumerate(drawn):
            factor = (world.scores / sample)[:, None]
            shrunk = world.orientation == "input"
            scored = radial_efficiency(
                world.inputs,
                world.outputs,
                world.inputs * factor if shrunk else world.inputs,
                world.outputs if shrunk else world.outputs / factor,
                world.returns,
                world.orientation,
            )
            found[place] = np.where(scored.status == OPTIMAL, scored.scores, np.nan)
        return found


def _neighbours(points: Array) -> NDArray[np.intp]:
    """Return an order of units (n, q) in which each is followed by the nearest one left in mix.

    The kernel starts each unit from the basis of the one before, so that like after like saves it
    half of its pivots.
    """
    mix = points / points.mean(axis=0).clip(min=np.finfo(float).tiny)
    mix /= np.linalg.norm(mix, axis=1, keepdims=True)
    order = [0]
    left = np.arange(1, len(mix))
    while len(left):
        nearest = ((mix[left] - mix[order[-1]]) ** 2).sum(axis=1).argmin()
        order.append(int(left[nearest]))
        left = np.delete(left, nearest)
    return np.array(order)


def _solved(drawn: Array) -> tuple[Array, list[Text]]:
    """Return the replications in which every program was solved, and a note on the others."""
    whole = ~np.isnan(drawn).any(axis=1)
    lost = int((~whole).sum())
    if len(drawn) - lost < _FEWEST_REPLICATIONS:
        raise ComputationError(
            Text(
                f"{len(drawn)} 次抽样中有 {lost} 次求解失败，余下的不足以计算区间",
                f"{lost} of {len(drawn)} replications were not solved; too few are left",
            ),
            remedy=Text(
                "检查数据的数量级是否相差过大。", "Check whether the data differ too much in size."
            ),
        )
    if not lost:
        return drawn, []
    note = Text(
        f"{len(drawn)} 次抽样中有 {lost} 次求解失败，未计入",
        f"{lost} of {len(drawn)} replications were not solved and are left out",
    )
    return drawn[whole], [note]


def _summary(scores: Array, drawn: Array, level: float) -> dict[str, Array | NDArray[np.bool_]]:
    """Return the columns of the table."""
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    bias = drawn.mean(axis=0) - scores
    error = drawn.std(axis=0, ddof=1)
    return {
        "efficiency": scores,
        "bias": bias,
        "efficiency_corrected": scores - bias,
        "efficiency_low": 2 * scores - high,
        "efficiency_high": 2 * scores - low,
        "standard_error": error,
        "correction_advised": _NOTED_BIAS * bias**2 > error**2,
    }


def _check_numbers(replications: int, level: float) -> None:
    if replications < _FEWEST_REPLICATIONS:
        raise InputError(
            Text(
                f"抽样次数 {replications} 太少，区间没有意义",
                f"{replications} replications are too few for intervals",
            ),
            remedy=Text(
                f"至少 {_FEWEST_REPLICATIONS} 次，通常 2000 次。",
                f"Take at least {_FEWEST_REPLICATIONS}, usually 2000.",
            ),
        )
    if not 0 < level < 1:
        raise InputError(
            Text(f"置信水平 {level} 不在 0 与 1 之间", f"level {level} is not between 0 and 1"),
            remedy=Text("例如 0.95。", "Take 0.95, for instance."),
        )
