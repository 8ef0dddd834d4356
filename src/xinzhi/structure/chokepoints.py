"""Chokepoints of one table: the capability, from dependence to output at risk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import Tracks
from xinzhi.structure.chokepoints_result import ChokepointsResult
from xinzhi.structure.criticality import Combination, criticality
from xinzhi.structure.dependence import (
    Economy,
    dependence_by_sector,
    dependence_matrix,
    economies,
)
from xinzhi.structure.dependence_change import NO_CHANGE, NOMINAL, change_of_dependence
from xinzhi.structure.outage import ASSUMPTIONS, Outage, at_risk_of
from xinzhi.structure.paths import paths_of
from xinzhi.structure.track_dependence import track_dependence, track_supply, tracks_of

# All of industry is one sector there, so that every input that could be cut off is hidden in it.
COARSE = ("cn3", "cn9")
_FEWEST_SECTORS = 20
# How `regionalise` says that a table has the nation's structure inside a group of sectors.
_SHARED_QUOTIENTS = "All sectors of one group share one quotient"
_CLAIMS = ("criticality", "rank", "rank_low", "rank_high")


def chokepoints(
    table: IOTable,
    tracks: Tracks | None = None,
    *,
    earlier: Sequence[IOTable] = (),
    regions: Sequence[str] | None = None,
    outage: Outage | None = None,
    combination: Combination = "geometric",
    draws: int = 1000,
    seed: int = 0,
    cutoff: float = 1e-3,
    depth: int = 6,
    largest: int = 10,
    claims: bool | None = None,
) -> ChokepointsResult:
    """Find which inputs from elsewhere could be cut off, and what would stop.

    Elsewhere is outside the region: abroad in a national table, abroad and the other regions in a
    table of many. Each region is seen as an economy of its own.

    table : with imports apart
    tracks : groups of sectors whose dependence and supply are given too
    earlier : tables of other years in the same classification, for ``change``
    regions : of a table of many; all by default
    outage : the fall of an imported input and what is assumed about its users
    combination, draws, seed : of the criticality (``criticality``)
    cutoff, depth : of the paths (``structural_paths``)
    largest : outages are computed for so many of the most critical inputs
    claims : whether the table can say anything about chokepoints; by default not where its
        classification is one of ``COARSE``, nor where it was regionalised with quotients that
        several sectors share. Without claims dependence is given, and no criticality, paths,
        tracks or output at risk.
    Returns : tables sectors, inputs, matrix, paths, tracks, supply, at_risk, assumptions, change;
        each is there, without rows where there is nothing to say
    Raises : InputError for a competitive table, which does not tell who uses the imports, and for
        unknown regions and options; ComputationError where a region's I − A is singular
    Limits : an input is a product at the table's detail, never a single part or machine; values
        of one year, not quantities; substitutes and stocks are assumed, not observed
    """
    if largest < 0:
        raise InputError(
            Text(
                f"断供测算的投入个数（largest）为 {largest}，应不小于 0",
                f"the number of inputs to compute outages for (largest) is {largest}; it must be "
                "0 or more",
            )
        )
    outage = outage or Outage()
    chosen = economies(table, regions)
    claimed = _can_tell(table) if claims is None else claims
    groups = tracks_of(table, tracks) if tracks is not None and claimed else ()
    ranked = {
        economy.region: criticality(table, economy, combination, draws, seed) for economy in chosen
    }

    def at_risk(economy: Economy) -> pd.DataFrame:
        inputs = ranked[economy.region].dropna(subset=["rank"])
        codes = inputs["code"].head(largest) if claimed else ()
        return at_risk_of(table, economy, outage, [str(code) for code in codes])

    def paths(economy: Economy) -> pd.DataFrame:
        found = paths_of(table, economy, None, None, cutoff, depth)
        return found if claimed else found.iloc[:0]

    def each(make: Callable[[Economy], pd.DataFrame]) -> pd.DataFrame:
        frames = [make(economy) for economy in chosen]
        return pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)

    inputs = each(lambda economy: ranked[economy.region])
    tables = {
        "sectors": dependence_by_sector(table, chosen),
        "inputs": inputs if claimed else _withheld(inputs),
        "matrix": dependence_matrix(table, chosen),
        "paths": each(paths),
        "tracks": each(lambda economy: track_dependence(table, economy, groups)),
        "supply": each(lambda economy: track_supply(table, economy, groups)),
        "at_risk": each(at_risk),
        "assumptions": _assumptions(),
        "change": change_of_dependence([*earlier, table], regions) if earlier else NO_CHANGE,
    }
    return ChokepointsResult(
        tables=tables,
        units=_units(table),
        parameters={
            "classification": table.classification,
            "year": table.year,
            "unit": table.unit,
            "regions": [economy.region for economy in chosen if economy.region],
            "flows": "domestic",
            "claims": claimed,
            "tracks": None if tracks is None else tracks.id,
            **dataclasses.asdict(outage),
            "combination": combination,
            "draws": draws,
            "seed": seed,
            "cutoff": cutoff,
            "depth": depth,
            "largest": largest,
            "years": sorted(t.year for t in (table, *earlier) if t.year is not None),
        },
        inputs=tuple(dict.fromkeys(record for t in (table, *earlier) for record in t.inputs)),
        warnings=_warnings(table, earlier, claimed, tables, outage),
    )


def _can_tell(table: IOTable) -> bool:
    """Tell whether a table knows enough of its own structure for a claim about one input."""
    shared = any(text.en.startswith(_SHARED_QUOTIENTS) for text in table.assumptions)
    return table.classification not in COARSE and not shared


def _withheld(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return the imported inputs without what would be a claim, by code."""
    frame = inputs.copy()
    for name in map(str, inputs):
        if name in _CLAIMS or name.endswith("_scaled"):
            frame[name] = float("nan")
    order = [name for name in ("region", "code") if name in frame]
    return frame.sort_values(order, ignore_index=True)


def _assumptions() -> pd.DataFrame:
    rows = [
        {
            "assumption": name,
            "states_zh": states.zh,
            "states_en": states.en,
            "leaves_out_zh": leaves_out.zh,
            "leaves_out_en": leaves_out.en,
        }
        for name, (states, leaves_out) in ASSUMPTIONS.items()
    ]
    return pd.DataFrame(rows)


def _units(table: IOTable) -> dict[str, str]:
    money = ("output", "imported_inputs", "value", "direct_output_loss", "output_loss")
    return dict.fromkeys((*money, "value_added_loss"), table.unit) | dict.fromkeys(
        (
            *("direct_dependence", "total_dependence", "imported_share_of_inputs"),
            *("direct", "total", "imported_share", "criticality", "concentration"),
        ),
        "ratio",
    )


def _warnings(
    table: IOTable,
    earlier: Sequence[IOTable],
    claimed: bool,
    tables: Mapping[str, pd.DataFrame],
    outage: Outage,
) -> tuple[Text, ...]:
    """Return what a reader must know before quoting a number."""
    found = [text for t in (table, *earlier) for text in t.assumptions]
    size = len(table.sectors)
    if not claimed:
        found.append(
            Text(
                f"这张表（{table.classification or '未注明分类'}，{size} 个部门）说明不了哪种投入会"
                "“卡脖子”：不给出关键度、供应路径、断供损失和按赛道的结论。请使用部门更细、"
                "把进口单列的表。",
                f"This table ({table.classification or 'no classification'}, {size} sectors) "
                "cannot tell which input is a chokepoint: no criticality, paths, output at risk or "
                "results by track are given. Use a table with more sectors and imports apart.",
            )
        )
    else:
        coarse = size < _FEWEST_SECTORS
        found.append(
            Text(
                f"进口投入只细到这张表的 {size} 个部门：看不到具体零部件和设备"
                + ("；部门太少，排序只反映大类，不足以指认卡脖子环节。" if coarse else "。"),
                f"Imported inputs are seen at the detail of the table's {size} sectors: a single "
                "part or machine is not"
                + (
                    "; with so few sectors the ranking is of broad groups and names no chokepoint."
                    if coarse
                    else "."
                ),
            )
        )
    if len(table.regions) == 1:
        found.append(
            Text(
                "单一地区的表不区分进口来源地，来源集中度（concentration）为空，也不计入关键度。",
                "A table of one region does not tell where imports come from: concentration is "
                "missing and is no part of the criticality.",
            )
        )
    elif table.imported_flows is not None:
        found.append(
            Text(
                "表外的进口合计为一个来源，来源集中度因此偏高。",
                "What comes from outside the table counts as one origin, which raises "
                "concentration.",
            )
        )
    if not (tables["matrix"]["direct"] > 0).any():
        found.append(
            Text(
                "表中没有来自外部的中间投入，依赖度全部为零。",
                "The table has no intermediate inputs from elsewhere: dependence is zero "
                "everywhere.",
            )
        )
    if len(tables["at_risk"]):
        found.append(
            Text(
                f"断供损失是在假定下的测算，不是预测：一种进口投入减少 {outage.fall:.0%}，持续 "
                f"{outage.duration:g} 天；替代弹性 {outage.elasticity:g}、库存 "
                f"{outage.stock_days:g} 天均为假定；各假定未计入的因素见 assumptions 表。",
                f"Output at risk follows from assumptions and is no forecast: one imported input "
                f"falls by {outage.fall:.0%} for {outage.duration:g} days; an elasticity of "
                f"{outage.elasticity:g} and {outage.stock_days:g} days of stock are assumed; what "
                "each assumption leaves out stands in the table assumptions.",
            )
        )
    if earlier:
        found.append(NOMINAL)
    return tuple(dict.fromkeys(found))
