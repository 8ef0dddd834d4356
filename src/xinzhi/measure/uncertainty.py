"""Monte Carlo over the choices behind an index and over errors in the data (handbook, step 7).

All draws of one batch are array axes; batches run through ``run_many``, so that the same seed
gives the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text, run_many
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.hierarchy import Hierarchy
from xinzhi.measure.method import (
    Method,
    by_level,
    default_floor,
    indicator_weights,
    is_logged,
    normalised,
    takes_negatives,
    treated,
)
from xinzhi.measure.treatment import winsorising_limits

Array = NDArray[np.float64]

_BATCH_CELLS = 1 << 19  # half a million cells a batch stay within the processor's cache
_AFFORDABLE_CELLS = 500_000_000
_MOST_VALUES = 400_000_000  # 1.6 GB of single precision
NOISE_BY_STATUS: Mapping[str, float] = MappingProxyType(
    {
        "reported": 0.01,
        "converted": 0.01,
        "corrected": 0.02,
        "provisional": 0.03,
        "imputed": 0.10,
        "doubtful": 0.10,
    }
)


def affordable_draws(cells: int) -> int:
    """Return how many draws of a panel with so many values take no more than about half a minute.

    Returns : 10,000 for panels as small as 31 regions, down to 200 for very large ones
    """
    return max(200, min(10_000, _AFFORDABLE_CELLS // max(cells, 1)))


@dataclass(frozen=True)
class Uncertainty:
    """What is varied, each draw picking one option of every kind at random.

    draws : number of replications, >= 1
    treatments, normalisations, weightings, aggregations : the options; the method's own joins them
    weight_spread : every weight is multiplied by a uniform number in 1 ± spread, then rescaled
    noise : relative standard error of a figure by its status; a judgement, since publishers print
        none. Figures of unknown status take that of ``reported``
    level : share of draws inside the intervals
    """

    draws: int = 1_000
    treatments: tuple[str, ...] = ("system", "none", "winsorise")
    normalisations: tuple[str, ...] = ("min-max", "z-score", "rank")
    weightings: tuple[str, ...] = ("equal", "entropy", "critic", "pca")
    aggregations: tuple[str, ...] = ("arithmetic", "geometric")
    weight_spread: float = 0.25
    noise: Mapping[str, float] = field(default_factory=lambda: NOISE_BY_STATUS)
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise InputError(Text("抽样次数应至少为 1", "the number of draws must be at least 1"))
        if not 0 <= self.weight_spread < 1 or not 0 < self.level < 1:
            raise InputError(
                Text(
                    "weight_spread 应在 [0, 1) 内，level 应在 (0, 1) 内",
                    "weight_spread must be in [0, 1) and level in (0, 1)",
                )
            )

    def to_dict(self) -> dict[str, Any]:
        """Return every choice, as results record it."""
        return {
            "draws": self.draws,
            "treatments": list(self.treatments),
            "normalisations": list(self.normalisations),
            "weightings": list(self.weightings),
            "aggregations": list(self.aggregations),
            "weight_spread": self.weight_spread,
            "noise": dict(self.noise),
            "level": self.level,
        }


@dataclass(frozen=True)
class Draws:
    """Scores (draws, groups, observations, nodes) in single precision, and what each draw chose.

    choices : (draws, 4) positions in ``options``: treatment, normalisation, weighting, aggregation
    comparable : (draws,) True where treatment, normalisation and aggregation are the method's own,
        so that the scores lie on the same scale as the index itself; weights and data noise vary
    """

    scores: NDArray[np.float32]
    choices: NDArray[np.int64]
    options: tuple[tuple[str, ...], ...]
    comparable: NDArray[np.bool_]


@dataclass(frozen=True)
class Case:
    """What replications need: values (groups, observations, indicators) and prepared options.

    options : the treatments, normalisations, weightings and aggregations to choose from
    """

    values: Array
    noise: Array
    system: IndicatorSystem
    hierarchy: Hierarchy
    options: tuple[tuple[str, ...], ...]
    spread: float
    weights: Array  # (treatments, weightings, indicators)
    floors: tuple[float, ...]  # one an aggregation
    limits: tuple[Array, Array]


def draw_scores(
    values: Array,
    noise: Array,
    system: IndicatorSystem,
    hierarchy: Hierarchy,
    method: Method,
    uncertainty: Uncertainty,
    seed: int,
    progress: bool = False,
) -> Draws:
    """Draw the scores of every node.

    values : (groups, observations, indicators) in their units; normalisation is within a group
    noise : the same shape, relative standard error of every value
    Returns : Draws
    """
    groups, observations, _ = values.shape
    total = uncertainty.draws * groups * observations * len(hierarchy.nodes)
    if total > _MOST_VALUES:
        raise InputError(
            Text(
                f"{uncertainty.draws} 次抽样需要保存 {total:,} 个得分，超过 {_MOST_VALUES:,}",
                f"{uncertainty.draws} draws would keep {total:,} scores, "
                f"more than {_MOST_VALUES:,}",
            ),
            remedy=Text("减少抽样次数或年份。", "Take fewer draws or fewer years."),
        )
    case = prepare(values, noise, system, hierarchy, method, uncertainty)
    options = case.options
    step = max(1, min(uncertainty.draws, _BATCH_CELLS // values.size))
    sizes = [min(step, uncertainty.draws - done) for done in range(0, uncertainty.draws, step)]
    parts = run_many(
        lambda count, seeds: _draw_batch(case, count, seeds), sizes, seed, progress=progress
    )
    choices = np.concatenate([part[1] for part in parts])
    own = (method.treatment, method.normalisation, method.aggregation)
    comparable = np.array(
        [(options[0][t], options[1][n], options[3][a]) == own for t, n, _, a in choices],
        dtype=bool,
    )
    return Draws(np.concatenate([part[0] for part in parts]), choices, options, comparable)


def prepare(
    values: Array,
    noise: Array,
    system: IndicatorSystem,
    hierarchy: Hierarchy,
    method: Method,
    uncertainty: Uncertainty,
) -> Case:
    """Compute once what all replications share: weights, winsorising limits, floors.

    values, noise : (groups, observations, indicators), see ``draw_scores``
    """
    options = _options(system, method, uncertainty)
    flat = values.reshape(-1, values.shape[-1])
    weights = np.array(
        [
            [
                indicator_weights(treated(flat, system, treatment), system, hierarchy, weighting)
                for weighting in options[2]
            ]
            for treatment in options[0]
        ]
    )
    floors = tuple(
        method.chosen_floor() if name == method.aggregation else default_floor(name)
        for name in options[3]
    )
    spread, limits = uncertainty.weight_spread, winsorising_limits(flat)
    return Case(values, noise, system, hierarchy, options, spread, weights, floors, limits)


def _options(
    system: IndicatorSystem, method: Method, uncertainty: Uncertainty
) -> tuple[tuple[str, ...], ...]:
    """Join the method's own choice to the options, and leave out those that change nothing."""
    treatments = [method.treatment, *uncertainty.treatments]
    if not is_logged(system, "system").any():
        treatments = ["none" if t == "system" and t != method.treatment else t for t in treatments]
        if method.treatment == "system":
            treatments = [t for t in treatments if t != "none"]
    aggregations = tuple(dict.fromkeys([method.aggregation, *uncertainty.aggregations]))
    normalisations = tuple(dict.fromkeys([method.normalisation, *uncertainty.normalisations]))
    if not any(map(takes_negatives, aggregations)):
        normalisations = tuple(name for name in normalisations if name != "z-score")
    weightings = tuple(dict.fromkeys([method.weighting, *uncertainty.weightings]))
    return tuple(dict.fromkeys(treatments)), normalisations, weightings, aggregations


def _draw_batch(
    case: Case, count: int, seeds: np.random.SeedSequence
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(seeds)
    groups, observations, _ = case.values.shape
    choices = np.stack([rng.integers(len(kind), size=count) for kind in case.options], axis=1)
    signed = [k for k, name in enumerate(case.options[3]) if takes_negatives(name)]
    negative = np.array([name == "z-score" for name in case.options[1]])[choices[:, 1]]
    if negative.any():  # a geometric mean of z-scores does not exist
        choices[negative, 3] = rng.choice(signed, size=int(negative.sum()))
    local = _perturbed(case, choices, rng)
    scores = np.empty((count, groups, observations, len(case.hierarchy.nodes)), np.float32)
    for t, n in np.unique(choices[:, :2], axis=0):
        rows = np.flatnonzero((choices[:, 0] == t) & (choices[:, 1] == n))
        z = noisy_normalised(case, case.options[0][t], case.options[1][n], len(rows), rng)
        for a in np.unique(choices[rows, 3]):
            here = choices[rows, 3] == a
            name = case.options[3][a]
            floor = case.floors[a]
            part = floor + (1 - floor) * z[here] if floor else z[here]
            weights = [w[rows[here]][:, None, :] for w in local]
            methods = by_level(name, case.hierarchy.levels)
            scores[rows[here]] = case.hierarchy.scores(part, weights, methods)
    return scores, choices


def _perturbed(case: Case, choices: NDArray[np.int64], rng: np.random.Generator) -> list[Array]:
    """Return, for each group, weights (draws, children) drawn around those of the chosen scheme."""
    local = case.hierarchy.local_weights(case.weights[choices[:, 0], choices[:, 2]])
    drawn = []
    for weights in local:
        part = weights * rng.uniform(1 - case.spread, 1 + case.spread, weights.shape)
        drawn.append(part / part.sum(-1, keepdims=True))
    return drawn


def noisy_normalised(
    case: Case, treatment: str, normalisation: str, count: int, rng: np.random.Generator
) -> Array:
    """Disturb, treat and normalise: (draws, groups, observations, indicators).

    The disturbance is lognormal; where logarithms are taken it is added to them. The limits of
    winsorising are those of the undisturbed figures.
    """
    shape = (count, *case.values.shape)
    error = rng.standard_normal(shape)
    error *= case.noise
    logged = is_logged(case.system, treatment)
    if logged.all():
        error += np.log(case.values)
        values = error
    elif logged.any():
        values = np.empty(shape)
        values[..., logged] = error[..., logged] + np.log(case.values[..., logged])
        values[..., ~logged] = np.exp(error[..., ~logged]) * case.values[..., ~logged]
    else:
        values = np.exp(error, out=error)
        values *= case.values
    if treatment == "winsorise":
        np.clip(values, *case.limits, out=values)
    return normalised(values, case.system, normalisation, treatment, 0.0)
