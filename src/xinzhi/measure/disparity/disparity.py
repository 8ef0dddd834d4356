"""Disparity between regions: where it comes from, whether it shrinks, whether neighbours matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.contiguity import Contiguity
from xinzhi.measure.disparity.bootstrap import LEVEL
from xinzhi.measure.disparity.disparity_result import COLUMNS, DATED, DisparityResult
from xinzhi.measure.disparity.in_year import density_table, inequality_tables
from xinzhi.measure.disparity.log_t import CRITICAL, FEWEST_YEARS, SMOOTHING, TRIM
from xinzhi.measure.disparity.moran import QUADRANTS, local_moran, moran
from xinzhi.measure.disparity.over_time import (
    beta_tables,
    club_tables,
    markov_tables,
    not_computed,
    sigma_tables,
)

Array = NDArray[np.float64]

_MOST_NAMED = 6
_FEWEST_DRAWS = 100


def disparity(
    values: xr.DataArray,
    groups: Mapping[str, str] | None = None,
    neighbours: Contiguity | None = None,
    controls: xr.DataArray | None = None,
    *,
    epsilon: float = 0.5,
    classes: int = 4,
    draws: int | None = None,
    permutations: int = 999,
    seed: int = 0,
    unit: str = "",
    inputs: Iterable[InputRecord] = (),
) -> DisparityResult:
    """Measure inequality between regions, divide it by groups, and follow it over time and space.

    values : (region, year) or (region,) [any one unit], >= 0, NaN where missing. Every region
        counts once, whatever its size
    groups : region → group, of every region; without, nothing is divided
    neighbours : for Moran and spatial Markov chains, left out without
    controls : (region, year, control), for conditional convergence; the same regions and years
    epsilon : of Atkinson's index, > 0; classes : of the Markov chains, >= 2
    draws : of the bootstrap, 0 for no intervals; by default 1,000, fewer above 5,000 regions and
        none above 50,000; permutations : of Moran, 0 for none; seed : >= 0
    unit : unit id of the values
    Returns : DisparityResult. What the data do not allow (convergence without years, logarithms of
        0, clubs below fifteen years …) is left out with a warning that says why
    Raises : InputError for negative values, a year without two values or whose values are all 0,
        regions without a group, regions that the list of neighbours does not know
    Limits : nominal values of different years compare shares, not volumes; 31 regions are few, and
        intervals are wide
    Source : see ``dagum``, ``theil_t``, ``beta_convergence``, ``convergence_clubs``, ``markov``,
        ``moran``
    """
    dated = "year" in values.dims
    array = values.transpose("region", "year") if dated else values.expand_dims("year", axis=1)
    data = np.asarray(array.values, dtype=float)
    regions = tuple(str(name) for name in array["region"].values)
    years: list[Any] = [int(year) for year in array["year"].values] if dated else [None]
    notes = _checked(data, regions, years)
    codes, names = _groups(groups, regions)
    weights = None if neighbours is None else neighbours.weights(regions)
    given = _controls(controls, values) if controls is not None else None
    control_names = () if controls is None else tuple(map(str, controls["control"].values))
    drawn = _affordable(len(regions)) if draws is None else draws
    tables, more = inequality_tables(
        data, years, codes, names, epsilon=epsilon, draws=drawn, seed=seed
    )
    notes += more
    tables["density"] = density_table(data, years)
    if dated and len(years) > 1:
        found, more = _over_time(data, np.array(years), regions, given, control_names)
        tables |= found
        notes += more
        found, more = markov_tables(data, classes, weights)
        tables |= found
        notes += more
    else:
        notes.append(
            Text(
                "只有一个时点：不计算收敛、俱乐部和马尔可夫链",
                "one point in time only: no convergence, clubs or Markov chains",
            )
        )
    if weights is not None and neighbours is not None:
        found, more = _space(data, years, regions, weights, permutations, seed)
        tables |= found
        notes += more
        notes += neighbours.notes_on(regions)

    return DisparityResult(
        tables={name: _shaped(name, tables.get(name), dated) for name in COLUMNS},
        units={"mean": unit, "half_life": "year", "years": "year"},
        parameters={
            "epsilon": epsilon,
            "classes": classes,
            "class_bounds": "pooled quantiles of values over the mean of their year",
            "draws": drawn,
            "level": LEVEL,
            "permutations": permutations,
            "seed": seed,
            "gini_divisor": "n^2",
            "standard_deviation_divisor": "n",
            "weights_of_regions": "equal",
            "bandwidth": "Silverman",
            "filter": f"Hodrick-Prescott, {SMOOTHING:g}, on logarithms",
            "log_t": {"trim": TRIM, "critical": CRITICAL, "fewest_years": FEWEST_YEARS},
            "neighbours": None if neighbours is None else neighbours.id,
            "controls": list(control_names),
        },
        inputs=tuple(inputs),
        warnings=tuple(notes),
        values=pd.DataFrame(data, index=list(regions), columns=years),
    )


def _checked(data: Array, regions: tuple[str, ...], years: list[Any]) -> list[Text]:
    """Refuse values that measures of disparity cannot take; note what is missing."""
    problems = []
    if len(set(regions)) < len(regions):
        twice = sorted({name for name in regions if regions.count(name) > 1})
        problems.append(Text(f"地区重复：{_some(twice).zh}", f"regions twice: {_some(twice).en}"))
    for row, column in np.argwhere((data < 0) | np.isinf(data))[:_MOST_NAMED]:
        where = _place(regions[row], years[column])
        problems.append(Text(f"{where}：{data[row, column]:g}", f"{where}: {data[row, column]:g}"))
    for place, year in enumerate(years):
        known = data[np.isfinite(data[:, place]), place]
        if len(known) < 2 or not known.any():
            when = ("", "") if year is None else (f"{year} 年", f"{year}: ")
            problems.append(
                Text(
                    f"{when[0]}需要至少两个数值且不全为 0",
                    f"{when[1]}at least two values are needed, not all of them 0",
                )
            )
    if problems:
        raise InputError(
            Text(
                "数值不能用于差距分析（须不为负、每年至少两个）",
                "these values cannot be used for disparity (none negative, two or more a year)",
            ),
            problems,
            Text("改正或去掉它们。", "Correct them or leave them out."),
        )
    missing = int(np.isnan(data).sum())
    if not missing:
        return []
    return [
        Text(
            f"{missing} 个数值缺失：各年只用有数值的地区",
            f"{missing} value(s) missing: each year uses the regions that have one",
        )
    ]


def _affordable(regions: int) -> int:
    """Return how many draws of the bootstrap take seconds and not minutes."""
    draws = min(1000, 5_000_000 // regions)
    return draws if draws >= _FEWEST_DRAWS else 0


def _groups(
    groups: Mapping[str, str] | None, regions: tuple[str, ...]
) -> tuple[NDArray[np.intp] | None, tuple[str, ...]]:
    """Return the group of every region as a number, and the names in the order of coming."""
    if groups is None:
        return None, ()
    absent = [name for name in regions if not groups.get(name)]
    if absent:
        raise InputError(
            Text(
                f"{len(absent)} 个地区没有分组：{_some(absent).zh}",
                f"{len(absent)} region(s) without a group: {_some(absent).en}",
            ),
            remedy=Text("为每个地区指定分组。", "Give every region a group."),
        )
    names = tuple(dict.fromkeys(groups[name] for name in regions))
    order = {name: place for place, name in enumerate(names)}
    return np.array([order[groups[name]] for name in regions], dtype=np.intp), names


def _controls(controls: xr.DataArray, values: xr.DataArray) -> Array:
    """Return controls as (region, year, control), in the order of the values."""
    if "year" not in values.dims or set(controls.dims) != {"region", "year", "control"}:
        raise InputError(
            Text(
                "控制变量需有地区、年份、变量三维，且数值须有年份",
                "controls need region, year and control, and values need years",
            )
        )
    for name in ("region", "year"):
        apart = set(values[name].values.tolist()) ^ set(controls[name].values.tolist())
        if apart:
            shown = _some(sorted(map(str, apart)))
            raise InputError(
                Text(
                    f"控制变量与数值的 {name} 不一致：{shown.zh}",
                    f"controls and values differ in {name}: {shown.en}",
                )
            )
    aligned = controls.sel(region=values["region"], year=values["year"])
    return np.asarray(aligned.transpose("region", "year", "control").values, dtype=float)


def _over_time(
    data: Array,
    years: NDArray[Any],
    regions: tuple[str, ...],
    controls: Array | None,
    names: tuple[str, ...],
) -> tuple[dict[str, pd.DataFrame], list[Text]]:
    """Return what needs logarithms of several years."""
    if (data == 0).any():
        return {}, [
            Text(
                "有数值为 0，不能取对数：不计算收敛和俱乐部",
                "some values are 0 and have no logarithm: no convergence or clubs",
            )
        ]
    tables, notes = sigma_tables(data, years)
    found, more = beta_tables(data, years, controls, names)
    tables |= found
    notes += more
    found, more = club_tables(data, years, regions)
    return tables | found, notes + more


def _space(
    data: Array,
    years: list[Any],
    regions: tuple[str, ...],
    weights: Array,
    permutations: int,
    seed: int,
) -> tuple[dict[str, pd.DataFrame], list[Text]]:
    """Return Moran's I of every year, whole and local, on the regions with a value."""
    whole, local, notes = [], [], []
    for place, year in enumerate(years):
        present = np.isfinite(data[:, place])
        own, near = data[present, place], weights[np.ix_(present, present)]
        try:
            index = moran(own, near, permutations, seed)
            parts = local_moran(own, near, permutations, seed)
        except InputError as error:
            when = Text("", "") if year is None else Text(f" {year} 年", f" of {year}")
            what = Text(f"{when.zh} Moran 指数", f"Moran's I{when.en}")
            notes.append(not_computed(what, error))
            continue
        whole.append(
            {
                "year": year,
                "count": len(own),
                "moran": index.index,
                "expected": index.expected,
                "standard_deviation": index.standard_deviation,
                "z": index.z,
                "p_value": index.p_value,
                "permutation_p_value": index.permutation_p_value,
            }
        )
        local.append(
            pd.DataFrame(
                {
                    "year": year,
                    "region": np.array(regions)[present],
                    "local_moran": parts.index,
                    "lag": parts.lag,
                    "quadrant": np.array(QUADRANTS)[parts.quadrant],
                    "p_value": parts.p_value,
                    "q_value": parts.q_value,
                }
            )
        )
    table = pd.concat(local, ignore_index=True) if local else pd.DataFrame()
    return {"moran": pd.DataFrame(whole), "local_moran": table}, notes


def _shaped(name: str, table: pd.DataFrame | None, dated: bool) -> pd.DataFrame:
    """Return a table with all its columns, without the year where there is none."""
    columns = [c for c in COLUMNS[name] if dated or name not in DATED or c != "year"]
    if table is None or table.empty:
        return pd.DataFrame(columns=columns)
    return table[columns].reset_index(drop=True)


def _place(region: str, year: Any) -> str:
    return region if year is None else f"{region} {year}"


def _some(names: list[str]) -> Text:
    more = len(names) > _MOST_NAMED
    shown = names[:_MOST_NAMED]
    return Text(
        "、".join(shown) + (" 等" if more else ""), ", ".join(shown) + (" …" if more else "")
    )
