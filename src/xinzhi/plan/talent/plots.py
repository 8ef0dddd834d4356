"""Charts of ``talent``: the pyramid, stocks over the years, fields ranked by shortage."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.plots import known_kind
from xinzhi.plan.talent.result import TalentResult

KINDS = ("pyramid", "stocks", "shortages")
_HEADS = Text("人数", "Heads")
_ALL = Text("全部领域", "all fields")
_WITH = Text("有计划", "with the plan")
_WITHOUT = Text("无计划", "without the plan")


def talent_chart(result: TalentResult, kind: str | None, lang: Language, field: str | None) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind or field, or nothing to draw
    """
    kind = known_kind(kind, KINDS)
    if kind == "shortages":
        return _shortages(result, lang)
    stocks = result.tables["stocks"]
    names = list(stocks["field"].drop_duplicates())
    if field is not None and field not in names:
        raise InputError(
            Text(
                f"结果中没有领域 {field}；现有：{'、'.join(names)}",
                f"no field {field} in the result; there are: {', '.join(names)}",
            )
        )
    own = stocks if field is None else stocks[stocks["field"] == field]
    sums = own.groupby(["year", "grade"], sort=False)[["heads", "baseline"]].sum().reset_index()
    where = _ALL.get(lang) if field is None else field
    note = result.parameters["data"].get(lang)
    subtitle = f"{where} · {note}" if note else where
    if kind == "pyramid":
        return _pyramid(sums, lang, subtitle)
    return _stocks(sums, lang, subtitle)


def _pyramid(sums: pd.DataFrame, lang: Language, subtitle: str) -> Any:
    """Draw the grades, highest above, of the base year and of the last with and without plan."""
    import altair as alt

    first, last = int(sums["year"].min()), int(sums["year"].max())
    start, end = sums[sums["year"] == first], sums[sums["year"] == last]
    names = [f"{first}", f"{last} {_WITHOUT.get(lang)}", f"{last} {_WITH.get(lang)}"]
    parts = [
        start[["grade", "heads"]].assign(case=names[0]),
        end[["grade", "baseline"]].set_axis(["grade", "heads"], axis=1).assign(case=names[1]),
        end[["grade", "heads"]].assign(case=names[2]),
    ]
    grades = list(start["grade"])[::-1]
    colours = [chart.PEERS, chart.QUIET, chart.REGION]
    drawn = (
        alt.Chart(pd.concat(parts))
        .mark_bar()
        .encode(
            x=alt.X("heads:Q", title=_HEADS.get(lang)),
            y=alt.Y("grade:N", sort=grades, title=None),
            yOffset=alt.YOffset("case:N", sort=names),
            color=alt.Color(
                "case:N",
                title=None,
                scale=alt.Scale(domain=names, range=colours),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["grade:N", "case:N", alt.Tooltip("heads:Q", format=",.4r")],
        )
    )
    title = Text("人才结构", "Structure by grade").get(lang)
    return chart.finished(drawn, title, subtitle)


def _stocks(sums: pd.DataFrame, lang: Language, subtitle: str) -> Any:
    import altair as alt

    long = sums.melt(["year", "grade"], ["heads", "baseline"], "case", "value")
    words = {"heads": _WITH.get(lang), "baseline": _WITHOUT.get(lang)}
    grades = list(sums["grade"].drop_duplicates())
    drawn = (
        alt.Chart(long.assign(case=long["case"].map(words)))
        .mark_line()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
            y=alt.Y("value:Q", title=_HEADS.get(lang)),
            color=alt.Color(
                "grade:N",
                title=None,
                sort=grades,
                scale=alt.Scale(domain=grades, range=[chart.hue(k) for k in range(len(grades))]),
            ),
            strokeDash=alt.StrokeDash("case:N", title=None, sort=[*words.values()]),
        )
    )
    return chart.finished(drawn, Text("各职级人数", "Heads by grade").get(lang), subtitle)


def _shortages(result: TalentResult, lang: Language) -> Any:
    table = result.tables["shortages"]
    if table.empty:
        raise InputError(
            Text("没有需求可比", "there is no demand to compare with"),
            remedy=Text("给出表 output 和 labour。", "Give the tables output and labour."),
        )
    frame = pd.DataFrame(
        {
            "label": table["field"],
            "value": table["shortage"].fillna(0.0).astype(float),
            "colour": chart.REGION,
        }
    )
    title = Text("各领域缺口", "Shortage by field").get(lang)
    measure = Text("需求人年中无人可补的比例", "Share of demanded person-years left vacant")
    note = result.parameters["data"].get(lang)
    return chart.finished(chart.bars(frame, measure.get(lang)), title, note)
