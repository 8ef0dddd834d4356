"""New quality productive forces: a second index, with dated side figures outside its score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, InputError, Result, Text
from xinzhi.data import Indicator, Panel
from xinzhi.measure import IndexResult, index
from xinzhi.report import index_charts
from xinzhi.report.context import Context, Figures, Row, missing, unit_text
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_tables import figure, indicator_table, ranking_table, words
from xinzhi.report.model import Card, NotRun, Section, Statement, Table, cite
from xinzhi.report.sections.index import rank_statements
from xinzhi.report.titles import status_title
from xinzhi.report.words import inside, measured, number, ordinal, say
from xinzhi.report.working import working

ID = "new_quality"
PART = "chains"
TITLE = Text("新质生产力", "New quality productive forces")
_SIDE = ["region", "year", "indicator", "value", "rank", "regions", "status"]


def run(context: Context) -> Result | NotRun:
    """Compute the second system, if the data have its figures."""
    system = context.second_system
    if system.id == context.system.id:
        return NotRun(
            Text("主体系就是这个体系", "the main system is this one already"),
            Text("另一个主体系", "another main system"),
        )
    absent = missing_figures(context.panel, system.indicators)
    if absent:
        return NotRun(
            say("数据中没有体系“{t}”需要的指标", "the data lack figures for “{t}”", t=system.title),
            Text("、".join(absent), ", ".join(absent)),
        )
    try:
        values = system.evaluate(context.panel)
        result = index(
            values,
            system,
            context.method,
            context.uncertainty,
            context.seed,
            inputs=context.panel.inputs,
            progress=context.progress,
        )
    except InputError as error:
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    if context.year not in values["year"].values:
        return NotRun(
            say("这个体系没有 {y} 年", "this system has no {y}", y=f"{context.year}"),
            say("{y} 年的全部指标", "all its indicators for {y}", y=f"{context.year}"),
        )
    return replace(result, tables={**result.tables, "side": side_table(context)})


def missing_figures(panel: Panel, indicators: tuple[Indicator, ...]) -> list[str]:
    """Return the panel indicators that formulas name and the panel lacks."""
    names = dict.fromkeys(name for i in indicators for name in i.formula.names)
    return [name for name in names if panel.resolve(name) is None]


def side_table(context: Context) -> pd.DataFrame:
    """Return the last year of every side figure for all regions, ranked where it is better first.

    Returns : region, year, indicator, value, rank, regions (number ranked), status
    """
    system = context.second_system
    there = tuple(i for i in system.side if not missing_figures(context.panel, (i,)))
    if not there:
        return pd.DataFrame(columns=_SIDE)
    data = replace(system, side=there).evaluate_side(context.panel)
    statuses = list(data.attrs["statuses"])
    parts = []
    for indicator in there:
        one = data.sel(indicator=indicator.id)
        known = ~np.isnan(one["value"].values).all(axis=0)
        if not known.any():
            continue
        year = int(one["year"].values[known][-1])
        last = one.sel(year=year)
        table = pd.DataFrame(
            {
                "region": [str(name) for name in last["region"].values],
                "year": year,
                "indicator": indicator.id,
                "value": last["value"].values,
                "status": [statuses[k] if k >= 0 else "missing" for k in last["status"].values],
            }
        )
        table["rank"] = table["value"].rank(ascending=indicator.direction < 0, method="min")
        table["regions"] = int(table["value"].notna().sum())
        parts.append(table[_SIDE])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_SIDE)


def write(result: IndexResult, context: Context) -> Section:
    """Word and draw the second index and its side figures."""
    cards = IndexCards(context, result)
    assert result.system is not None
    statements = rank_statements(result, context, cards, ID, f"{ID}-regions")
    side = result.tables["side"]
    mine = side[side["region"] == context.region]
    own: list[Row] = [{str(k): v for k, v in row.items()} for row in mine.to_dict("records")]
    ids = {str(row["indicator"]): _side_card(context, cards, row) for row in own}
    for row in own:
        if missing(row["value"]):
            continue
        name = str(row["indicator"])
        indicator = next(i for i in result.system.side if i.id == name)
        statements.append(_side_statement(context, indicator, row, ids[name]))
    tables = [
        indicator_table(result, context, cards, ID),
        ranking_table(result, context, cards, ID),
    ]
    if own:
        tables.insert(0, _table(context, result.system.side, own, ids))
    return Section(
        id=ID,
        title=result.system.title,
        statements=tuple(statements),
        charts=tuple(index_charts.profile(result, context, cards, ID)),
        tables=tuple(tables),
        notes=(result.system.note,) if result.system.note.zh else (),
    )


def _side_statement(context: Context, indicator: Indicator, row: Row, card: str) -> Statement:
    value = measured(cite(card, number(row["value"])), unit_text(indicator.unit.id))
    lowest = Text("由低到高", "counted from the lowest")
    highest = Text("由高到低", "counted from the highest")
    text = say(
        "旁证（不进入得分）：{t}，{y} 年为 {v}，在有数据的 {n} 个地区中{d}列第 {k} 位。",
        "Beside the score: {t}, {v} in {y}, {o} of the {n} regions with data, {d}.",
        t=inside(indicator.title),
        y=f"{row['year']}",
        v=value,
        n=f"{row['regions']}",
        d=lowest if indicator.direction < 0 else highest,
        k=f"{int(row['rank'])}",
        o=ordinal(row["rank"]),
    )
    key = {"region": context.region, "indicator": indicator.id}
    return Statement(f"{ID}.side", text, ((f"{ID}_side", key),), see=f"{ID}-side")


def _side_card(context: Context, cards: IndexCards, row: Row) -> str:
    name, year, region = str(row["indicator"]), int(row["year"]), context.region
    indicator = next(i for i in cards.system.side if i.id == name)
    value = None if missing(row["value"]) else float(row["value"])
    published = Figures(context.panel, indicator.formula.names)
    formula, figures = working(published, indicator, region, year, value)
    return context.add(
        Card(
            id=context.card_id(cards.system.id, name, context.region_of(region).code, year),
            title=indicator.title,
            value=value,
            unit=unit_text(indicator.unit.id),
            region=context.full_name(region),
            year=f"{year}",
            formula=formula,
            figures=figures,
            status=(str(row["status"]),),
            note=indicator.weakness,
            method="method-index",
        )
    )


def _table(
    context: Context, side: tuple[Indicator, ...], own: list[Row], ids: dict[str, str]
) -> Table:
    rows = []
    for row in own:
        name = str(row["indicator"])
        indicator = next(i for i in side if i.id == name)
        known = not missing(row["value"])
        rows.append(
            (
                words(indicator.title, name),
                words(_year(row), f"{row['year']}"),
                figure(row["value"], ids[name] if known else ""),
                words(unit_text(indicator.unit.id), indicator.unit.id),
                figure(row["rank"], digits=0),
                figure(row["regions"], digits=0),
                words(status_title(str(row["status"])), str(row["status"])),
                words(indicator.weakness),
            )
        )
    return Table(
        id=f"{ID}-side",
        title=Text(
            "绿色与数字两面：注明年份的旁证，不进入得分",
            "Green and digital sides: dated, outside the score",
        ),
        columns=(
            Text("指标", "Indicator"),
            Text("年份", "Year"),
            Text("数值", "Value"),
            Text("单位", "Unit"),
            Text("位次", "Place"),
            Text("地区数", "Of"),
            Text("状态", "Status"),
            Text("弱点", "Weakness"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, False, True, True, False, False),
        folded=False,
    )


def _year(row: Row) -> Text:
    return Text(f"{row['year']}", f"{row['year']}")
