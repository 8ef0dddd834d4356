"""Charts of the section on transition: schedule, paths, budgets, workers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import Language, Result, Text, chart
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.transition_plots import schedule
from xinzhi.report import charts
from xinzhi.report.model import Chart, Panel
from xinzhi.report.structure_parts import panel_of
from xinzhi.report.transition_parts import ID, names_of, unit_title
from xinzhi.report.words import say

_LEAST = 470  # pixels below which the schedule scrolls
_TALL = 120
_OUTPUT = Text("产出", "output")


def schedule_chart(case: TransitionCase, result: Result, finding: Text, source: Text) -> Chart:
    """Draw for each technology in which years it is built, retrofitted and retired."""
    names = names_of(result)

    def draw(lang: Language) -> Any:
        plan = result.tables["plan"]
        titled = plan["technology"].map({t.id: names[t.id].get(lang) for t in case.technologies})
        return schedule(plan.assign(technology=titled), lang)

    return Chart(
        id=f"{ID}-schedule",
        title=finding,
        subtitle=Text(
            "方块面积：占该部门产能的比例；开工、改造在开始的年份，退出在离开的年份",
            "Area of a square: part of the sector's capacity; building and retrofits in the year "
            "they start, retirement in the year capacity leaves",
        ),
        source=source,
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(panel_of(draw, _LEAST),),
    )


def paths_chart(case: TransitionCase, result: Result, finding: Text, source: Text) -> Chart:
    """Draw capacity by technology, stacked, and the output of the sector as a line."""
    names, plan = names_of(result), result.tables["plan"]
    sectors = [
        sector.id
        for sector in case.sectors
        if sum(technology.sector == sector.id for technology in case.technologies) > 1
    ]

    def panel(sector: str) -> Panel:
        own = plan[plan["sector"] == sector]

        def draw(lang: Language) -> Any:
            return _stacked(
                own.assign(technology=[names[one].get(lang) for one in own["technology"]])
            )

        return Panel(charts.in_both(draw), title=names[sector])

    return Chart(
        id=f"{ID}-paths",
        title=finding,
        subtitle=say(
            "各部门产能，按技术堆叠；线为产出（{u}，年产出），每图自有尺度",
            "Capacity stacked by technology; the line is output ({u} a year), each on its own "
            "scale",
            u=unit_title(case.money),
        ),
        source=source,
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=tuple(panel(sector) for sector in sectors),
        key=(("line", chart.REGION, _OUTPUT),),
    )


def _stacked(own: pd.DataFrame) -> Any:
    import altair as alt

    order = list(dict.fromkeys(own["technology"]))
    colours = alt.Scale(domain=order, range=[chart.hue(place) for place in range(len(order))])
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    areas = (
        alt.Chart(own)
        .mark_area(opacity=0.85)
        .encode(
            x=x,
            y=alt.Y("capacity:Q", title=None, stack=True, axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "technology:N",
                title=None,
                sort=order,
                scale=colours,
                legend=alt.Legend(orient="top", direction="vertical", labelLimit=150),
            ),
            tooltip=[
                alt.Tooltip("technology:N", title=" "),
                alt.Tooltip("year:O", title=" "),
                alt.Tooltip("capacity:Q", title=" ", format=",.3r"),
            ],
        )
    )
    total = own.groupby("year", as_index=False)["output"].sum()
    line = (
        alt.Chart(total)
        .mark_line(color=chart.REGION, strokeWidth=2)
        .encode(x=x, y=alt.Y("output:Q", title=None))
    )
    return alt.layer(areas, line).properties(width="container", height=_TALL)


def use_chart(
    case: TransitionCase, result: Result, kind: str, finding: Text, source: Text
) -> Chart:
    """Draw what is used as bars and what there is as a line.

    kind : ``budget`` or ``employment``
    """
    names, table = names_of(result), result.tables[kind]
    label, used, limit = {
        "budget": ("source", "spent", "limit"),
        "employment": ("grade", "needed", "available"),
    }[kind]
    words = {
        "budget": (Text("支出", "spent"), Text("限额", "limit"), case.money),
        "employment": (Text("需要", "needed"), Text("现有", "available"), case.persons),
    }[kind]

    def panel(name: str) -> Panel:
        own = table[table[label] == name]

        def draw(lang: Language) -> Any:
            return _bars(own, used, limit, [words[0].get(lang), words[1].get(lang)])

        return Panel(charts.in_both(draw), title=names[name])

    return Chart(
        id=f"{ID}-{kind}",
        title=finding,
        subtitle=say("逐年，{u}", "By year, {u}", u=unit_title(words[2])),
        source=source,
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=tuple(panel(str(name)) for name in dict.fromkeys(table[label])),
        key=(("square", chart.hue(0), words[0]), ("line", chart.REGION, words[1])),
    )


def _bars(own: pd.DataFrame, used: str, limit: str, titles: list[str]) -> Any:
    import altair as alt

    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    base = alt.Chart(own).encode(
        x=x,
        tooltip=[
            alt.Tooltip("year:O", title=" "),
            alt.Tooltip(f"{used}:Q", title=titles[0], format=",.4r"),
            alt.Tooltip(f"{limit}:Q", title=titles[1], format=",.4r"),
        ],
    )
    bars = base.mark_bar(color=chart.hue(0)).encode(
        y=alt.Y(f"{used}:Q", title=None, axis=alt.Axis(tickCount=4))
    )
    line = base.mark_line(color=chart.REGION, strokeWidth=2).encode(y=alt.Y(f"{limit}:Q"))
    return alt.layer(bars, line).properties(width="container", height=_TALL)
