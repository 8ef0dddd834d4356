"""What the section on talent measures, and its cards, chart and table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xinzhi.core import Result, Text, chart
from xinzhi.data import find_unit
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, Table
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import full, say

ID = "talent"
POPULATION = "resident_population_year_end"
_PER = 10_000.0


@dataclass(frozen=True)
class Measure:
    """A figure, or a figure per 10,000 residents, that stands for one side of the talent chain.

    figure : the panel's; per_head : whether it is divided by the resident population
    weakness : what a reader must not take it for
    """

    name: str
    title: Text
    figure: str
    per_head: bool
    unit: Text
    weakness: Text


MEASURES = (
    Measure(
        "stock",
        Text("大学文化程度人口", "People with university education"),
        "education_university_per_100k",
        False,
        Text("人/10 万人", "per 100,000 residents"),
        Text(
            "普查的大专及以上文化程度，不分领域、职级和年龄，含在校学生",
            "junior college and above in the census, without field, grade or age, students counted",
        ),
    ),
    Measure(
        "school",
        Text("高等教育在校学生", "Students in higher education"),
        "higher_education_students",
        True,
        Text("人/万人", "per 10,000 residents"),
        Text("在本地读书，不等于毕业后留下", "who studies in the region need not stay"),
    ),
    Measure(
        "use",
        Text("规上工业研发人员", "R&D people of industry"),
        "rd_personnel_fte_industrial_above_size",
        True,
        Text("人年/万人", "person-years per 10,000 residents"),
        Text(
            "只含规模以上工业，全时当量",
            "industry above designated size only, full-time equivalent",
        ),
    ),
)
_BY_NAME = {measure.name: measure for measure in MEASURES}


def measure_of(name: object) -> Measure:
    """Return a measure by its name."""
    return _BY_NAME[str(name)]


def standing_table(context: Context) -> pd.DataFrame:
    """Return each measure of every region in the last year in which the region at hand has it.

    Returns : indicator, region, year, value, rank (1 is the highest), regions (number ranked),
        relative (value over the median of all regions)
    """
    parts = []
    for measure in MEASURES:
        needed = [measure.figure, *([POPULATION] if measure.per_head else [])]
        if any(context.panel.resolve(name) is None for name in needed):
            continue
        array = context.panel.to_array(needed)
        values = array.sel(indicator=measure.figure)
        if measure.per_head:
            units = [find_unit(array.attrs["units"][name]).factor for name in needed]
            people = array.sel(indicator=POPULATION)
            values = _PER * values * (units[0] / units[1]) / people.where(people > 0)
        known = values.sel(region=context.region).dropna("year")["year"].values
        if not len(known):
            continue
        year = int(known[-1])
        table = values.sel(year=year).drop_vars(["year", "indicator"], errors="ignore")
        frame = table.to_series().rename("value").reset_index().dropna(subset=["value"])
        frame.insert(0, "indicator", measure.name)
        frame.insert(2, "year", year)
        frame["rank"] = frame["value"].rank(ascending=False, method="min").astype(int)
        frame["regions"] = len(frame)
        frame["relative"] = frame["value"] / frame["value"].median()
        parts.append(frame)
    columns = ["indicator", "region", "year", "value", "rank", "regions", "relative"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def figures_used(standing: pd.DataFrame) -> dict[str, list[int]]:
    """Return the years read of each figure of the panel."""
    years: dict[str, list[int]] = {}
    for row in rows_of(standing.drop_duplicates("indicator")):
        measure, year = measure_of(row["indicator"]), int(row["year"])
        for name in (measure.figure, *((POPULATION,) if measure.per_head else ())):
            years.setdefault(name, []).append(year)
    return years


def card_of(context: Context, row: Row) -> str:
    """Keep the card of one value and return its id."""
    measure, region, year = measure_of(row["indicator"]), str(row["region"]), int(row["year"])
    names = [measure.figure, *([POPULATION] if measure.per_head else [])]
    published = Figures(context.panel, names)
    found = [one for name in names if (one := published.figure(name, region, year)) is not None]
    shown = [say("{v} {u}", "{v} {u}", v=full(one.value), u=one.unit) for one in found]
    formula = say("{v}", "{v}", v=shown[0]) if shown else say("", "")
    if len(shown) == 2:
        formula = say("{a} ÷ {b}", "{a} ÷ {b}", a=shown[0], b=shown[1])
    return context.add(
        Card(
            id=context.card_id(ID, measure.name, context.region_of(region).code, year),
            title=measure.title,
            value=float(row["value"]),
            unit=measure.unit,
            region=context.full_name(region),
            year=f"{year}",
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
    top = 1.05 * float(drawn[["value", "q75"]].to_numpy(dtype=float).max())
    measure = Text("各地区中位数的倍数", "Times the median of all regions")
    titles = [measure_of(name).title for name in drawn["indicator"]]
    peers = charts.peers_text(context)
    return Chart(
        id=f"{ID}-standing",
        title=finding,
        subtitle=say(
            "人均水平与各地区中位数之比，各自最近年份",
            "Levels per head over the median of all regions, the last year of each",
        ),
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(drawn, titles, measure, ids, (0.0, max(top, 1.05)), 1.0),),
        key=(
            ("dot", chart.REGION, context.name(context.region)),
            ("band", chart.PEER_BAND, say("{p}的中间一半", "middle half of {p}", p=peers)),
            ("tick", chart.QUIET, say("{p}的中位数", "median of {p}", p=peers)),
            ("dashes", chart.PEERS, Text("各地区中位数", "median of all regions")),
        ),
    )


def standing_rows(own: pd.DataFrame, ids: list[str]) -> Table:
    """Return the region's measures: value, unit, year, rank, weakness."""
    shown = []
    for row, card in zip(rows_of(own), ids, strict=True):
        measure = measure_of(row["indicator"])
        year = f"{row['year']}"
        shown.append(
            (
                words(measure.title, measure.name),
                figure(row["value"], card),
                words(measure.unit),
                words(Text(year, year), year),
                figure(row["rank"], digits=0),
                figure(row["regions"], digits=0),
                words(measure.weakness),
            )
        )
    return Table(
        id=f"{ID}-table",
        title=Text("人才链三面的代理指标", "Proxies of three sides of the talent chain"),
        columns=(
            Text("指标", "Indicator"),
            Text("数值", "Value"),
            Text("单位", "Unit"),
            Text("年份", "Year"),
            Text("位次", "Rank"),
            Text("地区数", "Regions"),
            Text("弱点", "Weakness"),
        ),
        rows=tuple(shown),
        numeric=(False, True, False, True, True, True, False),
    )
