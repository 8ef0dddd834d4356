"""The input–output tables of an assessment: the region's own, or derived from the nation's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xinzhi.core import NO_TEXT, InputError, Text
from xinzhi.data import (
    IOTable,
    Nation,
    Panel,
    RegionalWeights,
    classifications,
    concordance,
    embedded_io_table,
    find_pack,
    io_table_of_pack,
    load_classification,
    pack_is_present,
    regional_weights,
)
from xinzhi.report.model import NotRun
from xinzhi.report.words import say
from xinzhi.structure import aggregate, regionalise, split_imports_proportionally

Origin = Literal["own", "nation", "embedded"]

NO_TABLE = NotRun(
    Text("没有投入产出表", "there is no input–output table"),
    Text("本地区的表（最好把进口单列）", "the region's own, with imports apart if possible"),
    Text("用 --table 给出。", "Give it with --table."),
)


@dataclass(frozen=True, eq=False)
class Economy:
    """The tables of one assessment.

    table : the region's, own or derived; with the detail at which it says something of the region
    origin : ``own``; ``nation`` of a data pack, or ``embedded``, both by the region's weights
    nation : what the region belongs to, for words; its name is the region's for an own table
    imports : with imports apart, for dependence: own or the nation's; None where none can tell
    detailed : the nation's table with the most sectors, imports split in proportion; None if absent
    earlier : the nation's tables of earlier years, imports apart
    weights : what the nation's table was scaled by; None for an own table
    """

    table: IOTable
    origin: Origin
    nation: Text
    imports: IOTable | None = None
    detailed: IOTable | None = None
    earlier: tuple[IOTable, ...] = ()
    weights: RegionalWeights | None = None


def economy_of(panel: Panel, region: str, own: IOTable | None) -> Economy | NotRun:
    """Return the tables that stand for a region's economy.

    own : the region's own table, which is taken before any other
    """
    if own is not None:
        return _own(panel, region, own)
    nation = panel.regions.nation
    if nation is None:
        return NO_TABLE
    try:
        if pack_is_present(nation.pack):
            return _of_pack(panel, region, nation)
        return _embedded(panel, region, nation)
    except InputError as refusal:
        return NotRun(refusal.message, remedy=refusal.remedy or NO_TEXT)


def pack_remedy(nation: Nation) -> Text:
    """Return the command that fetches the nation's tables, and what they add."""
    pack = find_pack(nation.pack)
    return say(
        "运行 xinzhi data pack get {p}（{t}），或用 --table 给出本地区自己的表。",
        "Run xinzhi data pack get {p} ({t}), or give the region's own table with --table.",
        p=pack.id,
        t=pack.title,
    )


def _own(panel: Panel, region: str, own: IOTable) -> Economy:
    name = panel.regions.get(region)
    title = Text(name.name, name.english)
    apart = split_imports_proportionally(own) if own.competitive else own
    return Economy(table=own, origin="own", nation=title, imports=apart)


def _of_pack(panel: Panel, region: str, nation: Nation) -> Economy:
    tables = [_titled(io_table_of_pack(nation.pack, name)) for name in nation.tables]
    latest = tables[-1]
    weights = regional_weights(panel, region, latest.classification, latest.year)
    derived = _regionalised(latest, region, weights)
    detailed = _titled(io_table_of_pack(nation.pack, nation.detailed))
    return Economy(
        # inside an industry every sector shares one quotient: nothing is said at finer detail
        table=aggregate(derived, concordance(latest.classification, nation.weights)),
        origin="nation",
        nation=nation.title,
        imports=latest,
        detailed=split_imports_proportionally(detailed) if detailed.competitive else detailed,
        earlier=tuple(tables[:-1]),
        weights=weights,
    )


def _titled(table: IOTable) -> IOTable:
    """Give sectors the titles of their classification, which are shorter than a file's."""
    if table.classification not in classifications():
        return table
    titles = {sector.code: sector for sector in load_classification(table.classification).sectors}
    return replace(table, sectors=tuple(titles[code] for code in table.codes))


def _embedded(panel: Panel, region: str, nation: Nation) -> Economy:
    table = split_imports_proportionally(embedded_io_table())
    weights = regional_weights(panel, region, table.classification, table.year)
    return Economy(
        table=_regionalised(table, region, weights),
        origin="embedded",
        nation=nation.title,
        weights=weights,
    )


def _regionalised(table: IOTable, region: str, weights: RegionalWeights) -> IOTable:
    return regionalise(
        table,
        weights.own,
        region,
        national=weights.nation,
        groups=weights.groups,
        titles=weights.titles,
    )
