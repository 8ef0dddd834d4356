"""Tables of an index in the report: the region's indicators, and all regions with their ranks."""

from __future__ import annotations

import math
from typing import Any

from xinzhi.core import Text
from xinzhi.measure import IndexResult
from xinzhi.report import charts
from xinzhi.report.context import Context, missing, unit_text
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_charts import ranked
from xinzhi.report.model import Cell, Table
from xinzhi.report.titles import status_title
from xinzhi.report.words import MISSING, number, say


def figure(value: Any, card: str = "", *, digits: int | None = None) -> Cell:
    """Return a cell with a number: three significant digits, or ``digits`` after the sign."""
    if missing(value):
        return Cell(Text(MISSING, MISSING))
    shown = number(value) if digits is None else f"{value:,.{digits}f}".replace("-", "−")
    return Cell(Text(shown, shown), value, card)


def words(text: Text, value: str | None = None) -> Cell:
    """Return a cell with words; ``value`` is what a download holds."""
    return Cell(text, value)


def indicator_table(result: IndexResult, context: Context, cards: IndexCards, prefix: str) -> Table:
    """Return the region's indicators: value, normalised value, weight, contribution, status."""
    system = cards.system
    rows = []
    for indicator in system.indicators:
        row = cards.indicators.row(context.region, context.year, indicator.id)
        card = cards.indicator(context.region, indicator.id, context.year)
        trend = [
            found["normalised"]
            for year in result.levels["year"].values
            if (found := cards.indicators.get(context.region, int(year), indicator.id))
            and not missing(found["normalised"])
        ]
        added = cards.added.get(context.region, context.year, indicator.id)
        share = missing_or(added, "contribution")
        mark = Text("（弱）", " (weak)") if indicator.weak else Text("", "")
        status = "missing" if missing(row.get("status")) else str(row["status"])
        rows.append(
            (
                words(system.title_of(above(system.subsystems, system, indicator.id)), ""),
                words(say("{t}{m}", "{t}{m}", t=indicator.title, m=mark), indicator.id),
                figure(row["value"], card),
                words(unit_text(indicator.unit.id), indicator.unit.id),
                figure(row["normalised"], card, digits=3),
                Cell(Text("", ""), None, spark=tuple(trend)),
                figure(cards.weights[indicator.id], digits=3),
                figure(
                    share,
                    ""
                    if missing(share)
                    else cards.contribution(context.region, indicator.id, context.year),
                    digits=3,
                ),
                words(status_title(status), status),
            )
        )
    years = result.levels["year"].values
    return Table(
        id=f"{prefix}-table",
        title=say(
            "{r}的指标，{y} 年",
            "Indicators of {r}, {y}",
            r=context.name(context.region),
            y=f"{context.year}",
        ),
        columns=(
            Text("部分", "Part"),
            Text("指标", "Indicator"),
            Text("数值", "Value"),
            Text("单位", "Unit"),
            Text("标准化值", "Normalised"),
            Text(f"{years[0]}—{years[-1]}", f"{years[0]}–{years[-1]}"),
            Text("权重", "Weight"),
            Text("贡献", "Contribution"),
            Text("状态", "Status"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, False, True, False, True, True, False),
        folded=False,
    )


def ranking_table(result: IndexResult, context: Context, cards: IndexCards, prefix: str) -> Table:
    """Return all regions: rank with its interval, level of the whole and of each part, trend."""
    system, year = cards.system, context.year
    order = charts.nearby(ranked(result, year), context.region)
    nodes = [system.root, *system.subsystems]
    levels = result.levels
    rows = []
    for name in order["region"]:
        region = str(name)
        root = cards.scores.row(region, year, system.root)
        card = cards.score(region, system.root, year)
        series = levels.sel(region=region, node=system.root).values
        cells = [
            words(context.full_name(region), region),
            figure(root["rank"], card, digits=0),
            figure(root["rank_low"], digits=0),
            figure(root["rank_high"], digits=0),
        ]
        for node in nodes:
            row = cards.scores.row(region, year, node)
            cells.append(figure(row["score"], cards.score(region, node, year), digits=3))
        cells.append(Cell(Text("", ""), spark=tuple(float(v) for v in series if math.isfinite(v))))
        rows.append(tuple(cells))
    years = levels["year"].values
    return Table(
        id=f"{prefix}-regions",
        title=say("全部地区：{t}，{y} 年", "All regions: {t}, {y}", t=system.title, y=f"{year}"),
        columns=(
            Text("地区", "Region"),
            Text("排名", "Rank"),
            Text("区间首", "From"),
            Text("区间末", "To"),
            Text("总体", "Whole"),
            *(system.title_of(node) for node in system.subsystems),
            Text(f"{years[0]}—{years[-1]}", f"{years[0]}–{years[-1]}"),
        ),
        rows=tuple(rows),
        numeric=(False, True, True, True, *(True for _ in nodes), False),
        chosen=tuple(str(name) == context.region for name in order["region"]),
    )


def above(subsystems: tuple[str, ...], system: Any, indicator: str) -> str:
    """Return the subsystem that an indicator stands under, the root if it is none."""
    return next((s for s in subsystems if indicator in system.indicators_below(s)), system.root)


def missing_or(row: Any, key: str) -> float:
    """Return a number of a row, nan where the row is absent."""
    return float("nan") if row is None else row[key]
