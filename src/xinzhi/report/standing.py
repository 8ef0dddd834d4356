"""Where a region stands on a few figures: ranks of all regions, cards, a chart and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from xinzhi.core import Result, Text, chart
from xinzhi.data import find_unit
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, Table, cite
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import full, inside, number, ordinal, say

_PER_CENT = 100.0


@dataclass(frozen=True)
class Share:
    """One figure over another, in per cent.

    figure, over : the panel's; weakness : what a reader must not take the share for
    """

    name: str
    title: Text
    figure: str
    over: str
    weakness: Text


@dataclass(frozen=True)
class Standing:
    """Shares that a section ranks.

    id : of the section; subtitle : of the chart; table_title : of the table
    """

    id: str
    shares: tuple[Share, ...]
    subtitle: Text
    table_title: Text

    def share_of(self, name: object) -> Share:
        """Return a share by its name."""
        return {share.name: share for share in self.shares}[str(name)]


def standing_table(context: Context, standing: Standing) -> pd.DataFrame:
    """Return each share of every region in the last year in which the region at hand has it.

    Returns : indicator, region, year, value [%], rank (1 is the highest), regions (number ranked),
        relative (value over the median of all regions)
    """
    parts = []
    for share in standing.shares:
        names = [share.figure, share.over]
        if any(context.panel.resolve(name) is None for name in names):
            continue
        array = context.panel.to_array(names)
        units = [find_unit(array.attrs["units"][name]).factor for name in names]
        below = array.sel(indicator=share.over)
        values = array.sel(indicator=share.figure) / below.where(below > 0)
        values = _PER_CENT * (units[0] / units[1]) * values
        known = values.sel(region=context.region).dropna("year")["year"].values
        if not len(known):
            continue
        year = int(known[-1])
        table = values.sel(year=year).drop_vars(["year", "indicator"], errors="ignore")
        frame = table.to_series().rename("value").reset_index().dropna(subset=["value"])
        frame.insert(0, "indicator", share.name)
        frame.insert(2, "year", year)
        frame["rank"] = frame["value"].rank(ascending=False, method="min").astype(int)
        frame["regions"] = len(frame)
        frame["relative"] = frame["value"] / frame["value"].median()
        parts.append(frame)
    columns = ["indicator", "region", "year", "value", "rank", "regions", "relative"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def figures_used(table: pd.DataFrame, standing: Standing) -> dict[str, list[int]]:
    """Return the years read of each figure of the panel."""
    years: dict[str, list[int]] = {}
    for row in rows_of(table.drop_duplicates("indicator")):
        share = standing.share_of(row["indicator"])
        for name in (share.figure, share.over):
            years.setdefault(name, []).append(int(row["year"]))
    return years


def card_of(context: Context, standing: Standing, row: Row) -> str:
    """Keep the card of one share and return its id."""
    share, region = standing.share_of(row["indicator"]), str(row["region"])
    year = int(row["year"])
    names = [share.figure, share.over]
    published = Figures(context.panel, names)
    found = [one for name in names if (one := published.figure(name, region, year)) is not None]
    shown = [say("{v} {u}", "{v} {u}", v=full(one.value), u=one.unit) for one in found]
    formula = say("{a} ÷ {b}", "{a} ÷ {b}", a=shown[0], b=shown[1]) if len(shown) == 2 else shown[0]
    return context.add(
        Card(
            id=context.card_id(standing.id, share.name, context.region_of(region).code, year),
            title=share.title,
            value=float(row["value"]),
            unit=Text("%", "%"),
            region=context.full_name(region),
            year=f"{year}",
            formula=formula,
            figures=tuple(found),
            status=tuple(dict.fromkeys(one.status for one in found)),
            note=share.weakness,
        )
    )


def named_shares(standing: Standing, rows: Sequence[Row], cards: Sequence[str]) -> Text:
    """Return every share with its value, year and rank, as part of a sentence."""
    return itemised(
        say(
            "{t} {v}（{y} 年，{n} 个地区中第 {k} 位）",
            "{t}: {v} in {y}, {o} of {n} regions",
            t=inside(standing.share_of(row["indicator"]).title),
            v=_per_cent(row, card),
            y=f"{row['year']}",
            n=f"{row['regions']}",
            k=f"{row['rank']}",
            o=ordinal(float(row["rank"])),
        )
        for row, card in zip(rows, cards, strict=True)
    )


def _per_cent(row: Row, card: str) -> Text:
    shown = number(row["value"])
    return Text(cite(card, f"{shown}%"), cite(card, f"{shown}\u00a0%"))


def standing_chart(
    result: Result, context: Context, standing: Standing, cards: list[str], finding: Text
) -> Chart:
    """Draw the region's shares over the median of all regions, on the quartiles of its peers."""
    table = result.tables["standing"]
    drawn = against_peers(table, "relative", "indicator", context.region, context.peers)
    top = 1.05 * float(drawn[["value", "q75"]].to_numpy(dtype=float).max())
    measure = Text("各地区中位数的倍数", "Times the median of all regions")
    titles = [standing.share_of(name).title for name in drawn["indicator"]]
    peers = charts.peers_text(context)
    return Chart(
        id=f"{standing.id}-standing",
        title=finding,
        subtitle=standing.subtitle,
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(drawn, titles, measure, cards, (0.0, max(top, 1.05)), 1.0),),
        key=(
            ("dot", chart.REGION, context.name(context.region)),
            ("band", chart.PEER_BAND, say("{p}的中间一半", "middle half of {p}", p=peers)),
            ("tick", chart.QUIET, say("{p}的中位数", "median of {p}", p=peers)),
            ("dashes", chart.PEERS, Text("各地区中位数", "median of all regions")),
        ),
    )


def standing_rows(standing: Standing, own: pd.DataFrame, cards: list[str]) -> Table:
    """Return the region's shares: value, year, rank, weakness."""
    shown = []
    for row, card in zip(rows_of(own), cards, strict=True):
        share = standing.share_of(row["indicator"])
        year = f"{row['year']}"
        shown.append(
            (
                words(share.title, share.name),
                figure(row["value"], card),
                words(Text(year, year), year),
                figure(row["rank"], digits=0),
                figure(row["regions"], digits=0),
                words(share.weakness),
            )
        )
    return Table(
        id=f"{standing.id}-table",
        title=standing.table_title,
        columns=(
            Text("指标", "Indicator"),
            Text("数值（%）", "Value (%)"),
            Text("年份", "Year"),
            Text("位次", "Rank"),
            Text("地区数", "Regions"),
            Text("弱点", "Weakness"),
        ),
        rows=tuple(shown),
        numeric=(False, True, True, True, True, False),
    )
