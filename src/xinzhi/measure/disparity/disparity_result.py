"""The result of ``disparity`` and the columns of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.measure.disparity.bootstrap import MEASURES
from xinzhi.measure.drawing import Asked, ChartedResult

_TEST = ("coefficient", "standard_error", "statistic")
SHARES = ("within_share", "between_share", "transvariation_share")
# Every table is always there, with these columns; one that could not be computed is empty.
COLUMNS: dict[str, tuple[str, ...]] = {
    "total": ("year", "count", "mean", *MEASURES[:4], *SHARES, *MEASURES[4:]),
    "groups": (
        *("year", "group", "count", "mean", "population_share", "value_share"),
        *("gini", "within", "theil_t", "theil_l"),
    ),
    "pairs": (
        *("year", "first", "second", "gini", "relative_affluence"),
        *("between", "transvariation"),
    ),
    "intervals": ("year", "measure", "value", "low", "high"),
    "sigma": ("year", "count", "standard_deviation", "coefficient_of_variation"),
    "sigma_test": ("start", "end", "ratio", "statistic", "degrees_of_freedom", "p_value"),
    "beta": (
        *("model", *_TEST, "degrees_of_freedom", "p_value", "speed", "half_life"),
        *("r_squared", "observations", "regions", "years", "nickell_bias"),
    ),
    "controls": ("model", "control", "coefficient"),
    "clubs": ("region", "club", "merged_club"),
    "log_t": ("stage", "club", "count", *_TEST, "converging"),
    "markov": ("neighbours", "from_class", "to_class", "count", "probability"),
    "ergodic": ("neighbours", "class", "lower", "upper", "share"),
    "homogeneity": ("statistic_name", "statistic", "degrees_of_freedom", "p_value"),
    "density": ("year", "value", "density"),
    "moran": (
        *("year", "count", "moran", "expected", "standard_deviation"),
        *("z", "p_value", "permutation_p_value"),
    ),
    "local_moran": ("year", "region", "local_moran", "lag", "quadrant", "p_value", "q_value"),
}
DATED = tuple(name for name, columns in COLUMNS.items() if columns[0] == "year")


@dataclass(frozen=True)
class DisparityResult(ChartedResult):
    """Tables: total, groups, pairs, intervals, sigma, sigma_test, beta, controls, clubs, log_t,
    markov, ergodic, homogeneity, density, moran, local_moran.

    All are always there; one that could not be computed is empty, and a warning says why. Without
    years, tables have no column year.

    Charts: ``decomposition`` of the Gini coefficient over time or, without groups, the coefficient
    itself; ``convergence``, growth against the level at the start; ``density`` of the first and the
    last year; ``clubs``, the paths of the merged clubs; ``moran``, each region against its
    neighbours.

    values : (region, year) as they went in; the column year is one without a name where there is
        none
    """

    values: pd.DataFrame | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure.disparity.disparity_plots import disparity_chart

        return disparity_chart(self, asked)
