"""Leading indicators: series for ``watch`` from a panel and from results that exist already.

Each function returns (region, year, indicator) and says in ``attrs["directions"]`` whether high (1)
or low (-1) values are the danger. They are candidates: whether one leads anything is for labelled
events to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, Result, Text
from xinzhi.data.indicators import indicators
from xinzhi.data.panel import Panel
from xinzhi.measure.coupling import CouplingResult
from xinzhi.structure.chokepoints_result import ChokepointsResult


class Share(NamedTuple):
    """A ratio of two panel indicators, free of prices: name, parts, direction, title."""

    name: str
    part: str
    whole: str
    direction: int
    title: Text


# Ratios of figures of one year, so that inflation does not enter.
PANEL_SHARES = (
    Share(
        "fiscal_gap",
        "general_budget_expenditure",
        "general_budget_revenue",
        1,
        Text("财政支出与收入之比", "Budget expenditure over revenue"),
    ),
    Share(
        "real_estate_share",
        "value_added_real_estate",
        "gdp",
        1,
        Text("房地产业增加值占比", "Real estate in GDP"),
    ),
    Share(
        "secondary_share",
        "value_added_secondary",
        "gdp",
        -1,
        Text("第二产业增加值占比", "Secondary industry in GDP"),
    ),
    Share(
        "rd_share",
        "rd_expenditure",
        "gdp",
        -1,
        Text("研发经费与地区生产总值之比", "R&D expenditure over GDP"),
    ),
    Share(
        "science_budget_share",
        "budget_expenditure_science_technology",
        "general_budget_expenditure",
        -1,
        Text("科技支出占财政支出", "Science in budget expenditure"),
    ),
    Share(
        "technology_market_share",
        "technology_market_turnover",
        "gdp",
        -1,
        Text("技术合同成交额与地区生产总值之比", "Technology contracts over GDP"),
    ),
)
CHANGED: Mapping[str, Text] = {
    "growth": Text("较上年增长", "growth on the year before"),
    "change": Text("较上年变化", "change on the year before"),
}
TITLES: Mapping[str, Text] = {
    **{share.name: share.title for share in PANEL_SHARES},
    "labour_productivity_growth": Text("劳动生产率增长", "Growth of labour productivity"),
    "tfp_growth": Text("全要素生产率增长", "TFP growth"),
    "import_dependence": Text("对进口投入的总依赖度", "Total dependence on imported inputs"),
    "coordination": Text("耦合协调度", "Coordination"),
    "chain_gap": Text("最高与最低子系统水平之差", "Gap between the highest and lowest subsystem"),
    "concentration": Text("集中度（赫芬达尔指数）", "Concentration (Herfindahl index)"),
    "inventory_cover": Text("库存可用天数", "Days of inventory cover"),
}


def panel_shares(panel: Panel) -> xr.DataArray:
    """Return the ratios of ``PANEL_SHARES`` that the panel has both parts of.

    Returns : (region, year, indicator) [1]
    Raises : InputError where it has none of them
    """
    found = []
    for share in PANEL_SHARES:
        if panel.resolve(share.part) is None or panel.resolve(share.whole) is None:
            continue
        array = panel.to_array([share.part, share.whole])
        if len(set(array.attrs["units"].values())) > 1:
            continue
        values = array.to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = values[..., 0] / values[..., 1]
        ratio = np.where(np.isfinite(ratio), ratio, np.nan)
        years = np.isfinite(ratio).any(axis=0)
        found.append(
            _series(
                ratio[:, years],
                list(map(str, array["region"].values)),
                [int(year) for year in array["year"].values[years]],
                share.name,
                share.direction,
            )
        )
    if not found:
        raise InputError(
            Text(
                "数据中没有可作先行指标的比率",
                "the panel has none of the ratios that are watched by default",
            ),
            remedy=Text("用 --indicators 指定指标。", "Name the indicators by --indicators."),
        )
    return joined(*found)


def productivity_slowdown(growth: Result, measure: str = "tfp_growth") -> xr.DataArray:
    """Return growth of TFP or of labour productivity by unit and period; low values are the danger.

    growth : of ``growth_accounting``, with the table growth
    measure : ``tfp_growth`` or ``productivity_growth`` (labour productivity)
    Returns : (region, year, 1) [logarithms]
    Raises : InputError where the result has no such growth
    """
    table = growth.tables.get("growth")
    if table is None or measure not in table:
        raise InputError(
            Text(f"结果中没有 {measure}", f"the result has no {measure}"),
            remedy=Text("给出 growth_accounting 的结果。", "Give a result of growth_accounting."),
        )
    name = "labour_productivity_growth" if measure == "productivity_growth" else measure
    wide = table.pivot(index="unit", columns="period", values=measure)
    return _of_wide(wide, name, -1)


def import_dependence(result: ChokepointsResult, region: str = "") -> xr.DataArray:
    """Return the total dependence of the whole economy on imported inputs, where tables of several
    years were given; high values are the danger.

    region : name of the region of a table of one
    Returns : (region, year, 1) [1]
    Raises : InputError where the result is of a single year, or the region has no name
    Limits : nominal shares, see ``change_of_dependence``
    """
    table = result.tables["change"]
    if table.empty:
        raise InputError(
            Text("只有一年的表，看不出依赖度的变化", "one table shows no change of dependence"),
            remedy=Text(
                "用 chokepoints(…, earlier=…) 给出多年的表。",
                "Give tables of several years: chokepoints(…, earlier=…).",
            ),
        )
    whole = table[table["code"].isna()]
    if "region" not in whole:
        if not region:
            raise InputError(
                Text("单地区表没有地区名，请给出 region", "a table of one region: give its name")
            )
        whole = whole.assign(region=region)
    wide = whole.pivot(index="region", columns="year", values="total_dependence")
    return _of_wide(wide, "import_dependence", 1)


def chain_decoupling(result: CouplingResult) -> xr.DataArray:
    """Return coordination (low is the danger) and the gap between the highest and the lowest
    subsystem (high is).

    Returns : (region, year, 2) [1]
    """
    coordination = result.tables["coupling"].pivot(
        index="region", columns="year", values="coordination"
    )
    levels = result.tables["levels"].groupby(["region", "year"])["level"]
    gap = (levels.max() - levels.min()).where(levels.count() == levels.size()).unstack("year")
    return joined(
        _of_wide(coordination, "coordination", -1),
        _of_wide(gap.loc[coordination.index], "chain_gap", 1),
    )


def concentration(amounts: xr.DataArray) -> xr.DataArray:
    r"""Return the Herfindahl index of amounts; high values are the danger.

    .. math:: H = \sum_i s_i^2

    amounts : (region, year, item), >= 0, one unit: value added by sector, imports by origin …
    Returns : (region, year, 1) in [1/n, 1]; missing where an amount is, or all are 0
    """
    values = amounts.transpose("region", "year", ...).to_numpy()
    total = values.sum(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = values / total
    index = np.square(shares).sum(axis=2)
    return _series(
        np.where(np.isfinite(index), index, np.nan),
        list(map(str, amounts["region"].values)),
        [int(year) for year in amounts["year"].values],
        "concentration",
        1,
    )


def inventory_cover(inventories: xr.DataArray, use: xr.DataArray) -> xr.DataArray:
    """Return for how many days inventories last at the year's use; low values are the danger.

    inventories : (region, year), at the year's end; use : (region, year), of the year; one unit
    Returns : (region, year, 1) [days], 365 × inventories / use; missing where nothing is used
    Raises : InputError where regions or years differ
    """
    one, other = inventories.transpose("region", "year"), use.transpose("region", "year")
    if one.shape != other.shape or any(
        list(one[name].values) != list(other[name].values) for name in ("region", "year")
    ):
        raise InputError(
            Text("库存与用量的地区或年份不一致", "inventories and use differ in regions or years")
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        days = 365 * one.to_numpy() / other.to_numpy()
    return _series(
        np.where(np.isfinite(days), days, np.nan),
        list(map(str, one["region"].values)),
        [int(year) for year in one["year"].values],
        "inventory_cover",
        -1,
    )


def changes(values: xr.DataArray, names: Sequence[str], relative: bool) -> xr.DataArray:
    """Return values with some indicators replaced by their change on the year before.

    relative : x_t/x_{t-1} - 1, missing where the earlier value is not above 0; else x_t - x_{t-1}
    Returns : the same regions and years; missing where the year before is. The indicators that
        changed are called ``name:growth`` or ``name:change``
    Raises : InputError for an indicator that is not there
    """
    known = [str(name) for name in values["indicator"].values]
    for name in names:
        if name not in known:
            raise unknown_indicator(name, known)
    array = values.transpose("region", "year", "indicator").copy()
    before = array.assign_coords(year=array["year"] + 1).reindex(year=array["year"])
    now, then = array.to_numpy(), before.to_numpy()
    if relative:
        with np.errstate(divide="ignore", invalid="ignore"):
            changed = np.where(then > 0, now / then - 1, np.nan)
    else:
        changed = now - then
    chosen = np.isin(known, list(names))
    ending = "growth" if relative else "change"
    renamed = [f"{name}:{ending}" if name in names else name for name in known]
    directions = array.attrs.get("directions", {})
    found = array.copy(data=np.where(chosen, changed, now)).assign_coords(indicator=renamed)
    found.attrs = {
        **array.attrs,
        "directions": {
            new: directions[old]
            for old, new in zip(known, renamed, strict=True)
            if old in directions
        },
    }
    return found


def joined(*series: xr.DataArray) -> xr.DataArray:
    """Return several series as one array over all their regions and years, missing where absent.

    Raises : InputError where an indicator comes twice
    """
    names = [str(name) for one in series for name in one["indicator"].values]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            Text(f"指标重复：{'、'.join(twice)}", f"indicators twice: {', '.join(twice)}")
        )
    regions = list(dict.fromkeys(str(name) for one in series for name in one["region"].values))
    years = sorted({int(year) for one in series for year in one["year"].values})
    whole = xr.concat([one.reindex(region=regions, year=years) for one in series], dim="indicator")
    directions: dict[str, int] = {}
    for one in series:
        directions |= one.attrs.get("directions", {})
    found = whole.transpose("region", "year", "indicator")
    found.attrs = {"directions": directions}
    return found


def indicator_title(name: str) -> Text:
    """Return the title of an indicator, with what was done to it; its name where it has none."""
    plain, colon, change = name.partition(":")
    known = indicators().get(plain)
    title = TITLES.get(plain) or (known.title if known is not None else Text(plain, plain))
    if not colon:
        return title
    what = CHANGED[change]
    return Text(f"{title.zh}（{what.zh}）", f"{title.en} ({what.en})")


def unknown_indicator(name: str, known: Sequence[str]) -> InputError:
    """Return the error for an indicator that is not among those watched."""
    from xinzhi.data.toml_files import guess

    near = guess(name, known)
    return InputError(
        Text(f"没有指标 {name}{near.zh}", f"no indicator {name}{near.en}"),
        remedy=Text(f"现有：{'、'.join(known)}。", f"There are: {', '.join(known)}."),
    )


def _of_wide(wide: pd.DataFrame, name: str, direction: int) -> xr.DataArray:
    return _series(
        wide.to_numpy(dtype=float),
        [str(region) for region in wide.index],
        [int(year) for year in wide.columns],
        name,
        direction,
    )


def _series(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    regions: list[str],
    years: list[int],
    name: str,
    direction: int,
) -> xr.DataArray:
    return xr.DataArray(
        values[..., None],
        coords={"region": regions, "year": years, "indicator": [name]},
        dims=("region", "year", "indicator"),
        attrs={"directions": {name: direction}},
    )
