"""Sobol shares: how much of the variance of scores and ranks each methodological choice makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.core.optional import imported
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.hierarchy import hierarchy_of
from xinzhi.measure.index import grouped, index, noise_of, ungrouped
from xinzhi.measure.index_result import IndexResult
from xinzhi.measure.method import (
    Method,
    by_level,
    takes_negatives,
)
from xinzhi.measure.normalisation import competition_rank
from xinzhi.measure.uncertainty import Case, Uncertainty, noisy_normalised, prepare

Array = NDArray[np.float64]
Choices = Mapping[str, int | tuple[float, float]]

REALISATIONS = 64
_RESAMPLES = 200
_NO_VARIANCE = 1e-9  # of the variance over all runs
_MOST_VALUES = 100_000_000  # 800 MB of double precision
_CHOICES = ("treatment", "normalisation", "weighting", "aggregation")


@dataclass(frozen=True)
class Shares:
    """Sobol shares of every choice for every output; arrays are (choices, outputs).

    first, total : first-order and total shares; nan where the output does not vary
    first_error, total_error : half the width of their confidence intervals
    mean, variance : (outputs,) over the runs
    runs : number of evaluations
    """

    choices: tuple[str, ...]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    mean: Array
    variance: Array
    runs: int


@dataclass(frozen=True)
class SensitivityResult(ChartedResult):
    """Tables: shares (of the mean rank shift), regions (of every score and rank), choices.

    Chart: ``shares`` of every choice with their intervals: of the mean rank shift, or of the rank
    of one region.

    index : the index by the method itself, from which ranks shift
    """

    index: IndexResult | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_of_methods

        return plots_of_methods.sensitivity_chart(self, asked)


def sobol(
    function: Callable[[Array], Array],
    choices: Choices,
    n: int = 1_024,
    seed: int = 0,
    level: float = 0.95,
) -> Shares:
    r"""Estimate first-order and total Sobol shares of independent choices.

    .. math:: S_i = \frac{V[E(Y|X_i)]}{V(Y)},\qquad
        S_{Ti} = \frac{E[V(Y|X_{\sim i})]}{V(Y)}

    from Saltelli's design A, B and A with column i of B, by

    .. math:: \hat V_i = \frac1N\sum_j B_j(AB^{(i)}_j - A_j),\qquad
        \hat E_i = \frac1{2N}\sum_j (A_j - AB^{(i)}_j)^2

    function : (runs, choices) → (runs,) or (runs, outputs)
    choices : name → number of options, all equally likely and handed over as 0, 1, …; or the ends
        of an interval, uniformly distributed
    n : a power of two; the function is evaluated n·(choices + 2) times
    seed : of the scrambled Sobol sequence and of the resampling
    level : of the confidence intervals, normal with the standard error of 200 bootstrap resamples
    Returns : Shares; estimates near 0 can be slightly negative and are left so. Errors are nan
        where an output varies in so few runs that a resample misses them all
    Raises : InputError for n that is no power of two or fewer than two choices; ComputationError
        where SALib is missing
    Source : Saltelli et al. (2010), Computer Physics Communications 181, 259-270, table 2 (b, f);
        sampling: SALib; Sobol' (1993)
    """
    names = tuple(choices)
    _check_design(names, n, level)
    sample = imported("SALib.sample.sobol", "sensitivity").sample
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    unit = sample(problem, n, calc_second_order=False, seed=seed)
    outputs = np.asarray(function(_mapped(unit, choices)), dtype=float)
    outputs = outputs.reshape(len(unit), -1)
    mean, variance = outputs.mean(axis=0), outputs.var(axis=0)
    # centring keeps large means from swamping the products
    runs = (outputs - mean).reshape(n, len(names) + 2, -1)
    a, b = runs[:, 0], runs[:, -1]
    # a bootstrap resample is a vector of counts, so that its means are one matrix product
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    drawn = [np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(_RESAMPLES)]
    counts = np.stack([np.ones(n), *drawn]) / n  # the first row is the sample itself
    spread = counts @ (a**2 + b**2) / 2 - (counts @ (a + b) / 2) ** 2
    constant = np.ptp(outputs, axis=0) <= np.finfo(float).eps * np.abs(mean)
    # a resample may miss the few runs in which an output varies: then no interval can be given
    spread[(spread <= _NO_VARIANCE * variance) | constant] = np.nan
    z = NormalDist().inv_cdf(0.5 + level / 2)
    shares: dict[str, list[Array]] = {
        "first": [],
        "first_error": [],
        "total": [],
        "total_error": [],
    }
    for k in range(len(names)):
        ab = runs[:, k + 1]
        for order, products in (("first", b * (ab - a)), ("total", (a - ab) ** 2 / 2)):
            estimates = counts @ products / spread
            shares[order].append(estimates[0])
            shares[f"{order}_error"].append(z * estimates[1:].std(axis=0, ddof=1))
    stacked = {order: np.stack(rows) for order, rows in shares.items()}
    return Shares(names, **stacked, mean=mean, variance=variance, runs=len(unit))


def index_sensitivity(
    values: xr.DataArray | xr.Dataset,
    system: IndicatorSystem,
    method: Method | None = None,
    uncertainty: Uncertainty | None = None,
    n: int = 1_024,
    seed: int = 0,
    level: float = 0.95,
    inputs: Iterable[InputRecord] = (),
) -> SensitivityResult:
    r"""Attribute the variance of an index's ranks and scores to the choices behind it.

    The choices are those of ``Uncertainty``: treatment, normalisation, weighting, aggregation, the
    weights' spread, and the data noise; the method's own option joins each. Spread and noise are
    each a choice among 64 equally likely realisations. A choice with one option is left out.

    Outputs are, for every year, the mean absolute shift of the ranks from the method's own
    (:math:`\bar R_S`), and, for every region, the rank and the score. Scores are standardised
    over the regions of the year within each run: unlike raw ones they share a scale.

    values, system, method, uncertainty : as in ``index``; uncertainty's ``draws`` is not used
    n, seed, level : as in ``sobol``
    Returns : SensitivityResult; tables ``shares`` (year, choice, first_order, first_order_low,
        first_order_high, total, total_low, total_high, of the mean rank shift), ``regions`` (the
        same for region, year and measure, ``rank`` or ``score``) and ``choices`` (choice, options,
        values). Shares are null where the output does not vary
    Raises : as ``index`` and ``sobol``; InputError for missing scores, fewer than two choices, or
        outputs too many to keep
    Limits : a geometric mean of z-scores does not exist, so under z-scores the aggregation is
        picked among those that take negative values; this shows as an interaction
    Source : Saisana, Saltelli and Tarantola (2005), J. R. Stat. Soc. A 168(2), 307-323; OECD/JRC
        (2008) handbook, step 7
    """
    method, uncertainty = method or Method(), uncertainty or Uncertainty()
    reference = index(values, system, method, inputs=inputs)
    runs = _Runs.prepared(values, system, method, uncertainty, reference, seed)
    regions, years = reference.levels.shape[:2]
    rows = n * (len(runs.choices) + 2)
    if rows * regions * years * 2 > _MOST_VALUES:
        raise InputError(
            Text(
                f"{rows:,} 次运行 × {regions} 个地区 × {years} 年的输出太多，无法保存",
                f"the outputs of {rows:,} runs, {regions} regions and {years} years are too many "
                "to keep",
            ),
            remedy=Text("减少 n、地区或年份。", "Take a smaller n, fewer regions or fewer years."),
        )
    shares = sobol(runs.outputs, runs.choices, n, seed, level)
    return _result(shares, runs, reference, uncertainty, n, seed, level, tuple(inputs))


@dataclass(frozen=True)
class _Runs:
    """An index as a function of its choices."""

    case: Case
    choices: dict[str, int]
    ranks: Array  # (region, year), by the method itself
    scope: str
    seed: int

    @classmethod
    def prepared(
        cls,
        values: xr.DataArray | xr.Dataset,
        system: IndicatorSystem,
        method: Method,
        uncertainty: Uncertainty,
        reference: IndexResult,
        seed: int,
    ) -> _Runs:
        """Lay out values, noise, options and weights as the Monte Carlo does."""
        scores = reference.levels.isel(node=0).values
        if np.isnan(scores).any():
            raise InputError(
                Text(
                    "有缺失的得分，不能分解方差",
                    "some scores are missing, so their variance cannot be attributed",
                ),
                remedy=Text(
                    "去掉缺失的地区或年份，或先填补。",
                    "Leave out the regions or years concerned, or fill the gaps first.",
                ),
            )
        wanted = [indicator.id for indicator in system.indicators]
        array = values["value"] if isinstance(values, xr.Dataset) else values
        array = array.transpose("region", "year", "indicator").sel(indicator=wanted)
        status = None
        if isinstance(values, xr.Dataset):
            status = values["status"].transpose("region", "year", "indicator").sel(indicator=wanted)
        regions, years, size = array.shape
        raw = np.ascontiguousarray(array.values, dtype=float).reshape(-1, size)
        noise = noise_of(status, values, uncertainty, array.shape).reshape(-1, size)
        hierarchy = hierarchy_of(system)
        case = prepare(
            grouped(raw, regions, years, method.scope),
            grouped(noise, regions, years, method.scope),
            system,
            hierarchy,
            method,
            uncertainty,
        )
        sizes = {name: len(kind) for name, kind in zip(_CHOICES, case.options, strict=True)}
        sizes["weight_spread"] = REALISATIONS if uncertainty.weight_spread > 0 else 1
        sizes["data_noise"] = REALISATIONS if (noise > 0).any() else 1
        choices = {name: count for name, count in sizes.items() if count > 1}
        ranks = competition_rank(scores.T).T
        return cls(case, choices, ranks, method.scope, seed)

    def scores(self, matrix: Array) -> Array:
        """Return (runs, region, year) scores of the root for (runs, choices) positions."""
        case, runs = self.case, len(matrix)
        positions = dict(zip(self.choices, matrix.T.astype(np.int64), strict=True))
        none = np.zeros(runs, dtype=np.int64)
        t, n, w, a = (positions.get(name, none) for name in _CHOICES)
        a = self._allowed(n, a)
        spread, noise = (positions.get(name, none) for name in ("weight_spread", "data_noise"))
        local = self._local_weights(t, w, spread)
        seeds = np.random.SeedSequence(self.seed).spawn(REALISATIONS)
        groups, observations, _ = case.values.shape
        scores = np.empty((runs, groups, observations, 1))
        order = np.lexsort((a, noise, n, t))
        keys = np.stack([t, n, noise, a])[:, order]
        starts = np.flatnonzero(np.r_[True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)])
        made: tuple[int, int, int] | None = None
        for rows in np.split(order, starts[1:]):
            first = rows[0]
            key = (int(t[first]), int(n[first]), int(noise[first]))
            if key != made:
                # the same seed gives the same errors under every treatment and normalisation
                z = noisy_normalised(
                    case,
                    case.options[0][key[0]],
                    case.options[1][key[1]],
                    1,
                    np.random.default_rng(seeds[key[2]]),
                )
                made = key
            name = case.options[3][a[first]]
            floor = case.floors[a[first]]
            part = floor + (1 - floor) * z if floor else z
            part = np.broadcast_to(part, (len(rows), *part.shape[1:]))
            weights = [group[rows][:, None, :] for group in local]
            methods = by_level(name, case.hierarchy.levels)
            scores[rows, :, :, 0] = case.hierarchy.scores(part, weights, methods)[..., 0]
        regions, years = self.ranks.shape
        return ungrouped(scores, regions, years, self.scope)[..., 0]

    def outputs(self, matrix: Array) -> Array:
        """Return (runs, outputs): mean rank shift a year, then ranks, then standardised scores."""
        distinct, back = np.unique(matrix, axis=0, return_inverse=True)
        scores = self.scores(distinct)
        ranks = competition_rank(scores.transpose(0, 2, 1)).transpose(0, 2, 1)
        shift = np.abs(ranks - self.ranks).mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            centred = scores - scores.mean(axis=1, keepdims=True)
            standard = centred / scores.std(axis=1, keepdims=True)
        flat = [part.reshape(len(distinct), -1) for part in (shift, ranks, standard)]
        return np.asarray(np.concatenate(flat, axis=1)[back.reshape(-1)])

    def _allowed(self, n: NDArray[np.int64], a: NDArray[np.int64]) -> NDArray[np.int64]:
        """Under z-scores, spread the aggregations evenly over those that take negative values."""
        names = self.case.options[3]
        signed = np.array([k for k, name in enumerate(names) if takes_negatives(name)])
        negative = np.array([name == "z-score" for name in self.case.options[1]])[n]
        if not negative.any() or len(signed) == len(names):
            return a
        return np.where(negative, signed[a * len(signed) // len(names)], a)

    def _local_weights(
        self, t: NDArray[np.int64], w: NDArray[np.int64], spread: NDArray[np.int64]
    ) -> list[Array]:
        case = self.case
        local = case.hierarchy.local_weights(case.weights[t, w])
        if "weight_spread" not in self.choices:
            return local
        rng = np.random.default_rng(np.random.SeedSequence(self.seed).spawn(REALISATIONS + 1)[-1])
        drawn = []
        for weights in local:
            shape = (REALISATIONS, weights.shape[-1])
            factors = rng.uniform(1 - case.spread, 1 + case.spread, shape)
            part = weights * factors[spread]
            drawn.append(part / part.sum(-1, keepdims=True))
        return drawn


def _mapped(unit: Array, choices: Choices) -> Array:
    """Turn uniform numbers in [0, 1) into positions of options or numbers of intervals."""
    columns = []
    for k, kind in enumerate(choices.values()):
        if isinstance(kind, tuple):
            low, high = kind
            columns.append(low + (high - low) * unit[:, k])
        else:
            columns.append(np.minimum(np.floor(unit[:, k] * kind), kind - 1))
    return np.stack(columns, axis=1)


def _check_design(names: tuple[str, ...], n: int, level: float) -> None:
    if len(names) < 2:
        raise InputError(
            Text(
                f"只有 {len(names)} 项选择可变，至少需要两项",
                f"only {len(names)} choice(s) vary; at least two are needed",
            ),
            remedy=Text(
                "给出更多备选方法或数据误差。", "Offer more methods to choose from, or data noise."
            ),
        )
    if n < 2 or n & (n - 1):
        power = 1 << max(1, int(n).bit_length())
        raise InputError(
            Text(f"n 应为 2 的幂，现为 {n}", f"n must be a power of two, got {n}"),
            remedy=Text(f"例如 {power}。", f"For instance {power}."),
        )
    if not 0 < level < 1:
        raise InputError(Text("level 应在 (0, 1) 内", "level must be in (0, 1)"))


def _result(
    shares: Shares,
    runs: _Runs,
    reference: IndexResult,
    uncertainty: Uncertainty,
    n: int,
    seed: int,
    level: float,
    inputs: tuple[InputRecord, ...],
) -> SensitivityResult:
    regions, years = runs.ranks.shape
    names = reference.levels["region"].values.astype(str)
    when = reference.levels["year"].values
    cells = regions * years
    shift = pd.DataFrame({"year": when})
    places = pd.DataFrame({"region": np.repeat(names, years), "year": np.tile(when, regions)})
    places = pd.concat([places.assign(measure=name) for name in ("rank", "score")])
    options = runs.case.options
    offered = {name: list(kind) for name, kind in zip(_CHOICES, options, strict=True)}
    offered["weight_spread"] = [f"±{uncertainty.weight_spread:g}"]
    offered["data_noise"] = [f"{name} {size:g}" for name, size in uncertainty.noise.items()]
    method = {name: reference.parameters[name] for name in (*_CHOICES, "scope", "floor")}
    warnings = list(reference.warnings)
    if "z-score" in options[1] and not all(map(takes_negatives, options[3])):
        warnings.append(
            Text(
                "z-score 没有几何或调和平均：在 z-score 下集成方法只取可用的几种",
                "z-scores have no geometric or harmonic mean: under z-scores the aggregation is "
                "picked among the others",
            )
        )
    return SensitivityResult(
        tables={
            "shares": _share_table(shift, shares, slice(0, years)),
            "regions": _share_table(places, shares, slice(years, years + 2 * cells)),
            "choices": pd.DataFrame(
                {
                    "choice": list(runs.choices),
                    "options": list(runs.choices.values()),
                    "values": [", ".join(offered[name]) for name in runs.choices],
                }
            ),
        },
        units=dict.fromkeys(("first_order", "total"), "ratio"),
        parameters={
            "n": n,
            "runs": shares.runs,
            "seed": seed,
            "level": level,
            "realisations": REALISATIONS,
            "resamples": _RESAMPLES,
            "method": method,
            "uncertainty": uncertainty.to_dict(),
            "system": reference.parameters["system"],
        },
        inputs=inputs,
        warnings=tuple(warnings),
        index=reference,
    )


def _share_table(places: pd.DataFrame, shares: Shares, outputs: slice) -> pd.DataFrame:
    """Return one row a place and choice: shares with the ends of their intervals."""
    count = len(shares.choices)
    table = places.iloc[np.repeat(np.arange(len(places)), count)].reset_index(drop=True)
    table["choice"] = np.tile(shares.choices, len(places))
    columns: dict[str, Any] = {}
    for name, estimate, error in (
        ("first_order", shares.first, shares.first_error),
        ("total", shares.total, shares.total_error),
    ):
        value, half = estimate[:, outputs].T.reshape(-1), error[:, outputs].T.reshape(-1)
        columns |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return table.assign(**columns)
