"""Conversion rates in the section on innovation: the data, cards, chart and table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import Panel
from xinzhi.measure.plots import against_peers
from xinzhi.plan.innovation import find_conversion
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, missing, title_of_figure
from xinzhi.report.index_tables import figure, words
from xinzhi.report.innovation_measures import ID
from xinzhi.report.model import Card, Chart, Table
from xinzhi.report.sections.science import ScienceResult
from xinzhi.report.standing import relative_key
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.used import figures_named
from xinzhi.report.words import inside, number, say

FEWEST = 4  # conversions that a bottleneck is looked for among
PHASE_TITLES = {
    "0-1": Text("从 0 到 1", "from 0 to 1"),
    "1-100": Text("从 1 到 100", "from 1 to 100"),
}
UNITS = {
    "papers_per_CNY_100m": Text("篇/亿元", "per CNY 100 million"),
    "patents_per_CNY_100m": Text("件/亿元", "per CNY 100 million"),
    "CNY_10k": Text("万元/项", "CNY 10,000 a project"),
    "ratio": NO_TEXT,
}


def panel_of(context: Context) -> Panel:
    """Return the panel that the rates are read from: with the data pack where it is there."""
    science = context.results.get("science")
    if isinstance(science, ScienceResult) and science.panel is not None:
        return science.panel
    return context.panel


def with_pack(context: Context) -> bool:
    """Tell whether the data pack on science and technology is read."""
    return panel_of(context) is not context.panel


def conversion_figures(context: Context) -> Iterable[pd.DataFrame]:
    """Return the figures that the rates of the region read, for the list of data used."""
    result = context.results[ID]
    inner = replace(context, panel=panel_of(context))
    for name, years in result.parameters["conversion_years"].items():
        yield figures_named(inner, [name], years, ID)


def years_read(conversions: pd.DataFrame) -> dict[str, list[int]]:
    """Return the years of each figure that the rates are over."""
    years: dict[str, set[int]] = {}
    for row in rows_of(conversions):
        conversion = find_conversion(row["conversion"])
        span = range(int(row["first_year"]), int(row["last_year"]) + 1)
        years.setdefault(conversion.denominator, set()).update(span)
        later = {year + conversion.lag for year in span}
        years.setdefault(conversion.numerator, set()).update(later)
    return {name: sorted(found) for name, found in years.items()}


def own_rows(result: Result, context: Context) -> pd.DataFrame:
    """Return the rates of the region."""
    table = result.tables["conversions"]
    return table[table["region"] == context.region] if len(table) else table


def conversion_card(row: Row, context: Context) -> str:
    """Keep the card of one rate and return its id."""
    conversion = find_conversion(row["conversion"])
    region = str(row["region"])
    names = [conversion.numerator, conversion.denominator]
    published = Figures(panel_of(context), names)
    span = range(int(row["first_year"]), int(row["last_year"]) + 1)
    found = [
        one
        for name, lag in zip(names, (conversion.lag, 0), strict=True)
        for year in span
        if (one := published.figure(name, region, year + lag)) is not None
    ]
    later = say("（晚 {n} 年）", " ({n} years later)", n=f"{conversion.lag}")
    return context.add(
        Card(
            id=context.card_id(ID, conversion.id, context.region_of(region).code),
            title=conversion.title,
            value=float(row["rate"]),
            unit=UNITS[conversion.unit],
            region=context.full_name(region),
            year=years_of(row),
            formula=say(
                "Σ {a}{l} ÷ Σ {b}",
                "Σ {a}{l} ÷ Σ {b}",
                a=title_of_figure(conversion.numerator),
                l=later if conversion.lag else NO_TEXT,
                b=title_of_figure(conversion.denominator),
            ),
            low=None if missing(row["low"]) else float(row["low"]),
            high=None if missing(row["high"]) else float(row["high"]),
            band=Text("年份自助抽样的 95% 区间", "95\u202f% of draws of years"),
            figures=tuple(found),
            status=tuple(dict.fromkeys(one.status for one in found)),
            note=conversion.weakness,
            method=f"method-{ID}",
        )
    )


def conversion_chart(result: Result, context: Context) -> Chart | None:
    """Draw the region's conversions over the median of all regions; None where there are none."""
    table = result.tables["conversions"]
    if table.empty:
        return None
    compared = table[(table["role"] == "conversion") & table["relative"].notna()]
    own = compared[compared["region"] == context.region]
    if own.empty:
        return None
    drawn = against_peers(compared, "relative", "conversion", context.region, context.peers)
    middle = own["rate"].to_numpy(float) / own["relative"].to_numpy(float)
    drawn = drawn.assign(
        low=own["low"].to_numpy(float) / middle, high=own["high"].to_numpy(float) / middle
    )
    rows = rows_of(own)
    finding = _finding(rows, context)
    top = 1.05 * float(np.nanmax(drawn[["value", "high", "q75"]].to_numpy(dtype=float)))
    peers = relative_key(context)
    whisker = Text("95% 区间，中位数视为已知", "95\u202f% interval, the median taken as known")
    return Chart(
        id=f"{ID}-conversions",
        title=finding,
        subtitle=say(
            "各年合计之比与各地区中位数之比", "Quotients of totals over the median of all regions"
        ),
        source=charts.source_line(replace(context, panel=panel_of(context))),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(
            charts.profile_panel(
                drawn,
                [find_conversion(row["conversion"]).title for row in rows],
                Text("各地区中位数的倍数", "Times the median of all regions"),
                [conversion_card(row, context) for row in rows],
                (0.0, max(top, 1.05)),
                1.0,
            ),
        ),
        key=(peers[0], ("whisker", peers[0][1], whisker), *peers[1:]),
    )


def _finding(rows: list[Row], context: Context) -> Text:
    """Return which conversion is lowest; of few, only how many are above the median."""
    place = context.name(context.region)
    if len(rows) < FEWEST:
        above = sum(float(row["relative"]) > 1 for row in rows)
        return say(
            "{r}的 {n} 项转化率中 {k} 项高于各地区中位数",
            "{k} of {n} conversion rates of {r} are above the median of regions",
            r=place,
            n=f"{len(rows)}",
            k=f"{above}",
        )
    lowest = min(rows, key=lambda row: float(row["relative"]))
    return say(
        "{r}最低的一项：{t}，中位数的 {v} 倍",
        "Lowest of {r}: {t}, {v} times the median",
        r=place,
        t=inside(find_conversion(lowest["conversion"]).title),
        v=number(lowest["relative"]),
    )


def conversion_table(result: Result, context: Context) -> Table | None:
    """Return the region's rates with intervals, years, rank and weakness; None without any."""
    own = own_rows(result, context)
    if own.empty:
        return None
    shown = []
    for row in rows_of(own):
        conversion = find_conversion(row["conversion"])
        years = years_of(row)
        shown.append(
            (
                words(PHASE_TITLES[conversion.phase], conversion.phase),
                words(conversion.title, conversion.id),
                figure(row["rate"], conversion_card(row, context)),
                figure(row["low"]),
                figure(row["high"]),
                words(UNITS[conversion.unit], conversion.unit),
                words(Text(years, years), years),
                figure(row["rank"], digits=0),
                figure(row["regions"], digits=0),
                words(conversion.weakness),
            )
        )
    return Table(
        id=f"{ID}-rates-table",
        title=say("{r}的转化率", "Conversion rates of {r}", r=context.name(context.region)),
        columns=(
            Text("环节", "Phase"),
            Text("转化", "Conversion"),
            Text("数值", "Rate"),
            Text("下限", "Low"),
            Text("上限", "High"),
            Text("单位", "Unit"),
            Text("分母年份", "Years"),
            Text("位次", "Rank"),
            Text("地区数", "Regions"),
            Text("弱点", "Weakness"),
        ),
        rows=tuple(shown),
        numeric=(False, False, True, True, True, False, True, True, True, False),
    )


def years_of(row: Row) -> str:
    """Return the years of the denominator: 2023, or 2010–2023."""
    first, last = int(row["first_year"]), int(row["last_year"])
    return f"{last}" if first == last else f"{first}–{last}"
