"""How much growth a step of security costs in the case that was given."""

from __future__ import annotations

import numpy as np

from xinzhi.core import NO_TEXT, ComputationError, InputError, Language, Result, Text
from xinzhi.data.units import find_unit
from xinzhi.plan.frontier import FrontierResult, frontier
from xinzhi.plan.frontier_plots import curve
from xinzhi.report.context import Context
from xinzhi.report.economy import Economy
from xinzhi.report.model import Cell, Chart, NotRun, Section, Statement, Table
from xinzhi.report.structure_parts import panel_of, rows_of
from xinzhi.report.words import number, percent, say

ID = "frontier"
PART = "plan"
TITLE = Text("多一分安全少多少增长", "How much growth a step of security costs")
_AIMS = ("growth", "security")
_NEEDS = Text(
    "一份案例（同 transition），写明卡脖子投入（exposure）",
    "a case as for transition, with chokepoint inputs (exposure)",
)


def run(context: Context) -> Result | NotRun:
    """Trace growth against security in the case that was given."""
    case = context.case
    if case is None:
        return NotRun(Text("没有给出案例", "no case is given"), _NEEDS)
    economy = context.economy
    own = economy.table if isinstance(economy, Economy) and economy.origin == "own" else None
    table = own if own is not None and own.classification in case.mappings else None
    try:
        return frontier(case, table=table, objectives=_AIMS)
    except InputError as error:  # nothing in the case measures security
        return NotRun(error.message, _NEEDS)
    except ComputationError as error:  # no plan, or a package of the extra is not installed
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)


def write(result: FrontierResult, context: Context) -> Section:
    """Word the first step, the knee and the end, and draw the curve."""
    case = context.case
    assert case is not None
    points = result.tables["points"]
    rows = rows_of(points)
    kind = Text("这是案例，不是统计", "This is a case and no statistics")
    scope = say(
        "{k}：{t}。以下各数由案例推出，不是预测，拐点也不是建议。",
        "{k}: {t}. The numbers below follow from the case: they are no forecast, and the knee is "
        "no recommendation.",
        k=Text("这是示例", "This is an illustration") if case.assumptions else kind,
        t=case.title,
    )
    statements = [Statement(f"{ID}.scope", scope, ((f"{ID}_points", {}),), see=f"{ID}-table")]
    finding = Text("增长与安全没有冲突", "Growth and security are not in conflict")
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        finding = say(
            "暴露指数由 {a} 降到 {b}，增长少 {p}",
            "From an exposure index of {a} to {b} growth falls by {p}",
            a=number(first["security"]),
            b=number(last["security"]),
            p=percent(1 - last["growth"] / first["growth"]),
        )
        statements.append(
            Statement(
                f"{ID}.span",
                say("{f}。", "{f}.", f=finding),
                ((f"{ID}_points", {"point": 1}), (f"{ID}_points", {"point": len(rows)})),
                see=f"{ID}-curve",
            )
        )
    for row in rows:
        if row["knee"]:
            spent = percent(1 - row["growth"] / rows[0]["growth"])
            text = say(
                "拐点在暴露指数 {s}：到这里增长少 {p}，再往后每一步的代价大得多。",
                "The knee is at an exposure index of {s}: up to it growth falls by {p}; beyond, "
                "each step costs far more.",
                s=number(row["security"]),
                p=spent,
            )
            key = {"point": int(row["point"])}
            statements.append(
                Statement(f"{ID}.knee", text, ((f"{ID}_points", key),), see=f"{ID}-curve")
            )
    source = say("来源：{t}", "Source: {t}", t=case.title)
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=(_chart(result, finding, source),),
        tables=(_table(result),),
        notes=result.warnings,
    )


def _chart(result: FrontierResult, finding: Text, source: Text) -> Chart:
    def draw(lang: Language) -> object:
        return curve(result, lang)

    return Chart(
        id=f"{ID}-curve",
        title=finding,
        subtitle=Text(
            "每点一个计划，哪一面都不能再改善而不损害另一面；圈为拐点",
            "A plan a point, none of which can be bettered in one aim without loss in the other; "
            "the ring is the knee",
        ),
        source=source,
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(panel_of(draw),),
    )


def _cell(value: float) -> Cell:
    shown = number(value)
    return Cell(Text(shown, shown), None if np.isnan(value) else value)


def _table(result: FrontierResult) -> Table:
    unit = find_unit(result.units["growth"]).title
    rows = []
    for row in rows_of(result.tables["points"]):
        values = [row["point"], row["security"], row["growth"]]
        cells = [_cell(float(value)) for value in values[1:]]
        mark = Text("拐点", "knee") if row["knee"] else NO_TEXT
        point = Text(str(values[0]), str(values[0]))
        rows.append((Cell(point, values[0]), *cells, _cell(float(row["distance"])), Cell(mark)))
    return Table(
        id=f"{ID}-table",
        title=Text("各点", "Points"),
        columns=(
            Text("点", "Point"),
            Text("暴露指数（基年 = 1）", "Exposure index (base year = 1)"),
            say("增长（{u}）", "Growth ({u})", u=unit),
            Text("离两端连线的距离", "Distance from the chord"),
            Text("拐点", "Knee"),
        ),
        rows=tuple(rows),
        numeric=(True, True, True, True, False),
        chosen=tuple(bool(row["knee"]) for row in rows_of(result.tables["points"])),
    )
