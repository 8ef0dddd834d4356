"""Value added of a region and of all regions, by the industries a table's sectors lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.classifications import load_classification
from xinzhi.data.concordances import Concordance, concordance
from xinzhi.data.findings import listed
from xinzhi.data.panel import Panel
from xinzhi.data.regions import Nation


@dataclass(frozen=True, eq=False)
class RegionalWeights:
    """What a region's table is scaled by.

    own, nation : value added by group, of the region and of all regions together [unit]
    groups : sector code of the table → group; None where the groups are its sectors
    titles : group → its title
    year : of the value added; unit : its id
    indicators : panel indicators it was read from
    """

    own: pd.Series
    nation: pd.Series
    groups: dict[str, str] | None
    titles: dict[str, Text]
    year: int
    unit: str
    indicators: tuple[str, ...]


def regional_weights(
    panel: Panel, region: str, classification: str, year: int | None = None
) -> RegionalWeights:
    """Return value added of a region and of the nation for a table of a classification.

    region : any name that the panel's region set knows
    year : the nearest year in which every region has every industry is taken; the last by default
    Raises : InputError where the regions' nation is not known, where an industry or a region has no
        figures, or where industries and sectors do not add up to one another
    """
    nation = panel.regions.nation
    if nation is None:
        raise InputError(
            Text(
                f"地区集 {panel.regions.id} 没有说明全国表和分行业增加值",
                f"the region set {panel.regions.id} does not say which national table and which "
                "value added by industry belong to it",
            ),
            remedy=Text(
                "给出该地区自己的投入产出表，或在地区集中写明 [set.nation]。",
                "Give the region's own input–output table, or state [set.nation] in the set.",
            ),
        )
    name = panel.regions.get(region).name
    codes, groups, coarser = _groups(nation, classification)
    names = {code: nation.indicator.format(code=code) for code in codes}
    have = set(panel.indicators)
    if absent := [indicator for indicator in names.values() if indicator not in have]:
        raise _missing(Text(f"没有 {listed(absent).zh}", f"no {listed(absent).en}"))
    values = panel.to_array(names.values())
    if absent := [other for other in panel.regions.names if other not in panel.region_names]:
        raise _missing(Text(f"没有地区 {listed(absent).zh}", f"no figures of {listed(absent).en}"))
    whole = values.sel(region=list(panel.regions.names))
    complete = ~np.isnan(whole.values).any(axis=(0, 2))
    years = whole["year"].values[complete]
    if not len(years):
        raise _missing(Text("没有一年齐全", "no year in which every region has every industry"))
    chosen = int(years[-1] if year is None else years[np.abs(years - year).argmin()])
    of_year = whole.sel(year=chosen)
    own, total = of_year.sel(region=name).values, of_year.values.sum(axis=0)
    labels: tuple[str, ...] = codes
    if coarser is not None:
        own, total, labels = own @ coarser.shares, total @ coarser.shares, coarser.to_codes
    units = set(values.attrs["units"].values())
    return RegionalWeights(
        pd.Series(own, index=list(labels)),
        pd.Series(total, index=list(labels)),
        groups,
        {sector.code: sector.title for sector in load_classification(nation.weights).sectors},
        chosen,
        units.pop() if len(units) == 1 else "unspecified",
        tuple(names.values()),
    )


def _groups(
    nation: Nation, classification: str
) -> tuple[tuple[str, ...], dict[str, str] | None, Concordance | None]:
    """Return the industries' codes, and the industry of each sector where sectors are finer.

    Where the industries are finer, the concordance by which they are added up.
    """
    try:
        finer = concordance(classification, nation.weights)
    except InputError:
        coarser = concordance(nation.weights, classification)
        return coarser.from_codes, None, coarser
    to = np.array(finer.to_codes)[finer.shares.argmax(axis=1)]
    if not finer.many_to_one or finer.unmatched:
        raise InputError(
            Text(
                f"{classification} 的部门不能各归入 {nation.weights} 的一个行业",
                f"the sectors of {classification} do not each lie in one industry of "
                f"{nation.weights}",
            )
        )
    return finer.to_codes, dict(zip(finer.from_codes, map(str, to), strict=True)), None


def _missing(what: Text) -> InputError:
    return InputError(
        Text(
            f"不能用地区权重推算投入产出表：{what.zh}",
            f"the region's weights for an input–output table are missing: {what.en}",
        ),
        remedy=Text(
            "给出该地区自己的投入产出表，或全部地区的分行业增加值。",
            "Give the region's own input–output table, or value added by industry of all regions.",
        ),
    )
