"""What the section on innovation measures on a panel, and its cards, chart and table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import Result, Text, chart
from xinzhi.data import find_unit
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, Table
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import full, listing, say

ID = "innovation"
_COLUMNS = (*("indicator", "region", "first_year", "year", "value", "rank", "regions", "relative"),)


@dataclass(frozen=True)
class Measure:
    """A quotient of two figures of a year, over the last ``window`` years that a region has.

    statistic : ``mean`` or ``median`` of the quotients of these years
    scale : from the quotient in the figures' base units to ``unit``
    weakness : what a reader must not take it for
    """

    name: str
    title: Text
    numerator: str
    denominator: str
    window: int
    statistic: str
    scale: float
    unit: Text
    weakness: Text


_PERCENT = Text("%", "%")
MEASURES = (
    Measure(
        "effort",
        Text("研发经费与地区生产总值之比", "R&D expenditure over GDP"),
        "rd_expenditure",
        "gdp",
        1,
        "mean",
        100.0,
        _PERCENT,
        Text(
            "以修订后的地区生产总值为分母，与当年公布的强度不同",
            "over GDP as revised, so that it differs from the intensity published at the time",
        ),
    ),
    Measure(
        "inventions",
        Text("发明专利授权量（三年平均）", "Invention patents granted (three-year mean)"),
        "invention_patents_granted",
        "resident_population_year_end",
        3,
        "mean",
        10_000.0,
        Text("件/万人", "per 10,000 residents"),
        Text(
            "随补贴和审查规则起落，不论质量",
            "moves with subsidies and the rules of examination, whatever the quality",
        ),
    ),
    Measure(
        "turnover",
        Text(
            "技术合同成交额与地区生产总值之比（三年中位数）",
            "Technology contracts over GDP (three-year median)",
        ),
        "technology_market_turnover",
        "gdp",
        3,
        "median",
        100.0,
        _PERCENT,
        Text(
            "按合同登记地统计，口径有断点",
            "counted where contracts are registered, with breaks in the series",
        ),
    ),
)
_BY_NAME = {measure.name: measure for measure in MEASURES}


def measure_of(name: object) -> Measure:
    """Return a measure by its name."""
    return _BY_NAME[str(name)]


def standing_table(context: Context) -> pd.DataFrame:
    """Return each measure of every region in the last years for which the region at hand has it.

    Returns : indicator, region, first_year, year, value, rank (1 is the highest), regions (number
        ranked), relative (value over the median of all regions)
    """
    parts = []
    for measure in MEASURES:
        quotients = _quotients(context, measure)
        if quotients is None or context.region not in quotients.index:
            continue
        known = quotients.loc[context.region].rolling(measure.window).count()
        counts = zip(quotients.columns, known, strict=True)
        years = [int(year) for year, count in counts if count == measure.window]
        if not years:
            continue
        span = list(range(years[-1] - measure.window + 1, years[-1] + 1))
        values = quotients.reindex(columns=span).dropna()
        middle = values.mean(axis=1) if measure.statistic == "mean" else values.median(axis=1)
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


def _quotients(context: Context, measure: Measure) -> pd.DataFrame | None:
    """Return (region × year) quotients in the measure's unit, None where a figure is not there."""
    names = [measure.numerator, measure.denominator]
    if any(context.panel.resolve(name) is None for name in names):
        return None
    array = context.panel.to_array(names)
    units = array.attrs["units"]
    factors = [find_unit(units[name]).factor for name in names]
    below = array.sel(indicator=names[1])
    ratio = array.sel(indicator=names[0]) / below.where(below > 0)
    values = measure.scale * factors[0] / factors[1] * ratio.transpose("region", "year").values
    years = [int(year) for year in array["year"].values]
    frame = pd.DataFrame(values, index=list(array["region"].values), columns=years)
    return frame.reindex(columns=range(years[0], years[-1] + 1))


def figures_used(standing: pd.DataFrame) -> dict[str, list[int]]:
    """Return the years read of each figure of the panel."""
    years: dict[str, set[int]] = {}
    for row in rows_of(standing.drop_duplicates("indicator")):
        measure = measure_of(row["indicator"])
        for name in (measure.numerator, measure.denominator):
            years.setdefault(name, set()).update(_span(row))
    return {name: sorted(found) for name, found in years.items()}


def years_text(row: Row) -> str:
    """Return 2024, or 2022–2024."""
    first, last = int(row["first_year"]), int(row["year"])
    return f"{last}" if first == last else f"{first}–{last}"


def card_of(context: Context, row: Row) -> str:
    """Keep the card of one value and return its id."""
    measure, region = measure_of(row["indicator"]), str(row["region"])
    names = [measure.numerator, measure.denominator]
    published = Figures(context.panel, names)
    found, quotients = [], []
    for year in _span(row):
        pair = [one for name in names if (one := published.figure(name, region, year)) is not None]
        found += pair
        shown = [say("{v} {u}", "{v} {u}", v=full(one.value), u=one.unit) for one in pair]
        quotients.append(say("{a} ÷ {b}", "{a} ÷ {b}", a=shown[0], b=shown[1]))
    formula = quotients[0]
    if len(quotients) > 1:
        kind = Text("平均", "mean") if measure.statistic == "mean" else Text("中位数", "median")
        formula = say("{q} 的{k}", "{k} of {q}", q=listing(quotients), k=kind)
    return context.add(
        Card(
            id=context.card_id(ID, measure.name, context.region_of(region).code, row["year"]),
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


def standing_chart(result: Result, context: Context, ids: list[str], finding: Text) -> Chart:
    """Draw the region's measures over the median of all regions, on the quartiles of its peers."""
    table = result.tables["standing"]
    drawn = against_peers(table, "relative", "indicator", context.region, context.peers)
    top = 1.05 * float(np.nanmax(drawn[["value", "q75"]].to_numpy(dtype=float)))
    titles = [measure_of(name).title for name in drawn["indicator"]]
    measure = Text("各地区中位数的倍数", "Times the median of all regions")
    return Chart(
        id=f"{ID}-standing",
        title=finding,
        subtitle=say(
            "与各地区中位数之比，各自最近年份",
            "Over the median of all regions, the last years of each",
        ),
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(drawn, titles, measure, ids, (0.0, max(top, 1.05)), 1.0),),
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


def standing_rows(own: pd.DataFrame, ids: list[str]) -> Table:
    """Return the region's measures: value, unit, years, rank, weakness."""
    shown = []
    for row, card in zip(rows_of(own), ids, strict=True):
        measure = measure_of(row["indicator"])
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
        id=f"{ID}-table",
        title=Text("研发投入与产出的代理指标", "Proxies of R&D and what comes of it"),
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


def _span(row: Row) -> range:
    return range(int(row["first_year"]), int(row["year"]) + 1)
