"""Cards, chart and tables of the section on early warning."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import NO_TEXT, Language, Result, Text, chart
from xinzhi.data.risk_register import CATEGORIES, STATUSES
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, missing
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Cell, Chart, Panel, Table
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import MISSING, full, number, say, signed
from xinzhi.stress.board import REASONS
from xinzhi.stress.leading import PANEL_SHARES, indicator_title
from xinzhi.stress.watch_plots import LIGHT_WORDS, SYMBOLS, board_form

ID = "watch"
_SHARES = {share.name: share for share in PANEL_SHARES}
_GRADES = {
    "very_high": Text("很高", "very high"),
    "high": Text("高", "high"),
    "medium": Text("中", "medium"),
    "low": Text("低", "low"),
}


class WatchCards:
    """Cards of the values on the board; a ratio of the panel leads to its published figures."""

    def __init__(self, context: Context):
        self._context = context
        names = [name for share in PANEL_SHARES for name in (share.part, share.whole)]
        known = [name for name in names if context.panel.resolve(name) is not None]
        self._figures = Figures(context.panel, known) if known else None

    def value(self, row: Row) -> str:
        """Keep the card of one value and return its id."""
        context, name, year = self._context, str(row["indicator"]), int(row["year"])
        region = str(row["region"])
        share = _SHARES.get(name)
        formula, found = NO_TEXT, []
        if share is not None and self._figures is not None:
            found = [
                one
                for part in (share.part, share.whole)
                if (one := self._figures.figure(part, region, year)) is not None
            ]
            working = " ÷ ".join(full(one.value) for one in found)
            formula = Text(working, working)
        return context.add(
            Card(
                id=context.card_id(ID, name, context.region_of(region).code, year),
                title=indicator_title(name),
                value=float(row["value"]),
                unit=NO_TEXT,
                region=context.full_name(region),
                year=f"{year}",
                formula=formula,
                parameters=tuple(_evidence(row)),
                figures=tuple(found),
                method=f"method-{ID}",
            )
        )


def _evidence(row: Row) -> list[tuple[Text, Text]]:
    """Return what stands behind the light of one value."""

    def entry(zh: str, en: str, value: str) -> tuple[Text, Text]:
        return Text(zh, en), Text(value, value)

    shown = [
        (Text("灯", "Light"), light_words(row)),
        (Text("理由", "Reason"), REASONS[str(row["reason"])]),
        entry("此前数值个数", "Earlier values", f"{int(row['history'])}"),
    ]
    if not missing(row["threshold"]):
        shown += [
            entry("阈值", "Threshold", number(row["threshold"])),
            entry("可学习的事件数", "Events learnt from", f"{int(row['events'])}"),
            entry("噪声信号比", "Noise-to-signal ratio", number(row["noise_to_signal"])),
            entry(
                "样本外命中、漏报、虚警",
                "Hits, misses, false alarms out of sample",
                f"{row['tested_hits']}, {row['tested_misses']}, {row['tested_false_alarms']}",
            ),
            entry("出于偶然的概率", "Probability of chance", number(row["tested_chance"])),
        ]
    return shown


def light_words(row: Row) -> Text:
    """Return a light as symbol and word."""
    light = str(row["light"])
    text = LIGHT_WORDS[light]
    return Text(f"{SYMBOLS[light]} {text.zh}", f"{SYMBOLS[light]} {text.en}")


def latest(result: Result, region: str) -> pd.DataFrame:
    """Return the board of one region, each indicator in the last year in which it has a value."""
    board = result.tables["board"]
    own = board[(board["region"] == region) & board["value"].notna()]
    order = {str(name): k for k, name in enumerate(result.tables["signals"]["indicator"])}
    rows = own.groupby("indicator", sort=False).tail(1)
    return rows.sort_values("indicator", key=lambda names: names.map(order), kind="stable")


def board_chart(rows: pd.DataFrame, context: Context, finding: Text) -> Chart:
    """Draw where each indicator of the region stands, with its light."""

    def draw(lang: Language) -> Any:
        return board_form(rows, lang)

    years = sorted({int(year) for year in rows["year"]})
    when = f"{years[0]}–{years[-1]}" if len(years) > 1 else f"{years[0]}"
    return Chart(
        id=f"{ID}-board",
        title=finding,
        subtitle=say(
            "最新数值（{y} 年）在自身以往各年中的位置：右端为比以往各年都更危险；竖线为阈值",
            "Place of the latest value ({y}) among its own earlier years: the right end is worse "
            "than all of them; strokes are thresholds",
            y=when,
        ),
        source=charts.source_line(context),
        alt=say("{f}。各指标见表。", "{f}. All indicators stand in the table.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
        key=(("dot", chart.QUIET, Text("不亮灯的指标", "Indicator without a light")),),
    )


def board_table(rows: pd.DataFrame, cards: WatchCards) -> Table:
    """Return the region's indicators: value, change, place, light, reason, record."""
    shown = []
    for row in rows_of(rows):
        change = row["change"]
        moved = MISSING if missing(change) else signed(change)
        place = MISSING
        if not missing(row["position"]):
            place = f"{100 * row['position']:.0f}%"
        shown.append(
            (
                words(indicator_title(str(row["indicator"])), str(row["indicator"])),
                Cell(Text(f"{row['year']}", f"{row['year']}"), int(row["year"])),
                figure(row["value"], cards.value(row)),
                Cell(Text(moved, moved), None if missing(change) else float(change)),
                Cell(Text(place, place), None if missing(row["position"]) else row["position"]),
                Cell(Text(f"{row['history']}", f"{row['history']}"), int(row["history"])),
                figure(row["threshold"]),
                words(light_words(row), str(row["light"])),
                words(REASONS[str(row["reason"])], str(row["reason"])),
            )
        )
    return Table(
        id=f"{ID}-table",
        title=Text("各先行指标的最新数值与灯", "Latest value and light of each indicator"),
        columns=(
            Text("指标", "Indicator"),
            Text("年份", "Year"),
            Text("数值", "Value"),
            Text("较上一个数值", "Change"),
            Text("在以往中的位置", "Place among earlier years"),
            Text("此前个数", "Earlier values"),
            Text("阈值", "Threshold"),
            Text("灯", "Light"),
            Text("理由", "Reason"),
        ),
        rows=tuple(shown),
        numeric=(False, True, True, True, True, True, True, False, False),
    )


def register_table(result: Result) -> Table:
    """Return the technology risks as they were entered, the most severe first."""
    shown = []
    for row in rows_of(result.tables["register"]):
        grade = _GRADES[str(row["severity_grade"])]
        severity = say("{n}（{g}）", "{n} ({g})", n=f"{row['severity']}", g=grade)
        overdue = "" if missing(row["days_overdue"]) else f"{row['days_overdue']}"
        shown.append(
            (
                words(Text(str(row["id"]), str(row["id"]))),
                words(Text(str(row["risk"]), str(row["risk"]))),
                words(Text(str(row["field"]), str(row["field"]))),
                words(CATEGORIES[str(row["category"])], str(row["category"])),
                Cell(severity, int(row["severity"])),
                words(Text(str(row["evidence"]), str(row["evidence"]))),
                words(Text(str(row["owner"]), str(row["owner"]))),
                words(Text(str(row["measures"]), str(row["measures"]))),
                words(Text(str(row["review_date"]), str(row["review_date"]))),
                Cell(Text(overdue or MISSING, overdue or MISSING), overdue or None),
                words(STATUSES[str(row["status"])], str(row["status"])),
            )
        )
    return Table(
        id=f"{ID}-register",
        title=Text("技术风险登记表", "Technology-risk register"),
        columns=(
            Text("编号", "Id"),
            Text("风险", "Risk"),
            Text("领域", "Field"),
            Text("类别", "Category"),
            Text("严重度", "Severity"),
            Text("证据", "Evidence"),
            Text("责任人", "Owner"),
            Text("措施", "Measures"),
            Text("复核日期", "Review date"),
            Text("逾期天数", "Days overdue"),
            Text("状态", "Status"),
        ),
        rows=tuple(shown),
        numeric=(*(False,) * 4, True, *(False,) * 4, True, False),
        note=Text(
            "严重度 = 可能性 × 影响（各 1 到 5）。"
            "证据等级：A 实测，B 有据，C 专家判断，D 一人之见。",
            "Severity = likelihood × impact, 1 to 5 each. Evidence: A measured, B documented, C "
            "judgement of experts, D one opinion.",
        ),
        folded=False,
    )
