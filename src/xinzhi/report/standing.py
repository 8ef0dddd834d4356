"""Where a region stands on a few figures: ranks of all regions, cards, a chart and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Result, Text, chart
from xinzhi.data import find_unit
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, NotRun, Table, cite
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import full, inside, listing, measured, number, ordinal, say

PERCENT = Text("%", "%")
_COLUMNS = (*("indicator", "region", "first_year", "year", "value", "rank", "regions", "relative"),)


@dataclass(frozen=True)
class Measure:
    """A figure, or a quotient of two of a year, over the last ``window`` years of a region.

    numerator, denominator : the panel's; without a denominator the figure as it stands
    weakness : what a reader must not take it for
    scale : from the quotient in the figures' base units to ``unit``
    statistic : of the values of these years
    """

    name: str
    title: Text
    numerator: str
    denominator: str
    weakness: Text
    unit: Text = PERCENT
    scale: float = 100.0
    window: int = 1
    statistic: Literal["mean", "median"] = "mean"

    @property
    def figures(self) -> list[str]:
        """Return the figures of the panel that it needs."""
        return [name for name in (self.numerator, self.denominator) if name]


@dataclass(frozen=True)
class Standing:
    """Measures that a section ranks.

    id : of the section; subtitle : of the chart; table_title : of the table
    """

    id: str
    measures: tuple[Measure, ...]
    subtitle: Text
    table_title: Text

    def measure_of(self, name: object) -> Measure:
        """Return a measure by its name."""
        return {measure.name: measure for measure in self.measures}[str(name)]


def standing_table(context: Context, standing: Standing) -> pd.DataFrame:
    """Return each measure of every region in the last years for which the region at hand has it.

    Returns : indicator, region, first_year, year, value, rank (1 is the highest), regions (number
        ranked), relative (value over the median of all regions)
    """
    parts = []
    for measure in standing.measures:
        values = _values(context, measure)
        if values is None or context.region not in values.index:
            continue
        known = values.loc[context.region].rolling(measure.window).count()
        counts = zip(values.columns, known, strict=True)
        years = [int(year) for year, count in counts if count == measure.window]
        if not years:
            continue
        span = list(range(years[-1] - measure.window + 1, years[-1] + 1))
        complete = values.reindex(columns=span).dropna()
        middle = complete.mean(axis=1) if measure.statistic == "mean" else complete.median(axis=1)
        frame = middle.rename("value").rename_axis("region").reset_index()
        frame["rank"] = frame["value"].rank(ascending=False, method="min").astype(int)
        parts.append(
            frame.assign(
                indicator=measure.name,
                first_year=span[0],
                year=span[-1],
                regions=len(frame),
                relative=frame["value"] / frame["value"].median(),
            )
        )
    columns = list(_COLUMNS)
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def standing_result(
    context: Context, standing: Standing, missing: Text, needs: Text
) -> Result | NotRun:
    """Return the table ``standing`` as a result, or why there is none and what is needed."""
    try:
        table = standing_table(context, standing)
    except InputError as error:
        return NotRun(error.message, needs)
    if table.empty:
        return NotRun(missing, needs)
    return Result(
        tables={"standing": table},
        units={"relative": "ratio"},
        parameters={"years": figures_used(table, standing)},
        inputs=context.panel.inputs,
    )


class Placed(NamedTuple):
    """The region's own rows, their cards, and the evidence that they are."""

    own: pd.DataFrame
    rows: list[Row]
    cards: list[str]
    evidence: tuple[tuple[str, dict[str, str]], ...]


def placed(result: Result, context: Context, standing: Standing) -> Placed:
    """Return the region's rows of the table ``standing``, each with its card kept."""
    table = result.tables["standing"]
    own = table[table["region"] == context.region]
    rows = rows_of(own)
    return Placed(
        own=own,
        rows=rows,
        cards=[card_of(context, standing, row) for row in rows],
        evidence=tuple(
            (
                f"{standing.id}_standing",
                {"region": context.region, "indicator": str(row["indicator"])},
            )
            for row in rows
        ),
    )


def _values(context: Context, measure: Measure) -> pd.DataFrame | None:
    """Return (region × year) values in the measure's unit, None where a figure is not there."""
    names = measure.figures
    if any(context.panel.resolve(name) is None for name in names):
        return None
    array = context.panel.to_array(names)
    values = array.sel(indicator=measure.numerator)
    if measure.denominator:
        units = [find_unit(array.attrs["units"][name]).factor for name in names]
        below = array.sel(indicator=measure.denominator)
        values = measure.scale * (units[0] / units[1]) * values / below.where(below > 0)
    years = [int(year) for year in array["year"].values]
    frame = pd.DataFrame(
        values.transpose("region", "year").values, index=list(array["region"].values), columns=years
    )
    return frame.reindex(columns=range(years[0], years[-1] + 1))


def figures_used(table: pd.DataFrame, standing: Standing) -> dict[str, list[int]]:
    """Return the years read of each figure of the panel."""
    years: dict[str, set[int]] = {}
    for row in rows_of(table.drop_duplicates("indicator")):
        for name in standing.measure_of(row["indicator"]).figures:
            years.setdefault(name, set()).update(_span(row))
    return {name: sorted(found) for name, found in years.items()}


def years_text(row: Row) -> str:
    """Return 2024, or 2022–2024."""
    first, last = int(row["first_year"]), int(row["year"])
    return f"{last}" if first == last else f"{first}–{last}"


def card_of(context: Context, standing: Standing, row: Row) -> str:
    """Keep the card of one value and return its id."""
    measure, region = standing.measure_of(row["indicator"]), str(row["region"])
    published = Figures(context.panel, measure.figures)
    found, terms = [], []
    for year in _span(row):
        read = [
            one
            for name in measure.figures
            if (one := published.figure(name, region, year)) is not None
        ]
        found += read
        shown = [say("{v} {u}", "{v} {u}", v=full(one.value), u=one.unit) for one in read]
        terms.append(
            say("{a} ÷ {b}", "{a} ÷ {b}", a=shown[0], b=shown[1]) if len(shown) == 2 else shown[0]
        )
    formula = terms[0]
    if len(terms) > 1:
        kind = Text("平均", "mean") if measure.statistic == "mean" else Text("中位数", "median")
        formula = say("{q} 的{k}", "{k} of {q}", q=listing(terms), k=kind)
    return context.add(
        Card(
            id=context.card_id(
                standing.id, measure.name, context.region_of(region).code, row["year"]
            ),
            title=measure.title,
            value=float(row["value"]),
            unit=measure.unit,
            region=context.full_name(region),
            year=years_text(row),
            formula=formula,
            figures=tuple(found),
            status=tuple(dict.fromkeys(one.status for one in found)),
            note=measure.weakness,
        )
    )


def named_measures(standing: Standing, rows: Sequence[Row], cards: Sequence[str]) -> Text:
    """Return every measure with its value, years and rank, as part of a sentence."""
    return itemised(
        say(
            "{t} {v}（{y} 年，{n} 个地区中第 {k} 位）",
            "{t}: {v} in {y}, {o} of {n} regions",
            t=inside(standing.measure_of(row["indicator"]).title),
            v=_cited(standing, row, card),
            y=years_text(row),
            n=f"{row['regions']}",
            k=f"{row['rank']}",
            o=ordinal(float(row["rank"])),
        )
        for row, card in zip(rows, cards, strict=True)
    )


def weaknesses(standing: Standing, rows: Sequence[Row]) -> tuple[Text, ...]:
    """Return what each measure must not be taken for."""
    found = [standing.measure_of(row["indicator"]) for row in rows]
    return tuple(say("{t}：{w}。", "{t}: {w}.", t=one.title, w=one.weakness) for one in found)


def best_rank(context: Context, standing: Standing, rows: Sequence[Row]) -> Text:
    """Return the measure on which the region stands best, as a finding."""
    best = min(rows, key=lambda row: row["rank"])
    return say(
        "{r}位次最高的一项：{t}，{n} 个地区中第 {k} 位",
        "Best rank of {r}: {t}, {o} of {n} regions",
        r=context.name(context.region),
        t=inside(standing.measure_of(best["indicator"]).title),
        n=f"{best['regions']}",
        k=f"{best['rank']}",
        o=ordinal(float(best["rank"])),
    )


def standing_chart(
    result: Result, context: Context, standing: Standing, cards: list[str], finding: Text
) -> Chart:
    """Draw the region's measures over the median of all regions, on the quartiles of its peers."""
    table = result.tables["standing"]
    drawn = against_peers(table, "relative", "indicator", context.region, context.peers)
    top = 1.05 * float(np.nanmax(drawn[["value", "q75"]].to_numpy(dtype=float)))
    measure = Text("各地区中位数的倍数", "Times the median of all regions")
    titles = [standing.measure_of(name).title for name in drawn["indicator"]]
    return Chart(
        id=f"{standing.id}-standing",
        title=finding,
        subtitle=standing.subtitle,
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(drawn, titles, measure, cards, (0.0, max(top, 1.05)), 1.0),),
        key=relative_key(context),
    )


def relative_key(context: Context) -> tuple[charts.Key, ...]:
    """Return the key of a chart of values over the median of all regions."""
    peers = charts.peers_text(context)
    return (
        ("dot", chart.REGION, context.name(context.region)),
        ("band", chart.PEER_BAND, say("{p}的中间一半", "middle half of {p}", p=peers)),
        ("tick", chart.QUIET, say("{p}的中位数", "median of {p}", p=peers)),
        ("dashes", chart.PEERS, Text("各地区中位数", "median of all regions")),
    )


def standing_rows(standing: Standing, own: pd.DataFrame, cards: list[str]) -> Table:
    """Return the region's measures: value, unit, years, rank, weakness."""
    shown = []
    for row, card in zip(rows_of(own), cards, strict=True):
        measure = standing.measure_of(row["indicator"])
        years = years_text(row)
        shown.append(
            (
                words(measure.title, measure.name),
                figure(row["value"], card),
                words(measure.unit),
                words(Text(years, years), years),
                figure(row["rank"], digits=0),
                figure(row["regions"], digits=0),
                words(measure.weakness),
            )
        )
    return Table(
        id=f"{standing.id}-table",
        title=standing.table_title,
        columns=(
            Text("指标", "Indicator"),
            Text("数值", "Value"),
            Text("单位", "Unit"),
            Text("年份", "Years"),
            Text("位次", "Rank"),
            Text("地区数", "Regions"),
            Text("弱点", "Weakness"),
        ),
        rows=tuple(shown),
        numeric=(False, True, False, True, True, True, False),
    )


def _cited(standing: Standing, row: Row, card: str) -> Text:
    """Return a value with its unit that leads to its card."""
    shown = measured(number(row["value"]), standing.measure_of(row["indicator"]).unit)
    return Text(cite(card, shown.zh), cite(card, shown.en))


def _span(row: Row) -> range:
    return range(int(row["first_year"]), int(row["year"]) + 1)
